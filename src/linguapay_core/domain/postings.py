"""Which entry each happening makes. Every row of the books' table is one function here, and nothing else posts.

What happened to an object is keyed by the object; cash is keyed by the balance transaction, so neither can be booked
twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import (
    BAD_DEBT,
    BANK,
    CHARGE_CLEARING,
    ESCROW,
    GOODWILL,
    PLATFORM_FEE,
    REFUND_CLEARING,
    STRIPE_BALANCE,
    STRIPE_FEES,
    SUSPENSE,
    TRANSFER_CLEARING,
    Account,
    Balances,
    Entry,
    Leg,
    entry,
    leg,
)
from linguapay_core.domain.money import Money, Parts, at_least_zero, smaller
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund, RefundState, Taken
from linguapay_core.domain.seen import SeenCash
from linguapay_core.domain.transfer import Transfer

Entries = tuple[Entry, ...]

PAYMENT_SUCCEEDED: Final = "payment succeeded"
RECOGNISED: Final = "quarantined money recognised"
SETTLED: Final = "escrow settled"
REFUND_RESERVED: Final = "refund reserved"
REFUND_RELEASED: Final = "refund released"
REFUND_CREDITED: Final = "refund failed, owed as credit"
CREDIT_PAID: Final = "credit paid by bank"
TRANSFER_RESERVED: Final = "transfer reserved"
TRANSFER_RELEASED: Final = "transfer released"
NETTED: Final = "netted against what the teacher owes"
WRITTEN_OFF: Final = "written off"
WRITE_OFF_UNDONE: Final = "write-off undone"
"""What entries are called; those of cash are called after Stripe's type of the balance transaction."""


def payment_succeeded(payment: Payment, *, at: datetime) -> Entries:
    """The student paid; the platform holds it until the lesson is given."""
    moved = leg(CHARGE_CLEARING, ESCROW, payment.parts.total, payment.id)
    return entry(f"payment {payment.id} succeeded", PAYMENT_SUCCEEDED, payment.id, at, moved)


def recognised(payment: Payment, *, at: datetime) -> Entries:
    """An admin decided about quarantined money: it is this payment's, and nobody has to explain it any more."""
    moved = leg(SUSPENSE, ESCROW, payment.counters.captured.total, payment.id)
    return entry(f"payment {payment.id} recognised", RECOGNISED, payment.id, at, moved)


def cash(seen: SeenCash, against: Account, subject: str, payment_id: PaymentId | None) -> Entries:
    """A balance transaction: it moves ``stripe_balance`` by its net, what Stripe kept goes to ``stripe_fees``.

    Dated as Stripe dates it.
    """
    return _cash_entry(
        seen,
        subject,
        _two_way(STRIPE_BALANCE, against, seen.net, payment_id),
        _two_way(STRIPE_FEES, against, seen.fee, payment_id),
    )


def cash_key(balance_transaction_id: str) -> str:
    """The key under which a balance transaction is booked."""
    return f"cash {balance_transaction_id}"


LOOSE_CASH: Final = {
    "payout": BANK,
    "payout_failure": BANK,
    "payout_cancel": BANK,
    "stripe_fee": STRIPE_FEES,
}
"""Where a balance transaction goes that belongs to no object of ours, by its type; any other goes to ``suspense``."""


def loose_cash(seen: SeenCash) -> Entries:
    """A balance transaction that belongs to no payment: our own payout, Stripe's fee, or what nobody explains yet."""
    against = LOOSE_CASH.get(seen.kind, SUSPENSE)
    if against is STRIPE_FEES:
        return _cash_entry(seen, seen.source, _two_way(STRIPE_BALANCE, STRIPE_FEES, seen.net, None))
    return cash(seen, against, seen.source, None)


def settled(payment: Payment, books: Balances, *, at: datetime) -> Entries:
    """The lesson was given, or cancelled with a part kept: the escrow is the teacher's and the platform's."""
    left = parts_in_escrow(payment, books)
    return entry(
        f"payment {payment.id} settled",
        SETTLED,
        payment.id,
        at,
        leg(ESCROW, payment.payable, left.price, payment.id),
        leg(ESCROW, PLATFORM_FEE, left.fee, payment.id),
    )


def parts_in_escrow(payment: Payment, books: Balances) -> Parts:
    """What of the escrow is price and what is fee. Whatever was refunded before settling came out of the escrow."""
    held = books[ESCROW]
    gone = payment.counters.reserved + payment.counters.gone
    fee = smaller(at_least_zero(payment.counters.captured.fee - gone.fee), held)
    return Parts(held - fee, fee)


def ladder(payment: Payment, parts: Parts, books: Balances, *, platform_bears: bool) -> tuple[Taken, ...]:
    """Who pays a refund back, chosen by balances.

    The price's part comes from the escrow, then from what is payable to the teacher, then the teacher owes it; or,
    where the platform bears it, from the escrow and then as goodwill. The fee's part comes from the escrow, then from
    the platform's fee; what neither holds (an excess that Stripe told us) is goodwill.
    """
    escrow = books[ESCROW]
    fee_steps = ((ESCROW, escrow), (PLATFORM_FEE, books[PLATFORM_FEE]), (GOODWILL, parts.fee))
    fee = _climb(parts.fee, fee_steps, of_fee=True)
    escrow_left = escrow - sum((one.amount for one in fee if one.account == ESCROW), escrow.zero)
    teacher_steps = ((payment.payable, books[payment.payable]), (payment.receivable, parts.price))
    price_steps = ((ESCROW, escrow_left), *(((GOODWILL, parts.price),) if platform_bears else teacher_steps))
    return (*_climb(parts.price, price_steps, of_fee=False), *fee)


def _climb(amount: Money, steps: Iterable[tuple[Account, Money]], *, of_fee: bool) -> tuple[Taken, ...]:
    taken: list[Taken] = []
    for account, held in steps:
        step = smaller(amount, at_least_zero(held))
        if step:
            taken.append(Taken(account, step, of_fee))
            amount -= step
    return tuple(taken)


def refund_reserved(refund: Refund, *, at: datetime) -> Entries:
    """Money is set aside for a refund before Stripe is asked."""
    legs = (leg(one.account, REFUND_CLEARING, one.amount, refund.payment_id) for one in refund.taken)
    return entry(f"refund {refund.id} reserved", REFUND_RESERVED, refund.id, at, *legs)


def refund_reserved_again(refund: Refund, *, at: datetime) -> Entries:
    """Money is set aside for a refund that was given up and that Stripe made after all."""
    legs = (leg(one.account, REFUND_CLEARING, one.amount, refund.payment_id) for one in refund.taken)
    return entry(f"refund {refund.id} reserved again", REFUND_RESERVED, refund.id, at, *legs)


def refund_released(refund: Refund, payment: Payment, books: Balances, *, lesson_given: bool, at: datetime) -> Entries:
    """A refund was rejected, or failed before cash moved: its money goes back to where it came from.

    What came from an escrow that has been settled since, because the lesson was given, goes to the teacher and the
    platform; what a teacher owed (written off or not) and owes no more is payable. After a cancellation it is the
    student's: it goes back to the escrow. There never stands more than ``payment``, as it is after the release, has
    left to refund: the rest pays for a refund at Stripe that took the same money once more.
    """
    back = _homes(refund, payment, books, lesson_given=lesson_given)
    earned = back.pop(payment.payable)
    beyond = smaller(at_least_zero(books[ESCROW] + back[ESCROW] - payment.counters.left.total), back[ESCROW])
    still_owed = at_least_zero(books[payment.receivable] - earned)
    borne = smaller(at_least_zero(beyond - still_owed), books[GOODWILL] - back[GOODWILL])
    back[ESCROW] -= beyond
    back[GOODWILL] += borne
    earned += beyond - borne
    key = f"refund {refund.id} {'released' if refund.state is RefundState.REJECTED else 'failed'}"
    undone = _owed_again(payment, earned, books, key, refund.id, at=at)
    legs = [leg(REFUND_CLEARING, account, amount, payment.id) for account, amount in back.items()]
    legs += _to_teacher(REFUND_CLEARING, payment, earned, books.after(undone))
    return undone + entry(key, REFUND_RELEASED, refund.id, at, *legs)


def _homes(refund: Refund, payment: Payment, books: Balances, *, lesson_given: bool) -> dict[Account, Money]:
    """Whose a refund's money is if it comes to nothing, by account; all that is the teacher's as payable.

    Goodwill and debts that another refund's release has made good already are the student's, in escrow.
    """
    back = dict.fromkeys((ESCROW, payment.payable, payment.receivable, GOODWILL), books[ESCROW].zero)
    for one in refund.taken:
        home = one.account
        if home == ESCROW and settled_since(refund, payment, lesson_given=lesson_given):
            home = PLATFORM_FEE if one.of_fee else payment.payable
        back[home] = back.get(home, one.amount.zero) + one.amount
    owed = back.pop(payment.receivable)
    paid_in = at_least_zero(-books[payment.netting]) + payment.counters.sent_back
    still_claimed = books[payment.receivable] + books[BAD_DEBT] + paid_in
    teachers = owed if lesson_given else smaller(owed, still_claimed)
    borne = smaller(back[GOODWILL], books[GOODWILL])
    back[ESCROW] += (owed - teachers) + (back[GOODWILL] - borne)
    back[payment.payable] += teachers
    back[GOODWILL] = borne
    return back


def settled_since(refund: Refund, payment: Payment, *, lesson_given: bool) -> bool:
    """Whether the escrow that a refund was taken from was settled afterwards, because the lesson was given."""
    return lesson_given and payment.settled_at is not None and payment.settled_at > refund.reserved_at


def refund_credited(refund: Refund, payment: Payment, *, at: datetime) -> Entries:
    """A failed refund's money came back to the Stripe balance: it is owed to the student."""
    moved = leg(REFUND_CLEARING, payment.student_credit, refund.amount, payment.id)
    return entry(f"refund {refund.id} credited", REFUND_CREDITED, refund.id, at, moved)


def credit_paid_by_bank(payment: Payment, amount: Money, reference: str, *, at: datetime) -> Entries:
    """A student's credit was paid out by hand from the platform's bank account."""
    moved = leg(payment.student_credit, BANK, amount, payment.id)
    return entry(credit_paid_key(payment, reference), CREDIT_PAID, payment.id, at, moved)


def credit_paid_key(payment: Payment, reference: str) -> str:
    """The key under which a payment by bank is booked; ``reference`` is the bank's."""
    return f"payment {payment.id} credit paid {reference}"


def transfer_reserved(transfer: Transfer, payment: Payment, *, at: datetime) -> Entries:
    """The teacher's earning is set aside before Stripe is asked."""
    moved = leg(payment.payable, TRANSFER_CLEARING, transfer.amount, payment.id)
    return entry(f"transfer {transfer.id} reserved {transfer.reservations}", TRANSFER_RESERVED, transfer.id, at, moved)


def transfer_released(transfer: Transfer, payment: Payment, *, at: datetime) -> Entries:
    """Stripe refused the transfer: the earning is payable again."""
    moved = leg(TRANSFER_CLEARING, payment.payable, transfer.amount, payment.id)
    return entry(f"transfer {transfer.id} released {transfer.reservations}", TRANSFER_RELEASED, transfer.id, at, moved)


def transfer_reversed(seen: SeenCash, transfer: Transfer, payment: Payment, books: Balances) -> Entries:
    """Money of a transfer came back: first what the teacher owes for this payment, then it is payable again."""
    undone = _owed_again(payment, seen.amount, books, cash_key(seen.id), transfer.id, at=seen.created_at)
    legs = _to_teacher(STRIPE_BALANCE, payment, seen.amount, books.after(undone))
    return undone + _cash_entry(seen, transfer.id, *legs, _two_way(STRIPE_FEES, STRIPE_BALANCE, seen.fee, payment.id))


def netted(transfer: Transfer, earning: Payment, owing: Payment, amount: Money, *, at: datetime) -> Entries:
    """What a teacher owes for one payment is kept back from what another earned."""
    return entry(
        f"transfer {transfer.id} netted {transfer.reservations} {owing.id}",
        NETTED,
        transfer.id,
        at,
        leg(earning.payable, earning.netting, amount, earning.id),
        leg(owing.netting, owing.receivable, amount, owing.id),
    )


def written_off(payment: Payment, amount: Money, reference: str, *, at: datetime) -> Entries:
    """What a teacher owes and won't pay."""
    moved = leg(BAD_DEBT, payment.receivable, amount, payment.id)
    return entry(written_off_key(payment, reference), WRITTEN_OFF, payment.id, at, moved)


def written_off_key(payment: Payment, reference: str) -> str:
    """The key under which a write-off is booked; ``reference`` is the admin's."""
    return f"payment {payment.id} written off {reference}"


def _owed_again(payment: Payment, amount: Money, books: Balances, cause: str, subject: str, *, at: datetime) -> Entries:
    """More comes back than the teacher still owes: what was written off is owed again, as far as it goes."""
    beyond = at_least_zero(amount - books[payment.receivable])
    moved = leg(payment.receivable, BAD_DEBT, smaller(beyond, books[BAD_DEBT]), payment.id)
    return entry(f"{cause}: write-off undone", WRITE_OFF_UNDONE, subject, at, moved)


def _to_teacher(debit: Account, payment: Payment, amount: Money, books: Balances) -> tuple[Leg | None, Leg | None]:
    """An amount that is the teacher's: first it relieves what is owed for this payment, the rest is payable."""
    relieved = smaller(books[payment.receivable], amount)
    return (
        leg(debit, payment.receivable, relieved, payment.id),
        leg(debit, payment.payable, amount - relieved, payment.id),
    )


def _cash_entry(seen: SeenCash, subject: str, *legs: Leg | None) -> Entries:
    """The one entry of a balance transaction; none of one that moves nothing."""
    carried = tuple(one for one in legs if one is not None)
    entry_of = Entry(cash_key(seen.id), f"cash: {seen.kind}", subject, seen.created_at, carried, cash=seen.id)
    return (entry_of,) if carried else ()


def _two_way(debit: Account, credit: Account, amount: Money, payment_id: PaymentId | None) -> Leg | None:
    """A leg of an amount that may be negative: then it moves the other way."""
    return leg(debit, credit, amount, payment_id) if amount >= amount.zero else leg(credit, debit, -amount, payment_id)
