"""Lists, one object, texts, the event feed and the dashboard, as the doors read them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.dashboard import CurrencyFigures
from linguapay_core.domain.errors import Invalid, NotFound
from linguapay_core.domain.figures import FIGURES, NAMES, Adds, Difference, Figures, Moved
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.money import USD
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.transfer import Hold, Transfer
from linguapay_core.ports.reports import Reports
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


def test_reasons_and_notes_are_read_with_a_page_and_erased_with_the_person_whom_they_are_about(lp: Rehearsal) -> None:
    request = asked_back(lp)
    lp.approve_refund_request(request.id, ADMIN, notes="Fair enough.")
    assert [text.text for text in lp.read_texts([request.id])] == ["The lesson was too short.", "Fair enough."]
    lp.process_refund_request(request.id, ADMIN)
    lp.work()
    lp.clock.advance(timedelta(days=8))
    lp.work()
    assert lp.erase_person(STUDENT, ADMIN).is_done
    (reason, note) = lp.read_texts([request.id])
    assert (reason.id, reason.text, note.text) == (request.reason_id, None, None)


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
    tomorrow = lp.clock.now().replace(hour=0) + DAY
    assert (shown.starts_at, shown.ends_at) == (tomorrow - 30 * DAY, tomorrow)


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
    assert (dollars.total.requests_submitted, dollars.total.requests_approved, dollars.total.requests_done) == (1, 1, 1)
    assert dollars.requests == {}
    assert len(dollars.days) == 30


def test_an_open_request_shows_how_long_it_has_waited(lp: Rehearsal) -> None:
    request = asked_back(lp)
    later(lp, DAY)
    waiting = in_dollars(lp).requests[RequestState.SUBMITTED]
    assert (waiting.count, waiting.amount_minor) == (1, request.amount.amount_minor)
    assert waiting.longest(lp.clock.now()) == waiting.mean(lp.clock.now()) == DAY


def test_a_span_may_be_named_by_dates_of_the_marketplaces_zone(lp: Rehearsal) -> None:
    there = LinguaPay(replace(lp.ports, zone=ZoneInfo("Pacific/Kiritimati")))
    shown = there.show_dashboard(date(2026, 3, 1), date(2026, 3, 3))
    assert [day.on for day in shown.span.days] == [date(2026, 3, 1), date(2026, 3, 2)]
    assert shown.starts_at.isoformat() == "2026-02-28T10:00:00+00:00"


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
    there = LinguaPay(replace(lp.ports, zone=ZoneInfo("Pacific/Kiritimati")))
    now, far = lp.clock.now(), (date(1, 1, 1), date(2000, 12, 31), date(2200, 1, 1), date(9999, 12, 31))
    for starts_at, ends_at, field in (
        *((day, now, "from") for day in far),
        *((now, day, "to") for day in far),
        (now, now, "to"),
        (now - 367 * DAY, now, "to"),
        (now.replace(tzinfo=None), now, "from"),
    ):
        with pytest.raises(Invalid) as refusal:
            there.show_dashboard(starts_at, ends_at)
        assert refusal.value.field == field


def test_the_figures_equal_a_recount_of_every_story(lp: Rehearsal) -> None:
    """Event by event and leg by leg, as somebody would count who has only the stories; before and after folding."""
    gig = offered(lp)
    pay(lp, paying(lp, confirmed(lp, gig, notice=10 * DAY)), DECLINED_CARD)
    lp.cancel_booking(paid(lp, confirmed(lp, gig, notice=11 * DAY)).booking_id, TEACHER)
    lp.cancel_booking(paying(lp, confirmed(lp, gig, notice=12 * DAY)).payment.booking_id, STUDENT)
    paid_out(lp, paid(lp, confirmed(lp, gig)))
    lp.reject_refund_request(asked_back(lp, paid(lp, confirmed(lp, gig, notice=13 * DAY))).id, ADMIN, "It was given.")
    later(lp, 3 * DAY)
    expected = recounted(lp)
    dollars = in_dollars(lp)
    assert figures_shown(dollars.total) == expected
    seen: list[int] = []
    counted = lp.rebuild_figures(batch=7, progress=seen.append)
    assert counted == max(seen) > 7
    assert lp.rebuild_figures() == counted
    assert in_dollars(lp) == dollars
    total = dollars.total
    assert total.payments_cancelled
    assert total.refunds_begun
    assert total.transfers_sent
    assert total.requests_rejected
    assert {brand.brand: brand.succeeded for brand in dollars.brands} == {"visa": total.payments_succeeded}
    assert sum(dollars.declines.values()) == total.cards_declined == 1
    assert sum(one.volume_minor for month in dollars.months for one in month.top_teachers) == total.volume_minor


def figures_shown(figures: Figures) -> dict[str, int]:
    """The figures by their names, without those that are nothing."""
    return {name: number for name in NAMES if (number := getattr(figures, name))}


def recounted(lp: Rehearsal) -> dict[str, int]:
    """The figures of all times, counted from the stories and their entries."""
    stories = [lp.ports.reports.story(booking_id) for booking_id in lp.ports.reports.bookings()]
    amounts = {str(transfer.id): transfer.amount.amount_minor for story in stories for transfer in story.transfers}
    submitted = {str(request.id): request.submitted_at for story in stories for request in story.requests}
    entries = {entry.key: entry for story in stories for entry in story.entries}
    entries |= {entry.key: entry for entry in lp.ports.reports.entries_of_no_payment()}
    counted: Counter[str] = Counter()
    for figure in FIGURES:
        for source in figure.source:
            if isinstance(source, Moved):
                legs = [leg for entry in entries.values() for leg in entry.legs]
                counted[figure.name] += sum(source.sign(leg) * leg.amount.amount_minor for leg in legs)
                continue
            for event in (event for story in stories for event in story.events):
                is_last = not source.last or getattr(event.fact, "missing", None) == 0
                if isinstance(event.fact, source.fact) and is_last:
                    waited = event.at - submitted.get(event.subject, event.at)
                    adds = {Adds.ONE: 1, Adds.AMOUNT: amounts.get(event.subject, 0), Adds.WAITED: waited.seconds}
                    counted[figure.name] += adds[source.adds]
    return {name: number for name, number in counted.items() if number}


def test_what_is_counted_wrong_is_a_breach_of_the_books(lp: Rehearsal) -> None:
    """Until it is counted anew."""
    paid(lp)
    lp.fold_figures()
    wrong = Difference("2026-03-02", USD, "volume_minor", 1, 2625)
    reports = Mistaken(lp.ports.reports, [wrong])
    (breach,) = LinguaPay(replace(lp.ports, reports=cast("Reports", reports))).check_books().breaches
    assert breach.rule == "10 projections equal a recount"
    assert breach.subject == "volume_minor of 2026-03-02 in USD"
    assert breach.found == "1 was counted, and a recount finds 2625"


@dataclass
class Mistaken:
    """Reports that find differences."""

    inner: Reports
    found: Sequence[Difference]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def differences(self, _zone: tzinfo) -> Sequence[Difference]:
        return self.found
