"""What another policy would have brought, for a person: as it was, as it would have been, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from linguapay_cli.books_screen import counted
from linguapay_cli.screen import FAINT, indented, section, table
from linguapay_cli.values import bare
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.what_if import AS_CHARGED, LINES, UNKNOWABLE, Comparison

AMOUNTS = ("as it was", "would be", "difference")


def comparisons(told: Sequence[Comparison]) -> Group:
    """All currencies, and what nobody can know."""
    return Group(*_parts(told))


def _parts(told: Sequence[Comparison]) -> Iterator[RenderableType]:
    for one in told:
        yield section(f"What if, in {one.currency}", _figures(one))
        yield indented(Text(_concerned(one), FAINT))
    if told:
        yield Text(f"{AS_CHARGED} {UNKNOWABLE}", FAINT)
    else:
        yield Text("No payment moved any money in this time.", FAINT)


def _figures(told: Comparison) -> Table:
    made = table("", *AMOUNTS, right=AMOUNTS)
    rows = asdict(told.was), asdict(told.would_be), asdict(told.difference)
    for line in LINES:
        was, would_be, difference = (Money(row[line.name], told.currency) for row in rows)
        made.add_row(spoken(line.name).replace("stripe", "Stripe"), bare(was), bare(would_be), _signed(difference))
    return made


def _signed(amount: Money) -> Text:
    """A difference with its sign; a dash where there is none."""
    if not amount:
        return Text("-", FAINT)
    return Text(f"+{bare(amount)}" if amount > amount.zero else bare(amount), "bold")


def _concerned(told: Comparison) -> str:
    concerned = f"{counted(told.payments, 'payment')}, of which {told.differing} would have come to something else."
    if not told.unsold:
        return concerned
    return f"{concerned} {counted(told.unsold, 'lesson')} couldn't have been sold at that price: they are left out."
