"""The mix-minus: a site hears all open slots but itself, so nobody hears an echo."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet


def mix_matrix(
    opened: AbstractSet[int], slots: int, own: Sequence[int | None], gain: float = 1.0
) -> list[list[float]]:
    """One row of gains, one gain per input slot, for each output.

    `own` holds the slot that must not hear itself, or None for an output that hears all.

    >>> mix_matrix({0, 2}, 3, [None, 0, 1])
    [[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 1.0]]
    """
    return [
        [gain if slot in opened and slot != minus else 0.0 for slot in range(slots)]
        for minus in own
    ]


def matrix_text(rows: Sequence[Sequence[float]]) -> str:
    """The matrix as GStreamer writes arrays.

    >>> matrix_text([[1.0, 0.0], [0.0, 1.0]])
    '<<1.0,0.0>,<0.0,1.0>>'
    """
    return "<" + ",".join("<" + ",".join(map(repr, row)) + ">" for row in rows) + ">"
