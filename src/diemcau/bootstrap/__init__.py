"""The composition root of the server: the one place where everything is put together."""

from diemcau.bootstrap.house import House, assemble, build_server, opened
from diemcau.bootstrap.lock import InUse, locked
from diemcau.bootstrap.parts import Parts
from diemcau.bootstrap.serving import PortTaken, is_loopback, listen, serve, serving
from diemcau.bootstrap.settings import Settings

__all__ = [
    "House",
    "InUse",
    "Parts",
    "PortTaken",
    "Settings",
    "assemble",
    "build_server",
    "is_loopback",
    "listen",
    "locked",
    "opened",
    "serve",
    "serving",
]
