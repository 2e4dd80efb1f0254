"""Every store tells stories and totals alike."""

from __future__ import annotations

from typing import Final

from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import Event
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.events.booking import GigRetired
from linguapay_core.domain.events.house import EffectHandled
from linguapay_core.domain.events.payment import PaymentOpened
from linguapay_core.domain.identifiers import (
    BookingId,
    GigId,
    PaymentId,
    RefundId,
    RefundRequestId,
    TextId,
    TransferId,
)
from linguapay_core.domain.ledger import BANK, ESCROW, STRIPE_BALANCE, Balances
from linguapay_core.domain.money import CURRENCIES, Money
from linguapay_core.domain.story import Story
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookState, WebhookTrigger
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    NOON,
    PARTS,
    a_booking,
    a_gig,
    a_leg,
    a_payment,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    a_webhook_event,
    an_account,
    an_alarm,
    an_effect,
    an_entry,
    an_event,
    usd,
)
from linguapay_core.testing.facts import SAMPLES
from linguapay_core.testing.keeping import begin_lesson, keep, raising, stored_payment


def _another_lesson(transactions: Transactions) -> None:
    """All that belongs to another booking of the same gig, and so not to the first one's story."""
    ours = {"booking_id": BookingId.of(2), "payment_id": PaymentId.of(2)}
    payment = a_payment(id=PaymentId.of(2), booking_id=BookingId.of(2), intent_id="pi_2")
    keep(
        transactions,
        a_booking(id=BookingId.of(2)),
        payment,
        a_text(id=TextId.of(2)),
        a_refund_request(id=RefundRequestId.of(2), reason_id=TextId.of(2), **ours),
        a_refund(id=RefundId.of(2), **ours),
        a_transfer(id=TransferId.of(2), **ours),
        an_effect(id="theirs", payment_id=PaymentId.of(2)),
        an_alarm(id="theirs", subject=PaymentId.of(2)),
        an_event(subject=PaymentId.of(2)),
        an_entry(a_leg(payment_id=PaymentId.of(2)), key="theirs"),
    )


def check_a_story_has_all_that_belongs_to_a_booking(transactions: Transactions, reports: Reports) -> None:
    """The records of every type, the events about each of them, whole entries, and nothing of another booking's."""
    payment = begin_lesson(transactions)
    _another_lesson(transactions)
    handled = Event(an_effect().id, EffectHandled("retried"), an_event().by, NOON)
    events = (an_event(), an_event(subject=PaymentId.of(1), fact=PaymentOpened("pi_1")), handled)
    shared = an_entry(a_leg(amount=usd(7)), a_leg(payment_id=None), key="shared with nobody's")
    keep(transactions, payment, a_text(), a_refund_request(), a_refund(), a_transfer(), an_account(), events[0])
    keep(transactions, an_effect(), an_alarm(), *events[1:], Event(GigId.of(1), GigRetired(), an_event().by, NOON))
    keep(transactions, stored_payment(transactions), an_entry(), shared)
    assert reports.story(BookingId.of(1)) == Story(
        gig=a_gig(version=1),
        booking=a_booking(version=1),
        account=an_account(version=1),
        payments=(a_payment(version=3),),
        requests=(a_refund_request(version=1),),
        refunds=(a_refund(version=1),),
        transfers=(a_transfer(version=1),),
        effects=(an_effect(version=1),),
        events=events,
        entries=(an_entry(), shared),
        alarms=(an_alarm(version=1),),
    )


def check_a_story_begins_with_the_booking_alone(transactions: Transactions, reports: Reports) -> None:
    """A booking that nobody paid for yet has a story too."""
    keep(transactions, a_gig(), a_booking())
    bare = Story(a_gig(version=1), a_booking(version=1), None, (), (), (), (), (), (), (), ())
    assert reports.story(BookingId.of(1)) == bare


def check_every_fact_comes_back_in_order(transactions: Transactions, reports: Reports) -> None:
    """Whatever became true is told again, in all its fields, and in the order in which it was kept."""
    keep(transactions, a_gig(), a_booking())
    events = tuple(an_event(fact=fact, why=f"rule {number}") for number, fact in enumerate(SAMPLES))
    keep(transactions, *events)
    assert reports.story(BookingId.of(1)).events == events


def check_each_member_leads_to_its_booking(transactions: Transactions, reports: Reports) -> None:
    """Payments, requests, refunds and transfers name their booking, and the booking itself."""
    begin_lesson(transactions)
    keep(transactions, a_text(), a_refund_request(), a_refund(), a_transfer())
    for kind in (BookingId, PaymentId, RefundRequestId, RefundId, TransferId):
        assert reports.booking_of(kind.of(1)) == BookingId.of(1)
        with raising(NotFound):
            reports.booking_of(kind.of(2))
    for nothing in ("", "gig_1", "pi_1", "nonsense"):
        with raising(NotFound):
            reports.booking_of(nothing)
    with raising(NotFound):
        reports.story(BookingId.of(2))


def check_bookings_are_listed_the_oldest_first(transactions: Transactions, reports: Reports) -> None:
    """Every booking once."""
    assert list(reports.bookings()) == []
    keep(transactions, a_gig(), *(a_booking(id=BookingId.of(number)) for number in (3, 1, 2)))
    assert list(reports.bookings()) == [BookingId.of(number) for number in (1, 2, 3)]


def check_totals_count_every_leg_of_each_currency(transactions: Transactions, reports: Reports) -> None:
    """What all accounts hold, of all payments and of none."""
    assert tuple(reports.totals().balances) == ()
    euros = Money(500, CURRENCIES["EUR"])
    payment = begin_lesson(transactions)
    payout = an_entry(a_leg(debit=BANK, credit=STRIPE_BALANCE, amount=euros, payment_id=None), key="payout", cash="txn")
    entries = (an_entry(), payout, an_entry(a_leg(amount=usd(5)), key="again"))
    keep(transactions, payment, *entries)
    in_euros, in_dollars = reports.totals().balances
    assert in_euros == Balances(euros.currency).after(entries)
    assert in_dollars == Balances(payment.currency).after(entries)
    assert in_dollars[ESCROW] == PARTS.total + usd(5)
    assert in_euros[STRIPE_BALANCE] == -euros
    assert list(reports.entries_of_no_payment()) == [payout]


def check_an_alarm_is_told_once_while_it_stands(transactions: Transactions, reports: Reports) -> None:
    """A rule that sees the same again and again tells it once; after somebody looked at it, once more."""
    begin_lesson(transactions)
    for detail in ("first", "second"):
        with transactions.begin() as transaction:
            transaction.keep(raise_alarm("rule", BookingId.of(1), detail, at=NOON))
    keep(transactions, an_alarm(id=f"rule:{BookingId.of(1)}", version=1, rule="rule", cleared_at=NOON))
    with transactions.begin() as transaction:
        transaction.keep(raise_alarm("rule", BookingId.of(1), "third", at=NOON))
    assert [event.why for event in reports.story(BookingId.of(1)).events] == ["first", "third"]


def check_alarms_stand_until_they_are_cleared(transactions: Transactions, reports: Reports) -> None:
    """The open ones, the oldest first."""
    later, earlier = an_alarm(id="a", raised_at=NOON), an_alarm(id="b", raised_at=NOON.replace(hour=1))
    keep(transactions, later, earlier, an_alarm(id="c", cleared_at=NOON))
    for open_ones in (reports.open_alarms(), reports.totals().alarms):
        assert tuple(alarm.id for alarm in open_ones) == ("b", "a")


def check_unread_webhook_events_are_counted(transactions: Transactions, reports: Reports) -> None:
    """Those in a state with work left."""
    assert reports.unread_webhook_events() == 0
    keep(transactions, *(a_webhook_event(id=f"evt_{state}", state=state) for state in WebhookState))
    waiting = [state for state in WebhookState if WEBHOOK_EVENT.allows(state, WebhookTrigger.LEASE)]
    assert reports.unread_webhook_events() == len(waiting)


REPORTS_CONTRACT: Final = (
    check_a_story_has_all_that_belongs_to_a_booking,
    check_a_story_begins_with_the_booking_alone,
    check_every_fact_comes_back_in_order,
    check_each_member_leads_to_its_booking,
    check_bookings_are_listed_the_oldest_first,
    check_totals_count_every_leg_of_each_currency,
    check_an_alarm_is_told_once_while_it_stands,
    check_alarms_stand_until_they_are_cleared,
    check_unread_webhook_events_are_counted,
)
