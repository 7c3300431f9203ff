"""RTP numbers and times that wrap, packets in disorder."""

from hypothesis import given
from hypothesis import strategies as st

from diemcau.apart.rtp import Packet
from diemcau.examiner.stream import Arrived, in_order


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
