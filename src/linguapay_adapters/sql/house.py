"""What a running house notes about itself, in two tables of their own: one row for the house, one for each worker."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Table

from linguapay_adapters.sql.columns import METADATA, WHOLE, Word, check, one_of, when, whole, word
from linguapay_adapters.sql.shape import AnyRow
from linguapay_core.domain.house import Heartbeat, Mode

ONLY: Final = "house"
"""The name of the only row."""

house: Final = Table(
    "house",
    METADATA,
    Column("id", Word(str), primary_key=True),
    word("account_id", null=True),
    word("mode", Mode, null=True),
    when("remembered_at", null=True),
    when("verified_at", null=True),
    Column("breaches", WHOLE, nullable=True),
    check("is_one", f"id = '{ONLY}'"),
    one_of("mode", Mode),
    sqlite_strict=True,
)

workers: Final = Table(
    "workers",
    METADATA,
    Column("id", Word(str), primary_key=True),
    when("started_at"),
    when("beat_at"),
    when("last_round_at", null=True),
    whole("done"),
    whole("troubles"),
    sqlite_strict=True,
)


def worker_row(heartbeat: Heartbeat) -> dict[str, object]:
    """A sign of life as a row, without the worker's name."""
    return {
        "started_at": heartbeat.started_at,
        "beat_at": heartbeat.beat_at,
        "last_round_at": heartbeat.last_round_at,
        "done": heartbeat.done,
        "troubles": heartbeat.troubles,
    }


def heartbeat_of(row: AnyRow) -> Heartbeat:
    """A row as a sign of life."""
    return Heartbeat(row.id, row.started_at, row.beat_at, row.last_round_at, row.done, row.troubles)
