"""What the admin's desk needs: figures counted ahead, closed days, numbers of receipts, erasures that wait."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make every table, index and trigger that the first two revisions lack."""
    connection = op.get_bind()
    frozen = Path(__file__).with_name(f"r0003_desk.{connection.dialect.name}.sql")
    for statement in frozen.read_text(encoding="utf-8").split(";\n\n"):
        connection.exec_driver_sql(statement)
