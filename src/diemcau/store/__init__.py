"""The store over SQLAlchemy: SQLite by default, or PostgreSQL where an office has one."""

from diemcau.store.sql import SqlStore, open_store, open_store_to_read

__all__ = ["SqlStore", "open_store", "open_store_to_read"]
