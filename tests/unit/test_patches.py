"""The law of merge patches: applying them to the old state gives the new one."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diemcau.services.patches import apply, diff

names = st.sampled_from(["a", "b", "c", "sites"])
scalars = st.one_of(st.booleans(), st.integers(-3, 3), st.text(max_size=2), st.floats(0, 1))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=12,
)
states = st.dictionaries(names, values, max_size=4)


@given(states, states)
def test_a_patch_leads_from_the_old_state_to_the_new(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    wired = json.loads(json.dumps(diff(old, new)))
    assert apply(old, wired) == new


@given(st.lists(states, min_size=2, max_size=6))
def test_a_chain_of_patches_leads_to_the_last_state(chain: list[dict[str, Any]]) -> None:
    seen: Any = chain[0]
    for old, new in pairwise(chain):
        seen = apply(seen, diff(old, new))
    assert seen == chain[-1]


@given(states)
def test_nothing_changed_is_an_empty_patch(state: dict[str, Any]) -> None:
    assert diff(state, json.loads(json.dumps(state))) == {}


def test_only_what_changed_is_in_a_patch() -> None:
    old = {"sites": {"a": {"tally": "off", "level_db": -20.0}, "b": {"tally": "off"}}}
    new = {"sites": {"a": {"tally": "on_air"}, "b": {"tally": "off"}}}
    assert diff(old, new) == {"sites": {"a": {"tally": "on_air", "level_db": None}}}


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_examples_of_rfc_7396_appendix_a(target: Any, patch: Any, result: Any) -> None:
    assert apply(target, patch) == result
