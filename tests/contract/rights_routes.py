"""Every route of the server, and what it declares to ask for."""

from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute

from diemcau.api.app import create_app
from diemcau.api.may import May
from diemcau.testing import FakeClock


def every(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from every(route.original_router.routes)


APP = create_app(FakeClock())
ROUTES = {f"{method} {r.path}": r for r in every(APP.routes) for method in sorted(r.methods or ())}


def declaration(route: str) -> May | None:
    found = [d.call for d in _dependants(ROUTES[route].dependant) if isinstance(d.call, May)]
    assert len(found) <= 1, f"{route} declares two rights"
    return found[0] if found else None


def _dependants(dependant: Any) -> Iterator[Any]:
    yield dependant
    for each in dependant.dependencies:
        yield from _dependants(each)
