"""The mix-minus: a site hears all open slots but its own, so nobody hears an echo."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

Together = Sequence[AbstractSet[int]]
"""Slots that belong to one site."""


def mix_matrix(
    opened: AbstractSet[int],
    slots: int,
    own: Sequence[int | None],
    together: Together = (),
    gain: float = 1.0,
) -> list[list[float]]:
    """One row of gains, one gain per input slot, for each output.

    `own` holds the slot that must not hear itself, nor those `together` with it; or None for an
    output that hears all.

    >>> mix_matrix({0, 2}, 3, [None, 0, 1])
    [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 1.0]]
    >>> mix_matrix({0, 1, 2}, 3, [0, 1], [{1, 2}])
    [[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]
    """
    left_out = [set() if slot is None else with_theirs({slot}, together) for slot in own]
    return [
        [gain if slot in opened - minus else 0.0 for slot in range(slots)] for minus in left_out
    ]


def with_theirs(slots: AbstractSet[int], together: Together) -> set[int]:
    """These slots, and those of the same sites."""
    return set(slots).union(*(site for site in together if site & slots))


def matrix_text(rows: Sequence[Sequence[float]]) -> str:
    """The matrix as GStreamer writes arrays.

    >>> matrix_text([[1.0, 0.0], [0.0, 1.0]])
    '<<1.0,0.0>,<0.0,1.0>>'
    """
    return "<" + ",".join("<" + ",".join(map(repr, row)) + ">" for row in rows) + ">"
