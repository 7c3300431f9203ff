"""The FastAPI application: routes, middleware, problems. ``app.state.server`` is what it serves."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from diemcau import __version__
from diemcau.api import (
    accounts,
    agents,
    conferences,
    control,
    directory,
    dossier_work,
    dossiers,
    entrances,
    incidents,
    lines,
    live,
    metrics,
    news,
    office,
    pages,
    problems,
    recordings,
    rehearsals,
    rooms,
    stills,
    whep,
    whip,
)
from diemcau.api.middleware import Arrival, BodyLimit, Headers
from diemcau.ports.clock import Clock

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(clock: Clock, lifespan: Lifespan | None = None) -> FastAPI:
    """The application; whoever makes it sets ``app.state.server`` before the first request."""
    app = FastAPI(
        title="Điểm Cầu",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    office_modules = (accounts, directory, office, dossiers, dossier_work, news, lines, metrics)
    session_modules = (
        conferences, control, rooms, incidents, entrances, rehearsals, recordings, stills, live,
        whip, whep,
    )  # fmt: skip
    for module in (*office_modules, *session_modules, agents):
        app.include_router(module.router)
    app.router.default = pages.fallback
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Headers)
    app.add_middleware(Arrival, clock=clock)
    return app
