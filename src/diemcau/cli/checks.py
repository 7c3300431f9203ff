"""``diemcau test``: linters, types, layers, the pages and the tests, in one go.

The last line of the output is pytest's summary, which a CI reads. ``--fast`` lets the tests run
while the linters do; otherwise one waits for the other, since the media tests look at the time.
"""

import subprocess
import sys
import threading
import time
from io import BufferedReader
from pathlib import Path

BIN = Path(sys.executable).parent
FAST = "not contract and not play and not media and not browser and not office and not fault"


def run(fast: bool, arguments: list[str]) -> int:
    """Every check, even after one that failed; the exit code of the first failure.

    ``arguments`` go to pytest, which then runs alone.
    """
    if arguments:
        return subprocess.run([str(BIN / "pytest"), *arguments], check=False).returncode
    pytest = [str(BIN / "pytest"), "-q", *(["-m", FAST] if fast else [])]
    if fast:
        tests = subprocess.Popen(
            [*pytest, f"--color={'yes' if sys.stdout.isatty() else 'no'}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        with Relay(tests) as relay:
            codes = [_step(name, argv) for name, argv in linters(fast)]
            _say("── pytest")
            relay.follow()
        return _first_failure([*codes, tests.wait()])
    codes = [_step(name, argv) for name, argv in linters(fast)]
    _say("── pytest")
    return _first_failure([*codes, subprocess.run(pytest, check=False).returncode])


def linters(fast: bool) -> list[tuple[str, list[str]]]:
    """The checks beside the tests: what each is called, and its command."""
    return [
        ("ruff check", [str(BIN / "ruff"), "check", "--quiet", "."]),
        ("ruff format", [str(BIN / "ruff"), "format", "--quiet", "--check", "."]),
        ("layers", [str(BIN / "lint-imports"), "--no-logo"]),
        ("mypy", [str(BIN / "mypy"), "--no-error-summary"]),
        ("web", [str(BIN / "python"), "-m", "diemcau.cli.web", *(["--fast"] if fast else [])]),
    ]


class Relay:
    """Holds back what a process prints until it is asked for; it never waits for its reader."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert isinstance(process.stdout, BufferedReader)
        self._process = process
        self._output = process.stdout
        self._held = bytearray()
        self._lock = threading.Lock()
        self._following = False
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._process.terminate()
        self._thread.join()

    def follow(self) -> None:
        """Print what was held back, and all that comes until the process ends."""
        with self._lock:
            self._following = True
            _write(bytes(self._held))
        self._thread.join()

    def _read(self) -> None:
        while chunk := self._output.read1(65536):
            with self._lock:
                if self._following:
                    _write(chunk)
                else:
                    self._held += chunk


def _step(name: str, argv: list[str]) -> int:
    """Run one check; what it prints is shown only if it failed."""
    started = time.monotonic()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    took = time.monotonic() - started
    if done.returncode == 0:
        _say(f"── {name}: {took:.1f} s")
        return 0
    _say(f"── {name}: {took:.1f} s, exit {done.returncode}")
    _write(done.stdout)
    return done.returncode


def _first_failure(codes: list[int]) -> int:
    return next((code for code in codes if code), 0)


def _say(line: str) -> None:
    print(line, flush=True)


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
