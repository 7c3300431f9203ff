"""The tables. Every change here goes with a migration in ``store/migrations/versions``."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SUBJECT, ACTOR = 300, 200
"""Characters of a subject and an actor by which the log book's entries are found."""

BY_CODE = String(SUBJECT).with_variant(String(SUBJECT, collation="C"), "postgresql")
"""Text that is compared and indexed by code point, whatever the database's language is."""

records = Table(
    "records",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("id", String(200), nullable=False),
    Column("dossier", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("kind", "id"),
    Index("ix_records_dossier", "dossier", "kind"),
)
"""Everything that services keep; ``dossier`` is whose it is, "" for what is nobody's."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("subject", BY_CODE, nullable=False, index=True),
    Column("actor", String(ACTOR), nullable=False, index=True),
    Column("entry", JSON, nullable=False),
)
"""The log book: ``entry`` is what its hash was taken of, the other columns only find it (by no more
of a text than they hold)."""

conferences = Table(
    "conferences",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", String(300), nullable=False),
    Column("state", JSON, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=True, index=True),
)

mcu_lives = Table(
    "mcu_lives",
    metadata,
    Column("mcu", String(64), primary_key=True),
    Column("epoch", String(200), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
)

minutes = Table(
    "minutes",
    metadata,
    Column("session", BY_CODE, primary_key=True),
    Column("subject", BY_CODE, primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_minutes_subject", "subject", "start"),
    sqlite_with_rowid=False,
)
"""What was measured, by the minute; ``start`` in seconds since 1970, ``data`` as
``store.minutes`` writes it. A session's lie together, so that they are read in one sweep."""
