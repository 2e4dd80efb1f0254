"""Lists, one object, texts, the event feed and the dashboard, as the doors read them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.dashboard import FIGURES, Counted, CurrencyFigures, Moved, Summed
from linguapay_core.domain.errors import Invalid, NotFound
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.transfer import Hold, Transfer
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    DECLINED_CARD,
    OTHER_STUDENT,
    STUDENT,
    TEACHER,
    approved,
    asked_back,
    completed,
    confirmed,
    funded,
    later,
    offered,
    paid,
    paid_out,
    pay,
    paying,
    requested,
)


def test_a_student_turns_the_pages_of_their_payments(lp: Rehearsal) -> None:
    gig = offered(lp)
    mine = [paid(lp, confirmed(lp, gig, notice=(3 + number) * DAY)).id for number in range(3)]
    paid(lp, confirmed(lp, gig, student=OTHER_STUDENT, notice=9 * DAY))
    found, cursor = [], ""
    for _ in mine:
        page = lp.list_records(Payment, {"state": "succeeded"}, cursor=cursor, limit=1, party=STUDENT)
        found += [payment.id for payment in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (mine[::-1], "")
    assert len(lp.list_records(Payment, party=TEACHER).items) == 4


def test_what_is_not_theirs_looks_as_if_it_were_not_there(lp: Rehearsal) -> None:
    booking = requested(lp)
    assert lp.show_record(Booking, booking.id, party=STUDENT) == lp.show_record(Booking, booking.id)
    with pytest.raises(NotFound, match="no booking"):
        lp.show_record(Booking, booking.id, party=OTHER_STUDENT)
    assert lp.list_records(Booking, party=OTHER_STUDENT).items == ()
    assert lp.show_record(Gig, booking.gig_id, party=OTHER_STUDENT).id == booking.gig_id


def test_a_name_that_cannot_be_meant_is_invalid(lp: Rehearsal) -> None:
    with pytest.raises(Invalid, match="refund_request_id"):
        lp.show_record(RefundRequest, "pay_1")
    with pytest.raises(Invalid, match="party"):
        lp.list_records(Payment, party="")


def test_reasons_and_notes_are_read_with_a_page_and_erased_with_their_authors(lp: Rehearsal) -> None:
    request = asked_back(lp)
    lp.approve_refund_request(request.id, ADMIN, notes="Fair enough.")
    assert [text.text for text in lp.read_texts([request.id])] == ["The lesson was too short.", "Fair enough."]
    lp.erase_person(STUDENT, ADMIN)
    (reason, note) = lp.read_texts([request.id])
    assert (reason.id, reason.text, note.text) == (request.reason_id, None, "Fair enough.")


def test_the_feed_tells_a_lesson_from_its_first_event_on(lp: Rehearsal) -> None:
    booking = requested(lp)
    first, second = lp.read_events(limit=2).items
    assert [(told.type, told.event.subject) for told in (first, second)] == [
        ("gig.offered", booking.gig_id),
        ("booking.requested", booking.id),
    ]
    lp.confirm_booking(booking.id, TEACHER)
    (told,) = lp.read_events(after=second.cursor).items
    assert (told.type, str(told.event.by)) == ("booking.confirmed", f"teacher {TEACHER}")
    with pytest.raises(Invalid):
        lp.read_events(limit=0)


def in_dollars(lp: Rehearsal) -> CurrencyFigures:
    """Give the figures of the last thirty days, of the one currency that there is."""
    (dollars,) = lp.show_dashboard().currencies
    return dollars


def test_an_empty_marketplace_has_a_dashboard(lp: Rehearsal) -> None:
    shown = lp.show_dashboard()
    assert (shown.currencies, shown.open_alarms, shown.recent) == ((), 0, ())
    assert (shown.starts_at, shown.ends_at) == (lp.clock.now() - 30 * DAY, lp.clock.now())


def test_the_dashboard_tells_a_lesson_paid_refunded_and_paid_out(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid(lp)
    lp.process_refund_request(approved(lp, payment, 500).id, ADMIN)
    later(lp, timedelta(minutes=20))
    paid_out(lp, payment)
    later(lp, timedelta(minutes=20))
    dollars = in_dollars(lp)
    assert (dollars.total.payments_started, dollars.total.payments_succeeded) == (1, 1)
    assert (dollars.total.volume_minor, dollars.total.refunded_minor, dollars.total.net_minor) == (2625, 500, 2125)
    assert (dollars.total.success_bps, dollars.total.failure_bps) == (10_000, 0)
    (transfer,) = lp.list_records(Transfer).items
    assert (dollars.total.transfers_sent, dollars.total.transferred_minor) == (1, transfer.amount.amount_minor)
    assert dollars.requests[RequestState.DONE].amount_minor == 500
    assert len(dollars.days) == 31


def test_a_held_transfer_shows_what_waits_and_why(lp: Rehearsal) -> None:
    payment = completed(lp)
    later(lp, 4 * DAY)
    held = in_dollars(lp).held[Hold.ACCOUNT_NOT_READY]
    assert (held.count, held.amount_minor) == (1, payment.parts.price.amount_minor)


def test_days_are_those_of_the_marketplaces_zone(lp: Rehearsal) -> None:
    there = LinguaPay(replace(lp.ports, zone=ZoneInfo("Pacific/Kiritimati")))
    days = lp.clock.now().replace(hour=0), lp.clock.now().replace(hour=23)
    asked_back(lp)
    spans = {one: one.show_dashboard(*days).currencies[0].days for one in (lp, there)}
    assert [len(found) for found in spans.values()] == [1, 2]


def test_a_span_that_cannot_be_meant_is_invalid(lp: Rehearsal) -> None:
    now = lp.clock.now()
    for starts_at, ends_at, field in (
        (now, now, "to"),
        (now - 367 * DAY, now, "to"),
        (now.replace(tzinfo=None), now, "from"),
    ):
        with pytest.raises(Invalid) as refusal:
            lp.show_dashboard(starts_at, ends_at)
        assert refusal.value.field == field


def test_the_figures_equal_a_recount_of_every_story(lp: Rehearsal) -> None:
    """Event by event and leg by leg, as somebody would count who has only the stories."""
    gig = offered(lp)
    pay(lp, paying(lp, confirmed(lp, gig, notice=10 * DAY)), DECLINED_CARD)
    lp.cancel_booking(paid(lp, confirmed(lp, gig, notice=11 * DAY)).booking_id, TEACHER)
    lp.cancel_booking(paying(lp, confirmed(lp, gig, notice=12 * DAY)).payment.booking_id, STUDENT)
    paid_out(lp, paid(lp, confirmed(lp, gig)))
    later(lp, 3 * DAY)
    counted: Counter[str] = Counter()
    stories = [lp.ports.reports.story(booking_id) for booking_id in lp.ports.reports.bookings()]
    amounts = {str(transfer.id): transfer.amount.amount_minor for story in stories for transfer in story.transfers}
    entries = {entry.key: entry for story in stories for entry in story.entries}
    entries |= {entry.key: entry for entry in lp.ports.reports.entries_of_no_payment()}
    for figure in FIGURES:
        for source in figure.source:
            match source:
                case Counted(fact):
                    counted[figure.name] += sum(isinstance(one.fact, fact) for story in stories for one in story.events)
                case Summed(fact):
                    told = [one for story in stories for one in story.events if isinstance(one.fact, fact)]
                    counted[figure.name] += sum(amounts[one.subject] for one in told)
                case Moved():
                    legs = [leg for entry in entries.values() for leg in entry.legs]
                    counted[figure.name] += sum(source.sign(leg) * leg.amount.amount_minor for leg in legs)
    total = in_dollars(lp).total
    assert {name: getattr(total, name) for name in counted} == dict(counted)
    assert total.payments_cancelled
    assert total.refunds_begun
    assert total.transfers_sent
