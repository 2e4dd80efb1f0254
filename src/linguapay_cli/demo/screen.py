"""The story for a person: chapters, one line for each deed, tables where there is something to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from linguapay_cli.books_screen import comparison, summary
from linguapay_cli.demo.facts import Bookings, Chapter, Fact, Holdings, Kept, Later, Ledger, Quoted, Step, Verified
from linguapay_cli.demo.ledger_screen import holdings, ledger
from linguapay_cli.screen import (
    FAINT,
    HEADING,
    INDENT,
    ROLES,
    day_and_time,
    screen,
    section,
    show,
    state,
    table,
    terms,
)
from linguapay_cli.values import bare
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.machine import Role
from linguapay_core.domain.quote import Quote
from linguapay_core.domain.story import Story

WHO_WIDTH: Final = 11
STATE_WIDTH: Final = 11
OPENING: Final = "The sandbox plays Stripe, a clock that is moved plays time, and no money moves."


def present(facts: Iterable[Fact]) -> None:
    """Print each fact as it happens."""
    console = screen()
    show(Text(OPENING, FAINT), console)
    number = 0
    for fact in facts:
        number += isinstance(fact, Chapter)
        show(Group(*_shown(fact, number)), console)


def _shown(fact: Fact, number: int) -> Iterator[RenderableType]:
    match fact:
        case Chapter(title):
            yield Padding(Rule(Text(f"{number}  {title}", HEADING), align="left", style=FAINT), (1, 0, 0, 0))
        case Step():
            yield _step(fact)
        case Later(at, why):
            yield Text.assemble(" " * INDENT, ("»  ", "yellow"), (day_and_time(at), "yellow"), (f"  {why}", FAINT))
        case Quoted(quote, fee_policy):
            yield Padding(_quote(quote, fee_policy), (1, 0, 1, INDENT + WHO_WIDTH))
        case Bookings(stories):
            yield section("Three lessons", _bookings(stories))
        case Ledger(story):
            yield section(f"The entries of {_name(story.booking.student_id)}'s lesson", ledger(story))
        case Holdings(balances):
            yield section("What every account holds in the end", holdings(balances))
        case Verified(verdict):
            yield section("The Stripe balance", comparison(verdict))
            yield summary(verdict)
        case Kept(_, commands):
            yield Text("\nThe database is kept. Look at it:", HEADING)
            yield from (Text(f"  {command}", no_wrap=True, overflow="ignore") for command in commands)
        case _:
            assert_never(fact)


def _step(step: Step) -> Padding:
    line = Table.grid(padding=(0, 1), expand=True)
    line.add_column(width=WHO_WIDTH - 1, no_wrap=True)
    line.add_column(ratio=1)
    if step.state:
        line.add_column(width=STATE_WIDTH, no_wrap=True)
        line.add_row(_who(step.who), step.does, state(step.state))
    else:
        line.add_row(_who(step.who), step.does)
    return Padding(line, (0, 0, 0, INDENT))


def _who(who: Actor) -> Text:
    names = {Role.STRIPE: "Stripe", Role.CLOCK: "LinguaPay", Role.SYSTEM: "LinguaPay"}
    return Text(names.get(who.role) or _name(who.person), ROLES[who.role])


def _name(person: str) -> str:
    return person.capitalize()


def _quote(quote: Quote, fee_policy: str) -> Group:
    amount = quote.total.currency.code
    made = table("item", "how", amount, right=(amount,))
    made.add_row("lesson", f"{quote.minutes} minutes at {quote.hourly_price} an hour", bare(quote.price))
    made.add_row("fee", fee_policy, bare(quote.fee))
    made.add_row("total", "what the student pays", Text(bare(quote.total), HEADING))
    made.add_row("", "what the teacher earns", bare(quote.teacher_earns))
    return Group(made, Text(terms(quote.terms), FAINT))


def _bookings(stories: tuple[Story, ...]) -> Table:
    sums = ("paid", "refunded", "to\nAnna", "fee")
    made = table("who", "when", "state", *sums, right=sums)
    for story in stories:
        (payment,) = story.payments
        counters = payment.counters
        fee = counters.captured.fee - counters.refunded.fee
        made.add_row(
            _name(story.booking.student_id),
            f"{day_and_time(story.booking.starts_at)}, {story.booking.quote.minutes} min",
            state(story.booking.state),
            *(bare(one) for one in (counters.captured.total, counters.refunded.total, counters.transferred, fee)),
        )
    return made
