"""Hosts, cables and bad lines of the laboratory."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from diemcau.lab.errors import LabError
from diemcau.lab.net import Host, Network, remove_leftovers
from diemcau.lab.owners import alive, base36

pytestmark = pytest.mark.media

SO_RCVBUFFORCE, BUFFER = 33, 1 << 22
OPEN = f"""
import json, select, socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.setsockopt(socket.SOL_SOCKET, {SO_RCVBUFFORCE}, {BUFFER})
except PermissionError:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, {BUFFER})
"""
"""Of both: what comes while a process stands still is not lost by that."""
ECHO = """
s.bind(("0.0.0.0", 7777))
print("ready", flush=True)
while True:
    data, peer = s.recvfrom(2048)
    s.sendto(data, peer)
"""
PROBE = """
address, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[4])
gap, patience = float(sys.argv[3]), float(sys.argv[5])
sent, trips, start = [], {}, time.monotonic()
while len(trips) < count:
    left = start + len(sent) * gap - time.monotonic() if len(sent) < count else patience
    if len(sent) < count and left <= 0:
        s.sendto(len(sent).to_bytes(4, "big").ljust(size), (address, 7777))
        sent.append(time.monotonic())
    if select.select([s], [], [], max(0, left))[0]:
        number = int.from_bytes(s.recv(2048)[:4], "big")
        trips[number] = (time.monotonic() - sent[number]) * 1000
    elif left == patience:
        break
print(json.dumps({"back": len(trips) / count, "ms": sorted(trips.values())}))
"""
PATIENCE_S = 5.0
"""Nothing came for so long: no more will come."""


class Probe:
    """Datagrams sent from one host to another that echoes them."""

    def __init__(
        self, source: Host, target: str, count: int, gap: float, size: int, patience: float
    ) -> None:
        asked = map(str, (target, count, gap, size, patience))
        argv = [sys.executable, "-c", OPEN + PROBE, *asked]
        run = subprocess.run(source.command(argv), capture_output=True, check=True, timeout=60)
        result = json.loads(run.stdout)
        self.back: float = result["back"]
        self.median_ms: float = result["ms"][len(result["ms"]) // 2] if result["ms"] else -1


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with Network() as made:
        yield made


@pytest.fixture(scope="module")
def hosts(network: Network) -> tuple[Host, Host]:
    near, far = network.host("so-tttt"), network.host("vnpt")
    echo = far.spawn([sys.executable, "-c", OPEN + ECHO], stdout=subprocess.PIPE)
    assert echo.stdout is not None
    assert echo.stdout.readline() == b"ready\n"
    return near, far


def probe(
    hosts: tuple[Host, Host],
    count: int = 20,
    gap: float = 0.002,
    size: int = 100,
    patience: float = PATIENCE_S,
) -> Probe:
    return Probe(hosts[0], hosts[1].address, count, gap, size, patience)


def test_hosts_reach_one_another_and_the_machine(
    network: Network, hosts: tuple[Host, Host]
) -> None:
    assert probe(hosts).back == 1.0
    script = "import socket; socket.create_server(('0.0.0.0', 7778)).accept()[0].sendall(b'here')"
    hosts[0].spawn([sys.executable, "-c", script])
    assert fetch(hosts[0].address, 7778) == b"here"
    assert network.address.endswith(".1")


def fetch(address: str, port: int) -> bytes:
    deadline = time.monotonic() + 5
    while True:
        try:
            with socket.create_connection((address, port), timeout=1) as connection:
                return connection.recv(100)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise


def test_a_cut_cable_carries_nothing_until_it_is_mended(hosts: tuple[Host, Host]) -> None:
    hosts[1].cut()
    assert probe(hosts, count=5, patience=0.4).back == 0
    hosts[1].mend()
    assert probe(hosts).back == 1.0


def test_a_bad_line_loses_and_delays_what_it_is_told(hosts: tuple[Host, Host]) -> None:
    hosts[1].lossy(loss=0.1, delay_ms=0)
    alone = probe(hosts, count=1500, gap=0.001)
    hosts[1].lossy(loss=0.1, delay_ms=30)
    result = probe(hosts, count=1500, gap=0.001)
    assert 0.77 < result.back < 0.85  # 0.9² = 0.81; ±4 standard deviations
    assert 60 <= result.median_ms < alone.median_ms + 66
    counts = hosts[1].wire_counts()
    for way in ("up", "down"):
        share = counts[f"{way}_lost"] / (counts[f"{way}_lost"] + counts[f"{way}_carried"])
        assert 0.07 < share < 0.13


def test_losses_come_in_runs_when_told_so(hosts: tuple[Host, Host]) -> None:
    hosts[1].lossy(loss=0.1, delay_ms=0, burst=5)
    assert 0.70 < probe(hosts, count=1500, gap=0.0008).back < 0.92


def test_a_bad_line_carries_six_megabits_each_way_without_loss_of_its_own(
    hosts: tuple[Host, Host],
) -> None:
    hosts[1].lossy(loss=0, delay_ms=0)
    alone = probe(hosts, count=1300, gap=0.0016, size=1200)
    hosts[1].lossy(loss=0, delay_ms=20)
    result = probe(hosts, count=1300, gap=0.0016, size=1200)
    assert result.back == 1.0
    assert 40 <= result.median_ms < alone.median_ms + 46


def test_a_bad_line_can_be_cut_too(hosts: tuple[Host, Host]) -> None:
    hosts[1].lossy(loss=0, delay_ms=1)
    hosts[1].cut()
    assert probe(hosts, count=5, patience=0.4).back == 0
    hosts[1].mend()
    assert probe(hosts).back == 1.0


def test_a_cleaned_line_is_as_good_as_new(hosts: tuple[Host, Host]) -> None:
    hosts[1].clean()
    before = probe(hosts, count=100)
    hosts[1].lossy(loss=0.5, delay_ms=50)
    hosts[1].clean()
    result = probe(hosts, count=100)
    assert result.back == 1.0
    assert result.median_ms < before.median_ms + 5


def test_closing_ends_every_process_even_a_stubborn_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diemcau.lab.net.GRACE_SECONDS", 0.3)
    with Network() as network:
        host = network.host("stubborn")
        stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
        process = host.spawn(
            [sys.executable, "-c", stubborn + "time.sleep(60)"], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        ip, namespace, bridge = network.ip, host.namespace, network.bridge
    assert process.poll() == -9
    assert namespace not in ip.namespaces()
    assert bridge not in ip.links()


def test_two_networks_do_not_meet(network: Network) -> None:
    with Network() as other:
        assert other.subnet != network.subnet
        assert other.host("vnpt").namespace != network.host("vnpt").namespace


def test_what_a_killed_run_left_behind_is_removed(network: Network) -> None:
    script = """
import os, signal, subprocess
from diemcau.lab.net import Network
network = Network()
null = subprocess.DEVNULL
child = network.host("left").spawn(["sleep", "30"], stdout=null, stderr=null)
network.host("left").lossy()
print(network.tag, child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    argv = [sys.executable, "-c", script]
    run = subprocess.run(argv, stdout=subprocess.PIPE, check=False, timeout=20)
    tag, child = run.stdout.decode().split()
    assert f"{tag}-left" in network.ip.namespaces()
    removed = remove_leftovers(network.ip)
    assert f"{tag}-left" in removed
    assert not [name for name in network.ip.links() if name.startswith(f"{tag}-")]
    assert not alive(int(child))


def test_a_living_run_is_left_alone(network: Network) -> None:
    removed = remove_leftovers(network.ip)
    assert not [name for name in removed if name.startswith(network.tag)]
    assert network.bridge in network.ip.links()


def test_a_bad_host_name_is_refused_with_what_to_do(network: Network) -> None:
    with pytest.raises(LabError, match="small letters"):
        network.host("Sở TT&TT")


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (35, "z"), (36, "10"), (4194304, "2hwcg")])
def test_pids_are_written_short(number: int, text: str) -> None:
    assert base36(number) == text
