"""The tables. Every change here goes with a migration in ``store/migrations/versions``."""

from sqlalchemy import JSON, Column, Date, DateTime, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

units = Table(
    "units",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("tier", String(32), nullable=False),
    Column("parent", String(64), ForeignKey("units.id"), nullable=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
)

mcus = Table(
    "mcus",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("operator", String(200), nullable=False),
    Column("parent", String(64), ForeignKey("mcus.id"), nullable=True),
    Column("areas", JSON, nullable=False),
)

sites = Table(
    "sites",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("code", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("unit", String(64), ForeignKey("units.id"), nullable=False),
    Column("mcu", String(64), ForeignKey("mcus.id"), nullable=False),
    Column("number", Integer, nullable=False, unique=True),
)

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
