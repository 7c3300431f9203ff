"""``diemcau test``: linters, types, layers and tests, in one go."""

import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
FAST = "not media and not browser and not fault"


def run(fast: bool, arguments: list[str]) -> int:
    """Every check, even after one that failed; the exit code of the first failure."""
    if arguments:
        return _step("pytest", [str(BIN / "pytest"), *arguments])
    steps = [
        ("ruff check", [str(BIN / "ruff"), "check", "--quiet", "."]),
        ("ruff format", [str(BIN / "ruff"), "format", "--quiet", "--check", "."]),
        ("layers", [str(BIN / "lint-imports"), "--no-logo"]),
        ("mypy", [str(BIN / "mypy"), "--no-error-summary"]),
        ("web", [str(BIN / "python"), "-m", "diemcau.cli.web", *(["--fast"] if fast else [])]),
        ("pytest", [str(BIN / "pytest"), "-q", *(["-m", FAST] if fast else [])]),
    ]
    codes = [_step(name, argv) for name, argv in steps]
    return next((code for code in codes if code), 0)


def _step(name: str, argv: list[str]) -> int:
    print(f"── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run(argv, check=False).returncode
    print(
        f"   {time.monotonic() - started:.1f} s{'' if code == 0 else f', exit {code}'}", flush=True
    )
    return code
