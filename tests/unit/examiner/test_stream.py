"""RTP numbers and times that wrap, packets in disorder."""

from hypothesis import given
from hypothesis import strategies as st

from diemcau.apart.rtp import Packet
from diemcau.examiner.stream import RATE, Arrived, in_order, spread_ms


@given(
    st.integers(0, 65535),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 300), min_size=1, max_size=60),
)
def test_packets_are_put_in_order_across_the_wrap(
    number: int, stamp: int, places: list[int]
) -> None:
    arrived = [
        Arrived(
            at, Packet(111, (number + n) & 0xFFFF, (stamp + 960 * n) % 2**32, False, bytes([n % 7]))
        )
        for at, n in enumerate(places)
    ]
    placed = in_order(arrived)
    expected = sorted(set(places))
    assert [one.stamp for one in placed] == [960 * (n - places[0]) for n in expected]
    assert [one.payload for one in placed] == [bytes([n % 7]) for n in expected]
    assert [one.at for one in placed] == [places.index(n) for n in expected]


def test_the_spread_of_delays_is_that_of_all_but_a_twentieth() -> None:
    def came(n: int, late_s: float) -> Arrived:
        stamp = (2**32 - 960 + 960 * n) % 2**32
        return Arrived(7 + 0.02 * n + late_s, Packet(112, n, stamp, False, b""))

    steady = [came(n, 0.005) for n in range(100)]
    assert spread_ms(steady, RATE) < 0.001
    assert spread_ms([*steady[:98], came(98, 0.9), came(99, 0.9)], RATE) < 0.001
    uneven = [came(n, 0.4 * (n % 11) / 10) for n in range(110)]
    assert 350 < spread_ms(uneven, RATE) <= 400.001
