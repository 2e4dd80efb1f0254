"""What an admin reads before deciding: the queue of refund requests, a line each, and the card of one.

A card is a few tables of text, so that a screen and a screen reader are told the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import typer

from linguapay_cli import values
from linguapay_cli.tables import How
from linguapay_cli.when import Times
from linguapay_core.domain.history import History
from linguapay_core.domain.ledger import Kind
from linguapay_core.domain.machine import StateT, spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.refund import Taken
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.review import Glance, Review, Urgency

if TYPE_CHECKING:
    from rich.text import Text

WHOSE: Final[Mapping[Kind, str]] = {
    Kind.ESCROW: "held for the lesson",
    Kind.TEACHER_PAYABLE: "payable to the teacher",
    Kind.TEACHER_RECEIVABLE: "the teacher owes it",
    Kind.PLATFORM_FEE: "the platform's fee",
    Kind.GOODWILL: "platform's goodwill",
}
"""Out of which account a refund is paid, in words."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a card. The first column names what a row is about; the ``right`` ones are numbers."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: tuple[str, ...] = ()


def print_queue(found: Sequence[Glance], how: How) -> None:
    """Show requests that wait, those that shouldn't wait longer with a sign."""
    if how.plain:
        for told in found:
            typer.echo(f"{_sentence(told, how.times)}.")
        return
    if not found:
        return

    from linguapay_cli.screen import screen, show, state, table  # noqa: PLC0415

    made = table("Request", "State", "Student", "Asked", "Left", "Terms", "Expires", right=("Asked", "Left", "Terms"))
    for column in made.columns:
        column.no_wrap = column.header != "Student"
    for told in found:
        request = told.request
        made.add_row(
            values.brief(request.id),
            state(request.state),
            request.student_id,
            str(request.amount),
            values.bare(told.payment.counters.left.total),
            values.bare(told.by_terms.total),
            _expires(told, how.times),
        )
    show(made, screen())


def _expires(told: Glance, times: Times) -> Text:
    from rich.text import Text  # noqa: PLC0415 - imported where it is used

    day = f"{times.local(told.request.expires_at):%m-%d}"
    return Text(day) if told.urgency is None else Text(f"! {day}", "bold red")


def _sentence(told: Glance, times: Times) -> str:
    request = told.request
    parts = (
        f"Request {request.id}",
        spoken(request.state),
        f"student {request.student_id}",
        f"asks for {request.amount}",
        f"left {told.payment.counters.left.total}",
        f"the terms gave {told.by_terms.total}",
        f"expires {times.shown_with_zone(request.expires_at)}",
        *((spoken(told.urgency),) if told.urgency else ()),
    )
    return ", ".join(parts)


def print_card(told: Review, how: How) -> None:
    """Show a request, closely."""
    opening, sections = tuple(_opening(told, how.times)), tuple(_sections(told, how.times))
    if how.plain:
        _print_lines(told.glance.request, opening, sections)
    else:
        _print_screen(told.glance.request, opening, sections)


def _print_lines(request: RefundRequest, opening: Sequence[str], sections: Sequence[Section]) -> None:
    for line in (f"Refund request {request.id}, {spoken(request.state)}.", *opening):
        typer.echo(line)
    for section in sections:
        typer.echo(f"{section.title}.")
        for name, *cells in section.rows:
            told = (f"{head} {cell}".lstrip() for head, cell in zip(section.headings[1:], cells, strict=True) if cell)
            typer.echo(f"{name}: {', '.join(told)}.")


def _print_screen(request: RefundRequest, opening: Sequence[str], sections: Sequence[Section]) -> None:
    from rich.console import Group  # noqa: PLC0415 - imported where it is used
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from linguapay_cli import screen  # noqa: PLC0415

    header = Table.grid(expand=True)
    header.add_column(ratio=1)
    header.add_column(justify="right", no_wrap=True)
    header.add_row(Text(f"Refund request {request.id}", screen.HEADING), screen.state(request.state))
    tables = []
    for section in sections:
        made = screen.table(*section.headings, right=section.right)
        for row in section.rows:
            made.add_row(*map(Text, row))
        tables.append(screen.section(section.title, made))
    shown = Group(header, screen.indented(Text("\n".join(opening))), *tables)
    screen.show(shown, screen.screen())


def _opening(told: Review, times: Times) -> Iterator[str]:
    from linguapay_cli.screen import terms  # noqa: PLC0415 - imported where it is used

    request, booking = told.glance.request, told.story.booking
    asked = f"{request.student_id} asked on {times.shown_with_zone(request.submitted_at)}"
    yield f"{asked} for {request.amount} of {told.glance.payment.parts.total}."
    yield f"{told.story.gig.title}, with {booking.teacher_id}, on {times.shown_with_zone(booking.starts_at)}."
    yield terms(booking.quote.terms)
    yield from (f"{text.author}: {values.visible(text.text or values.ERASED)}" for text in told.texts)
    if request.blocked_reason:
        yield f"! It is blocked: {request.blocked_reason}."
    if request.due_at is not None:
        sign = "! " if told.glance.urgency is Urgency.EXPIRES_SOON else ""
        yield f"{sign}It expires on {times.shown_with_zone(request.due_at)}."
    yield _approvals(request)


def _approvals(request: RefundRequest) -> str:
    needed = f"{request.approvals_needed} {'admin approves' if request.approvals_needed == 1 else 'admins approve'} it"
    if not request.approvals:
        return f"{needed}; nobody has so far."
    so_far = " and ".join(f"{one.admin_id} approved {one.amount}" for one in request.approvals)
    return f"{needed}; {so_far}{', and the platform bears it' if request.platform_bears else ''}."


def _sections(told: Review, times: Times) -> Iterator[Section]:
    yield Section("What it is about", ("", "identifier", "state", "when"), tuple(_objects(told, times)))
    yield Section("What is left", ("part", "paid", "gone", "left"), tuple(_left(told)), right=("paid", "gone", "left"))
    if told.consequences:
        heads = ("taken from", "if the teacher bears it", "if the platform does")
        yield Section("What going ahead would do", heads, tuple(_taken(told)), right=heads[1:])
    booking = told.story.booking
    sides = (f"student {booking.student_id}", f"teacher {booking.teacher_id}")
    yield Section("Who they are", ("", *sides), tuple(_histories(told)))


def _objects(told: Review, times: Times) -> Iterator[tuple[str, str, str, str]]:
    payment, booking = told.glance.payment, told.story.booking
    paid = "" if payment.succeeded_at is None else f"paid {times.shown(payment.succeeded_at)}"
    yield "payment", payment.id, spoken(payment.state), paid
    yield "booking", booking.id, spoken(booking.state), f"ends {times.shown(booking.ends_at)}"
    for transfer in told.story.transfers:
        if transfer.payment_id == payment.id:
            yield "transfer", transfer.id, spoken(transfer.state), f"pays {times.shown(transfer.pay_at)}"


def _left(told: Review) -> Iterator[tuple[str, str, str, str]]:
    counters = told.glance.payment.counters
    paid, left = counters.captured, counters.left
    gone = counters.reserved + counters.gone
    yield "price", str(paid.price), str(gone.price), str(left.price)
    yield "fee", str(paid.fee), str(gone.fee), str(left.fee)
    yield "both", str(paid.total), str(gone.total), str(left.total)
    yield "by the terms, when asked", "", "", str(told.glance.by_terms.total)


def _taken(told: Review) -> Iterator[tuple[str, str, str]]:
    """From which account how much of the price and of the fee is taken, either way."""
    either_way = [{_place(one): one.amount for one in way.taken} for way in told.consequences]
    for place in dict.fromkeys(place for way in either_way for place in way):
        teacher_bears, platform_bears = (_amount(way.get(place)) for way in either_way)
        yield place, teacher_bears, platform_bears


def _place(one: Taken) -> str:
    return f"{'fee' if one.of_fee else 'price'}: {WHOSE[one.account.kind]}"


def _amount(money: Money | None) -> str:
    return values.NOTHING if money is None else str(money)


def _histories(told: Review) -> Iterator[tuple[str, str, str]]:
    for name, read in HISTORIES.items():
        yield name, read(told.student), read(told.teacher)


def _by_state(counted: Mapping[StateT, int]) -> str:
    return ", ".join(f"{how_many} {spoken(state)}" for state, how_many in sorted(counted.items())) or "none"


def _refunded(told: History) -> str:
    return " and ".join(map(str, told.refunded)) or "nothing"


HISTORIES: Final[Mapping[str, Callable[[History], str]]] = {
    "lessons": lambda told: _by_state(told.bookings),
    "payments": lambda told: _by_state(told.payments),
    "refund requests": lambda told: _by_state(told.requests),
    "refunded": _refunded,
    "said to be absent": lambda told: str(told.absent),
    "contested": lambda told: str(told.contested),
}
"""What is told of each side's history."""
