"""Serving: addresses, taken ports, TLS, and what a wrong data folder says."""

import socket
import ssl
from pathlib import Path

import httpx2
import pytest

from diemcau.bootstrap import PortTaken, Settings, assemble, build_server, listen, serving
from diemcau.domain.directory import Site
from diemcau.domain.refusal import Invalid
from diemcau.identity import self_signed
from diemcau.services.clock import SystemClock
from diemcau.testing import MemoryStore
from diemcau.testing.samples import directory


async def test_one_server_answers_on_several_addresses_at_one_port(tmp_path: Path) -> None:
    sockets = listen(["127.0.0.1", "127.0.0.2"], 0)
    port = sockets[0].getsockname()[1]
    async with serving(build_server(Settings(tmp_path)), sockets), httpx2.AsyncClient() as client:
        for address in ("127.0.0.1", "127.0.0.2"):
            answer = await client.get(f"http://{address}:{port}/api/health")
            assert answer.json()["status"] == "ok"


def test_a_taken_port_is_named_and_the_other_sockets_are_freed() -> None:
    [taken] = listen(["127.0.0.2"], 0)
    port = taken.getsockname()[1]
    with pytest.raises(PortTaken, match=f"{port} on 127.0.0.2"):
        listen(["127.0.0.1", "127.0.0.2"], port)
    for one in (taken, *listen(["127.0.0.1"], port)):
        one.close()


async def test_connections_do_not_wait_for_acknowledgements(tmp_path: Path) -> None:
    [listener] = listen(["127.0.0.1"], 0)
    assert listener.proto == socket.IPPROTO_TCP
    listener.close()


async def test_a_certificate_of_its_own_serves_https(tmp_path: Path) -> None:
    tls = self_signed(tmp_path, ["127.0.0.1"], SystemClock().now())
    sockets = listen(["127.0.0.1"], 0)
    port = sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(tls.certificate))
    async with (
        serving(build_server(Settings(tmp_path)), sockets, tls),
        httpx2.AsyncClient(verify=trusting) as client,
    ):
        answer = await client.get(f"https://127.0.0.1:{port}/api/health")
        assert answer.status_code == 200


async def test_a_server_that_cannot_open_its_store_does_not_start(tmp_path: Path) -> None:
    settings = Settings(tmp_path, database="sqlite+aiosqlite:////proc/nowhere/x.db")
    sockets = listen(["127.0.0.1"], 0)
    with pytest.raises(Invalid, match="nowhere"):
        async with serving(build_server(settings), sockets):
            pass
    assert sockets[0].fileno() == -1


async def test_a_new_data_folder_gets_the_provinces_directory(tmp_path: Path) -> None:
    house = await assemble(Settings(tmp_path, province="vinh-phuc-2022"), MemoryStore())
    assert len(house.server.book.directory.sites) == 132
    assert house.server.home == "u-26"


async def test_another_provinces_data_folder_is_refused_and_kept(tmp_path: Path) -> None:
    store = MemoryStore()
    await store.commit(directory().entries, (), (), SystemClock().now())
    with pytest.raises(Invalid, match="another province"):
        await assemble(Settings(tmp_path, province="phu-tho-2025"), store)
    assert await store.records(Site) == directory().of(Site)
