"""What becomes true of the house: customers, effects, cash, alarms, people who are forgotten."""

from __future__ import annotations

from typing import ClassVar

from linguapay_core.domain.events.fact import Fact


class CustomerKnown(Fact):
    """A student is a customer at Stripe."""

    name: ClassVar[str] = "customer.known"
    customer_id: str


class EffectHandled(Fact):
    """An operator took a parked effect in hand: ``retried``, ``found`` or ``abandoned``."""

    name: ClassVar[str] = "effect.handled"
    how: str


class CashBooked(Fact):
    """A balance transaction that belongs to no payment was booked."""

    name: ClassVar[str] = "cash.booked"
    balance_transaction_id: str
    type: str
    net_minor: int
    currency: str


class AlarmRaised(Fact):
    """A person should look at this."""

    name: ClassVar[str] = "alarm.raised"
    rule: str


class AlarmCleared(Fact):
    """A person has looked, or it resolved itself."""

    name: ClassVar[str] = "alarm.cleared"
    rule: str


class ErasureAsked(Fact):
    """Somebody is to be forgotten as soon as no money is open."""

    name: ClassVar[str] = "person.erasure_asked"


class PersonErased(Fact):
    """What was personal about somebody is gone."""

    name: ClassVar[str] = "person.erased"
