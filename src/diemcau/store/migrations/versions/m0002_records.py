"""Records and the log book; units, MCUs and sites become records."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BY_CODE = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")
MOVED = {
    "unit": ("units", "position", ("id", "name", "tier", "parent", "valid_from", "valid_to")),
    "mcu": ("mcus", "position", ("id", "name", "operator", "parent", "areas")),
    "site": (
        "sites JOIN (SELECT id AS its, valid_from, valid_to FROM units) AS owners ON its = unit",
        "number",
        ("id", "code", "name", "unit", "mcu", "number", "valid_from", "valid_to"),
    ),
}
"""The records of each former table: its order, and its columns. A site had no dates of its own, and
was there as long as its unit."""


def upgrade() -> None:
    records = op.create_table(
        "records",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("dossier", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_records"),
        sa.UniqueConstraint("kind", "id", name="uq_records_kind"),
    )
    op.create_index("ix_records_dossier", "records", ["dossier", "kind"])
    op.create_table(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", BY_CODE, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_journal"),
    )
    op.create_index("ix_journal_subject", "journal", ["subject"])
    op.create_index("ix_journal_actor", "journal", ["actor"])
    for kind, (table, order, columns) in MOVED.items():
        listed = ", ".join(columns)
        rows = op.get_bind().execute(sa.text(f"SELECT {listed} FROM {table} ORDER BY {order}"))
        moved = [
            {"kind": kind, "id": row.id, "dossier": "", "data": _record(row._mapping)}
            for row in rows
        ]
        if moved:
            op.bulk_insert(records, moved)
    for table in ("sites", "mcus", "units"):
        op.drop_table(table)


def _record(row: Any) -> dict[str, Any]:
    """The row as a record writes it: dates as text, no parent as ""."""
    record = {name: "" if value is None else value for name, value in row.items()}
    for name in ("valid_from", "valid_to"):
        if name in record:
            record[name] = str(record[name])
    if isinstance(record.get("areas"), str):
        record["areas"] = json.loads(record["areas"])
    return record


def downgrade() -> None:
    raise NotImplementedError("the log book cannot be taken back; restore the backup")
