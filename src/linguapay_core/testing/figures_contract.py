"""Every store tells the event feed and counts the dashboard's figures alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from linguapay_core.domain.dashboard import Day, Findings, Tally, days_between
from linguapay_core.domain.decision import Event
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events import (
    Fact,
    PaymentStarted,
    PaymentSucceeded,
    RefundReserved,
    TransferCreated,
    TransferHeld,
)
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import BookingId, RefundId, RefundRequestId, TextId, TransferId
from linguapay_core.domain.ledger import (
    BANK,
    CHARGE_CLEARING,
    ESCROW,
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
from linguapay_core.domain.page import Page
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold, TransferState
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    NOON,
    a_leg,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    an_alarm,
    an_entry,
    an_event,
    usd,
)
from linguapay_core.testing.facts import SAMPLES
from linguapay_core.testing.keeping import begin_lesson, keep, raising, stored_payment

DAY: Final = timedelta(days=1)
MIDNIGHT: Final = datetime(2030, 1, 1, tzinfo=UTC)
DAYS: Final = days_between(MIDNIGHT, MIDNIGHT + 2 * DAY, UTC)
FIRST, SECOND = (day.on for day in DAYS)

PAYABLE: Final = Account(Kind.TEACHER_PAYABLE, ANNA)
CREDIT: Final = Account(Kind.STUDENT_CREDIT, BEN)


def _told(reports: Reports, limit: int) -> list[ToldEvent]:
    """The whole feed, page by page."""
    told: list[ToldEvent] = []
    page = reports.feed("", limit=limit)
    while page.items:
        assert page.next_cursor == page.items[-1].cursor
        told += page.items
        page = reports.feed(page.next_cursor, limit=limit)
    return told


def check_the_feed_tells_every_event_once_in_order(transactions: Transactions, reports: Reports) -> None:
    """All fields of all facts, on pages of any size, each under a name of its own."""
    events = [an_event(fact=fact, why=f"rule {number}") for number, fact in enumerate(SAMPLES)]
    for number in range(0, len(events), 7):
        keep(transactions, *events[number : number + 7])
    for limit in (1, 10, 1000):
        assert [told.event for told in _told(reports, limit)] == events
    assert len({told.id for told in _told(reports, 1000)}) == len(events)


def check_the_feed_goes_on_after_any_event(transactions: Transactions, reports: Reports) -> None:
    """By its cursor; and at the end it waits for what comes."""
    assert reports.feed("", limit=5) == Page(())
    keep(transactions, *(an_event(why=f"{number}") for number in range(4)))
    whole = _told(reports, 1000)
    for number, told in enumerate(whole, 1):
        assert list(reports.feed(told.cursor, limit=1000).items) == whole[number:]
    end = whole[-1].cursor
    assert reports.feed(end, limit=5) == Page((), end)
    keep(transactions, an_event(why="later"))
    assert [told.event.why for told in reports.feed(end, limit=5).items] == ["later"]
    with raising(Invalid):
        reports.feed("no cursor", limit=5)


def _figures(reports: Reports, days: Sequence[Day] = DAYS) -> Findings:
    """What was found, without the figures that are nothing."""
    found = reports.figures(days)
    figures = {key: figure for key, figure in found.figures.items() if figure}
    return Findings(figures, found.held, found.requests, found.open_alarms, found.recent)


def _happened(fact: Fact, subject: str, at: datetime) -> Event:
    return an_event(subject=subject, fact=fact, at=at)


def check_nothing_is_found_where_nothing_happened(_: Transactions, reports: Reports) -> None:
    """An empty marketplace has no figures."""
    assert _figures(reports) == Findings({}, {}, {}, 0, ())


def check_events_are_counted_on_their_day(transactions: Transactions, reports: Reports) -> None:
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
    assert _figures(reports).figures == {
        (FIRST, USD, "payments_started"): 2,
        (SECOND, USD, "payments_started"): 1,
        (SECOND, USD, "payments_succeeded"): 1,
        (FIRST, USD, "refunds_begun"): 1,
        (FIRST, USD, "transfers_sent"): 1,
        (FIRST, USD, "transferred_minor"): transfer.amount.amount_minor,
    }


def _moved(number: int, debit: Account, credit: Account, amount: Money, at: datetime = NOON) -> Entry:
    return an_entry(a_leg(debit=debit, credit=credit, amount=amount), key=f"entry {number}", at=at)


def check_money_is_counted_by_what_moved(transactions: Transactions, reports: Reports) -> None:
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
        (PAYABLE, TRANSFER_CLEARING, usd(9), NOON),
        (CHARGE_CLEARING, ESCROW, usd(1), NOON + 2 * DAY),
    )
    keep(transactions, payment, *(_moved(number, *move) for number, move in enumerate(moves)))
    assert _figures(reports).figures == {
        (FIRST, USD, "volume_minor"): 3150,
        (FIRST, euros.currency, "volume_minor"): 700,
        (SECOND, USD, "stripe_fees_minor"): 149,
        (FIRST, USD, "platform_fees_minor"): 90,
        (FIRST, USD, "refunded_minor"): 557,
        (SECOND, USD, "refunded_minor"): -30,
    }


def check_held_transfers_are_tallied_with_what_is_payable(transactions: Transactions, reports: Reports) -> None:
    """Those that wait now, whenever they began to, by the reason why."""
    payment = begin_lesson(transactions)
    keep(
        transactions,
        payment,
        a_transfer(state=TransferState.ON_HOLD, hold=Hold.CONTESTED, amount=usd(0), scheduled_at=NOON - 99 * DAY),
        a_transfer(id=TransferId.of(2), state=TransferState.CREATED, amount=usd(5)),
        _moved(1, ESCROW, PAYABLE, usd(2000)),
        _moved(2, PAYABLE, REFUND_CLEARING, usd(300)),
    )
    assert _figures(reports).held == {(USD, Hold.CONTESTED): Tally(1, 1700)}


def check_a_held_transfer_with_nothing_payable_counts(transactions: Transactions, reports: Reports) -> None:
    """It waits all the same."""
    begin_lesson(transactions)
    keep(transactions, a_transfer(state=TransferState.ON_HOLD, hold=Hold.BY_ADMIN, amount=usd(0)))
    assert _figures(reports).held == {(USD, Hold.BY_ADMIN): Tally(1, 0)}


def check_requests_are_tallied_by_their_state(transactions: Transactions, reports: Reports) -> None:
    """Those submitted in the span, as they stand now."""
    begin_lesson(transactions)
    ours = {1: MIDNIGHT, 2: NOON + DAY, 3: MIDNIGHT - timedelta(microseconds=1), 4: MIDNIGHT + 2 * DAY, 5: NOON}
    for number, at in ours.items():
        state = RequestState.DONE if number == len(ours) else RequestState.SUBMITTED
        keep(
            transactions,
            a_text(id=TextId.of(number)),
            a_refund_request(
                id=RefundRequestId.of(number),
                reason_id=TextId.of(number),
                submitted_at=at,
                state=state,
                amount=usd(number),
            ),
        )
    found = _figures(reports).requests
    assert found == {(USD, RequestState.SUBMITTED): Tally(2, 3), (USD, RequestState.DONE): Tally(1, 5)}


def check_alarms_and_the_latest_events_are_shown(transactions: Transactions, reports: Reports) -> None:
    """The alarms that stand, and the last twenty events, the newest first, under their names in the feed."""
    keep(transactions, an_alarm(id="a"), an_alarm(id="b"), an_alarm(id="c", cleared_at=NOON))
    keep(transactions, *(an_event(why=f"{number}") for number in range(23)))
    found = reports.figures(DAYS)
    assert found.open_alarms == 2  # noqa: PLR2004 - two of the three
    assert [told.event.why for told in found.recent] == [f"{number}" for number in range(22, 2, -1)]
    assert [told.id for told in found.recent] == [told.id for told in _told(reports, 1000)][:2:-1]


def check_a_year_of_days_is_counted(transactions: Transactions, reports: Reports) -> None:
    """Also a leap year's."""
    payment = begin_lesson(transactions)
    keep(transactions, stored_payment(transactions), _moved(1, CHARGE_CLEARING, ESCROW, usd(5), NOON + 365 * DAY))
    days = days_between(MIDNIGHT, MIDNIGHT + 366 * DAY, UTC)
    assert _figures(reports, days).figures == {(days[-1].on, payment.currency, "volume_minor"): 5}


FIGURES_CONTRACT: Final = (
    check_the_feed_tells_every_event_once_in_order,
    check_the_feed_goes_on_after_any_event,
    check_nothing_is_found_where_nothing_happened,
    check_events_are_counted_on_their_day,
    check_money_is_counted_by_what_moved,
    check_held_transfers_are_tallied_with_what_is_payable,
    check_a_held_transfer_with_nothing_payable_counts,
    check_requests_are_tallied_by_their_state,
    check_alarms_and_the_latest_events_are_shown,
    check_a_year_of_days_is_counted,
)
