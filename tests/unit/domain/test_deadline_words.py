"""Deadlines as people say them."""

from datetime import timedelta

import pytest

from diemcau.domain.deadline_words import deadline_words, duration_words
from diemcau.domain.procedure import Deadline, Event


@pytest.mark.parametrize(
    ("event", "offset", "vi", "en"),
    [
        (Event.REQUEST, timedelta(minutes=15), "15 phút sau khi nhận được yêu cầu",
         "15 minutes after the request is received"),
        (Event.REQUEST, timedelta(0), "ngay khi nhận được yêu cầu",
         "as soon as the request is received"),
        (Event.REHEARSAL, timedelta(0), "trước phiên tổng duyệt", "before the rehearsal"),
        (Event.START, timedelta(hours=-2), "chậm nhất 2 giờ trước giờ họp",
         "at least 2 hours before the start"),
        (Event.START, timedelta(minutes=-90), "chậm nhất 1 giờ 30 phút trước giờ họp",
         "at least 1 hour 30 minutes before the start"),
        (Event.CALL, timedelta(seconds=30), "trong vòng 30 giây kể từ khi chủ tọa yêu cầu",
         "within 30 seconds of the chair's asking"),
        (Event.END, timedelta(days=1), "1 ngày sau khi kết thúc phiên họp",
         "1 day after the end of the session"),
    ],
)  # fmt: skip
def test_a_deadline_is_said_in_both_languages(
    event: Event, offset: timedelta, vi: str, en: str
) -> None:
    words = deadline_words(Deadline(event, offset))
    assert (words.vi, words.en) == (vi, en)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_every_event_has_words_before_at_and_after_it(event: Event, minutes: int) -> None:
    words = deadline_words(Deadline(event, timedelta(minutes=minutes)))
    assert ("5 phút" in words.vi) == ("5 minutes" in words.en) == bool(minutes)


def test_no_duration_is_said_as_zero_seconds() -> None:
    assert duration_words(timedelta(0)).vi == "0 giây"
    assert duration_words(timedelta(0)).en == "0 seconds"
