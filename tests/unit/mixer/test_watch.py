"""The watchdog tells the four states apart and asks for keyframes in time, but patiently."""

from diemcau.mixer.watch import LONGEST_PAUSE, State, Watch


class Clock:
    """Drives a watch in steps of 50 ms with streams that flow or not."""

    def __init__(self) -> None:
        self.now = 100.0
        self.watch = Watch(self.now)
        self.frames = self.packets = 0
        self.asked: list[float] = []

    def run(self, seconds: float, frames: bool, packets: bool, lossy: bool = False) -> State:
        for _ in range(round(seconds / 0.05)):
            self.now += 0.05
            self.frames += frames
            self.packets += packets
            if self.watch.update(self.now, self.frames, self.packets, lossy):
                self.asked.append(self.now)
        return self.watch.state


def test_a_source_that_never_came_is_waited_for() -> None:
    clock = Clock()
    assert clock.run(5, frames=False, packets=False) is State.WAITING
    assert clock.asked == []


def test_frames_make_it_live_and_nothing_is_asked() -> None:
    clock = Clock()
    assert clock.run(5, frames=True, packets=True) is State.LIVE
    assert clock.asked == []


def test_packets_without_a_first_picture_are_asked_about_while_waiting() -> None:
    clock = Clock()
    assert clock.run(1, frames=False, packets=True) is State.WAITING
    assert len(clock.asked) >= 2


def test_packets_without_frames_are_a_stall_after_300_ms() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    assert clock.run(0.25, frames=False, packets=True) is State.LIVE
    assert clock.run(0.1, frames=False, packets=True) is State.STALLED
    assert len(clock.asked) == 1


def test_requests_in_a_long_stall_become_rare() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    clock.run(20, frames=False, packets=True)
    pauses = [b - a for a, b in zip(clock.asked, clock.asked[1:], strict=False)]
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.7
    assert abs(pauses[-1] - LONGEST_PAUSE) < 0.1


def test_no_packets_for_a_second_is_lost_and_nothing_is_asked() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    assert clock.run(0.9, frames=False, packets=False) is State.LIVE
    assert clock.run(0.15, frames=False, packets=False) is State.LOST
    clock.run(5, frames=False, packets=False)
    assert clock.asked == []


def test_packets_that_come_back_are_asked_about_at_once() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    clock.run(3, frames=False, packets=False)
    back = clock.now
    assert clock.run(0.1, frames=False, packets=True) is State.STALLED
    assert clock.asked[0] - back < 0.06
    assert clock.run(0.1, frames=True, packets=True) is State.LIVE


def test_a_lost_or_long_frozen_picture_is_stale() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    clock.run(1, frames=False, packets=True)
    assert not clock.watch.stale(clock.now)
    clock.run(2.2, frames=False, packets=True)
    assert clock.watch.stale(clock.now)
    clock.run(0.1, frames=True, packets=True)
    assert not clock.watch.stale(clock.now)
    clock.run(1.2, frames=False, packets=False)
    assert clock.watch.stale(clock.now)


def test_a_request_made_elsewhere_counts() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    clock.run(0.2, frames=False, packets=True)
    clock.watch.requested(clock.now)
    clock.run(0.2, frames=False, packets=True)
    assert clock.asked == []


def test_on_a_lossy_line_it_is_asked_sooner() -> None:
    clock = Clock()
    clock.run(3, frames=True, packets=True, lossy=True)
    clock.run(0.15, frames=False, packets=True, lossy=True)
    assert clock.asked == []
    assert clock.run(0.1, frames=False, packets=True, lossy=True) is State.LIVE
    assert len(clock.asked) == 1


def test_a_source_of_few_frames_is_not_asked_for_more_of_them() -> None:
    clock = Clock()
    for _ in range(40):
        clock.run(0.05, frames=True, packets=True, lossy=True)
        clock.run(0.2, frames=False, packets=True, lossy=True)
    assert len(clock.asked) == 0


def test_a_gap_that_stays_is_asked_about_at_once_but_patiently() -> None:
    clock = Clock()
    clock.run(1, frames=True, packets=True)
    assert clock.watch.gap_stays(clock.now)
    times = [n / 10 for n in range(1, 60) if clock.watch.gap_stays(clock.now + n / 10)]
    assert times == sorted(times)
    assert 2 <= len(times) <= 5
