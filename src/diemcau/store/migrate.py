"""Bring the tables up to date when the server starts; there is no command to forget."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_LOCK = 0x6469656D  # any number that no other program takes on this database


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the connection's transaction: all or none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    else:  # sqlite3 begins no transaction by itself for what changes tables
        connection.execute(text("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", "diemcau.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
