"""The store over SQLAlchemy: SQLite by default, PostgreSQL where there is more than one server."""

from diemcau.store.sql import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
