"""The doctor's findings on machines that lack one thing or another."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import diemcau
from diemcau.cli import doctor
from diemcau.cli.doctor import GIB, Finding, Verdict
from diemcau.cli.machine import ThisMachine
from diemcau.domain.refusal import Invalid, Refusal, Text
from diemcau.identity import HEAD_FILE, HeadFile, load_seal

SOURCE = Path(diemcau.__file__).parent


@dataclass
class FakeMachine:
    """A machine in good health; a test takes something away."""

    version: tuple[int, int, int] = (3, 11, 2)
    programs: set[str] = field(default_factory=lambda: {"ip", "janus"})
    outputs: dict[str, str] = field(
        default_factory=lambda: {
            "janus": "Janus version: 1401 (1.4.1)\nJanus commit: x\n",
            "timedatectl": "NTPSynchronized=yes\n",
        }
    )
    no_root: str = ""
    no_namespaces: str = ""
    lost_plugins: list[str] = field(default_factory=list)
    lost_elements: list[str] = field(default_factory=list)
    lost_modules: list[str] = field(default_factory=list)
    font: str = "ok"
    no_python: bool = False
    busy: set[int] = field(default_factory=set)
    disk: int = 50 * GIB
    core_count: int = 4
    bytes: int = 8 * GIB
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    no_letters: str = ""
    ways: list[str] | None = field(default_factory=lambda: ["mail mail.tinh.example"])
    head: int | None = 12
    refusal: Refusal | None = None

    def python(self) -> tuple[int, int, int]:
        return self.version

    def which(self, program: str) -> str:
        return f"/usr/bin/{program}" if program in self.programs else ""

    def output(self, *argv: str) -> str:
        return self.outputs.get(argv[0], "")

    def root(self) -> str:
        return self.no_root

    def namespaces(self) -> str:
        return self.no_namespaces

    def janus_plugins(self) -> list[str]:
        return self.lost_plugins

    def media(self, elements: list[str]) -> dict[str, Any]:
        if self.no_python:
            return {}
        return {
            "elements": [e for e in elements if e in self.lost_elements],
            "modules": self.lost_modules,
            "version": "1.22.0",
            "font": self.font,
        }

    def port_free(self, port: int) -> bool:
        return port not in self.busy

    def disk_free(self) -> int:
        return self.disk

    def cores(self) -> int:
        return self.core_count

    def memory(self) -> int:
        return self.bytes

    def today(self) -> datetime:
        return self.now

    def document_font(self) -> str:
        return self.no_letters

    def couriers(self) -> list[str] | None:
        if self.refusal:
            raise self.refusal
        return self.ways

    def log_head(self) -> int | None:
        if self.refusal:
            raise self.refusal
        return self.head


def findings(machine: FakeMachine) -> list[Finding]:
    return [check(machine) for check in doctor.CHECKS]


def test_a_machine_in_good_health_passes_all_checks() -> None:
    found = findings(FakeMachine())
    assert {finding.verdict for finding in found} == {Verdict.OK}
    assert doctor.exit_code(found) == 0


MISSING: list[tuple[dict[str, Any], Callable[..., Finding], str]] = [
    ({"version": (3, 10, 9)}, doctor.python, "3.11"),
    ({"no_root": "sudo: a password is required"}, doctor.root, "password"),
    ({"programs": {"janus"}}, doctor.ip, "iproute2"),
    ({"no_namespaces": "Operation not permitted"}, doctor.namespaces, "not permitted"),
    ({"programs": {"ip"}}, doctor.janus, "apt-get install janus"),
    ({"lost_plugins": ["libjanus_videoroom.so"]}, doctor.janus, "reinstall"),
    ({"lost_elements": ["x264enc"]}, doctor.media, "./diemcau demo"),
    ({"lost_modules": ["gi"]}, doctor.media, "./diemcau demo"),
    ({"no_python": True}, doctor.media, "./diemcau demo"),
    ({"font": "missing"}, doctor.fonts, "fonts-dejavu-core"),
    ({"no_letters": "no font"}, doctor.documents, "fonts-liberation2"),
    ({"refusal": Invalid("sửa sender", "mend sender")}, doctor.couriers, "mend sender"),
    ({"refusal": Invalid("hỏng", "it is damaged")}, doctor.log_book, "damaged"),
    ({"now": datetime(1970, 1, 1, tzinfo=UTC)}, doctor.clock, "set the clock"),
]


@pytest.mark.parametrize(("less", "check", "remedy"), MISSING)
def test_what_is_needed_and_missing_is_named_with_its_remedy(
    less: dict[str, Any], check: Callable[..., Finding], remedy: str
) -> None:
    machine = FakeMachine(**less)
    finding = check(machine)
    assert finding.verdict is Verdict.MISSING
    assert finding.remedy is not None
    assert remedy in finding.remedy.en
    assert doctor.exit_code(findings(machine)) == 1


WARNINGS: list[tuple[dict[str, Any], Callable[..., Finding]]] = [
    ({"busy": {8080}}, doctor.port),
    ({"ways": None}, doctor.couriers),
    ({"ways": []}, doctor.couriers),
    ({"disk": GIB}, doctor.disk),
    ({"core_count": 1}, doctor.power),
    ({"bytes": GIB}, doctor.power),
    ({"outputs": {"janus": "Janus version: 1401 (1.4.1)"}}, doctor.clock),
    ({"outputs": {"janus": "something else", "timedatectl": "NTPSynchronized=yes"}}, doctor.janus),
]


@pytest.mark.parametrize(("less", "check"), WARNINGS)
def test_what_only_limits_is_a_warning_and_no_failure(
    less: dict[str, Any], check: Callable[..., Finding]
) -> None:
    machine = FakeMachine(**less)
    assert check(machine).verdict is Verdict.WARNING
    assert doctor.exit_code(findings(machine)) == 0


def test_a_janus_with_known_faults_is_told_of_with_what_guards_it() -> None:
    finding = doctor.janus(FakeMachine(outputs={"janus": "Janus version: 1102 (1.1.2)"}))
    assert finding.verdict is Verdict.WARNING
    assert finding.what.en == "Janus 1.1.2"
    assert finding.remedy is not None
    assert "1.4.1" in finding.remedy.en
    assert "loopback" in finding.remedy.en


def test_a_missing_element_is_named() -> None:
    finding = doctor.media(FakeMachine(lost_elements=["avdec_h264", "webrtcbin"]))
    assert finding.what.en == "GStreamer lacks avdec_h264, webrtcbin"


def test_a_finding_is_a_line_in_both_languages_and_its_remedy_below() -> None:
    finding = Finding(Verdict.MISSING, Text("thiếu ip", "no ip"), Text("cài ip", "install ip"))
    assert doctor.line(finding) == "✗ thiếu ip / no ip\n    → cài ip\n    → install ip"


def test_what_reads_the_same_in_both_languages_is_written_once() -> None:
    same = Text("Janus 1.4.1", "Janus 1.4.1")
    assert doctor.line(Finding(Verdict.OK, same)) == "✓ Janus 1.4.1"


def test_the_report_ends_with_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(FakeMachine(programs=set())) == 1
    assert capsys.readouterr().out.strip().endswith("2 needed things are missing.")
    assert doctor.run(FakeMachine()) == 0
    assert capsys.readouterr().out.strip().endswith("This machine can run it.")


def test_this_machine_reads_a_servers_couriers_and_head(tmp_path: Path) -> None:
    assert ThisMachine(tmp_path).couriers() is None
    assert ThisMachine(tmp_path).log_head() is None
    file = tmp_path / "couriers.toml"
    file.write_text('[mail]\nhost = "mail.tinh.example"\nsender = "hop@tinh.example"\n')
    assert ThisMachine(tmp_path, file).couriers() == ["mail mail.tinh.example"]
    seal = load_seal(tmp_path)
    HeadFile(tmp_path / HEAD_FILE).write(seal.sign(7, "0" * 64, datetime(2026, 11, 24, tzinfo=UTC)))
    assert ThisMachine(tmp_path).log_head() == 7
    (tmp_path / HEAD_FILE).write_text("?")
    assert doctor.log_book(ThisMachine(tmp_path)).verdict is Verdict.MISSING


def test_every_element_of_the_pipelines_is_looked_for() -> None:
    calls = re.compile(r"\bmake\(\s*\"([a-z0-9_]+)\"")
    launched = re.compile(r"(?:^|!)\s*([a-z][a-z0-9_]+[a-z0-9])(?=\s+[a-z_-]+=|\s*$)", re.MULTILINE)
    built: set[str] = set()
    for file in [*SOURCE.glob("mixer/*.py"), *SOURCE.glob("synthetic/*.py")]:
        built |= set(calls.findall(file.read_text("utf-8")))
    for name in ("synthetic/publisher.py", "stills/decoder.py"):
        description = (SOURCE / name).read_text("utf-8")
        text = description.partition('return f"""')[2].partition('"""')[0]
        built |= set(launched.findall(text))
    assert {"webrtcbin", "x264enc", "compositor", "avdec_h264", "jpegenc"} <= built
    assert built <= set(doctor.ELEMENTS)
