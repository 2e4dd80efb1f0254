"""Every store lists alike: the same records by the same filters, in the same order, each once however many pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Record
from linguapay_core.domain.delivery import Delivery, DeliveryState
from linguapay_core.domain.effect import Effect, EffectState
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import (
    BookingId,
    GigId,
    MessageId,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    SubscriptionId,
    TextId,
    TransferId,
)
from linguapay_core.domain.listing import LISTINGS, RecordT
from linguapay_core.domain.money import USD
from linguapay_core.domain.page import Page
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.people import Customer, TeacherAccount
from linguapay_core.domain.query import ask
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.subscription import Subscription, SubscriptionState
from linguapay_core.domain.transfer import Transfer, TransferState
from linguapay_core.domain.webhook_event import WebhookEvent, WebhookState
from linguapay_core.domain.wording import Wording
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    LESSON_AT,
    NOON,
    PARTS,
    a_booking,
    a_delivery,
    a_gig,
    a_payment,
    a_refund,
    a_refund_request,
    a_subscription,
    a_text,
    a_transfer,
    a_webhook_event,
    an_account,
    an_alarm,
    an_effect,
)
from linguapay_core.testing.keeping import keep, raising

HOUR: Final = timedelta(hours=1)
EVE: Final = PersonId("eve")
"""Another student. Carla teaches too, here."""

AT: Final[Mapping[int, datetime]] = {1: NOON, 2: NOON, 3: NOON + HOUR, 4: NOON - HOUR}
"""When each of four records came: two of them at once."""
OTHERS: Final = dict.fromkeys((3, 4), CARLA)
"""Who teaches, where it isn't Anna."""
EVES: Final = dict.fromkeys((2, 4), EVE)
"""Who learns, where it isn't Ben."""


def _lesson(number: int) -> Iterator[Record]:
    """One record of every type, all about one lesson."""
    teacher_id, student_id, at = OTHERS.get(number, ANNA), EVES.get(number, BEN), AT[number]
    booking_id, payment_id, first = BookingId.of(number), PaymentId.of(number), number == 1
    ours = {"booking_id": booking_id, "payment_id": payment_id}
    yield a_gig(id=GigId.of(number), teacher_id=teacher_id, offered_at=at, active=first)
    yield a_booking(
        id=booking_id,
        gig_id=GigId.of(number),
        student_id=student_id,
        teacher_id=teacher_id,
        requested_at=at,
        starts_at=LESSON_AT - number * HOUR,
        state=BookingState.PAID if first else BookingState.REQUESTED,
    )
    yield a_payment(
        id=payment_id,
        booking_id=booking_id,
        student_id=student_id,
        teacher_id=teacher_id,
        started_at=at,
        intent_id=f"pi_{number}",
        state=PaymentState.SUCCEEDED if first else PaymentState.OPEN,
        counters=replace(Counters.none(USD), credit=PARTS) if first else Counters.none(USD),
    )
    yield a_text(id=TextId.of(number), subject=RefundRequestId.of(number), author=student_id)
    yield a_refund_request(
        id=RefundRequestId.of(number),
        reason_id=TextId.of(number),
        student_id=student_id,
        submitted_at=at,
        expires_at=at - number * HOUR,
        state=RequestState.DONE if first else RequestState.SUBMITTED,
        **ours,
    )
    request_id = RefundRequestId.of(number) if first else None
    state = RefundState.SUCCEEDED if first else RefundState.RESERVED
    yield a_refund(id=RefundId.of(number), reserved_at=at, request_id=request_id, state=state, **ours)
    yield a_transfer(
        id=TransferId.of(number),
        teacher_id=teacher_id,
        scheduled_at=at,
        pay_at=at + number * HOUR,
        state=TransferState.CREATED if first else TransferState.SCHEDULED,
        **ours,
    )
    effect_state = EffectState.PARKED if first else EffectState.QUEUED
    yield an_effect(id=f"effect {number}", subject=payment_id, payment_id=payment_id, due_at=at, state=effect_state)
    webhook_state = WebhookState.PARKED if first else WebhookState.DONE
    yield a_webhook_event(id=f"evt_{number}", object_id=f"pi_{number}", received_at=at, state=webhook_state)
    yield an_alarm(id=f"alarm {number}", subject=payment_id, raised_at=at, cleared_at=at if first else None)
    yield Customer(PersonId(f"student-{number}"), 0, f"cus_{number}")
    yield an_account(id=PersonId(f"teacher-{number}"), account_id=f"acct_{number}")
    subscription_id, subscribed = (
        SubscriptionId.of(number),
        SubscriptionState.PAUSED if first else SubscriptionState.ACTIVE,
    )
    yield a_subscription(id=subscription_id, created_at=at, state=subscribed)
    delivery_state = DeliveryState.PARKED if first else DeliveryState.QUEUED
    yield a_delivery(id=MessageId.of(number), subscription_id=subscription_id, made_at=at, state=delivery_state)


LISTED: Final = (
    Gig,
    Booking,
    Payment,
    RefundRequest,
    Refund,
    Transfer,
    Customer,
    TeacherAccount,
    Effect,
    WebhookEvent,
    Alarm,
    Subscription,
    Delivery,
)
"""The types of which ``_lesson`` has one each."""


def _fill(transactions: Transactions, *numbers: int) -> None:
    for number in numbers or AT:
        keep(transactions, *_lesson(number))


def _all(reports: Reports, kind: type[RecordT], filters: Mapping[str, Wording] | None = None) -> list[RecordT]:
    return list(reports.page(ask(kind, filters or {}, limit=100)).items)


def _pages(
    reports: Reports, kind: type[RecordT], *, sort: str, limit: int, party: PersonId | None = None
) -> Iterator[Page[RecordT]]:
    page = reports.page(ask(kind, {}, sort=sort, limit=limit, party=party))
    yield page
    while page.next_cursor:
        page = reports.page(ask(kind, {}, sort=sort, limit=limit, party=party, cursor=page.next_cursor))
        yield page


def check_an_empty_list_is_one_empty_page(_: Transactions, reports: Reports) -> None:
    """Of every type that can be listed."""
    for kind in LISTINGS:
        assert reports.page(ask(kind, {})) == Page(())


def check_every_field_finds_the_records_that_have_its_value(transactions: Transactions, reports: Reports) -> None:
    """Those and no others, for each field of the table and each value that occurs."""
    _fill(transactions)
    for kind in LISTED:
        everything: list[Any] = _all(reports, kind)
        assert len(everything) == len(AT)
        for name in LISTINGS[kind].fields:
            for value in {getattr(record, name) for record in everything} - {None}:
                expected = [record for record in everything if getattr(record, name) == value]
                assert _all(reports, kind, {name: value}) == expected, (kind, name, value)


def check_every_flag_divides_the_records(transactions: Transactions, reports: Reports) -> None:
    """Each record is found by yes or by no, as the table says."""
    _fill(transactions)
    for kind in LISTED:
        for name, holds in LISTINGS[kind].flags.items():
            for wanted in (True, False):
                expected = [record for record in _all(reports, kind) if holds(record) is wanted]
                assert expected
                assert _all(reports, kind, {name: wanted}) == expected, (kind, name, wanted)


def check_filters_add_up(transactions: Transactions, reports: Reports) -> None:
    """A record is found where every filter holds."""
    _fill(transactions)
    found = _all(reports, Payment, {"student_id": BEN, "teacher_id": ANNA, "with_credit": True, "state": "succeeded"})
    assert [payment.id for payment in found] == [PaymentId.of(1)]
    assert _all(reports, Payment, {"student_id": BEN, "teacher_id": ANNA, "state": "open"}) == []


def check_a_span_begins_with_its_start_and_ends_before_its_end(transactions: Transactions, reports: Reports) -> None:
    """By the first time of each list."""
    _fill(transactions)
    for kind in LISTED:
        if LISTINGS[kind].times:
            found: list[Any] = _all(reports, kind, {"from": NOON, "to": NOON + HOUR})
            assert [getattr(record, LISTINGS[kind].times[0]) for record in found] == [NOON, NOON], kind


def check_bounds_find_the_records_between_them(transactions: Transactions, reports: Reports) -> None:
    """Both bounds are within; for each list of something that comes to an amount."""
    _fill(transactions)
    for kind, listing in LISTINGS.items():
        if listing.amount:
            everything: list[Any] = _all(reports, kind)
            amount = listing.amount(everything[0])
            assert amount > 0
            assert _all(reports, kind, {"at_least_minor": amount, "at_most_minor": amount}) == everything, kind
            assert _all(reports, kind, {"at_least_minor": amount + 1}) == [], kind
            assert _all(reports, kind, {"at_most_minor": str(amount - 1)}) == [], kind


def check_the_beginning_of_a_name_finds_all_that_begin_so(transactions: Transactions, reports: Reports) -> None:
    """Also the whole name, and a beginning that nothing has."""
    _fill(transactions)
    for kind in LISTED:
        everything: list[Any] = _all(reports, kind)
        name = everything[0].id
        for begins in (name[:1], name[:-1], name, f"{name}x", "%", "_"):
            expected = [record for record in everything if record.id.startswith(begins)]
            assert _all(reports, kind, {"begins": begins}) == expected, (kind, begins)


def check_pages_make_the_whole_list_in_order(transactions: Transactions, reports: Reports) -> None:
    """For each sort of each list, both ways and at each size of page, also where records came at the same instant."""
    _fill(transactions)
    for kind in LISTED:
        for sort in LISTINGS[kind].sorts:
            everything: list[Any] = _all(reports, kind)
            ordered = sorted(everything, key=lambda record: (getattr(record, sort), record.id))
            for limit in (1, 2, 3, 4, 5):
                for way, expected in ((sort, ordered), (f"-{sort}", ordered[::-1])):
                    pages = list(_pages(reports, kind, sort=way, limit=limit))
                    assert [record for page in pages for record in page.items] == expected, (kind, way, limit)
                    assert all(len(page.items) == limit for page in pages[:-1])


def check_what_comes_in_between_pages_moves_nothing(transactions: Transactions, reports: Reports) -> None:
    """What was there is turned over once; what is new appears only where it belongs behind the place."""
    _fill(transactions, 1, 3)
    pages = _pages(reports, Payment, sort="started_at", limit=1)
    assert next(pages).items[0].id == PaymentId.of(1)
    _fill(transactions, 2, 4)
    assert [page.items[0].id for page in pages] == [PaymentId.of(2), PaymentId.of(3)]


def check_a_person_sees_what_is_theirs(transactions: Transactions, reports: Reports) -> None:
    """Of each list, on all pages, what the table says; gigs are everybody's, and effects nobody's."""
    _fill(transactions)
    for kind in LISTED:
        listing = LISTINGS[kind]
        for party in (ANNA, BEN, CARLA, EVE, PersonId("student-1"), PersonId("nobody")):
            expected = [record for record in _all(reports, kind) if listing.is_of(record, party)]
            for limit in (1, 100):
                pages = _pages(reports, kind, sort=f"-{listing.sorts[0]}", limit=limit, party=party)
                found: list[Any] = [record for page in pages for record in page.items]
                assert sorted(found, key=lambda record: record.id) == sorted(expected, key=lambda record: record.id)


def check_one_record_is_found_by_its_name(transactions: Transactions, reports: Reports) -> None:
    """By whoever it belongs to; to others it looks as if it weren't there."""
    _fill(transactions)
    for kind in LISTED:
        for record in _all(reports, kind):
            assert reports.one(kind, record.id) == record
    assert reports.one(Payment, PaymentId.of(1), BEN) == reports.one(Payment, PaymentId.of(1), ANNA)
    assert reports.one(Gig, GigId.of(1), EVE).id == GigId.of(1)
    strangers: list[tuple[type[Any], str, PersonId | None]] = [
        (Payment, PaymentId.of(1), EVE),
        (RefundRequest, RefundRequestId.of(1), ANNA),
        (Refund, RefundId.of(1), BEN),
        (Effect, "effect 1", BEN),
        (Payment, PaymentId.of(9), None),
    ]
    for kind, name, party in strangers:
        with raising(NotFound):
            reports.one(kind, name, party)


def check_texts_are_found_by_what_they_are_about(transactions: Transactions, reports: Reports) -> None:
    """A page of objects at once, the oldest text first; an erased one is there without its text."""
    request, booking = RefundRequestId.of(1), BookingId.of(1)
    keep(
        transactions,
        a_text(id=TextId.of(2), text=None),
        a_text(id=TextId.of(1)),
        a_text(id=TextId.of(3), subject=booking, author=CARLA),
        a_text(id=TextId.of(4), subject=RefundRequestId.of(2)),
    )
    found = [(text.id, text.text) for text in reports.texts([request, booking])]
    assert found == [(TextId.of(1), a_text().text), (TextId.of(2), None), (TextId.of(3), a_text().text)]
    assert tuple(reports.texts([])) == ()


LISTING_CONTRACT: Final = (
    check_an_empty_list_is_one_empty_page,
    check_every_field_finds_the_records_that_have_its_value,
    check_every_flag_divides_the_records,
    check_filters_add_up,
    check_a_span_begins_with_its_start_and_ends_before_its_end,
    check_bounds_find_the_records_between_them,
    check_the_beginning_of_a_name_finds_all_that_begin_so,
    check_pages_make_the_whole_list_in_order,
    check_what_comes_in_between_pages_moves_nothing,
    check_a_person_sees_what_is_theirs,
    check_one_record_is_found_by_its_name,
    check_texts_are_found_by_what_they_are_about,
)
