"""The pages' own checks, with the node that the launcher builds them with.

``python -m diemcau.cli.web`` checks types and markup (svelte-check, tsc) and runs the unit tests
(vitest); ``--fast`` runs the unit tests only.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from diemcau.lab.mock import WEB, node_wheel

FULL, FAST = ("check", "test"), ("test",)


def run(scripts: Sequence[str], web: Path = WEB) -> int:
    """Run all these npm scripts; the exit code of the first that failed, else 0."""
    if not (web / "node_modules").is_dir():
        print(
            "diemcau: chưa có gói của trang web; chạy «./diemcau test» một lần"
            " / the pages' packages are missing; run ./diemcau test once",
            file=sys.stderr,
        )
        return 1
    codes = [_npm(script, web) for script in scripts]
    return next((code for code in codes if code), 0)


def _npm(script: str, web: Path) -> int:
    wheel = node_wheel()
    command = [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    environment = {
        **os.environ,
        "PATH": f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "NO_COLOR": "1",
    }
    finished = subprocess.run(
        [*command, "run", "--silent", script],
        cwd=web,
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return finished.returncode


if __name__ == "__main__":
    sys.exit(run(FAST if "--fast" in sys.argv[1:] else FULL))
