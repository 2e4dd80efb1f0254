"""The verdict on the books, for a person: every rule with its tick, what breaks it, and the comparison with Stripe."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from linguapay_cli.screen import FAINT, section, table, verdict_sign
from linguapay_core.domain.rules_of_the_books import STRIPES, Rule
from linguapay_core.domain.verdict import Verdict


def verdict(told: Verdict, *, with_stripe: bool) -> Group:
    """All of it."""
    return Group(*_parts(told, with_stripe=with_stripe))


def _parts(told: Verdict, *, with_stripe: bool) -> Iterator[RenderableType]:
    yield section("What must always hold", _rules(told, with_stripe=with_stripe))
    if told.breaches:
        yield section("What doesn't hold", _breaches(told))
    if told.balances:
        yield section("The Stripe balance", comparison(told))
    yield summary(told, with_stripe=with_stripe)


def _rules(told: Verdict, *, with_stripe: bool) -> Table:
    broken = {one.rule for one in told.breaches}
    made = table("", "rule", "what must hold", fill="what must hold")
    for rule in Rule:
        unasked = rule is STRIPES and not with_stripe and rule not in broken
        sign = Text("-", FAINT) if unasked else verdict_sign(holds=rule not in broken)
        made.add_row(sign, rule, Text("Stripe was not asked." if unasked else rule.must_hold, FAINT))
    return made


def _breaches(told: Verdict) -> Table:
    made = table("rule", "where and what was found", fill="where and what was found")
    for breach in told.breaches:
        made.add_row(Text(breach.rule, "red"), Text.assemble(breach.subject, "\n", (breach.found, "red")))
    return made


def comparison(told: Verdict) -> Table:
    """What the books say and what Stripe says, in each currency."""
    made = table("currency", "in the books", "at Stripe", "", right=("in the books", "at Stripe"))
    for one in told.balances:
        equal = one.in_books == one.at_stripe
        made.add_row(
            one.in_books.currency.code,
            str(one.in_books),
            str(one.at_stripe),
            Text("✓ equal to the cent", "green") if equal else Text(f"✗ {one.in_books - one.at_stripe}", "red"),
        )
    return made


def summary(told: Verdict, *, with_stripe: bool = True) -> Text:
    """The verdict in one line, and over how much it was found."""
    checked = len(Rule) if with_stripe else len(Rule) - 1
    found = counted(len(told.breaches), "breach", "breaches")
    over = [counted(told.bookings, "booking"), counted(told.entries, "entry", "entries")]
    if with_stripe:
        over.append(counted(told.balance_transactions, "balance transaction"))
    return Text.assemble(
        verdict_sign(holds=told.holds),
        (f" {checked} rules checked, {found}", "bold" if told.holds else "bold red"),
        (f" in {', '.join(over)}", FAINT),
    )


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
