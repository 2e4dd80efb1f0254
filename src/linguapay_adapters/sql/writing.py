"""Storing a decision: records in their one order, then events, entries and legs, each kind in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Table, insert

from linguapay_adapters.sql import books
from linguapay_adapters.sql.dialect import insert_or_open, insert_unless_there
from linguapay_adapters.sql.errands import ALARMS
from linguapay_adapters.sql.shape import Shape
from linguapay_adapters.sql.shapes import NOTED_ONCE, SHAPES, place
from linguapay_core.domain.alarm_rules import raised_before
from linguapay_core.domain.decision import Decision, Record
from linguapay_core.domain.errors import Stale


def write(connection: Connection, decision: Decision[object]) -> None:
    """Store all of it. Raises ``Stale`` if somebody wrote in between."""
    _check(decision)
    records = sorted((*decision.changed, *decision.effects), key=place)
    let_be = {record.id for record in records if not _write_record(connection, SHAPES[type(record)], record)}
    events = [event for event in decision.events if not raised_before(event, let_be)]
    _add(connection, books.events, [books.event_row(event) for event in events])
    _add(connection, books.entries, [books.entry_row(entry) for entry in decision.entries])
    _add(connection, books.legs, [row for entry in decision.entries for row in books.leg_rows(entry)])


def _check(decision: Decision[object]) -> None:
    names = [place(record) for record in decision.changed]
    assert len(set(names)) == len(names), f"A record stands in the decision twice: {names}"
    guarded = {record.id for record in decision.changed}
    unguarded = {payment for entry in decision.entries for payment in entry.payments} - guarded
    assert not unguarded, f"Entries of payments that aren't stored with them: {unguarded}"


def _write_record(connection: Connection, shape: Shape[Any], record: Record) -> bool:
    """Store one record; the answer is whether it was, and not let be."""
    if record.version == 0:
        insertion = _insertion(shape, connection.dialect).execution_options(preserve_rowcount=True)
        return connection.execute(insertion, [shape.inserted(record)]).rowcount > 0
    if connection.execute(shape.update, shape.replaced(record)).rowcount == 0:
        raise Stale(f"The {shape.called} {record.id} isn't at version {record.version} any more.")
    return True


def _insertion(shape: Shape[Any], dialect: Dialect) -> Insert:
    if shape is ALARMS:
        return insert_or_open(shape.table, dialect, closed="cleared_at")
    return insert_unless_there(shape.table, dialect) if shape in NOTED_ONCE else shape.insert


def _add(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
