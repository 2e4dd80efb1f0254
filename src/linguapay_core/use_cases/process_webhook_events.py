"""The worker reads what Stripe has told: one look at each object, for all events that hint at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from linguapay_core.domain import webhook_event_rules
from linguapay_core.domain.answer import Answered
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.webhook_event import WebhookEvent, WebhookState
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.looking import look
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ProcessWebhookEvents:
    """At most so many events at once."""

    limit: int = 50


def process_webhook_events(
    command: ProcessWebhookEvents,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> int:
    """Look at the objects that waiting events hint at, each once. One that makes trouble stops only its own events.

    Returns the number of events that were taken.
    """
    leased = _lease(command.limit, transactions, clock)
    for (kind, object_id), lane in groupby(sorted(leased, key=_lane), key=_lane):
        events = tuple(lane)
        try:
            answer = look(
                kind,
                object_id,
                transactions=transactions,
                gateway=gateway,
                clock=clock,
                identifiers=identifiers,
            )
        except LinguaPayError as error:
            _close(events, f"{type(error).__name__}: {error}", transactions, clock)
        else:
            _close(events, "" if isinstance(answer, Answered) else str(answer), transactions, clock)
    return len(leased)


def _lane(event: WebhookEvent) -> tuple[ObjectKind, str]:
    return event.object_kind, event.object_id


@until_fresh
def _lease(limit: int, transactions: Transactions, clock: Clock) -> Sequence[WebhookEvent]:
    at = clock.now()
    with transactions.begin() as transaction:
        due = transaction.due(WebhookEvent, at=at, limit=limit)
        leased = tuple(
            webhook_event_rules.lease(event, at=at) for event in due if not webhook_event_rules.exhausted(event)
        )
        decision = _all(leased)
        for event in filter(webhook_event_rules.exhausted, due):
            decision += webhook_event_rules.postpone(event, at=at, reason="its leases ran out")
        transaction.keep(decision)
    return leased


@until_fresh
def _close(events: Sequence[WebhookEvent], trouble: str, transactions: Transactions, clock: Clock) -> None:
    """The events are done with, or, where there was trouble, wait for another look.

    A lease that ran out decides nothing.
    """
    at = clock.now()
    with transactions.begin() as transaction:
        now = tuple(transaction.webhook_event(event.id) for event in events)
        ours = tuple(
            event
            for event, leased in zip(now, events, strict=True)
            if event.state is WebhookState.LEASED and event.leased_until == leased.leased_until
        )
        if trouble:
            decision: Decision[object] = Decision(None)
            for event in ours:
                decision += webhook_event_rules.postpone(event, at=at, reason=trouble)
        else:
            decision = _all(webhook_event_rules.finish(event) for event in ours)
        transaction.keep(decision)


def _all(events: Iterable[WebhookEvent]) -> Decision[object]:
    decision: Decision[object] = Decision(None)
    for event in events:
        decision += changed(event)
    return decision
