"""``diemcau verify-log``: what an inspector is told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from diemcau.cli import verify_log
from diemcau.cli.__main__ import app
from diemcau.domain.journal import FaultKind
from diemcau.domain.refusal import Invalid
from diemcau.identity import HeadFile, load_seal
from diemcau.services.journal import export
from diemcau.testing import MemoryJournal
from tests.logs import NOW, log, note


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An export of three entries, signed with the key in ``tmp_path``."""
    entries, seal = log(3), load_seal(tmp_path)
    head = seal.sign(3, entries[-1].hash, NOW)
    made = tmp_path / "log.ndjson"
    made.write_bytes(b"".join(export(entries, head, seal.public_key)))
    return made


def test_a_whole_log_is_said_to_be_whole_in_both_languages(file: Path) -> None:
    result = CliRunner().invoke(app, ["verify-log", str(file), "--folder", str(file.parent)])
    assert result.exit_code == 0
    assert "nguyên vẹn: 3 mục" in result.output
    assert "whole: 3 entries" in result.output
    assert log(3)[-1].hash in result.output


def test_an_altered_log_is_said_to_be_altered_and_where(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace("hồ sơ 2".encode(), "hồ sơ 5".encode()))
    result = CliRunner().invoke(app, ["verify-log", str(file), "--folder", str(file.parent)])
    assert result.exit_code == 1
    assert "Mục 2 đã bị sửa" in result.output
    assert "Entry 2 was altered" in result.output


def test_the_public_key_alone_is_enough(file: Path, tmp_path: Path) -> None:
    public = tmp_path / "public.pem"
    public.write_text(load_seal(tmp_path).public_key)
    assert verify_log.run(file, tmp_path / "nowhere", public) == 0
    assert not (tmp_path / "nowhere").exists()


def test_another_servers_key_does_not_vouch_for_it(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public = tmp_path / "public.pem"
    public.write_text(load_seal(tmp_path / "other").public_key)
    assert verify_log.run(file, tmp_path, public) == 1
    assert "[foreign-key]" in capsys.readouterr().out


def test_without_a_key_nothing_is_verified_and_none_is_made(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="--key"):
        verify_log.run(file, tmp_path / "nowhere", None)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", [None, "missing.ndjson", "."])
def test_a_file_that_cannot_be_read_is_refused(name: str | None, file: Path) -> None:
    with pytest.raises(Invalid):
        verify_log.run(file.parent / name if name else None, file.parent, None)


async def test_a_servers_own_log_is_held_against_the_head_it_keeps(tmp_path: Path) -> None:
    store, seal = MemoryJournal(), load_seal(tmp_path)
    assert (await verify_log.verify_store(store, tmp_path, seal)).ok
    store.append([note(1), note(2)], NOW)
    unsigned = await verify_log.verify_store(store, tmp_path, seal)
    assert [one.kind for one in unsigned.faults] == [FaultKind.UNSIGNED]
    HeadFile(tmp_path / "journal-head.json").write(seal.sign(2, store.sealed[-1].hash, NOW))
    assert (await verify_log.verify_store(store, tmp_path, seal)).ok
    store.sealed.pop()
    truncated = await verify_log.verify_store(store, tmp_path, seal)
    assert [one.kind for one in truncated.faults] == [FaultKind.TRUNCATED]


def test_of_many_faults_the_first_are_printed_and_all_counted(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(file.read_bytes() + b"x\n" * 100)
    assert verify_log.run(file, file.parent, None) == 1
    printed = capsys.readouterr().out
    assert "100 faults in 3 entries" in printed
    assert printed.count("[damaged]") == verify_log.SHOWN
    assert "and 80 more" in printed
