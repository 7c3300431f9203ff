"""Percentiles, the same way in every bench."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least ``share`` (0…1) of them do not exceed; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return round(ordered[max(0, math.ceil(share * len(ordered)) - 1)], 1)


def median(values: Sequence[float]) -> float | None:
    return percentile(values, 0.5)


def latencies(values: Sequence[float], failed: int) -> dict[str, float | int | None]:
    """``n`` tries, their p50 and p99 in ms, and how many failed."""
    return {
        "n": len(values) + failed,
        "p50_ms": percentile(values, 0.5),
        "p99_ms": percentile(values, 0.99),
        "failed": failed,
    }
