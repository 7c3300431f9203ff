"""One contract for couriers: in memory, to a real mail server, to a real HTTP server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from diemcau.ports.couriers import DeliveryFailed
from tests.contract.courier_rigs import FakeRig, How, MailRig, Rig, WebhookRig


@pytest.fixture(params=["fake", "mail", "webhook"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    made: Rig
    if request.param == "fake":
        made = FakeRig()
    elif request.param == "mail":
        made = await MailRig().start()
    else:
        made = WebhookRig()
    yield made
    await made.stop()


async def failure(rig: Rig, name: str = "m1") -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await rig.courier.deliver(rig.message(name))
    assert caught.value.reason
    assert "\n" not in caught.value.reason
    return caught.value


async def test_what_is_delivered_has_arrived(rig: Rig) -> None:
    await rig.courier.deliver(rig.message("m1"))
    assert rig.arrived() == ["m1"]
    await rig.courier.deliver(rig.message("m2"))
    assert rig.arrived() == ["m1", "m2"]


async def test_several_at_once_arrive_once_each(rig: Rig) -> None:
    names = [f"m{number}" for number in range(30)]
    await asyncio.gather(*(rig.courier.deliver(rig.message(name)) for name in names))
    assert sorted(rig.arrived()) == sorted(names)


async def test_delivered_again_it_has_the_same_identity(rig: Rig) -> None:
    await rig.courier.deliver(rig.message("m1"))
    await rig.courier.deliver(rig.message("m1"))
    assert rig.arrived() == ["m1", "m1"]


@pytest.mark.parametrize(
    ("how", "permanent", "doubtful"),
    [
        ("later", False, False),
        ("never", True, False),
        ("cut", False, True),
        ("hang", False, True),
    ],
)
async def test_a_failure_says_whether_to_try_again_and_whether_it_may_have_arrived(
    rig: Rig, how: How, permanent: bool, doubtful: bool
) -> None:
    rig.refuse(how)
    failed = await failure(rig)
    assert (failed.permanent, failed.doubtful) == (permanent, doubtful)
    assert rig.arrived() == []
    await rig.courier.deliver(rig.message("m1"))
    assert rig.arrived() == ["m1"]


async def test_one_failure_among_several_is_one_failure(rig: Rig) -> None:
    rig.refuse("later")
    tries = (rig.courier.deliver(rig.message(f"m{number}")) for number in range(10))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    failed = [outcome for outcome in outcomes if outcome is not None]
    assert [type(one) for one in failed] == [DeliveryFailed]
    assert len(rig.arrived()) == 9


async def test_where_nobody_listens_nothing_has_left(rig: Rig) -> None:
    await rig.courier.deliver(rig.message("m1"))
    await rig.vanish()
    failed = await failure(rig, "m2")
    assert (failed.permanent, failed.doubtful) == (False, False)
