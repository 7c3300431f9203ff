"""How the long-running commands log: a line an event, to the millisecond."""

import logging
import os

import structlog


def configure() -> None:
    """``DIEMCAU_LOG=debug`` tells every action of the reconciler."""
    level = logging.DEBUG if os.environ.get("DIEMCAU_LOG") == "debug" else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S.%f", utc=False),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False, sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
