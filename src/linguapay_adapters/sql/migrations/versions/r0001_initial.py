"""The first schema, frozen as SQL beside this file: what ``schema.statements`` gave for each database."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, index and trigger."""
    connection = op.get_bind()
    frozen = Path(__file__).with_name(f"r0001_initial.{connection.dialect.name}.sql")
    for statement in frozen.read_text(encoding="utf-8").split(";\n\n"):
        connection.exec_driver_sql(statement)
