"""The house's notes about itself in memory, and how the work in memory stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import Lock
from typing import TypeVar

from linguapay_adapters.memory.transactions import Memory
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.gauges import OPEN_EFFECTS, OPEN_WEBHOOK_EVENTS, MoneyMoved, Pile
from linguapay_core.domain.house import SILENT, Heartbeat, ServedAccount, Verification
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.webhook_event import WebhookEvent

WaitingT = TypeVar("WaitingT", Effect, WebhookEvent, Delivery)


class MemoryWatch:
    """Keeps the house's notes, and counts what is open in this memory."""

    def __init__(self, memory: Memory) -> None:
        """Count in this memory."""
        self._memory = memory
        self._lock = Lock()
        self._account: ServedAccount | None = None
        self._heartbeats: dict[str, Heartbeat] = {}
        self._verification: Verification | None = None

    def served_account(self) -> ServedAccount | None:
        """The account that is served, if one has been."""
        return self._account

    def remember_account(self, account: ServedAccount, *, at: datetime) -> ServedAccount:  # noqa: ARG002 - nobody asks when
        """Remember the first account; the answer is the one that is remembered."""
        with self._lock:
            self._account = self._account or account
            return self._account

    def beat(self, heartbeat: Heartbeat) -> None:
        """Note a sign of life, and forget those who gave none for a day."""
        with self._lock:
            beats = {**self._heartbeats, heartbeat.worker_id: heartbeat}
            since = heartbeat.beat_at - SILENT
            self._heartbeats = {name: beat for name, beat in sorted(beats.items()) if beat.beat_at >= since}

    def workers(self) -> Sequence[Heartbeat]:
        """The last sign of life of each worker, by name."""
        return tuple(self._heartbeats.values())

    def note_verification(self, verification: Verification) -> None:
        """Note that the books were checked."""
        self._verification = verification

    def verification(self) -> Verification | None:
        """The last check of the books that was noted."""
        return self._verification

    def is_current(self) -> bool:
        """Memory is always of this version."""
        return True

    def open_effects(self) -> Sequence[Pile]:
        """Effects that are still owed, by state."""
        with self._memory.alone() as shelves:
            owed = [effect for effect in shelves.all(Effect) if effect.state in OPEN_EFFECTS]
        return _piles(owed, lambda effect: effect.first_asked_at or effect.due_at)

    def open_webhook_events(self) -> Sequence[Pile]:
        """Webhook events that weren't read to the end, by state."""
        with self._memory.alone() as shelves:
            unread = [event for event in shelves.all(WebhookEvent) if event.state in OPEN_WEBHOOK_EVENTS]
        return _piles(unread, lambda event: event.received_at)

    def waiting_messages(self) -> Sequence[Pile]:
        """Messages that are still to be told, by state."""
        with self._memory.alone() as shelves:
            waiting = [delivery for delivery in shelves.all(Delivery) if delivery.waiting]
        return _piles(waiting, lambda delivery: delivery.made_at)

    def money_moved(self) -> Sequence[MoneyMoved]:
        """The counters of all payments together, for each currency that occurs."""
        with self._memory.alone() as shelves:
            payments = shelves.all(Payment)
        currencies = sorted({payment.currency for payment in payments}, key=lambda currency: currency.code)
        return tuple(_moved(currency, payments) for currency in currencies)


def _piles(waiting: Iterable[WaitingT], since: Callable[[WaitingT], datetime]) -> Sequence[Pile]:
    piles: dict[str, Pile] = {}
    for record in sorted(waiting, key=lambda one: (one.state, since(one))):
        there = piles.get(record.state, Pile(record.state, 0, since(record)))
        piles[record.state] = Pile(record.state, there.count + 1, there.oldest_at)
    return tuple(piles.values())


def _moved(currency: Currency, payments: Iterable[Payment]) -> MoneyMoved:
    counters = [payment.counters for payment in payments if payment.currency == currency]
    nothing = Money(0, currency)
    return MoneyMoved(
        captured=sum((one.captured.total for one in counters), nothing),
        refunded=sum((one.refunded.total for one in counters), nothing),
        transferred=sum((one.transferred for one in counters), nothing),
    )
