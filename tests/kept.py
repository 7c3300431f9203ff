"""One record of each kind that is kept, with every optional field used, and texts that are odd."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from diemcau.domain.accounts import Account
from diemcau.domain.agenda import Done
from diemcau.domain.assessment import SessionFigures
from diemcau.domain.cascade_plan import CascadePlan, PlanCost
from diemcau.domain.casework import (
    Answer,
    Attendance,
    ChairCall,
    CheckSheet,
    Departure,
    DossierPlan,
    HandIn,
    Mark,
    Roll,
    Span,
)
from diemcau.domain.directory import Contact, Duty, Line, Mcu, Person, Room, Site, Tier
from diemcau.domain.dossier import Dossier, Letter, Secrecy
from diemcau.domain.entrance import JoinCode, Kiosk
from diemcau.domain.examination import Bound
from diemcau.domain.incident import Cause, Incident, Source, Stamp, Step
from diemcau.domain.layout import Pane
from diemcau.domain.outbox import Attachment, Channel, Message, MessageState
from diemcau.domain.procedure import ProcedureFile
from diemcau.domain.refusal import Text
from diemcau.domain.rehearsal import Examined
from diemcau.domain.roles import Grant, Role
from diemcau.domain.saved_scene import SavedScene
from diemcau.domain.script import Script, ScriptItem
from diemcau.domain.selftest import Finding, SelfTest
from diemcau.domain.talk import ChatLine
from diemcau.domain.units import Unit

AT = datetime(2026, 11, 24, 1, 2, 3, 456789, UTC)
"""A moment that has microseconds."""

LATER = AT + timedelta(hours=1, microseconds=1)
SINCE, UNTIL = date(2025, 7, 1), date(2031, 1, 1)
ODD = "Họp e\u0302\u0323 ệ ' \" \\ % ; -- \u2028\u202eđảo 👩‍👧 \x00 \x7f \U0010ffff"

_ITEM = ScriptItem("i1", ODD, ("s-1", "s-2"), AT, 15, "Ông An", "grid-4", "Chào mừng", "Phim")
_PLAN = CascadePlan(
    "tinh",
    {"bac": "tinh"},
    {"s-2": "tinh", "s-1": "bac"},
    PlanCost(3, 2, 1, 0.1 + 0.2, 1e-7),
    True,
    0.0625,
    (Text("vì", "because"),),
)

BOUNDS = {"hum": (Bound("hum_db", most=0.3), Bound("luma", 1.5, 2.5))}

RECORDS: tuple[Any, ...] = (
    Tier("commune", "Xã", "Commune", 3),
    Unit("u-1", ODD, "commune", "u-0", SINCE, UNTIL, "08542", 21.3, 105.6),
    Room("r-1", "Phòng họp", "u-1", "Số 1", 40, SINCE, UNTIL),
    Mcu("bac", "MCU bắc", "VNPT", "tinh", ("u-1", "u-2"), "u-3", 64, 999.5, SINCE, UNTIL, "s-1"),
    Line("l-1", "bac", "tinh", 50.25, 2, "VNPT", "0211 1", "u-1", SINCE, UNTIL),
    Site("s-1", "01", "UBND xã", "u-1", "bac", 4095, "r-1", SINCE, UNTIL),
    Person("p-1", "An", "u-1", "Chánh VP", "0211 2", "an@x.vn", SINCE, UNTIL),
    Contact("k-1", "p-1", "s-1", "technician", SINCE, UNTIL),
    Duty("d-1", "p-1", "u-1", AT, LATER, 2),
    Account(
        "an.nguyen",
        "Nguyễn An",
        "an@x.vn",
        "$argon2id$v=19$…",
        AT,
        "JBSWY3DP",
        59_000_000,
        "https://sso|7",
        "p-1",
        False,
        (Grant(Role.OFFICE, "u-1"), Grant(Role.ROOM_OPERATOR, "u-2")),
        3,
        LATER,
        2,
    ),
    ProcedureFile("429-planned.7", 'name = "…"\r\n\t# ' + ODD, AT, "an.nguyen"),
    Dossier(
        "d1",
        ODD,
        "429-planned.7",
        "u-1",
        "tinh",
        ("s-2", "s-1"),
        AT,
        LATER,
        LATER + timedelta(hours=2),
        "s-1",
        AT + timedelta(minutes=1),
        Letter("12/CV", SINCE, "Sở", "Mời họp"),
        "Nội dung\n2",
        Secrecy.SECRET,
        ("an.nguyen",),
        "sr1",
        2,
        {"plan": Done(AT, "an.nguyen", "word", ODD), "check": Done(LATER, "", "system", "-", AT)},
        frozenset({"a", "b"}),
        "c-d1",
        AT,
        LATER,
        LATER,
        "hoãn",
        "tốt",
        "an.nguyen",
        AT,
    ),
    Answer("d1.u-1", "d1", "u-1", 2, AT, 1, LATER, "an.nguyen", ODD),
    CheckSheet("d1.tq.s-1", "d1", "tq", "s-1", (Mark("mic", False, AT, "an.nguyen", ODD, 2),)),
    HandIn("d1.s-1", "d1", "s-1", "An", "0211 3", AT, "an.nguyen", "Bình", "0211 4", "cáp quang"),
    Attendance(
        "d1.s-1",
        "d1",
        "s-1",
        Roll.ABSENT,
        "mất điện",
        "an.nguyen",
        AT,
        12,
        (Span(AT, LATER), Span(LATER, None)),
    ),
    Departure("x1", "d1", AT, "an.nguyen", ("s-1",), "theo chủ tọa"),
    ChairCall("d1.k1", "d1", "s-1", AT, "connected", 0.1 + 0.2, 120.5, 120.5, "an.nguyen"),
    Script("d1.2", "d1", 2, (_ITEM,), AT, "an.nguyen", "muộn", LATER, "binh.tran"),
    DossierPlan(
        "d1",
        "d1",
        _PLAN,
        AT,
        "an.nguyen",
        True,
        (Text("vì", "because"),),
        (Text("nếu", "if"),),
        LATER,
        "binh.tran",
    ),
    Message(
        "m1",
        "d1",
        Channel.WEBHOOK,
        "van-thu",
        ODD,
        "Kính gửi",
        AT,
        LATER,
        "0211 386 0000",
        "<p>Kính gửi</p>",
        (Attachment("giấy mời.pdf", "application/pdf", "AAECAw=="),),
        "BEGIN:VCALENDAR\r\n",
        MessageState.SENDING,
        3,
        LATER,
        "451 bận",
        True,
    ),
    ChatLine("d1.l1", "d1", "s-1", AT, "an.nguyen", ODD, True),
    Incident(
        "d1.p1",
        "d1",
        "s-1",
        AT,
        "an.nguyen",
        ODD,
        {"rtt_ms": 0.1 + 0.2},
        Source.ALARM,
        "bac/tinh",
        {Step.TAKEN: Stamp(AT, "binh.tran"), Step.CARRIER_TOLD: Stamp(LATER, "binh.tran")},
        Cause.LINE,
        "đứt cáp",
        "VNPT",
        "Ông Lâm",
        "hàn lại",
        LATER,
        "đồng ý",
        "hoãn",
        "đổi dây",
    ),
    SessionFigures(
        "d1",
        "d1",
        "planned",
        ODD,
        AT,
        5400.5,
        2,
        1,
        99.5,
        0.1 + 0.2,
        4.1,
        3,
        2,
        812.5,
        1e4,
        1,
        61.25,
        1,
        3,
        2,
        {"link/bac/tinh": 0.1},
    ),
    SavedScene("k1", ODD, "pip", (Pane(0.1 + 0.2, 0.0, 0.5, 0.25),), ("s-1", ""), AT, "an.nguyen"),
    SelfTest(
        "d1.s-1", "d1", "s-1", AT, "an.nguyen", (Finding("camera", False, ODD, {"fps": 0.1 + 0.2}),)
    ),
    Examined("d1.s-1", "d1", "s-1", AT, 2, ("hum", "dark"), {"hum_db": 0.1 + 0.2}, 7, BOUNDS),
    JoinCode("012345678", "d1", "c-d1", Role.SITE, "s-1", "an.nguyen@s-1", LATER, "an.nguyen"),
    Kiosk("s-1", "0a1b2c3d", AT, "an.nguyen"),
)

BARE: tuple[Any, ...] = (
    Unit("u-9", "Xã", "commune"),
    Attendance("d1.s-9", "d1", "s-9"),
    Account("binh.tran", "Bình"),
    replace(RECORDS[11], id="d9", letter=Letter(), rehearsal_at=None, steps={}, raised=frozenset()),
)
"""Some with as little as can be: dates that mean always, no time, nothing in a collection."""
