"""A person on the screen: who they are, their lessons and money, what they wrote, and what is open about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from linguapay_cli.books_screen import counted
from linguapay_cli.screen import FAINT, section, state, table
from linguapay_cli.values import ERASED, visible
from linguapay_cli.when import Times
from linguapay_core.domain.erasure_rules import Erasing, Obstacle
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.person_file import PersonFile
from linguapay_core.domain.story import Story


def person(told: PersonFile, times: Times, *, most: int) -> Group:
    """All that is known, with so many lessons at most."""
    return Group(*_parts(told, times, most=most))


def _parts(told: PersonFile, times: Times, *, most: int) -> Iterator[RenderableType]:
    yield section(str(told.id), _profile(told, times))
    if told.gigs:
        yield section("Gigs", _gigs(told))
    if told.stories:
        yield section(_heading(told, most), _lessons(told, times, told.stories[:most]))
    if told.written:
        yield section("Written by them, or about their refund requests", _written(told))
    if told.credits:
        yield section("Owed to them", _owed(told.credits))
    if told.receivables:
        yield section("Owed by them", _owed(told.receivables))
    if told.balances:
        yield section("Their accounts in the books", _balances(told))
    if told.waits_for:
        yield section("Open", _obstacles(told.waits_for))


def _heading(told: PersonFile, most: int) -> str:
    lessons = counted(len(told.stories), "lesson")
    more = len(told.stories) - most
    return lessons.capitalize() if more <= 0 else f"{lessons}, the latest {most}; --lessons shows more"


def _profile(told: PersonFile, times: Times) -> Table:
    wish = told.erasure
    known = {
        "Name": told.person.name,
        "E-mail": told.person.email,
        "Zone": told.person.zone,
        "Customer at Stripe": told.customer and f"{told.customer.customer_id} (saved cards are only there)",
        "Account at Stripe": told.account and told.account.account_id,
        "Asked to be forgotten": wish and times.shown(wish.asked_at),
        "Forgotten": wish and wish.erased_at and times.shown(wish.erased_at),
    }
    made = Table.grid(padding=(0, 2))
    made.add_column(style=FAINT, no_wrap=True)
    made.add_column(overflow="fold")
    for heading, value in known.items():
        if value:
            made.add_row(heading, value)
    return made


def _gigs(told: PersonFile) -> Table:
    made = table("gig", "title", "an hour", "offered", right=("an hour",), fill="title")
    for gig in told.gigs:
        made.add_row(gig.id, gig.title, str(gig.hourly_price), "yes" if gig.active else "no")
    return made


def _lessons(told: PersonFile, times: Times, stories: Sequence[Story]) -> Table:
    made = table("when", "as", "with", "state", "paid", "back", right=("paid", "back"), fill="with")
    for story in stories:
        booking, role = story.booking, told.role_in(story.booking)
        other = told.other_side(booking)
        paid, back = _sums(story)
        made.add_row(times.shown(booking.starts_at), role, other, state(booking.state), str(paid), str(back))
    return made


def _sums(story: Story) -> tuple[Money, Money]:
    """What was paid for a lesson, and what went back of it or is on its way."""
    zero = story.booking.quote.total.zero
    counters = [payment.counters for payment in story.payments]
    paid = sum((one.captured.total for one in counters), zero)
    return paid, sum(((one.reserved + one.refunded).total for one in counters), zero)


def _written(told: PersonFile) -> Table:
    made = table("about", "by", "text", fill="text")
    for one in told.written:
        text = Text(ERASED, FAINT) if one.text is None else Text(visible(one.text))
        made.add_row(one.subject, "them" if one.by_person else "an admin", text)
    return made


def _owed(told: Sequence[tuple[Payment, Money]]) -> Table:
    made = table("payment", "amount", right=("amount",))
    for payment, owed in told:
        made.add_row(payment.id, str(owed))
    return made


def _balances(told: PersonFile) -> Table:
    made = table("account", "holds", right=("holds",))
    for (account, _), held in told.balances.items():
        made.add_row(str(account), str(held))
    return made


def _obstacles(told: Sequence[Obstacle]) -> Table:
    made = table("what", "why, and the way out", fill="why, and the way out")
    for one in told:
        made.add_row(one.subject, Text.assemble(_sentence(one.reason), "\n", (one.way_out, FAINT)))
    return made


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."


def plan(told: PersonFile) -> Group:
    """What forgetting somebody would remove, and what it would wait for."""
    personal = tuple(told.personal())
    if told.was_erased and not personal:
        return Group(Text(f"{told.id} was forgotten already."))
    listed = "\n".join(f"- {one}" for one in personal) or "- nothing: nothing personal is known"
    parts: list[RenderableType] = [section(f"Forgetting {told.id} removes", Text(listed))]
    if told.waits_for:
        parts.append(section("It waits for", _obstacles(told.waits_for)))
    return Group(*parts)


def outcome(erasing: Erasing) -> str:
    """How it stands, in a sentence."""
    if erasing.waits_for:
        waits = counted(len(erasing.waits_for), "thing")
        return f"{erasing.erasure.id} is forgotten when {waits} above {_are(erasing)} settled; the worker sees to it."
    return f"{erasing.erasure.id} is forgotten. The books are whole."


def _are(erasing: Erasing) -> str:
    return "is" if len(erasing.waits_for) == 1 else "are"
