"""What may be asked of this process. Examinations belong to the connection on which they were
opened, and end with it: an agent that comes anew finds nothing left over.
"""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import count
from typing import Any

from diemcau.examiner.errors import ExaminerError
from diemcau.examiner.examination import Chirp, Examination

METHODS = ("open", "run", "close")
SECONDS = 6.0
SHORTEST_S, LONGEST_S = 5.0, 60.0
MOST = 64
"""Examinations of one connection; two sockets each."""


class Control:
    """Serves one connection."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._numbers = count(1)
        self._examinations: dict[int, Examination] = {}

    async def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"method": "open"}:
                return self._open()
            case {"method": "run", "params": {"id": int(number)}}:
                examination = self._examination(number)
                return await examination.run(*_arguments(request["params"]))
            case {"method": "close", "params": {"id": int(number)}}:
                self._examination(number).close()
                del self._examinations[number]
                return {}
            case {"method": "run" | "close"}:
                raise ExaminerError("bad-params", "the id is missing")
        raise ExaminerError("bad-method", f"the method must be one of {', '.join(METHODS)}")

    def gone(self) -> None:
        for examination in self._examinations.values():
            examination.close()

    def _open(self) -> dict[str, Any]:
        if len(self._examinations) >= MOST:
            raise ExaminerError("too-many", f"at most {MOST} are open at a time")
        examination, number = Examination(self._executor), next(self._numbers)
        self._examinations[number] = examination
        return {"id": number, **examination.open()}

    def _examination(self, number: int) -> Examination:
        if number not in self._examinations:
            raise ExaminerError("no-examination", f"{number} is not open")
        return self._examinations[number]


def _arguments(params: dict[str, Any]) -> tuple[float, tuple[str, int] | None, Chirp | None]:
    match {"seconds": SECONDS, "pli": None, "chirp": None, **params}:
        case {
            "seconds": int() | float() as seconds,
            "pli": None | [str(), int()] as pli,
            "chirp": None | {"host": str(), "port": int(), "ssrc": int()} as chirp,
        } if SHORTEST_S <= seconds <= LONGEST_S:
            return (
                float(seconds),
                pli and (pli[0], pli[1]),
                chirp and Chirp((chirp["host"], chirp["port"]), chirp["ssrc"]),
            )
    raise ExaminerError(
        "bad-params",
        f'run wants {{"id", "seconds" ({SHORTEST_S:g} to {LONGEST_S:g}), "pli": ["host", port] '
        'or null, "chirp": {"host", "port", "ssrc"} or null}',
    )
