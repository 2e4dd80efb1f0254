"""The shapes that ``--json`` prints. They are a contract: a field may be added, none is renamed or changes its meaning.

Money is ``{"amount_minor": 2625, "currency": "USD"}``; an instant is RFC 3339 in UTC, as ``2026-03-02T09:00:00Z``;
whoever did something is ``{"role", "person"}``. States and rules have their own stable names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from linguapay_cli.values import instant, money
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.explanation import Amount, Explanation, Moment, Move
from linguapay_core.domain.holdings import AccountPage, Holding
from linguapay_core.domain.ledger import CHART, Balances, Entry
from linguapay_core.domain.money import Currency, Money, Parts
from linguapay_core.domain.quote import Quote
from linguapay_core.domain.rules_of_the_books import STRIPES, Rule
from linguapay_core.domain.story import Story
from linguapay_core.domain.verdict import Verdict
from linguapay_core.domain.what_if import LINES, UNKNOWABLE, Comparison

Shape: TypeAlias = Mapping[str, object]

MINOR: Final = "_minor"
INSTANT: Final = ("_at", "_by")
"""How the fields of a fact are named that are minor units, and those that are instants."""


def actor(by: Actor) -> Shape:
    """Who did it; ``person`` is empty for the clock, Stripe and the system."""
    return {"role": str(by.role), "person": by.person}


def parts(both: Parts) -> Shape:
    """An amount, divided."""
    return {"total": money(both.total), "price_part": money(both.price), "fee_part": money(both.fee)}


def quote(told: Quote) -> Shape:
    """What a lesson costs; ``terms`` are the tiers of cancelling it, the earliest first."""
    return {
        "hourly_price": money(told.hourly_price),
        "minutes": told.minutes,
        "price": money(told.price),
        "fee": money(told.fee),
        "total": money(told.total),
        "teacher_earns": money(told.teacher_earns),
        "terms": [{"hours_before": tier.hours_before, "refund_bps": tier.refund_bps} for tier in told.terms.tiers],
    }


def booking(told: Booking) -> Shape:
    """A booking as it stands."""
    return {
        "id": told.id,
        "gig_id": told.gig_id,
        "student_id": told.student_id,
        "teacher_id": told.teacher_id,
        "state": str(told.state),
        "starts_at": instant(told.starts_at),
        "ends_at": instant(told.ends_at),
        "due_at": instant(told.due_at),
        "quote": quote(told.quote),
    }


def entry(told: Entry) -> Shape:
    """An entry of the books; ``cash`` is the balance transaction that it books, or null."""
    legs = [{"debit": str(leg.debit), "credit": str(leg.credit), "amount": money(leg.amount)} for leg in told.legs]
    return {
        "key": told.key,
        "what": told.what,
        "subject": str(told.subject),
        "at": instant(told.at),
        "cash": told.cash,
        "legs": legs,
    }


def balances(told: Balances) -> list[Shape]:
    """What each account holds, on the side on which it grows."""
    return [
        {"account": str(account), "grows": str(CHART[account.kind].grows), "holds": money(held)}
        for account, held in told.items()
    ]


def story(told: Story) -> Shape:
    """A booking with all that came of it, as it stands."""
    return {
        "booking": booking(told.booking),
        "gig": {"id": told.gig.id, "title": told.gig.title},
        "payments": [
            {"id": one.id, "state": str(one.state), "asked": parts(one.parts), "left": parts(one.counters.left)}
            for one in told.payments
        ],
        "refund_requests": [
            {"id": one.id, "state": str(one.state), "amount": money(one.amount)} for one in told.requests
        ],
        "refunds": [
            {"id": one.id, "state": str(one.state), "rule": one.rule, "amount": parts(one.parts)}
            for one in told.refunds
        ],
        "transfers": [
            {
                "id": one.id,
                "state": str(one.state),
                "hold": one.hold and str(one.hold),
                "pay_at": instant(one.pay_at),
                "amount": money(one.amount),
            }
            for one in told.transfers
        ],
    }


def explanation(told: Explanation) -> Shape:
    """The story as it stands, then what happened, what set the amounts, what is awaited, and who may do what."""
    return {
        **story(told.story),
        "moments": [_moment(one, told.story.booking.quote.total.currency) for one in told.moments],
        "amounts": [_amount(one) for one in told.amounts],
        "awaited": list(told.awaited),
        "moves": [_move(one) for one in told.moves],
    }


def _moment(told: Moment, currency: Currency) -> Shape:
    return {
        "at": instant(told.at),
        "what": told.what,
        "subject": told.subject,
        "by": told.by,
        "why": told.why,
        "details": dict(_detail(name, text, currency) for name, text in told.details),
        "entry": told.entry and entry(told.entry),
    }


def _detail(name: str, text: str, currency: Currency) -> tuple[str, object]:
    """A field of what happened: an amount, an instant, or the text of anything else."""
    if name.endswith(MINOR):
        return name.removesuffix(MINOR), money(Money(int(text), currency))
    if name.endswith(INSTANT):
        return name, instant(datetime.fromisoformat(text))
    return name, text


def _amount(told: Amount) -> Shape:
    return {"name": told.name, "money": money(told.money), "rule": told.rule}


def _move(told: Move) -> Shape:
    return {"who": str(told.who), "what": told.what, "subject": told.subject, "refusal": refusal(told.refusal)}


def refusal(told: Refused | None) -> Shape | None:
    """Why something can't be done and what would make it possible, or null where it can."""
    return None if told is None else {"rule": told.rule, "reason": told.reason, "way_out": told.way_out}


def verdict(told: Verdict, *, with_stripe: bool = True) -> Shape:
    """Whether the books hold. Where Stripe wasn't asked, ``balances`` and its rule's ``holds`` are null."""
    broken = {one.rule for one in told.breaches}
    return {
        "holds": told.holds,
        "bookings": told.bookings,
        "entries": told.entries,
        "balance_transactions": told.balance_transactions,
        "rules": [
            {
                "rule": rule,
                "must_hold": rule.must_hold,
                "holds": None if rule is STRIPES and not (with_stripe or rule in broken) else rule not in broken,
            }
            for rule in Rule
        ],
        "breaches": [{"rule": one.rule, "subject": one.subject, "found": one.found} for one in told.breaches],
        "balances": [{"in_books": money(one.in_books), "at_stripe": money(one.at_stripe)} for one in told.balances]
        if with_stripe
        else None,
    }


def comparisons(told: Sequence[Comparison]) -> Shape:
    """Each currency's payments: what they came to, what they would have, and by how much that is more."""
    return {
        "currencies": [
            {
                "currency": one.currency.code,
                "payments": one.payments,
                "differing": one.differing,
                "unsold": one.unsold,
                "lines": [
                    {
                        "name": line.name,
                        "was": money(Money(getattr(one.was, line.name), one.currency)),
                        "would_be": money(Money(getattr(one.would_be, line.name), one.currency)),
                        "difference": money(Money(getattr(one.difference, line.name), one.currency)),
                    }
                    for line in LINES
                ],
            }
            for one in told
        ],
        "unknown": UNKNOWABLE,
    }


def holdings(told: Sequence[Sequence[Holding]]) -> Shape:
    """What the kinds of accounts hold, on the side on which they grow, in each currency that occurs."""
    return {
        "balances": [
            {"account": str(one.kind), "grows": str(CHART[one.kind].grows), "holds": money(one.held)}
            for in_currency in told
            for one in in_currency
        ]
    }


def account_page(told: AccountPage) -> Shape:
    """What moved an account, and what it held before and after; ``change`` is on the side on which it grows."""
    return {
        "account": str(told.account),
        "opening": [money(one) for one in told.opening],
        "lines": [
            {
                "key": line.entry.key,
                "what": line.entry.what,
                "subject": str(line.entry.subject),
                "at": instant(line.entry.at),
                "cash": line.entry.cash,
                "change": money(line.change),
                "holds": money(line.holds),
            }
            for line in told.lines
        ],
        "closing": [money(one) for one in told.closing],
        "next_cursor": told.next_cursor,
    }
