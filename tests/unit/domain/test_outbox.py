"""A message on its way: when it is tried again, when it is given up, who waits for whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from diemcau.domain.outbox import (
    Channel,
    Message,
    MessageState,
    deferred,
    due,
    failed,
    next_moment,
    order,
    recovered,
    sending,
    sent,
)

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def message(name: str = "m1", to: str = "an@vinhphuc.gov.vn", at: datetime = NOW) -> Message:
    return Message(name, "d1", Channel.MAIL, to, "Giấy mời", "Kính gửi …", at, at)


def test_the_way_through() -> None:
    under_way = sending(message(), NOW)
    assert (under_way.state, under_way.attempts) == (MessageState.SENDING, 1)
    done = sent(under_way, LATER)
    assert (done.state, done.sent_at, done.ended) == (MessageState.SENT, LATER, True)
    assert not done.doubtful


def test_waits_grow_up_to_a_quarter_of_an_hour() -> None:
    waits, one, now = [], message(), NOW
    for _ in range(7):
        one = deferred(sending(one, now), now, "451 busy")
        waits.append((one.next_at - now).total_seconds())
        now = one.next_at
    assert waits == [10, 30, 60, 300, 900, 900, 900]
    assert (one.state, one.error, one.attempts) == (MessageState.QUEUED, "451 busy", 7)


def test_the_last_attempt_is_at_48_hours_and_then_it_has_failed() -> None:
    last = NOW + timedelta(hours=48)
    one = sending(replace(message(), attempts=200), last - timedelta(minutes=2))
    one = deferred(one, last - timedelta(minutes=2), "down")
    assert (one.state, one.next_at) == (MessageState.QUEUED, last)
    one = deferred(sending(one, last), last, "still down")
    assert (one.state, one.error) == (MessageState.FAILED, "still down")


def test_a_receiver_may_ask_for_more_time_but_not_for_less() -> None:
    one = sending(message(), NOW)
    assert deferred(one, NOW, "", at_least=timedelta(hours=1)).next_at == NOW + timedelta(hours=1)
    assert deferred(one, NOW, "", at_least=timedelta(0)).next_at == NOW + timedelta(seconds=10)


def test_what_may_have_left_stays_doubtful_to_the_end() -> None:
    one = deferred(sending(message(), NOW), NOW, "cut", doubtful=True)
    assert one.doubtful
    assert deferred(sending(one, NOW), NOW, "451").doubtful
    assert sent(sending(one, NOW), NOW).doubtful
    assert not deferred(sending(message(), NOW), NOW, "451").doubtful


def test_what_was_being_sent_when_a_process_died_is_doubtful_and_due_at_once() -> None:
    found = recovered(sending(message(), NOW), LATER)
    assert (found.state, found.doubtful, found.next_at) == (MessageState.QUEUED, True, LATER)
    assert found.id == message().id


@pytest.mark.parametrize(
    "other", [message(), sent(message(), NOW), failed(message(), NOW, "550 unknown")]
)
def test_what_was_not_being_sent_is_found_as_it_was(other: Message) -> None:
    assert recovered(other, LATER) == other


def test_a_failure_keeps_its_reason_and_its_moment() -> None:
    one = failed(sending(message(), NOW), LATER, "550 unknown")
    assert (one.state, one.error, one.next_at) == (MessageState.FAILED, "550 unknown", LATER)
    assert one.ended


def test_the_order_is_that_of_writing_then_as_given() -> None:
    late, b, a = message("c", at=LATER), message("b"), message("a")
    assert [m.id for m in order([late, b, a])] == ["b", "a", "c"]


def test_a_recipient_gets_one_at_a_time_and_in_order() -> None:
    first, second = message("m1"), message("m2", at=LATER)
    other = message("m3", to="binh@vinhphuc.gov.vn", at=LATER)
    assert [m.id for m in due([second, other, first], LATER)] == ["m1", "m3"]
    assert [m.id for m in due([second, sending(first, NOW)], LATER)] == []
    waiting = deferred(sending(first, NOW), LATER, "451")
    assert due([waiting, second], LATER) == []
    assert due([sent(first, NOW), second], LATER) == [second]
    assert due([failed(first, NOW, ""), second], LATER) == [second]


def test_mail_and_webhook_of_one_name_are_two_recipients() -> None:
    mail, hook = message("m1", "a"), replace(message("m2", "a"), channel=Channel.WEBHOOK)
    assert due([mail, hook], NOW) == [mail, hook]


def test_nothing_is_due_before_its_time() -> None:
    assert due([message(at=LATER)], NOW) == []


def test_the_next_moment_is_the_earliest_of_those_that_can_go() -> None:
    waiting = deferred(sending(message("m1"), NOW), NOW, "451")
    behind, other = message("m2", at=NOW), message("m3", to="x@y.vn", at=LATER)
    assert next_moment([behind, waiting, other]) == NOW
    assert next_moment([replace(behind, created_at=LATER), waiting]) == waiting.next_at
    assert next_moment([sending(message(), NOW)]) is None
    assert next_moment([sent(message(), NOW)]) is None
    assert next_moment([]) is None
