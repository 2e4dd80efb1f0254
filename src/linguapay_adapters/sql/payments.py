"""Payments as rows. The counters are columns, so that the schema can guard them.

It doesn't say that no more is refunded than came in: our own requests are guarded by the rules, and a fact of Stripe's
that exceeds is written down all the same, with an alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    yes_no,
)
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId
from linguapay_core.domain.money import Money, Parts
from linguapay_core.domain.payment import RELEASING, Counters, Payment, PaymentState

IN_PARTS: Final = ("captured", "reserved", "refunded", "credit", "disputed")
"""The counters that have a price part and a fee part."""

HAS_CREDIT: Final = "credit_price_part_minor + credit_fee_part_minor > 0"

payments: Final = table_of(
    "payments",
    PaymentId,
    reference("booking_id", BookingId, "bookings"),
    word("student_id", PersonId),
    word("teacher_id", PersonId),
    *amounts(
        "price_part_minor",
        "fee_part_minor",
        *(f"{counter}_{part}_part_minor" for counter in IN_PARTS for part in ("price", "fee")),
        "transfer_reserved_minor",
        "transferred_minor",
        "sent_back_minor",
    ),
    yes_no("live"),
    word("state", PaymentState),
    yes_no("holds_booking"),
    when("started_at"),
    word("customer_id"),
    word("method_id"),
    yes_no("save_method"),
    whole("confirms"),
    word("intent_id"),
    word("charge_id"),
    word("cash_id"),
    word("card_brand"),
    word("decline_code"),
    when("succeeded_at", null=True),
    when("settled_at", null=True),
    when("due_at", null=True),
    one_of("state", PaymentState),
    check("two_people", "student_id <> teacher_id"),
    check("asks_for_something", "price_part_minor + fee_part_minor > 0"),
    check("holds_in_its_states", f"NOT holds_booking OR state NOT IN {listed(RELEASING)}"),
    check("confirms_not_negative", "confirms >= 0"),
    check("sent_before_sent_back", "sent_back_minor <= transferred_minor"),
)

index(payments, "holding", "booking_id", only="holds_booking", unique=True)
index(payments, "of_booking", "booking_id")
index(payments, "due", "due_at", only="due_at IS NOT NULL")
index(payments, "listed", "started_at", "id")
index(payments, "in_state", "state", "started_at", "id")
index(payments, "of_student", "student_id", "started_at", "id")
index(payments, "of_teacher", "teacher_id", "started_at", "id")
index(payments, "with_credit", "started_at", "id", only=HAS_CREDIT)
named_once(payments, "intent_id", "charge_id", "cash_id")


def _row(payment: Payment) -> dict[str, object]:
    return {
        "booking_id": payment.booking_id,
        "student_id": payment.student_id,
        "teacher_id": payment.teacher_id,
        "currency": payment.currency,
        "price_part_minor": payment.parts.price.amount_minor,
        "fee_part_minor": payment.parts.fee.amount_minor,
        **dict(_counted(payment.counters)),
        "live": payment.live,
        "state": payment.state,
        "holds_booking": payment.holds_booking,
        "started_at": payment.started_at,
        "customer_id": payment.customer_id,
        "method_id": payment.method_id,
        "save_method": payment.save_method,
        "confirms": payment.confirms,
        "intent_id": payment.intent_id,
        "charge_id": payment.charge_id,
        "cash_id": payment.cash_id,
        "card_brand": payment.card_brand,
        "decline_code": payment.decline_code,
        "succeeded_at": payment.succeeded_at,
        "settled_at": payment.settled_at,
        "due_at": payment.look_at,
    }


def _counted(counters: Counters) -> Iterator[tuple[str, int]]:
    for name in IN_PARTS:
        parts: Parts = getattr(counters, name)
        yield f"{name}_price_part_minor", parts.price.amount_minor
        yield f"{name}_fee_part_minor", parts.fee.amount_minor
    yield "transfer_reserved_minor", counters.transfer_reserved.amount_minor
    yield "transferred_minor", counters.transferred.amount_minor
    yield "sent_back_minor", counters.sent_back.amount_minor


def _payment(row: AnyRow) -> Payment:
    return Payment(
        id=row.id,
        version=row.version,
        booking_id=row.booking_id,
        student_id=row.student_id,
        teacher_id=row.teacher_id,
        parts=Parts(Money(row.price_part_minor, row.currency), Money(row.fee_part_minor, row.currency)),
        live=row.live,
        state=row.state,
        holds_booking=row.holds_booking,
        counters=_counters(row),
        started_at=row.started_at,
        customer_id=row.customer_id,
        method_id=row.method_id,
        save_method=row.save_method,
        confirms=row.confirms,
        intent_id=row.intent_id,
        charge_id=row.charge_id,
        cash_id=row.cash_id,
        card_brand=row.card_brand,
        decline_code=row.decline_code,
        succeeded_at=row.succeeded_at,
        settled_at=row.settled_at,
        look_at=row.due_at,
    )


def _counters(row: AnyRow) -> Counters:
    def money(amount_minor: int) -> Money:
        return Money(amount_minor, row.currency)

    return Counters(
        captured=Parts(money(row.captured_price_part_minor), money(row.captured_fee_part_minor)),
        reserved=Parts(money(row.reserved_price_part_minor), money(row.reserved_fee_part_minor)),
        refunded=Parts(money(row.refunded_price_part_minor), money(row.refunded_fee_part_minor)),
        credit=Parts(money(row.credit_price_part_minor), money(row.credit_fee_part_minor)),
        disputed=Parts(money(row.disputed_price_part_minor), money(row.disputed_fee_part_minor)),
        transfer_reserved=money(row.transfer_reserved_minor),
        transferred=money(row.transferred_minor),
        sent_back=money(row.sent_back_minor),
    )


PAYMENTS: Final = Shape(Payment, "payment", payments, _row, _payment)
