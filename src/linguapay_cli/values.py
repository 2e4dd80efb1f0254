"""One value of a record: as a person reads it, as JSON has it, and as a spreadsheet does."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from linguapay_cli.records import AMOUNTS
from linguapay_cli.when import Times
from linguapay_core.domain.identifiers import Identifier
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.spreadsheet import harmless

if TYPE_CHECKING:
    from rich.text import Text

ERASED: Final = "(erased)"
"""In place of what somebody wrote that is forgotten."""
NOTHING: Final = "–"  # noqa: RUF001 - a dash is what a table has where there is nothing
ENOUGH: Final = 19
"""So many letters of an identifier are shown in lists: those of its time, and five of chance."""


def bare(money: Money) -> str:
    """An amount without its currency."""
    return str(money).removesuffix(f" {money.currency}")


def visible(written: str) -> str:
    """What somebody wrote, as it may stand on a terminal: on one line, and without signs that steer it."""
    return "".join(sign if sign.isprintable() else " " for sign in written)


def brief(identifier: str) -> str:
    """The beginning of an identifier, as much of it as names one thing."""
    return identifier[:ENOUGH]


def money(amount: Money) -> Mapping[str, object]:
    """An amount, as JSON has it."""
    return {"amount_minor": amount.amount_minor, "currency": amount.currency.code}


def instant(at: datetime | None) -> str | None:
    """An instant, as JSON has it, or null."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def text(value: Any, times: Times, *, whole: bool = False) -> str:  # noqa: ANN401, PLR0911 - one line for each type
    """A value in words; an identifier is shortened, unless the ``whole`` of it is wanted."""
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case datetime():
            return times.shown_with_zone(value) if whole else times.shown(value)
        case StrEnum():
            return spoken(value)
        case Identifier():
            return str(value) if whole else brief(value)
        case tuple():
            return ", ".join(map(str, value))
        case _:
            return visible(str(value))


def cell(name: str, value: Any, times: Times, *, whole: bool = False) -> Text:  # noqa: ANN401 - of whatever type
    """A value as it stands in a table; a state has its sign and its colour."""
    from rich.text import Text  # noqa: PLC0415 - imported where it is used

    from linguapay_cli.screen import state  # noqa: PLC0415

    return state(value) if name == "state" else Text(text(value, times, whole=whole))


def data(value: Any) -> object:  # noqa: ANN401 - of whatever type
    """A value as JSON has it."""
    match value:
        case Money():
            return money(value)
        case datetime():
            return instant(value)
        case tuple():
            return list(value)
        case _:
            return value


def cells(name: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - of whatever type
    """A value as a spreadsheet has it, under its headings: an amount takes three columns, also where there is none."""
    if name in AMOUNTS:
        yield f"{name}_minor", "" if value is None else str(value.amount_minor)
        yield name, "" if value is None else bare(value).replace(",", "")
        yield f"{name}_currency", "" if value is None else value.currency.code
        return
    match value:
        case None:
            yield name, ""
        case bool():
            yield name, str(value).lower()
        case int():
            yield name, str(value)
        case datetime():
            yield name, str(data(value))
        case tuple():
            yield name, harmless(" ".join(map(str, value)))
        case _:
            yield name, harmless(str(value))


def sheet(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV (RFC 4180) under the headings of these columns, which stand there also where no rows are."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([heading for column in columns for heading, _ in cells(column, None)])
    writer.writerows([text for column in columns for _, text in cells(column, row[column])] for row in rows)
    return written.getvalue()
