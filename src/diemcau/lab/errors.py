"""What can go wrong while a laboratory is built, each with one line a person can act on."""


class LabError(Exception):
    """Base of the laboratory's errors; the text says what to do."""


class NotPermittedError(LabError):
    """Network namespaces need root, or sudo without a password."""


class MissingToolError(LabError):
    """A program of the system that the laboratory needs is not installed."""


class UnsupportedError(LabError):
    """This machine's kernel, or the container, offers no network namespaces."""


class NoAddressError(LabError):
    """Every 10.77.k.0/24 is taken."""


class WireError(LabError):
    """The process that plays a lossy line did not start."""


class JanusError(LabError):
    """The laboratory's own Janus did not start or refused a request."""
