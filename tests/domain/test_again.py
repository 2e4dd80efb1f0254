"""Deciding again on what was decided decides nothing: every rule that Stripe, the clock or a worker may repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from linguapay_core.domain import (
    alarm_rules,
    bookmark,
    effect_rules,
    payment_rules,
    refund_request_rules,
    refund_rules,
    transfer_rules,
)
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.bookmark import Bookmark
from linguapay_core.domain.decision import CLOCK, SYSTEM, Actor, Decision
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.identifiers import RefundId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.seen import IntentStatus, RefundStatus
from linguapay_core.domain.transfer import Hold, TransferState
from linguapay_core.testing.builders import (
    CARLA,
    NOON,
    a_payment,
    a_refund,
    a_refund_request,
    a_succeeded_payment,
    a_transfer,
    an_alarm,
    an_effect,
)
from tests.domain import told
from tests.domain.reading import books

ADMIN: Final = Actor(Role.ADMIN, CARLA)
LATER: Final = NOON + timedelta(hours=1)
PAID: Final = a_succeeded_payment()
BOOKS: Final = books(escrow=3150)

Rule = Callable[[Any], Decision[Any]]


def _intent(status: IntentStatus, name: str = "pi_1") -> Rule:
    return lambda it: payment_rules.seen(it, told.intent(status, id=name), at=LATER)


def _refund(status: RefundStatus) -> Rule:
    return lambda it: refund_rules.seen(it, PAID, BOOKS, told.refund(status), lesson_given=True, at=LATER)


def _of_payments() -> dict[str, Rule]:
    return {
        **{f"seen {status}": _intent(status) for status in IntentStatus},
        **{f"orphan {status}": _intent(status, "pi_old") for status in IntentStatus},
        "lost": lambda it: payment_rules.lost(it, at=LATER),
        "retried": payment_rules.retried,
        "refused": lambda it: payment_rules.refused(it, "no", at=LATER),
        "cancel": lambda it: payment_rules.cancel(it, by=CLOCK, at=LATER),
    }


def _of_refunds() -> dict[str, Rule]:
    return {
        **{f"seen {status}": _refund(status) for status in RefundStatus},
        "lost": lambda it: refund_rules.lost(it, at=LATER),
        "retried": refund_rules.retried,
        "parked": lambda it: refund_rules.parked(it, "silence", at=LATER),
        "rejected": lambda it: refund_rules.rejected(it, PAID, BOOKS, "no", lesson_given=True, at=LATER),
    }


def _of_requests() -> dict[str, Rule]:
    return {
        "finish": lambda it: refund_request_rules.finish(it, at=LATER),
        "block": lambda it: refund_request_rules.block(it, "gone", at=LATER),
        "resume": lambda it: refund_request_rules.resume(it, RefundId.of(1), at=LATER),
    }


def _of_transfers() -> dict[str, Rule]:
    return {
        "seen": lambda it: transfer_rules.seen(it, PAID, BOOKS, told.transfer(), at=LATER),
        "lost": lambda it: transfer_rules.lost(it, at=LATER),
        "retried": transfer_rules.retried,
        "parked": lambda it: transfer_rules.parked(it, "silence", at=LATER),
        "rejected": lambda it: transfer_rules.rejected(it, PAID, "no", at=LATER),
    }


RULES: Final[list[tuple[str, object, Rule]]] = [
    *(
        (f"{kind} {state}: {name}", made(state), rule)
        for kind, states, made, rules in (
            ("payment", PaymentState, lambda state: a_payment(state=state, holds_booking=False), _of_payments()),
            ("refund", RefundState, lambda state: a_refund(state=state), _of_refunds()),
            ("request", RequestState, lambda state: a_refund_request(state=state), _of_requests()),
            ("transfer", TransferState, lambda state: a_transfer(state=state), _of_transfers()),
        )
        for state in states
        for name, rule in rules.items()
    ),
    ("held", a_transfer(), lambda it: transfer_rules.hold(it, Hold.DISPUTED, by=SYSTEM, at=LATER)),
    ("effect retried", an_effect(state=EffectState.PARKED), lambda it: effect_rules.retry(it, by=ADMIN, at=LATER)),
    ("effect abandoned", an_effect(state=EffectState.PARKED), lambda it: effect_rules.abandon(it, by=ADMIN, at=LATER)),
    ("alarm cleared", an_alarm(), lambda it: alarm_rules.clear(it, by=ADMIN, at=LATER)),
    ("bookmark moved", Bookmark("feed", 1, NOON), lambda it: bookmark.move(it, to=LATER)),
]
"""In every state of every record: each rule that may be asked again by itself, with what it is asked about."""


def _kept(decision: Decision[Any], *, after: Decision[Any]) -> Decision[Any]:
    """What ``keep`` doesn't let be of it: alarms stand already, with their events, and effects are promised."""
    promised = {one.id for one in after.effects}
    return Decision(
        decision.record,
        tuple(one for one in decision.changed if not isinstance(one, Alarm)),
        tuple(one for one in decision.events if not isinstance(one.fact, AlarmRaised)),
        decision.entries,
        tuple(one for one in decision.effects if one.id not in promised),
    )


@pytest.mark.parametrize(("record", "rule"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_deciding_again_on_what_was_decided_decides_nothing(record: object, rule: Rule) -> None:
    first = rule(record)
    assert not _kept(rule(first.record), after=first)
