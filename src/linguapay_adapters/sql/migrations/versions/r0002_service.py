"""What a service needs beside the books, frozen as SQL beside this file: the statements that came after the first."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make every table, index and trigger that the first schema lacks."""
    connection = op.get_bind()
    frozen = Path(__file__).with_name(f"r0002_service.{connection.dialect.name}.sql")
    for statement in frozen.read_text(encoding="utf-8").split(";\n\n"):
        connection.exec_driver_sql(statement)
