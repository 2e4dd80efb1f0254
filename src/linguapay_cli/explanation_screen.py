"""The story of a booking for a person: what it is, what set its amounts, what happened, and what may happen next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linguapay_cli.screen import (
    FAINT,
    HEADING,
    INDENT,
    ROLES,
    day,
    section,
    state,
    table,
    terms,
    verdict_sign,
)
from linguapay_cli.shapes import MINOR
from linguapay_cli.values import bare
from linguapay_core.domain.explanation import PEOPLE, Explanation, Moment, Move
from linguapay_core.domain.identifiers import IDENTIFIERS
from linguapay_core.domain.machine import Role, spoken
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.story import Story

UNTOLD: Final = ("_id", "currency", "terms")
"""How the names of details end that are for programs, or stand elsewhere: ``--json`` has them."""

NOTHING: Final = ("", "0", "None")


def explanation(told: Explanation) -> Group:
    """All of it."""
    return Group(*_parts(told))


def _parts(told: Explanation) -> Iterator[RenderableType]:
    yield _header(told.story)
    yield section("What belongs to it", _members(told.story))
    yield section("The amounts, and what set them", _amounts(told))
    yield section("What happened", _chronicle(told))
    yield section("What is awaited", Text("\n".join(told.awaited) or "Nothing.", "" if told.awaited else FAINT))
    for role in PEOPLE:
        moves = [move for move in told.moves if move.who is role]
        yield section(f"What the {role} may do", _moves(moves))


def _header(story: Story) -> Group:
    booking = story.booking
    line = Table.grid(expand=True)
    line.add_column(ratio=1)
    line.add_column(justify="right", no_wrap=True)
    line.add_row(Text(f"Booking {booking.id}", HEADING), state(booking.state))
    who = Text.assemble(
        story.gig.title,
        ": ",
        (booking.student_id, ROLES[Role.STUDENT]),
        " learns from ",
        (booking.teacher_id, ROLES[Role.TEACHER]),
    )
    when = f"{day(booking.starts_at)}, {booking.starts_at:%H:%M} to {booking.ends_at:%H:%M} UTC"
    return Group(line, Padding(Group(who, Text(when), Text(terms(booking.quote.terms), FAINT)), (0, 0, 1, INDENT)))


def _members(story: Story) -> Table:
    made = table("what", "identifier", "state", "amount", right=("amount",))
    for payment in story.payments:
        made.add_row("payment", payment.id, state(payment.state), str(payment.parts.total))
    for request in story.requests:
        made.add_row("refund request", request.id, state(request.state), str(request.amount))
    for refund in story.refunds:
        made.add_row("refund", refund.id, state(refund.state), str(refund.amount))
    for transfer in story.transfers:
        amount = str(transfer.amount) if transfer.amount else ""
        made.add_row("transfer", transfer.id, state(transfer.state), amount)
    if not made.row_count:
        made.add_row(Text("nothing yet", FAINT))
    return made


def _amounts(told: Explanation) -> Table:
    made = table("amount", "", "the rule", right=("",), fill="the rule")
    for amount in told.amounts:
        name = amount.name.partition(" ")[0] if "_" in amount.name else amount.name
        made.add_row(name, str(amount.money), Text(amount.rule, FAINT))
    return made


def _chronicle(told: Explanation) -> Table:
    currency = told.story.booking.quote.total.currency
    made = table("when (UTC)", "who", "what and why", fill="what and why")
    before = ""
    for moment in told.moments:
        when = f"{moment.at.day} {moment.at:%b %H:%M}"
        made.add_row(Text("" if when == before else when, FAINT), _by(moment), Group(*_what(moment, currency)))
        before = when
    return made


def _by(moment: Moment) -> Text:
    if moment.entry is not None:
        return Text("books", FAINT)
    role, _, person = moment.by.partition(" ")
    return Text(person or role, ROLES[Role(role)])


def _what(moment: Moment, currency: Currency) -> Iterator[RenderableType]:
    if moment.entry is not None:
        yield Text(moment.what, FAINT)
        for leg in moment.entry.legs:
            yield _below(f"{leg.debit} ← {leg.credit}  {bare(leg.amount)}")
        return
    because = f", because {spoken(moment.why)}" if moment.why else ""
    yield Text(spoken(moment.what.replace(".", " ")) + because)
    details = ", ".join(_details(moment, currency))
    if details:
        yield _below(details)


def _below(line: str) -> Padding:
    return Padding(Text(line, FAINT), (0, 0, 0, INDENT))


def _details(moment: Moment, currency: Currency) -> Iterator[str]:
    for name, value in moment.details:
        if name.endswith(UNTOLD) or value in {*NOTHING, moment.why}:
            continue
        if name.endswith(MINOR):
            yield f"{spoken(name.removesuffix(MINOR))} {Money(int(value), currency)}"
        else:
            yield f"{spoken(name)} {value.removesuffix(':00+00:00')}"


def _moves(moves: list[Move]) -> Table | Text:
    if not moves:
        return Text("Nothing any more.", FAINT)
    made = table("", "what", "to the", "why not, and the way out", fill="why not, and the way out")
    for move in sorted(moves, key=lambda move: move.refusal is not None):
        kind = _kind(move.subject)
        made.add_row(verdict_sign(holds=move.refusal is None), move.what, kind, Text(_why_not(move, kind), FAINT))
    return made


def _why_not(move: Move, kind: str) -> str:
    """Why it can't be done; where only the state is in the way, which stands above, the way out alone."""
    if move.refusal is None:
        return ""
    by_state = move.refusal.rule.startswith(kind.replace(" ", "_"))
    return move.refusal.way_out if by_state else str(move.refusal)


def _kind(identifier: str) -> str:
    """What an identifier names."""
    prefix = identifier.partition("_")[0]
    return next(one.kind for one in IDENTIFIERS if one.prefix == prefix)
