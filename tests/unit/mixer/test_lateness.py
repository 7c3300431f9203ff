"""A slot's delay follows how late its line brings pictures, and a clean line gets none."""

from diemcau.mixer.lateness import (
    LOWER_EVERY,
    MOST,
    PAUSE,
    SPARED,
    TOLERATED,
    WINDOW,
    Lateness,
)

FRAME = 0.04


class Line:
    """Brings 25 pictures a second, some of them late."""

    def __init__(self) -> None:
        self.now = 50.0
        self.lateness = Lateness(self.now)

    def run(
        self, seconds: float, every: float = 0.0, late: float = 0.0, lossy: bool = True
    ) -> float:
        """Pictures for so long; each `every` seconds one comes late, and the next ones with it."""
        for n in range(round(seconds / FRAME)):
            self.now += FRAME
            behind = n % round(every / FRAME) if every else 0
            if late and lossy and not behind:
                self.lateness.sent_again(self.now)
            self.lateness.came(self.now, max(0.0, late - behind * FRAME))
        return self.lateness.delay


def test_a_clean_line_has_no_delay() -> None:
    assert Line().run(60) == 0


def test_small_jitter_is_tolerated() -> None:
    assert Line().run(60, every=0.5, late=TOLERATED) == 0


def test_a_line_that_brings_lost_packets_late_gets_the_delay_it_needs() -> None:
    line = Line()
    assert line.run(2, every=0.4, late=0.11) == 0.12
    assert line.run(20, every=0.4, late=0.11) == 0.12


def test_pictures_that_a_busy_machine_holds_up_cost_no_delay() -> None:
    assert Line().run(60, every=0.4, late=0.15, lossy=False) == 0


def test_a_few_late_pictures_cost_no_delay() -> None:
    line = Line()
    assert line.run(SPARED * 0.4, every=0.4, late=0.2) == 0
    assert line.run(60, every=2.6, late=0.2) == 0


def test_pictures_held_up_together_are_one_time() -> None:
    line = Line()
    for _ in range(5 * SPARED):
        line.now += 0.001
        line.lateness.sent_again(line.now)
        line.lateness.came(line.now, 0.2)
    assert line.run(1) == 0


def test_a_rare_worse_lateness_does_not_count() -> None:
    line = Line()
    line.run(5, every=0.4, late=0.11)
    line.run(FRAME, every=0.4, late=0.23)
    assert line.run(5, every=0.4, late=0.11) == 0.12


def test_delay_never_exceeds_the_most() -> None:
    assert Line().run(5, every=0.8, late=0.7) == MOST


def test_a_pause_of_the_source_is_not_lateness() -> None:
    line = Line()
    for _ in range(20):
        line.run(0.4)
        line.lateness.sent_again(line.now)
        line.lateness.came(line.now, PAUSE + 0.5)
    assert line.lateness.delay == 0


def test_delay_goes_down_one_step_at_a_time_when_the_line_is_clean_again() -> None:
    line = Line()
    before = line.run(5, every=0.4, late=0.11)
    assert line.run(WINDOW - 2.5) == before
    delays = [before]
    for _ in range(round(8 * LOWER_EVERY / FRAME)):
        line.now += FRAME
        line.lateness.came(line.now, 0.0)
        if line.lateness.delay != delays[-1]:
            delays.append(line.lateness.delay)
    assert delays == [0.12, 0.1, 0.08, 0.06, 0.04, 0.02, 0.0]


def test_a_need_that_comes_back_is_met_at_once() -> None:
    line = Line()
    line.run(5, every=0.4, late=0.11)
    line.run(WINDOW + LOWER_EVERY)
    assert line.lateness.delay < 0.12
    assert line.run(2.4, every=0.4, late=0.15) == 0.16
