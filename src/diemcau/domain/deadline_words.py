"""Deadlines and durations as people say them: "chậm nhất 2 giờ trước giờ họp"."""

from datetime import timedelta

from diemcau.domain.procedure import Deadline, Event
from diemcau.domain.refusal import Text

_UNITS = (
    (timedelta(days=1), "ngày", "day"),
    (timedelta(hours=1), "giờ", "hour"),
    (timedelta(minutes=1), "phút", "minute"),
    (timedelta(seconds=1), "giây", "second"),
)

_AT = {
    Event.REQUEST: Text("ngay khi nhận được yêu cầu", "as soon as the request is received"),
    Event.REHEARSAL: Text("trước phiên tổng duyệt", "before the rehearsal"),
    Event.START: Text("trước giờ họp", "before the start"),
    Event.CALL: Text("ngay khi chủ tọa yêu cầu", "as soon as the chair asks"),
    Event.END: Text("ngay khi kết thúc phiên họp", "as soon as the session ends"),
}

_BEFORE = {
    Event.REQUEST: Text("khi nhận được yêu cầu", "the request is received"),
    Event.REHEARSAL: Text("phiên tổng duyệt", "the rehearsal"),
    Event.START: Text("giờ họp", "the start"),
    Event.CALL: Text("khi chủ tọa yêu cầu", "the chair asks"),
    Event.END: Text("khi kết thúc phiên họp", "the end of the session"),
}

_AFTER = {
    Event.REQUEST: Text("sau khi nhận được yêu cầu", "after the request is received"),
    Event.REHEARSAL: Text("sau phiên tổng duyệt", "after the rehearsal"),
    Event.START: Text("sau giờ họp", "after the start"),
    Event.CALL: Text("kể từ khi chủ tọa yêu cầu", "of the chair's asking"),
    Event.END: Text("sau khi kết thúc phiên họp", "after the end of the session"),
}


def duration_words(duration: timedelta) -> Text:
    """As "1 giờ 30 phút", "1 hour 30 minutes"; the sign is not said."""
    rest = abs(duration)
    vi, en = [], []
    for unit, name, name_en in _UNITS:
        count, rest = divmod(rest, unit)
        if count:
            vi.append(f"{count} {name}")
            en.append(f"{count} {name_en}{'' if count == 1 else 's'}")
    return Text(" ".join(vi) or "0 giây", " ".join(en) or "0 seconds")


def deadline_words(deadline: Deadline) -> Text:
    """A deadline as a clause of a sentence, in small letters."""
    event, long = deadline.event, duration_words(deadline.offset)
    if not deadline.offset:
        return _AT[event]
    if deadline.offset < timedelta(0):
        before = _BEFORE[event]
        return Text(
            f"chậm nhất {long.vi} trước {before.vi}", f"at least {long.en} before {before.en}"
        )
    after = _AFTER[event]
    within = ("trong vòng ", "within ") if event is Event.CALL else ("", "")
    return Text(f"{within[0]}{long.vi} {after.vi}", f"{within[1]}{long.en} {after.en}")
