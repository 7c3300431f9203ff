"""Alembic's migrations; ``diemcau.store.migrate`` runs them."""
