"""What Alembic runs to find the database: the transaction that ``migrate`` has open."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
