"""A session of ten sites, held, as an assessment shows it: what its template is tried with.

The places are those of Vĩnh Phúc in 2022; what happened there is invented.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from diemcau.domain.agenda import Done
from diemcau.domain.assessing import Held, assess
from diemcau.domain.assessment import SessionFigures
from diemcau.domain.assessment_paper import report
from diemcau.domain.casework import Attendance, ChairCall, CheckSheet, Departure, Mark, Roll, Span
from diemcau.domain.directory import Directory, Entry, Line, Mcu, Site
from diemcau.domain.dossier import Dossier
from diemcau.domain.incident import Cause, Incident, Source, Stamp, Step
from diemcau.domain.measures import Figure, Minute
from diemcau.domain.procedure import Deadline, Event, Gate, Procedure
from diemcau.domain.procedure import Step as ProcedureStep
from diemcau.domain.refusal import Text
from diemcau.domain.units import Unit

START = datetime(2022, 3, 25, 1, 0, tzinfo=UTC)
LENGTH_MIN = 112
END = START + timedelta(minutes=LENGTH_MIN)

PLACES = {
    "Văn phòng UBND tỉnh": "tinh",
    "UBND thành phố Vĩnh Yên": "vnpt",
    "UBND huyện Tam Dương": "vnpt",
    "UBND huyện Tam Đảo": "vnpt",
    "UBND huyện Lập Thạch": "viettel",
    "UBND huyện Sông Lô": "viettel",
    "UBND huyện Vĩnh Tường": "viettel",
    "UBND thành phố Phúc Yên": "mobifone",
    "UBND huyện Bình Xuyên": "mobifone",
    "UBND huyện Yên Lạc": "mobifone",
}
SITES = tuple(f"s{number}" for number in range(len(PLACES)))
HOMES = dict(zip(SITES, PLACES.values(), strict=True))
CARRIERS = {"vnpt": "VNPT", "viettel": "Viettel", "mobifone": "MobiFone"}
GONE = {"s3": (35, 42), "s8": (70, 71)}
"""From minute to minute."""


def _place(name: str) -> str:
    place = name.removeprefix("UBND ")
    return place[:1].upper() + place[1:]


def _directory() -> Directory:
    entries: list[Entry] = [Mcu("tinh", "MCU trung tâm UBND tỉnh", "Văn phòng UBND tỉnh")]
    for mcu, carrier in CARRIERS.items():
        entries.append(Mcu(mcu, f"MCU vệ tinh {carrier}", carrier, "tinh"))
        entries.append(Line(f"l-{mcu}", mcu, "tinh", carrier=f"{carrier} Vĩnh Phúc"))
    for number, name in enumerate(PLACES):
        entries.append(Unit(f"u{number}", _place(name), "district"))
        site = f"s{number}"
        entries.append(Site(site, str(number), name, f"u{number}", HOMES[site], number + 1))
    return Directory(entries)


def _procedure() -> Procedure:
    def step(name: str, vi: str, en: str, minutes: int) -> ProcedureStep:
        due = Deadline(Event.START, timedelta(minutes=minutes))
        return ProcedureStep(name, "", Text(vi, en), (), "", deadline=due)

    steps = (
        step("notice", "Gửi thông báo tổ chức phiên họp", "Send the notice", -600),
        step("check", "Kiểm tra kỹ thuật nội bộ", "Internal checks", -120),
        step("join", "Kết nối MCU", "Join the MCUs", -120),
        step("test", "Kiểm thử từ điểm cầu chính", "Test from the main site", -30),
    )
    ready = Text("Toàn hệ thống sẵn sàng", "The whole system is ready")
    joined = Text("Kết nối xong các MCU", "The MCUs are joined")
    gates = (
        Gate("joined", joined, Deadline(Event.START, timedelta(hours=-2)), ("check", "join"), ""),
        Gate("ready", ready, Deadline(Event.START, timedelta(minutes=-30)), ("test",), ""),
    )
    text = Text("Phiên họp theo kế hoạch", "Planned session")
    return Procedure("example", "1", text, "planned", "", (), steps, gates=gates)


def _dossier() -> Dossier:
    done = {"notice": -700, "check": -130, "join": -125, "test": -22}
    steps = {step: Done(START + timedelta(minutes=at), "") for step, at in done.items()}
    return Dossier(
        "example",
        "Triển khai nhiệm vụ phát triển kinh tế - xã hội quý II năm 2022",
        "example.1",
        "u0",
        "tinh",
        SITES,
        START - timedelta(days=2),
        START,
        END,
        chair="s0",
        steps=steps,
        conference="c-example",
        opened_at=START - timedelta(hours=2),
        closed_at=END,
        assessment="Phiên họp diễn ra đúng chương trình, hình ảnh và âm thanh các điểm cầu đạt yêu"
        " cầu.\nĐề nghị VNPT kiểm tra, thay đoạn cáp đến điểm cầu UBND huyện Tam Đảo trước phiên"
        " họp tiếp theo.",
    )


def _attendance() -> Iterator[Attendance]:
    for number, site in enumerate(SITES):
        begin, spans = START - timedelta(minutes=40), []
        if site in GONE:
            went, came = (START + timedelta(minutes=at) for at in GONE[site])
            spans, begin = [Span(begin, went)], came
        spans.append(Span(begin, END))
        roll = Roll.ONLINE if number % 4 == 3 else Roll.PRESENT
        yield Attendance(
            site, "example", site, roll, people=6 + number, spans=tuple(spans), at=START
        )


def _calls() -> Iterator[ChairCall]:
    times = (812.0, 1240.0, 960.0, 31400.0, 1105.0, 2210.0, 905.0)
    for number, ms in enumerate(times):
        at = START + timedelta(minutes=12 + 13 * number)
        site = SITES[1 + number]
        yield ChairCall(f"k{number}", "example", site, at, "released", ms, ms, ms)


def _incidents() -> tuple[Incident, ...]:
    lost, back = (START + timedelta(minutes=at) for at in GONE["s3"])
    after = dict(zip(Step, (20, 95, 130, 180, 150, 165, 420, 600), strict=True))
    steps = {step: Stamp(lost + timedelta(seconds=at), "ky-thuat") for step, at in after.items()}
    sound = START + timedelta(minutes=88)
    told = {Step.TAKEN: Stamp(sound + timedelta(seconds=31), "ky-thuat")}
    return (
        Incident(
            "i1", "example", "s3", lost, "phong-hop", "Mất kết nối", source=Source.ALARM,
            steps=steps, kind=Cause.LINE, cause="Cáp quang suy hao", carrier="VNPT Vĩnh Phúc",
            person="Ông Lâm", solution="Chuyển sợi dự phòng", back_at=back,
            remedy="Chuyển sang sợi quang dự phòng",
        ),
        Incident(
            "i2", "example", "s8", sound, "phong-hop", "Tiếng rè ở micro thứ hai", steps=told,
        ),
    )  # fmt: skip


def _minutes() -> Iterator[Minute]:
    for number in range(LENGTH_MIN):
        start = START + timedelta(minutes=number)
        wave = (number * 7) % 11 / 10
        for place, site in enumerate(SITES):
            since, until = GONE.get(site, (0, 0))
            if since <= number < until:
                continue
            near = site == "s3" and abs(number - since) < 9
            loss = 4.2 + wave if near else 0.05 * place * wave
            figures = _figures(loss, 8.0 + 2 * place + wave, 4.35 - 0.3 * loss)
            faults = {"frozen": 2.5} if near and number % 3 == 0 else {}
            yield Minute("example", f"site/{site}", start, 60.0, figures, faults)
        for mcu in CARRIERS:
            bad = mcu == "mobifone" and 68 <= number < 73
            figures = _figures(3.1 if bad else 0.02 * wave, 3.0 + wave, None)
            yield Minute("example", f"link/{mcu}/tinh", start, 60.0, figures)


def _figures(loss: float, rtt: float, mos: float | None) -> dict[str, Figure]:
    figures = {
        "loss_pct": Figure(60, loss, 0.0, loss * 1.6),
        "rtt_ms": Figure(60, rtt, rtt - 1, rtt * 2),
        "jitter_ms": Figure(60, rtt / 4, 0.5, rtt),
    }
    return figures | ({} if mos is None else {"mos": Figure(60, mos, mos - 0.5, mos + 0.1)})


def _earlier(number: int, available: float, p95: float) -> SessionFigures:
    name, at = f"truoc-{number}", START - timedelta(days=28 * number)
    return SessionFigures(
        name, name, "planned", f"Giao ban tháng {3 - number} năm 2022", at, 5400.0, 10, 10,
        available, 0.3 * number, 4.2, 6, 6, 910.0, p95, number, 300.0, 0, 2, 2,
    )  # fmt: skip


ASSESSMENT = report(
    assess(
        Held(
            dossier=_dossier(),
            procedure=_procedure(),
            homes=HOMES,
            parents=dict.fromkeys(CARRIERS, "tinh"),
            attendance=tuple(_attendance()),
            calls=tuple(_calls()),
            incidents=_incidents(),
            departures=(
                Departure("l1", "example", START + timedelta(minutes=51), "ky-thuat",
                          ("s6",), "Chủ tọa hỏi ngoài chương trình"),
            ),
            sheets=tuple(
                CheckSheet(site, "example", "check", site,
                           (Mark("sound", True, START, "", attempt=1 + (site == "s3")),))
                for site in SITES
            ),
            minutes=tuple(_minutes()),
        ),
        _directory(),
        END,
        (_earlier(1, 99.4, 1890.0), _earlier(2, 98.1, 4120.0)),
    )
)  # fmt: skip
