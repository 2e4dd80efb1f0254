"""What the worker has counted so far, per day and month, and how far it has read.

Only the worker writes here, once it has counted, so no payment waits for another's figures. Every row names its
generation: when all is counted anew, a new generation begins, and the rows of the old one are swept away little by
little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, Index, Table, select
from sqlalchemy.schema import SchemaItem

from linguapay_adapters.sql.bookmark import Place
from linguapay_adapters.sql.columns import METADATA, WHOLE, CurrencyCode, Word, check, whole, word
from linguapay_adapters.sql.shape import AnyRow
from linguapay_core.domain.figures import EDITION, NAMES, PARTIES
from linguapay_core.domain.identifiers import PersonId

ONLY: Final = "figures"
"""The name of the only mark."""

figures_mark: Final = Table(
    "figures_mark",
    METADATA,
    Column("id", Word(str), primary_key=True),
    whole("generation"),
    whole("edition"),
    word("zone"),
    *(whole(f"{table}_{part}") for table in ("events", "entries") for part in ("writer", "sequence")),
    check("is_one", f"id = '{ONLY}'"),
    sqlite_strict=True,
)


def _projection(name: str, *items: SchemaItem, by: tuple[Column[str], ...] = ()) -> Table:
    """A table of what was counted in a period (a day as ``2026-03-02`` or a month as ``2026-03``) in a currency."""
    return Table(
        name,
        METADATA,
        Column("generation", WHOLE, primary_key=True, autoincrement=False),
        Column("period", Word(str), primary_key=True),
        Column("currency", CurrencyCode(), primary_key=True),
        *by,
        *items,
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


daily_figures: Final = _projection("daily_figures", *map(whole, NAMES))
daily_breakdowns: Final = _projection(
    "daily_breakdowns",
    whole("how_many"),
    by=(Column("breakdown", Word(str), primary_key=True), Column("key", Word(str), primary_key=True)),
)
people_counts: Final = _projection("people_counts", *(whole(party.name) for party in PARTIES))
"""How many different people took part in a day or a month."""

people_active: Final = _projection(
    "people_active",
    by=(Column("party", Word(str), primary_key=True), Column("person", Word(PersonId), primary_key=True)),
)
"""Who they are, so that nobody is counted twice."""

teacher_months: Final = _projection(
    "teacher_months", whole("volume_minor"), by=(Column("teacher_id", Word(PersonId), primary_key=True),)
)
Index(
    "teacher_months_top",
    *(teacher_months.c[name] for name in ("generation", "period", "currency")),
    teacher_months.c.volume_minor.desc(),
    teacher_months.c.teacher_id,
)

COUNTED: Final = (daily_figures, daily_breakdowns, people_counts, people_active, teacher_months)
PROJECTIONS: Final = (figures_mark, *COUNTED)


@dataclass(frozen=True, slots=True)
class Places:
    """A place among the events and one among the entries, in the order of reading."""

    events: Place
    entries: Place


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the worker has read, in which generation, and by which rules it counted."""

    generation: int
    edition: int
    zone: str
    places: Places

    def serves(self, zone: str) -> bool:
        """Whether what was counted are this zone's days, by the rules of this version."""
        return (self.zone, self.edition) == (zone, EDITION)


def mark_of(connection: Connection) -> Mark | None:
    """The mark, if the worker has ever begun."""
    row = connection.execute(select(figures_mark)).one_or_none()
    return None if row is None else mark_in(row)


def mark_in(row: AnyRow) -> Mark:
    """A row as a mark."""
    places = Places((row.events_writer, row.events_sequence), (row.entries_writer, row.entries_sequence))
    return Mark(row.generation, row.edition, row.zone, places)


def mark_row(mark: Mark) -> dict[str, object]:
    """A mark as a row, without its name."""
    (events_writer, events_sequence), (entries_writer, entries_sequence) = mark.places.events, mark.places.entries
    return {
        "generation": mark.generation,
        "edition": mark.edition,
        "zone": mark.zone,
        "events_writer": events_writer,
        "events_sequence": events_sequence,
        "entries_writer": entries_writer,
        "entries_sequence": entries_sequence,
    }
