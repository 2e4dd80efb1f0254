"""The books: double entry, append-only, one leg at a time.

A leg moves an amount from one account to another, so an entry that doesn't balance can't be written down. This file
knows the accounts and how entries add up; which entry a happening makes stands in ``postings``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from linguapay_core.domain.identifiers import Identifier, PaymentId, PersonId
from linguapay_core.domain.money import Currency, Money


class Side(StrEnum):
    """The side on which an account grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Kind(StrEnum):
    """The accounts of the books, without their owners."""

    STRIPE_BALANCE = "stripe_balance"
    CHARGE_CLEARING = "charge_clearing"
    TEACHER_RECEIVABLE = "teacher_receivable"
    DISPUTE_HOLD = "dispute_hold"
    BANK = "bank"
    ESCROW = "escrow"
    TEACHER_PAYABLE = "teacher_payable"
    REFUND_CLEARING = "refund_clearing"
    TRANSFER_CLEARING = "transfer_clearing"
    TEACHER_NETTING = "teacher_netting"
    STUDENT_CREDIT = "student_credit"
    SUSPENSE = "suspense"
    PLATFORM_FEE = "platform_fee"
    STRIPE_FEES = "stripe_fees"
    DISPUTE_FEES = "dispute_fees"
    GOODWILL = "goodwill"
    BAD_DEBT = "bad_debt"


@dataclass(frozen=True, slots=True)
class Nature:
    """What an account is: the side it grows on, whether it may stand on the other, who owns one, and its meaning."""

    group: str
    grows: Side
    may_turn: bool
    owner: str
    meaning: str


STAYS, TURNS = False, True
"""Whether an account may stand on the side on which it doesn't grow."""

CHART: Final[Mapping[Kind, Nature]] = {
    #                              group        grows        may turn  owner      meaning
    Kind.STRIPE_BALANCE: Nature("asset", Side.DEBIT, TURNS, "", "what Stripe holds for the platform"),
    Kind.CHARGE_CLEARING: Nature("asset", Side.DEBIT, STAYS, "", "charged, and not yet in the Stripe balance"),
    Kind.TEACHER_RECEIVABLE: Nature("asset", Side.DEBIT, STAYS, "teacher", "what a teacher owes back"),
    Kind.DISPUTE_HOLD: Nature("asset", Side.DEBIT, STAYS, "", "withdrawn by a dispute that isn't decided"),
    Kind.BANK: Nature("asset", Side.DEBIT, TURNS, "", "the platform's own bank account, as far as payouts tell"),
    Kind.ESCROW: Nature("liability", Side.CREDIT, STAYS, "", "paid by a student for a lesson not given yet"),
    Kind.TEACHER_PAYABLE: Nature("liability", Side.CREDIT, STAYS, "teacher", "earned by a teacher and not sent"),
    Kind.REFUND_CLEARING: Nature("liability", Side.CREDIT, STAYS, "", "on its way back to a student"),
    Kind.TRANSFER_CLEARING: Nature("liability", Side.CREDIT, STAYS, "", "on its way to a teacher"),
    Kind.TEACHER_NETTING: Nature("liability", Side.CREDIT, TURNS, "teacher", "moves debts between a teacher's lessons"),
    Kind.STUDENT_CREDIT: Nature("liability", Side.CREDIT, STAYS, "student", "owed to a student whose refund failed"),
    Kind.SUSPENSE: Nature("liability", Side.CREDIT, TURNS, "", "money that nothing explains yet"),
    Kind.PLATFORM_FEE: Nature("revenue", Side.CREDIT, STAYS, "", "the platform's fee, earned"),
    Kind.STRIPE_FEES: Nature("expense", Side.DEBIT, TURNS, "", "what Stripe keeps"),
    Kind.DISPUTE_FEES: Nature("expense", Side.DEBIT, TURNS, "", "what Stripe keeps for disputes"),
    Kind.GOODWILL: Nature("expense", Side.DEBIT, STAYS, "", "given back at the platform's cost"),
    Kind.BAD_DEBT: Nature("expense", Side.DEBIT, STAYS, "", "what a teacher owes and won't pay"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account. Teachers' and students' accounts name their owner."""

    kind: Kind
    owner: PersonId | None = None

    def __post_init__(self) -> None:
        """Assert that the chart wants an owner where there is one."""
        assert bool(CHART[self.kind].owner) == (self.owner is not None), self

    def __str__(self) -> str:
        """Show it as ``escrow`` or ``teacher_payable:anna``."""
        return self.kind if self.owner is None else f"{self.kind}:{self.owner}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote."""
        kind, _, owner = text.partition(":")
        return cls(Kind(kind), PersonId(owner) if owner else None)


STRIPE_BALANCE: Final = Account(Kind.STRIPE_BALANCE)
CHARGE_CLEARING: Final = Account(Kind.CHARGE_CLEARING)
BANK: Final = Account(Kind.BANK)
ESCROW: Final = Account(Kind.ESCROW)
REFUND_CLEARING: Final = Account(Kind.REFUND_CLEARING)
TRANSFER_CLEARING: Final = Account(Kind.TRANSFER_CLEARING)
SUSPENSE: Final = Account(Kind.SUSPENSE)
PLATFORM_FEE: Final = Account(Kind.PLATFORM_FEE)
STRIPE_FEES: Final = Account(Kind.STRIPE_FEES)
GOODWILL: Final = Account(Kind.GOODWILL)
BAD_DEBT: Final = Account(Kind.BAD_DEBT)


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount above nothing that moves from the credited account to the debited one, for a payment or for none."""

    debit: Account
    credit: Account
    amount: Money
    payment_id: PaymentId | None

    def __post_init__(self) -> None:
        """Assert what the tables demand as well."""
        assert self.amount.amount_minor > 0, self
        assert self.debit != self.credit, self


@dataclass(frozen=True, slots=True)
class Entry:
    """Legs that became true together, under a key that can be written once.

    The key names the object and what happened to it (``refund rfd_… reserved``), or the balance transaction whose cash
    it books (``cash txn_…``); in that case ``cash`` is the balance transaction, and the legs move ``stripe_balance`` by
    its net.
    """

    key: str
    what: str
    subject: Identifier | str
    at: datetime
    legs: tuple[Leg, ...]
    cash: str | None = None

    @property
    def payments(self) -> frozenset[PaymentId]:
        """The payments whose balances it changes."""
        return frozenset(leg.payment_id for leg in self.legs if leg.payment_id is not None)


def entry(key: str, what: str, subject: Identifier | str, at: datetime, *legs: Leg | None) -> tuple[Entry, ...]:
    """One entry of those legs that carry an amount; none at all where no leg does."""
    carried = tuple(leg for leg in legs if leg is not None)
    return (Entry(key, what, subject, at, carried),) if carried else ()


def leg(debit: Account, credit: Account, amount: Money, payment_id: PaymentId | None) -> Leg | None:
    """A leg of this amount, or none where there is nothing to move."""
    return Leg(debit, credit, amount, payment_id) if amount else None


class Balances:
    """What each account holds after some entries, on the side on which it grows. Never changed, only made anew."""

    __slots__ = ("_held", "currency")

    def __init__(self, currency: Currency, held: Mapping[Account, int] | None = None) -> None:
        """Take what each account holds, in minor units; an account that isn't named holds nothing."""
        self.currency = currency
        self._held = dict(held or {})

    def __getitem__(self, account: Account) -> Money:
        """What this account holds."""
        return Money(self._held.get(account, 0), self.currency)

    def __eq__(self, other: object) -> bool:
        """Compare what is held, account by account."""
        return isinstance(other, Balances) and dict(self.items()) == dict(other.items())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Show what is held."""
        return f"Balances({', '.join(f'{account}={money}' for account, money in self.items())})"

    def items(self) -> Iterable[tuple[Account, Money]]:
        """Each account that holds something, in the chart's order."""
        order = {kind: number for number, kind in enumerate(Kind)}
        for account in sorted(self._held, key=lambda account: (order[account.kind], account.owner or "")):
            if self._held[account]:
                yield account, self[account]

    def after(self, entries: Iterable[Entry], payment_id: PaymentId | None = None) -> Balances:
        """The balances when these entries have been added, of one payment's legs alone where one is named."""
        held = dict(self._held)
        for one in entries:
            for moved in one.legs:
                if moved.amount.currency == self.currency and payment_id in (None, moved.payment_id):
                    for account, side in ((moved.debit, Side.DEBIT), (moved.credit, Side.CREDIT)):
                        sign = 1 if CHART[account.kind].grows is side else -1
                        held[account] = held.get(account, 0) + sign * moved.amount.amount_minor
        return Balances(self.currency, held)

    def wrong_sides(self) -> tuple[tuple[Account, Money], ...]:
        """The accounts that stand on a side on which they may not."""
        return tuple(
            (account, money)
            for account, money in self.items()
            if money < money.zero and not CHART[account.kind].may_turn
        )
