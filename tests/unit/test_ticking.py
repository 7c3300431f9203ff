"""A job that does what is due; minutes pass in milliseconds."""

import asyncio

import pytest

from diemcau.services.ticking import Ticking

pytestmark = pytest.mark.looptime


class Job(Ticking):
    """Each of its ticks changes something, which wakes it; it is stopped at the third."""

    again_s = 5.0

    def __init__(self, done: bool) -> None:
        super().__init__()
        self.done = done
        self.ticked: list[float] = []

    async def tick(self) -> bool:
        self.ticked.append(asyncio.get_running_loop().time())
        self.wake()
        if len(self.ticked) == 3:
            self.stop()
        return self.done

    def pause(self) -> float | None:
        return 60.0


@pytest.mark.parametrize(("done", "ticked"), [(True, [0, 0, 0]), (False, [0, 5, 10])])
async def test_it_looks_again_when_woken_but_after_a_failure_only_later(
    done: bool, ticked: list[float]
) -> None:
    """Undoing what could not be stored wakes it as well: it would try without end."""
    job = Job(done)
    await job.run()
    assert job.ticked == ticked


async def test_stopped_while_it_waits_to_try_again_it_ends_at_once() -> None:
    job = Job(done=False)
    running = asyncio.create_task(job.run())
    asyncio.get_running_loop().call_later(1, job.stop)
    await running
    assert job.ticked == [0]
    assert asyncio.get_running_loop().time() == 1
