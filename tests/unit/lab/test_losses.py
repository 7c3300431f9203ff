"""The losses of a bad line: the share asked for, in runs of the length asked for."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from diemcau.lab.forwarder import Losses

PACKETS = 200_000


def fates(loss: float, burst: float, seed: int = 1) -> list[bool]:
    losses = Losses(loss, burst, seed)
    return [losses.lost() for _ in range(PACKETS)]


@pytest.mark.parametrize("loss", [0.0, 0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("burst", [1.0, 2.0, 5.0])
def test_the_share_is_kept(loss: float, burst: float) -> None:
    lost = sum(fates(loss, burst)) / PACKETS
    assert lost == pytest.approx(loss, rel=0.12, abs=1e-9)


@pytest.mark.parametrize("burst", [2.0, 5.0, 10.0])
def test_runs_have_the_mean_length(burst: float) -> None:
    runs = [len(list(run)) for lost, run in groupby(fates(0.1, burst)) if lost]
    assert sum(runs) / len(runs) == pytest.approx(burst, rel=0.1)


def test_without_bursts_losses_are_independent() -> None:
    lost = fates(0.1, 1.0)
    after_a_loss = [b for a, b in pairwise(lost) if a]
    assert sum(after_a_loss) / len(after_a_loss) == pytest.approx(0.1, rel=0.15)


def test_a_seed_gives_the_same_line_again() -> None:
    assert fates(0.1, 2.0, seed=7) == fates(0.1, 2.0, seed=7)
    assert fates(0.1, 2.0, seed=7) != fates(0.1, 2.0, seed=8)
