"""How the checks are run: all of them, the tests' summary last, the first failure as exit code."""

import subprocess
import sys
from pathlib import Path

import pytest

from diemcau.cli import checks, web


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def started(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(python(code), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_what_the_tests_print_is_held_back_until_the_linters_are_done(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    process = started("print('x' * 200000); print('9 passed')")
    with checks.Relay(process) as relay:
        process.wait()
        assert capfdbinary.readouterr().out == b""
        relay.follow()
    out = capfdbinary.readouterr().out
    assert len(out) > 200000
    assert out.splitlines()[-1] == b"9 passed"


def test_what_comes_later_is_shown_as_it_comes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    process = subprocess.Popen(
        python("print('early', flush=True); input(); print('late')"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with checks.Relay(process) as relay:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        relay.follow()
    assert capfdbinary.readouterr().out.split() == [b"early", b"late"]


def test_an_interrupted_run_ends_its_tests() -> None:
    process = started("import time; time.sleep(60)")

    def interrupted() -> None:
        with checks.Relay(process):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert process.wait(5) != 0


def fake_checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, linters: dict[str, int]) -> None:
    """Linters that end with these codes, and a pytest that passes."""
    pytest_file = tmp_path / "pytest"
    pytest_file.write_text(f"#!{sys.executable}\nimport sys\nprint('1 passed', sys.argv[1:])\n")
    pytest_file.chmod(0o755)
    argvs = [
        (name, python(f"import sys; print('{name} complains'); sys.exit({code})"))
        for name, code in linters.items()
    ]
    monkeypatch.setattr(checks, "BIN", tmp_path)
    monkeypatch.setattr(checks, "linters", lambda fast: argvs)


@pytest.mark.parametrize("fast", [True, False])
def test_every_check_runs_and_the_first_failure_is_the_exit_code(
    fast: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    fake_checks(monkeypatch, tmp_path, {"ruff": 0, "layers": 3, "mypy": 1})
    assert checks.run(fast, []) == 3
    out = capfdbinary.readouterr().out.decode()
    assert "ruff complains" not in out
    assert "layers complains" in out
    assert "mypy complains" in out
    assert out.splitlines()[-1].startswith("1 passed")
    assert ("-m" in out.splitlines()[-1]) is fast


def test_all_well_is_exit_code_nought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_checks(monkeypatch, tmp_path, {"ruff": 0})
    assert checks.run(True, []) == 0


def test_further_arguments_go_to_pytest_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    fake_checks(monkeypatch, tmp_path, {"ruff": 1})
    assert checks.run(False, ["-k", "cascade"]) == 0
    assert capfdbinary.readouterr().out.decode().strip() == "1 passed ['-k', 'cascade']"


def test_the_pages_checks_say_what_to_do_where_their_packages_are_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert web.run(web.FULL, tmp_path) == 1
    assert "./diemcau test" in capsys.readouterr().err


def test_the_pages_checks_run_every_script_and_tell_the_first_failure(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    scripts = '{"scripts": {"check": "exit 4", "test": "touch ran"}}'
    (tmp_path / "package.json").write_text(scripts)
    assert web.run(web.FULL, tmp_path) == 4
    assert (tmp_path / "ran").exists()
    assert web.run(web.FAST, tmp_path) == 0
