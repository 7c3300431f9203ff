"""A thread that does something at a steady beat, and says so when beats were missed."""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

# Threads and processes that such a thread begins are not of real time themselves.
REAL_TIME = os.SCHED_RR | os.SCHED_RESET_ON_FORK


class Beat:
    """Calls `work(n, now)` every `period` seconds: `n` counts periods since `start` (monotonic).

    A beat that comes more than `slack` seconds late is left out, and `n` jumps. Where the system
    allows it, the thread comes before whatever is not of real time: its work must be short.
    """

    def __init__(
        self,
        name: str,
        period: float,
        slack: float,
        start: float,
        work: Callable[[int, float], None],
    ) -> None:
        self._period = period
        self._slack = slack
        self._start = start
        self._work = work
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.missed = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait for the work in hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, REAL_TIME, os.sched_param(1))  # of this thread alone
        n = int((time.monotonic() - self._start) / self._period) + 1
        while not self._stopping.is_set():
            due = self._start + n * self._period
            now = time.monotonic()
            if due > now:
                time.sleep(due - now)
                now = time.monotonic()
            elif now - due > self._slack:
                late = int((now - due) / self._period)
                self.missed += late
                n += late
            self._once(n, now)
            n += 1

    def _once(self, n: int, now: float) -> None:
        try:
            self._work(n, now)
        except Exception:
            log.exception("%s: beat %d failed", self._thread.name, n)
