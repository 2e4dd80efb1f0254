"""Records on the screen: as a table, in plain lines, as JSON and as CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import typer

from linguapay_cli.asking import Found
from linguapay_cli.records import AMOUNTS, Look, look_of
from linguapay_cli.values import cell, data, sheet, text, visible
from linguapay_cli.when import Times
from linguapay_core.domain.listing import RecordT
from linguapay_core.domain.people import FreeText

WIDE: Final = frozenset({"Student", "Teacher", "Title", "What", "To", "Effect", "Message", "Event", "Customer"})
"""The columns that give way where the terminal is narrow."""


@dataclass(frozen=True, slots=True)
class How:
    """How something is shown."""

    times: Times
    as_json: bool = False
    as_csv: bool = False
    plain: bool = False


def print_list(found: Found[RecordT], how: How, look: Look | None = None) -> None:
    """Show a list as it was asked for, and on standard error how it goes on."""
    look = look or look_of(found.kind)
    if how.as_json:
        print_json({"items": [as_data(record, look) for record in found.items], "next_cursor": found.next_cursor})
        return
    if how.as_csv:
        typer.echo(sheet(tuple(look.paths), map(look.of, found.items)), nl=False)
    else:
        print_records(look, found.items, how)
    if found.next_cursor:
        typer.echo(f"There are more: go on with --cursor {found.next_cursor}", err=True)
    elif not found.items:
        typer.echo(f"There are no such {look.called}.", err=True)


def print_records(look: Look, records: Sequence[RecordT], how: How) -> None:
    """Show records for a person: in a table, or in a sentence each."""
    if how.plain:
        for record in records:
            values = look.of(record)
            told = (
                f"{heading} {text(values[field], how.times, whole=True)}" for heading, field in look.columns.items()
            )
            typer.echo(f"{', '.join(told)}.")
        return
    if not records:
        return
    from linguapay_cli.screen import screen, show, table  # noqa: PLC0415 - imported where it is used

    amounts = tuple(heading for heading, field in look.columns.items() if field in AMOUNTS)
    made = table(*look.columns, right=amounts)
    for column in made.columns:
        column.no_wrap = column.header not in WIDE
    for record in records:
        values = look.of(record)
        made.add_row(*(cell(field, values[field], how.times) for field in look.columns.values()))
    show(made, screen())


def print_record(record: RecordT, notes: Sequence[FreeText], how: How) -> None:
    """Show every field of a record on a line of its own, and what people wrote about it."""
    look = look_of(type(record))
    if how.as_json:
        print_json({**as_data(record, look), "notes": [{"by": note.author, "text": note.text} for note in notes]})
        return
    values = (*look.of(record).items(), *((f"note by {note.author}", visible(note.text or "")) for note in notes))
    if how.plain:
        for field, value in values:
            typer.echo(f"{_heading(field)}: {text(value, how.times, whole=True)}")
        return
    from rich.table import Table  # noqa: PLC0415 - imported where it is used

    from linguapay_cli.screen import FAINT, screen, show  # noqa: PLC0415

    made = Table.grid(padding=(0, 2))
    made.add_column(style=FAINT, no_wrap=True)
    made.add_column(overflow="fold")
    for field, value in values:
        made.add_row(_heading(field), cell(field, value, how.times, whole=True))
    show(made, screen())


def as_data(record: RecordT, look: Look) -> Mapping[str, object]:
    """A record as JSON has it."""
    return {field: data(value) for field, value in look.of(record).items()}


def print_json(shape: object) -> None:
    """Print a shape as JSON, and nothing else."""
    typer.echo(json.dumps(shape, indent=2, ensure_ascii=False))


def _heading(field: str) -> str:
    return field.replace("_", " ").capitalize()
