"""The story as data, for ``--json``: ``{"holds", "deviation", "chapters": [{"title", "facts"}]}``.

``deviation`` is null, or ``{"what", "found", "expected"}``. Each fact's ``fact`` names its kind: ``step``, ``later``,
``quote``, ``bookings``, ``entries``, ``balances``, ``verdict`` or ``kept``; its other fields are shapes of
``linguapay_cli.shapes``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from linguapay_cli import shapes
from linguapay_cli.demo.facts import (
    Bookings,
    Chapter,
    Deviation,
    Fact,
    Holdings,
    Kept,
    Later,
    Ledger,
    Quoted,
    Step,
    Verified,
)
from linguapay_cli.shapes import Shape
from linguapay_cli.values import instant, money


def told(facts: Iterable[Fact]) -> Shape:
    """Play it all, up to where it deviates if it does, and return everything."""
    chapters: list[Shape] = []
    deviation: Shape | None = None
    part: list[Shape] = []
    try:
        for fact in facts:
            if isinstance(fact, Chapter):
                part = []
                chapters.append({"title": fact.title, "facts": part})
            else:
                part.append(_fact(fact))
    except Deviation as error:
        deviation = {"what": error.what, "found": str(error.found), "expected": str(error.expected)}
    return {"holds": deviation is None, "deviation": deviation, "chapters": chapters}


def _fact(fact: Step | Later | Quoted | Bookings | Ledger | Holdings | Verified | Kept) -> Shape:
    shape: Shape
    match fact:
        case Step():
            shape = _step(fact)
        case Later(at, why):
            shape = {"fact": "later", "at": instant(at), "why": why}
        case Quoted(quote, fee_policy):
            shape = {"fact": "quote", "quote": shapes.quote(quote), "fee_policy": fee_policy}
        case Bookings(stories):
            shape = {"fact": "bookings", "bookings": [shapes.story(story) for story in stories]}
        case Ledger(story):
            entries = [shapes.entry(entry) for entry in story.entries]
            shape = {"fact": "entries", "booking": story.booking.id, "entries": entries}
        case Holdings(balances):
            shape = {"fact": "balances", "balances": shapes.balances(balances)}
        case Verified(verdict):
            shape = {"fact": "verdict", "verdict": shapes.verdict(verdict)}
        case Kept(database_url, commands):
            shape = {"fact": "kept", "database_url": database_url, "commands": list(commands)}
        case _:
            assert_never(fact)
    return shape


def _step(step: Step) -> Shape:
    return {
        "fact": "step",
        "at": instant(step.at),
        "who": shapes.actor(step.who),
        "does": step.does,
        "subject": step.subject,
        "state": step.state,
        "amounts": {name: money(amount) for name, amount in step.amounts},
    }
