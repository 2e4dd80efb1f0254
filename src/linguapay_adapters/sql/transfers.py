"""Transfers as rows."""

from __future__ import annotations

import json
from typing import Final

from linguapay_adapters.sql.columns import (
    amounts,
    check,
    index,
    listed,
    named_once,
    one_of,
    reference,
    table_of,
    when,
    whole,
    word,
)
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, TransferId
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.transfer import OPEN, Hold, Reversal, Transfer, TransferState

transfers: Final = table_of(
    "transfers",
    TransferId,
    reference("payment_id", PaymentId, "payments"),
    reference("booking_id", BookingId, "bookings"),
    word("teacher_id", PersonId),
    word("state", TransferState),
    *amounts("amount_minor"),
    when("scheduled_at"),
    when("pay_at"),
    word("hold", Hold, null=True),
    whole("reservations"),
    whole("rejections"),
    word("stripe_id"),
    word("cash_id"),
    word("reversals"),
    when("look_at", null=True),
    when("due_at", null=True),
    one_of("state", TransferState),
    one_of("hold", Hold),
    check("reservations_not_negative", "reservations >= 0"),
    check("rejections_not_negative", "rejections >= 0"),
)
index(transfers, "of_payment", "payment_id")
index(transfers, "open", "payment_id", only=f"state IN {listed(OPEN)}", unique=True)
index(transfers, "due", "due_at", only="due_at IS NOT NULL")
index(transfers, "listed", "scheduled_at", "id")
index(transfers, "paying", "pay_at", "id")
index(transfers, "in_state", "state", "scheduled_at", "id")
index(transfers, "of_booking", "booking_id")
index(transfers, "of_teacher", "teacher_id", "scheduled_at", "id")
named_once(transfers, "stripe_id", "cash_id")


def _row(transfer: Transfer) -> dict[str, object]:
    return {
        "payment_id": transfer.payment_id,
        "booking_id": transfer.booking_id,
        "teacher_id": transfer.teacher_id,
        "state": transfer.state,
        "currency": transfer.amount.currency,
        "amount_minor": transfer.amount.amount_minor,
        "scheduled_at": transfer.scheduled_at,
        "pay_at": transfer.pay_at,
        "hold": transfer.hold,
        "reservations": transfer.reservations,
        "rejections": transfer.rejections,
        "stripe_id": transfer.stripe_id,
        "cash_id": transfer.cash_id,
        "reversals": json.dumps([[one.id, one.amount.amount_minor, one.cash_id] for one in transfer.reversals]),
        "look_at": transfer.look_at,
        "due_at": transfer.due_at,
    }


def _transfer(row: AnyRow) -> Transfer:
    return Transfer(
        id=row.id,
        version=row.version,
        payment_id=row.payment_id,
        booking_id=row.booking_id,
        teacher_id=row.teacher_id,
        state=row.state,
        amount=Money(row.amount_minor, row.currency),
        scheduled_at=row.scheduled_at,
        pay_at=row.pay_at,
        hold=row.hold,
        reservations=row.reservations,
        rejections=row.rejections,
        stripe_id=row.stripe_id,
        cash_id=row.cash_id,
        reversals=_reversals(row.reversals, row.currency),
        look_at=row.look_at,
    )


def _reversals(written: str, currency: Currency) -> tuple[Reversal, ...]:
    return tuple(
        Reversal(name, Money(amount_minor, currency), cash_id) for name, amount_minor, cash_id in json.loads(written)
    )


TRANSFERS: Final = Shape(Transfer, "transfer", transfers, _row, _transfer)
