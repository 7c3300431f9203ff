"""What Prometheus scrapes: the present figures of the open conferences. A secret session is
counted, and nothing else is told of it."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from diemcau.api.context import Server, ServerDep
from diemcau.api.may import may
from diemcau.domain.conference import Conference
from diemcau.domain.dossier import Secrecy
from diemcau.domain.permissions import Action
from diemcau.domain.planner import home
from diemcau.domain.rollup import Sample
from diemcau.domain.watch import KINDS
from diemcau.ports.identity import Principal
from diemcau.services.live import source_state

router = APIRouter(prefix="/api")

STATES = ("off", "connecting", "ready", "lost")
FIGURES = {
    "rtt_ms": ("round_trip_seconds", 1000, "Round trip, as the media server measures it"),
    "loss_pct": ("loss_ratio", 100, "Share of packets lost"),
    "jitter_ms": ("jitter_seconds", 1000, "Jitter of arrival (RFC 3550)"),
    "kbps": ("bits_per_second", 0.001, "Rate of media"),
    "fps": ("frames_per_second", 1, "Pictures a second, as its page measures them"),
    "level_db": ("level_dbfs", 1, "Level of its sound on the mixer"),
    "mos": ("mos", 1, "Estimated opinion of the sound (ITU-T G.107)"),
}  # fmt: skip
"""By figure: the metric's name, what the figure is divided by, and what it is."""


@router.get("/metrics")
async def metrics(
    server: ServerDep, who: Annotated[Principal, may(Action.READ_LOG_BOOK, "home")]
) -> Response:
    registry = CollectorRegistry()
    registry.register(_Present(server))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Present(Collector):
    def __init__(self, server: Server) -> None:
        self._server = server

    def collect(self) -> Iterator[GaugeMetricFamily]:
        server = self._server
        conferences = server.control.all()
        shown = [one for one in conferences if not _secret(server, one)]
        yield GaugeMetricFamily(
            "diemcau_conferences", "Open conferences", value=float(len(conferences))
        )
        yield self._mcus()
        yield _family(
            "diemcau_sites", "Sites by state", ("conference", "state"), self._sites(shown)
        )
        yield _family(
            "diemcau_alarms", "Alarms by kind", ("conference", "kind"), self._alarms(shown)
        )
        for kind, labels in (("site", ("site",)), ("link", ("lower", "upper"))):
            found = [
                ((one.id, *subject.split("/")[1:]), sample)
                for one in shown
                for subject, sample in server.watch.samples(one.id).items()
                if subject.startswith(f"{kind}/")
            ]
            yield from _subjects(kind, ("conference", *labels), found)

    def _mcus(self) -> GaugeMetricFamily:
        online = self._server.observations.online
        mcus = self._server.book.directory.mcus
        rows = (((mcu,), float(mcu in online)) for mcu in mcus)
        return _family("diemcau_mcu_up", "Whether its agent is connected", ("mcu",), rows)

    def _sites(self, shown: Iterable[Conference]) -> Iterator[tuple[tuple[str, ...], float]]:
        directory = self._server.book.directory
        for one in shown:
            said = self._server.observations.of(one.id)
            states = [source_state(one, s, home(one, directory, s), said) for s in one.sites]
            yield from (((one.id, state), float(states.count(state))) for state in STATES)

    def _alarms(self, shown: Iterable[Conference]) -> Iterator[tuple[tuple[str, ...], float]]:
        for one in shown:
            kinds = [alarm.kind for alarm in self._server.watch.alarms(one.id)]
            yield from (((one.id, kind), float(kinds.count(kind))) for kind in KINDS)


def _subjects(
    kind: str, labels: tuple[str, ...], found: list[tuple[tuple[str, ...], Sample]]
) -> Iterator[GaugeMetricFamily]:
    up = ((names, float(sample.there)) for names, sample in found)
    yield _family(f"diemcau_{kind}_up", "Whether its media arrive", labels, up)
    for figure, (name, divisor, what) in FIGURES.items():
        rows = (
            (names, sample.figures[figure] / divisor)
            for names, sample in found
            if figure in sample.figures
        )
        yield _family(f"diemcau_{kind}_{name}", what, labels, rows)


def _family(
    name: str,
    what: str,
    labels: tuple[str, ...],
    rows: Iterable[tuple[tuple[str, ...], float]],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=labels)
    for names, value in rows:
        family.add_metric(names, value)
    return family


def _secret(server: Server, conference: Conference) -> bool:
    dossier = server.files.of_conference(conference.id)
    return dossier is not None and dossier.secrecy is Secrecy.SECRET
