"""Every store counts the dashboard's figures alike, whatever of them it has counted ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from linguapay_core.domain.dashboard import Findings
from linguapay_core.domain.decision import Event
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.payment import (
    PaymentAccepted,
    PaymentDeclined,
    PaymentStarted,
    PaymentSucceeded,
)
from linguapay_core.domain.events.refund import (
    RefundRequestApproved,
    RefundRequestDone,
    RefundRequested,
    RefundRequestRejected,
    RefundReserved,
)
from linguapay_core.domain.events.transfer import TransferCreated, TransferHeld
from linguapay_core.domain.figures import TOP, Active, Figures
from linguapay_core.domain.identifiers import (
    BookingId,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    TextId,
    TransferId,
)
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
    TRANSFER_CLEARING,
    Account,
    Entry,
    Kind,
)
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.span import Span, span_between
from linguapay_core.domain.transfer import TransferState
from linguapay_core.ports.projections import Projections
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    NOON,
    a_leg,
    a_payment,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    an_entry,
    an_event,
    usd,
)
from linguapay_core.testing.finding_contract import ENDED
from linguapay_core.testing.keeping import begin_lesson, keep, stored_payment

DAY: Final = timedelta(days=1)
MIDNIGHT: Final = datetime(2030, 1, 1, tzinfo=UTC)
SPAN: Final = span_between(MIDNIGHT, MIDNIGHT + 2 * DAY, UTC)
FIRST, SECOND = SPAN.days
_, BEFORE = SPAN.days_before

PAYABLE: Final = Account(Kind.TEACHER_PAYABLE, ANNA)
CREDIT: Final = Account(Kind.STUDENT_CREDIT, BEN)


def figures_of(reports: Reports, projections: Projections, span: Span = SPAN) -> Findings:
    """What is found: the same before anything is counted ahead, at every step of that, and after it."""
    found = _without_nothing(reports.figures(span))
    while projections.fold(span.zone, limit=3):
        assert _without_nothing(reports.figures(span)) == found
    assert reports.differences(span.zone) == ()
    return found


def _without_nothing(found: Findings) -> Findings:
    return replace(
        found,
        figures={key: figures for key, figures in found.figures.items() if figures != Figures()},
        top={key: teachers for key, teachers in found.top.items() if teachers},
    )


def _happened(fact: Fact, subject: str, at: datetime) -> Event:
    return an_event(subject=subject, fact=fact, at=at)


def check_nothing_is_found_where_nothing_happened(_: Transactions, reports: Reports, projections: Projections) -> None:
    """An empty marketplace has no figures."""
    assert figures_of(reports, projections) == Findings({}, {}, {}, {}, {}, {}, 0, ())


def check_events_are_counted_on_their_day(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """From its first instant on and before its end, in the currency of what they are about."""
    payment = begin_lesson(transactions)
    started = PaymentStarted(BookingId.of(1), 3000, 150, "USD")
    succeeded = PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa")
    transfer = a_transfer(state=TransferState.CREATED)
    moments = (-timedelta(microseconds=1), timedelta(0), DAY - timedelta(microseconds=1), DAY, 2 * DAY)
    keep(
        transactions,
        a_refund(),
        transfer,
        *(_happened(started, payment.id, MIDNIGHT + moment) for moment in moments),
        _happened(succeeded, payment.id, MIDNIGHT + DAY),
        _happened(RefundReserved(payment.id, 1000, 50, "USD", "rule"), RefundId.of(1), NOON),
        _happened(TransferCreated("tr_1"), TransferId.of(1), NOON),
        _happened(TransferHeld("by_admin"), TransferId.of(1), NOON),
        _happened(started, BookingId.of(1), NOON),
    )
    assert figures_of(reports, projections).figures == {
        (BEFORE, USD): Figures(payments_started=1),
        (FIRST, USD): Figures(
            payments_started=2,
            refunds_begun=1,
            transfers_sent=1,
            transferred_minor=transfer.amount.amount_minor,
        ),
        (SECOND, USD): Figures(payments_started=1, payments_succeeded=1),
    }


def check_what_happened_to_requests_is_counted_with_how_long_they_waited(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """Of the approvals only the last one decides; seconds are those that the clock showed."""
    payment = begin_lesson(transactions)
    ours = [RefundRequestId.of(number) for number in (1, 2)]
    submitted = MIDNIGHT + timedelta(microseconds=999_999)
    for name in ours:
        text, ended = TextId.of(int(name[-1])), RequestState.DONE
        keep(
            transactions,
            a_text(id=text),
            a_refund_request(id=name, reason_id=text, submitted_at=submitted, state=ended, amount=usd(5)),
        )
    keep(
        transactions,
        *(_happened(RefundRequested(payment.id, 5, "txt_1"), name, submitted) for name in ours),
        _happened(RefundRequestApproved(5, missing=1), ours[0], NOON),
        _happened(RefundRequestApproved(5, missing=0), ours[0], MIDNIGHT + timedelta(seconds=90)),
        _happened(RefundRequestRejected(), ours[1], MIDNIGHT + timedelta(seconds=31, microseconds=1)),
        _happened(RefundRequestDone(), ours[0], NOON),
    )
    (found,) = figures_of(reports, projections).figures.values()
    assert found == Figures(
        requests_submitted=2, requests_approved=1, requests_rejected=1, requests_done=1, deciding_seconds=121
    )
    assert found.mean_deciding_seconds == 61  # noqa: PLR2004 - half of it, half up


def check_cards_are_counted_apart(transactions: Transactions, reports: Reports, projections: Projections) -> None:
    """Over the days of the span, by brand and by what the bank said."""
    payment = begin_lesson(transactions)
    declined = PaymentDeclined("insufficient_funds", "visa")
    keep(
        transactions,
        _happened(declined, payment.id, MIDNIGHT - DAY),
        _happened(declined, payment.id, NOON),
        _happened(declined, payment.id, NOON + DAY),
        _happened(PaymentDeclined("generic_decline", ""), payment.id, NOON),
        _happened(PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "mastercard"), payment.id, NOON),
    )
    assert figures_of(reports, projections).apart == {
        (USD, "declined_by_brand", "visa"): 2,
        (USD, "declined_by_brand", ""): 1,
        (USD, "declined_by_code", "insufficient_funds"): 2,
        (USD, "declined_by_code", "generic_decline"): 1,
        (USD, "succeeded_by_brand", "mastercard"): 1,
    }


def check_people_are_counted_once_a_day_and_once_a_month(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """Whoever pays twice, or by an admin's word, is one student; a month counts whole, whatever the span covers."""
    begin_lesson(transactions)
    succeeded = PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa")
    accepted = PaymentAccepted(3150, "USD", TextId.of(1))
    for number, student in ((2, BEN), (3, PersonId("cleo"))):
        keep(transactions, a_payment(id=PaymentId.of(number), student_id=student, **ENDED))
    keep(transactions, _happened(succeeded, PaymentId.of(1), NOON))
    keep(transactions, _happened(accepted, PaymentId.of(2), NOON + timedelta(hours=1)))
    keep(transactions, _happened(accepted, PaymentId.of(1), NOON + DAY))
    keep(transactions, _happened(succeeded, PaymentId.of(3), NOON + 20 * DAY))
    (month,) = SPAN.months
    assert figures_of(reports, projections).active == {
        (FIRST, USD): Active(1, 1),
        (SECOND, USD): Active(1, 1),
        (month, USD): Active(students_active=2, teachers_active=1),
    }


def check_the_top_teachers_of_a_month_are_named(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """By what students paid for lessons with them, less what was undone; of equals the first by name."""
    begin_lesson(transactions)
    volumes = {f"teacher {number:02}": 100 * number for number in range(1, 12)} | {"an equal": 500, "idle": 0}
    for number, (teacher, volume) in enumerate(volumes.items(), 2):
        payment = a_payment(id=PaymentId.of(number), **ENDED | {"teacher_id": PersonId(teacher)})
        paid = a_leg(amount=usd(volume + 1), payment_id=payment.id)
        undone = a_leg(debit=ESCROW, credit=CHARGE_CLEARING, amount=usd(1), payment_id=payment.id)
        keep(transactions, payment, an_entry(paid, undone, key=f"entry {number}", at=NOON + number * DAY))
    (top,) = figures_of(reports, projections).top.values()
    named = [(one.teacher_id, one.volume_minor) for one in top]
    assert named[:6] == [(f"teacher {number:02}", 100 * number) for number in range(11, 5, -1)]
    assert named[6:8] == [("an equal", 500), ("teacher 05", 500)]
    assert len(top) == TOP


def moved(number: int, debit: Account, credit: Account, amount: Money, at: datetime = NOON) -> Entry:
    """An entry that moves this amount from the one account to the other, for the payment."""
    return an_entry(a_leg(debit=debit, credit=credit, amount=amount), key=f"entry {number}", at=at)


def check_money_is_counted_by_what_moved(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """There and back, each currency for itself; what only changes its place between our accounts is nothing."""
    payment = begin_lesson(transactions)
    euros = Money(700, CURRENCIES["EUR"])
    moves = (
        (CHARGE_CLEARING, ESCROW, usd(3150), NOON),
        (CHARGE_CLEARING, ESCROW, euros, NOON),
        (STRIPE_BALANCE, CHARGE_CLEARING, usd(3000), NOON),
        (STRIPE_FEES, CHARGE_CLEARING, usd(150), NOON + DAY),
        (STRIPE_BALANCE, STRIPE_FEES, usd(1), NOON + DAY),
        (ESCROW, PLATFORM_FEE, usd(140), NOON),
        (ESCROW, PAYABLE, usd(2000), NOON),
        (PAYABLE, REFUND_CLEARING, usd(500), NOON),
        (PLATFORM_FEE, REFUND_CLEARING, usd(50), NOON),
        (REFUND_CLEARING, PAYABLE, usd(30), NOON + DAY),
        (REFUND_CLEARING, STRIPE_BALANCE, usd(400), NOON),
        (CREDIT, BANK, usd(7), NOON),
        (GOODWILL, ESCROW, usd(40), NOON),
        (BAD_DEBT, Account(Kind.TEACHER_RECEIVABLE, ANNA), usd(8), NOON),
        (PAYABLE, TRANSFER_CLEARING, usd(9), NOON),
        (CHARGE_CLEARING, ESCROW, usd(1), NOON + 2 * DAY),
    )
    keep(transactions, payment, *(moved(number, *move) for number, move in enumerate(moves)))
    assert figures_of(reports, projections).figures == {
        (FIRST, USD): Figures(
            volume_minor=3150, platform_fees_minor=90, refunded_minor=557, goodwill_minor=40, bad_debt_minor=8
        ),
        (FIRST, euros.currency): Figures(volume_minor=700),
        (SECOND, USD): Figures(stripe_fees_minor=149, refunded_minor=-30),
    }


def check_a_day_that_the_span_cuts_is_counted_as_far_as_it_goes(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """From the span's first instant on and before its last, people too."""
    payment = begin_lesson(transactions)
    span = span_between(NOON, NOON + 2 * DAY, UTC)
    succeeded = PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa")
    for at in (span.starts_at, span.ends_at):
        for moment in (at - timedelta(microseconds=1), at):
            keep(transactions, _happened(succeeded, payment.id, moment))
    found = figures_of(reports, projections, span)
    once, (*_, yesterday) = Figures(payments_succeeded=1), span.days_before
    first, _, third = span.days
    assert found.figures == {(yesterday, USD): once, (first, USD): once, (third, USD): once}
    assert found.active == dict.fromkeys(((first, USD), (third, USD), (span.months[0], USD)), Active(1, 1))
    assert found.apart == {(USD, "succeeded_by_brand", "visa"): 2}


def check_another_zone_s_days_are_right_before_and_after_they_are_counted(
    transactions: Transactions, reports: Reports, projections: Projections
) -> None:
    """What was counted for the zone before is given up; who reads in any other zone is answered right."""
    payment = begin_lesson(transactions)
    keep(transactions, stored_payment(transactions), moved(1, CHARGE_CLEARING, ESCROW, usd(5), MIDNIGHT))
    spans = [span_between(MIDNIGHT - 3 * DAY, MIDNIGHT + 3 * DAY, zone) for zone in (UTC, ZoneInfo("America/St_Johns"))]
    before = [reports.figures(span).figures for span in spans]
    assert [list(figures) for figures in before] == [
        [(spans[0].days[3], payment.currency)],
        [(spans[1].days[3], payment.currency)],
    ]
    assert [day.on.day for ((day, _),) in before] == [1, 31]
    for span in (*spans, *spans):
        figures_of(reports, projections, span)
        assert [reports.figures(one).figures for one in spans] == before


def check_counting_anew_gives_the_same(transactions: Transactions, reports: Reports, projections: Projections) -> None:
    """At every moment of it; and where nothing was counted there is nothing to give up."""
    projections.begin_anew()
    payment = begin_lesson(transactions)
    keep(transactions, stored_payment(transactions), moved(1, CHARGE_CLEARING, ESCROW, usd(5)))
    keep(transactions, _happened(PaymentSucceeded(5, "USD", "pi_1", "ch_1", "visa"), payment.id, NOON))
    found = figures_of(reports, projections)
    projections.begin_anew()
    assert reports.figures(SPAN) == found
    assert figures_of(reports, projections) == found


def check_a_year_of_days_is_counted(transactions: Transactions, reports: Reports, projections: Projections) -> None:
    """Also a leap year's."""
    payment = begin_lesson(transactions)
    keep(transactions, stored_payment(transactions), moved(1, CHARGE_CLEARING, ESCROW, usd(5), NOON + 365 * DAY))
    span = span_between(MIDNIGHT, MIDNIGHT + 366 * DAY, UTC)
    assert figures_of(reports, projections, span).figures == {
        (span.days[-1], payment.currency): Figures(volume_minor=5)
    }


FIGURES_CONTRACT: Final = (
    check_nothing_is_found_where_nothing_happened,
    check_events_are_counted_on_their_day,
    check_what_happened_to_requests_is_counted_with_how_long_they_waited,
    check_cards_are_counted_apart,
    check_people_are_counted_once_a_day_and_once_a_month,
    check_the_top_teachers_of_a_month_are_named,
    check_money_is_counted_by_what_moved,
    check_a_day_that_the_span_cuts_is_counted_as_far_as_it_goes,
    check_another_zone_s_days_are_right_before_and_after_they_are_counted,
    check_counting_anew_gives_the_same,
    check_a_year_of_days_is_counted,
)
