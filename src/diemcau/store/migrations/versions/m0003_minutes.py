"""What was measured of sessions, by the minute."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BY_CODE = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "minutes",
        sa.Column("session", BY_CODE, nullable=False),
        sa.Column("subject", BY_CODE, nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session", "subject", "start", name="pk_minutes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_minutes_subject", "minutes", ["subject", "start"])


def downgrade() -> None:
    raise NotImplementedError("what was measured cannot be measured again; restore the backup")
