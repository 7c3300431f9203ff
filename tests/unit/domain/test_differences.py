"""What changed, as a person would say it."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.domain.differences import MASK, Change, differences
from diemcau.domain.plain import Json, canonical, plain
from tests.logs import values


@dataclass(frozen=True)
class Item:
    id: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    name: str
    seats: int = 0
    password_hash: str = ""
    totp_secret: str | None = None
    items: tuple[Item, ...] = ()
    places: frozenset[str] = frozenset()


OLD = Account("An", items=(Item("a", "Mở"), Item("b", "Họp"), Item("c", "Đóng")))


@given(values)
def test_a_value_does_not_differ_from_itself(value: Json) -> None:
    assert differences(value, value) == ()


records = st.builds(
    Account,
    st.sampled_from("xy"),
    st.integers(0, 1),
    items=st.lists(
        st.builds(Item, st.sampled_from("abc"), st.sampled_from("xy")), unique_by=lambda i: i.id
    ).map(tuple),
)


@given(records, records)
def test_records_that_differ_have_differences(old: Account, new: Account) -> None:
    assert bool(differences(old, new)) is (old != new)


@given(values, values)
def test_every_difference_has_two_sides(old: Json, new: Json) -> None:
    for change in differences(old, new):
        assert MASK in (change.old, change.new) or canonical(change.old) != canonical(change.new)


def test_a_field_is_named_with_what_it_was_and_is() -> None:
    assert differences(OLD, replace(OLD, name="Bình", seats=3)) == (
        Change("name", "An", "Bình"),
        Change("seats", 0, 3),
    )


def test_records_with_an_id_are_compared_by_it() -> None:
    first, second, _ = OLD.items
    new = replace(OLD, items=(replace(first, title="Mở đầu"), second, Item("d", "Ăn")))
    assert differences(OLD, new) == (
        Change("items[a].title", "Mở", "Mở đầu"),
        Change("items[c]", {"id": "c", "title": "Đóng", "roles": []}, None),
        Change("items[d]", None, {"id": "d", "title": "Ăn", "roles": []}),
    )


def test_a_new_order_of_records_is_a_difference() -> None:
    new = replace(OLD, items=(OLD.items[1], OLD.items[0], OLD.items[2]))
    assert differences(OLD, new) == (Change("items", ["a", "b", "c"], ["b", "a", "c"]),)


def test_other_lists_are_compared_whole() -> None:
    new = replace(OLD, items=(replace(OLD.items[0], roles=("dic",)), *OLD.items[1:]))
    assert differences(OLD, new) == (Change("items[a].roles", [], ["dic"]),)
    assert differences(OLD, replace(OLD, places=frozenset("ba"))) == (
        Change("places", [], ["a", "b"]),
    )


def test_two_records_of_one_id_are_compared_whole() -> None:
    old: Json = [{"id": "a", "n": 1}, {"id": "a", "n": 2}]
    new: Json = [{"id": "a", "n": 1}]
    assert differences({"x": old}, {"x": new}) == (Change("x", old, new),)


@pytest.mark.parametrize(("old", "new"), [([], {}), ({}, 1), (1, True), ([{"id": "a"}], ["a"])])
def test_another_kind_of_value_is_a_difference(old: Json, new: Json) -> None:
    assert differences({"x": old}, {"x": new}) == (Change("x", old, new),)


def test_a_record_that_is_made_or_removed_is_told_field_by_field() -> None:
    item = Item("a", "Mở")
    made = differences(None, item)
    assert made == (Change("id", None, "a"), Change("title", None, "Mở"), Change("roles", None, []))
    assert differences(item, None) == tuple(Change(c.path, c.new, c.old) for c in made)


def test_a_secret_is_seen_to_change_and_not_what_it_is() -> None:
    new = replace(OLD, password_hash="$argon2id$1", totp_secret="JBSW")
    assert differences(OLD, new) == (
        Change("password_hash", "", MASK),
        Change("totp_secret", None, MASK),
    )
    later = replace(new, password_hash="$argon2id$2")
    assert differences(new, later) == (Change("password_hash", MASK, MASK),)


@given(st.recursive(st.just("hidden"), lambda inner: st.lists(inner, min_size=1, max_size=2)))
def test_no_secret_inside_a_record_is_shown(hidden: Json) -> None:
    record = {"id": "p", "secret": hidden, "keys": [{"token": {"deep": hidden}}]}
    for old, new in ((None, record), ({"x": []}, {"x": [record]}), ({"secret": {"a": 1}}, record)):
        shown = differences(old, new)
        assert shown
        assert b"hidden" not in canonical(plain(shown))
