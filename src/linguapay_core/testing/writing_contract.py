"""Every store writes all or nothing, and never over what somebody else wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from linguapay_core.domain.decision import Decision
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.errors import NotFound, Stale
from linguapay_core.domain.identifiers import BookingId, GigId, PaymentId, PersonId, RefundId, TransferId
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.people import Calendar, Customer, TeacherAccount
from linguapay_core.domain.transfer import TransferState
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    NOON,
    a_booking,
    a_gig,
    a_payment,
    a_refund,
    a_transfer,
    a_webhook_event,
    an_alarm,
    an_effect,
    an_entry,
    an_event,
)
from linguapay_core.testing.keeping import begin_lesson, decision_of, keep, raising, stored_payment

WRITERS: Final = 16
ROUNDS: Final = 5


class _PulledPlugError(BaseException):
    """Something that nobody catches."""


def check_whoever_loaded_an_older_version_is_stale(transactions: Transactions) -> None:
    """The second of two who changed the same version is told to read again, and changes nothing."""
    keep(transactions, a_gig())
    first, second = a_gig(version=1, title="first"), a_gig(version=1, title="second")
    keep(transactions, first)
    with raising(Stale):
        keep(transactions, second)
    with transactions.begin() as transaction:
        assert transaction.gig(GigId.of(1)) == a_gig(version=2, title="first")


def check_a_record_is_new_only_once(transactions: Transactions) -> None:
    """A second record under a name is stale: somebody stored one in between."""
    keep(transactions, a_gig())
    with raising(Stale):
        keep(transactions, a_gig(title="another"))


def check_a_record_that_is_not_there_cannot_change(transactions: Transactions) -> None:
    """A later version of what was never stored is stale."""
    with raising(Stale):
        keep(transactions, a_gig(version=3))


def check_nothing_stays_of_a_decision_that_is_stale(transactions: Transactions) -> None:
    """All of a decision is stored, or nothing."""
    payment = begin_lesson(transactions)
    keep(transactions, replace(payment, card_brand="visa"))
    with raising(Stale):
        keep(transactions, a_gig(id=GigId.of(2)), payment, an_effect(), an_event(), an_entry())
    with transactions.begin() as transaction:
        assert not transaction.has_entry(an_entry().key)
        assert transaction.open_effects_of(payment.id) == ()
        with raising(NotFound):
            transaction.gig(GigId.of(2))


def check_whatever_is_raised_rolls_back(transactions: Transactions) -> None:
    """An error, an interruption from the keyboard, the end of the world: nothing was written, and work goes on."""
    for number, raised in enumerate((ValueError, KeyboardInterrupt, GeneratorExit, _PulledPlugError), 1):
        with raising(raised), transactions.begin() as transaction:
            transaction.keep(decision_of(a_gig(id=GigId.of(number)), an_event()))
            raise raised
        with transactions.begin() as transaction, raising(NotFound):
            transaction.gig(GigId.of(number))


def check_a_transaction_sees_what_it_wrote(transactions: Transactions) -> None:
    """What was kept is there for the rest of the transaction."""
    with transactions.begin() as transaction:
        transaction.keep(decision_of(a_gig()))
        assert transaction.gig(GigId.of(1)) == a_gig(version=1)


def check_transactions_do_not_nest(transactions: Transactions) -> None:
    """Opening one inside another is a bug, and the outer one rolls back."""
    with raising(AssertionError), transactions.begin() as transaction:
        transaction.keep(decision_of(a_gig()))
        ExitStack().enter_context(transactions.begin())
    keep(transactions, a_gig())


def check_promises_under_a_name_that_exists_are_let_be(transactions: Transactions) -> None:
    """The first effect, alarm or webhook event of a name stays as it is."""
    begin_lesson(transactions)
    keep(transactions, an_effect(target="first"), an_alarm(detail="first"), a_webhook_event(kind="first"))
    keep(transactions, an_effect(target="second"), an_alarm(detail="second"), a_webhook_event(kind="second"))
    with transactions.begin() as transaction:
        assert transaction.effect(an_effect().id) == an_effect(version=1, target="first")
        assert transaction.alarm(an_alarm().id) == an_alarm(version=1, detail="first")
        assert transaction.webhook_event("evt_1") == a_webhook_event(version=1, kind="first")


def check_a_cleared_alarm_that_is_raised_again_stands_again(transactions: Transactions) -> None:
    """What somebody has looked at and what comes back must be looked at once more."""
    begin_lesson(transactions)
    keep(transactions, an_alarm(detail="first"))
    keep(transactions, an_alarm(version=1, detail="first", cleared_at=NOON))
    keep(transactions, an_alarm(detail="again"))
    with transactions.begin() as transaction:
        assert transaction.alarm(an_alarm().id) == an_alarm(version=3, detail="again")


def check_promises_change_by_their_version(transactions: Transactions) -> None:
    """An effect, alarm or webhook event that was loaded is guarded like any record."""
    begin_lesson(transactions)
    keep(transactions, an_effect(), an_alarm(), a_webhook_event())
    effect, alarm = an_effect(version=1, state=EffectState.SUCCEEDED), an_alarm(version=1, cleared_at=NOON)
    event = a_webhook_event(version=1, state=WebhookState.DONE)
    keep(transactions, effect, alarm, event)
    for record in (effect, alarm, event):
        with raising(Stale):
            keep(transactions, record)


def check_one_payment_holds_a_booking(transactions: Transactions) -> None:
    """A second holding payment is stale; once the first lets go, there may be another."""
    first = begin_lesson(transactions)
    second = a_payment(id=PaymentId.of(2), intent_id="pi_2")
    with raising(Stale):
        keep(transactions, second)
    keep(transactions, replace(first, state=PaymentState.FAILED, holds_booking=False), second)
    with transactions.begin() as transaction:
        assert transaction.holding_payment(BookingId.of(1)) == replace(second, version=1)


def check_one_transfer_of_a_payment_is_open(transactions: Transactions) -> None:
    """A second open transfer is stale; after the first has ended there may be another."""
    begin_lesson(transactions)
    keep(transactions, a_transfer())
    second = a_transfer(id=TransferId.of(2))
    with raising(Stale):
        keep(transactions, second)
    keep(transactions, a_transfer(version=1, state=TransferState.CREATED), second)


def check_what_stripe_names_belongs_to_one_record(transactions: Transactions) -> None:
    """No two records have the same object or balance transaction of Stripe's."""
    begin_lesson(transactions)
    later = {"state": PaymentState.FAILED, "holds_booking": False}
    keep(
        transactions,
        a_payment(id=PaymentId.of(2), intent_id="pi_2", charge_id="ch_2", cash_id="txn_2", **later),
        a_refund(stripe_id="re_1", cash_id="txn_3", returned_id="txn_4"),
        a_transfer(state=TransferState.CREATED, stripe_id="tr_1", cash_id="txn_5"),
        Customer(BEN, 0, "cus_ben"),
        TeacherAccount(ANNA, 0, "acct_anna", can_receive=False),
    )
    another_payment, another_refund, another_transfer = PaymentId.of(3), RefundId.of(3), TransferId.of(3)
    for twin in (
        a_payment(id=another_payment, intent_id="pi_2", **later),
        a_payment(id=another_payment, intent_id="pi_3", charge_id="ch_2", **later),
        a_payment(id=another_payment, intent_id="pi_3", cash_id="txn_2", **later),
        a_refund(id=another_refund, stripe_id="re_1"),
        a_refund(id=another_refund, cash_id="txn_3"),
        a_refund(id=another_refund, returned_id="txn_4"),
        a_transfer(id=another_transfer, state=TransferState.CREATED, stripe_id="tr_1"),
        a_transfer(id=another_transfer, state=TransferState.CREATED, cash_id="txn_5"),
        Customer(CARLA, 0, "cus_ben"),
        TeacherAccount(CARLA, 0, "acct_anna", can_receive=False),
    ):
        with raising(Stale):
            keep(transactions, twin)


def check_an_entry_is_written_once(transactions: Transactions) -> None:
    """The same key, or the same cash under another key, is stale."""
    begin_lesson(transactions)
    keep(transactions, stored_payment(transactions), an_entry(cash="txn_1"))
    with raising(Stale):
        keep(transactions, stored_payment(transactions), an_entry())
    with raising(Stale):
        keep(transactions, stored_payment(transactions), an_entry(key="another", cash="txn_1"))
    with transactions.begin() as transaction:
        assert transaction.has_entry(an_entry().key)
        assert not transaction.has_entry("another")


def check_entries_are_guarded_by_their_payment(transactions: Transactions) -> None:
    """Entries of a payment that isn't stored with them are a bug."""
    begin_lesson(transactions)
    with raising(AssertionError):
        keep(transactions, an_entry())
    with transactions.begin() as transaction:
        assert not transaction.has_entry(an_entry().key)


def check_a_record_stands_in_a_decision_once(transactions: Transactions) -> None:
    """Two versions of one record in a decision are a bug."""
    with raising(AssertionError):
        keep(transactions, a_gig(title="one"), a_gig(title="another"))


def check_an_empty_decision_writes_nothing(transactions: Transactions) -> None:
    """Nothing decided is nothing stored."""
    with transactions.begin() as transaction:
        transaction.keep(Decision(None))


def check_many_writers_lose_nothing(transactions: Transactions) -> None:
    """Sixteen at once change one record: every change counts once, and nobody sees another error than ``Stale``."""

    def write_until_it_counts(_: int) -> None:
        while True:
            try:
                with transactions.begin() as transaction:
                    transaction.keep(decision_of(transaction.calendar(ANNA), an_event()))
            except Stale:
                continue
            return

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_until_it_counts, range(WRITERS * ROUNDS)))
    with transactions.begin() as transaction:
        assert transaction.calendar(ANNA) == Calendar(ANNA, WRITERS * ROUNDS)


def check_many_writers_of_many_records_do_not_wait_in_circles(transactions: Transactions) -> None:
    """Whatever order a decision lists its records in, two that share them never block each other for good."""
    booking, payment = a_booking(), a_payment()
    keep(transactions, a_gig(), booking, payment)
    teachers = [PersonId(f"teacher{number}") for number in range(4)]

    def write_both(number: int) -> None:
        while True:
            try:
                with transactions.begin() as transaction:
                    records = [*map(transaction.calendar, teachers), transaction.booking(booking.id)]
                    records.append(transaction.payment(payment.id))
                    transaction.keep(decision_of(*(records if number % 2 else reversed(records))))
            except Stale:
                continue
            return

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_both, range(WRITERS)))
    assert stored_payment(transactions).version == WRITERS + 1


WRITING_CONTRACT: Final = (
    check_whoever_loaded_an_older_version_is_stale,
    check_a_record_is_new_only_once,
    check_a_record_that_is_not_there_cannot_change,
    check_nothing_stays_of_a_decision_that_is_stale,
    check_whatever_is_raised_rolls_back,
    check_a_transaction_sees_what_it_wrote,
    check_transactions_do_not_nest,
    check_promises_under_a_name_that_exists_are_let_be,
    check_a_cleared_alarm_that_is_raised_again_stands_again,
    check_promises_change_by_their_version,
    check_one_payment_holds_a_booking,
    check_one_transfer_of_a_payment_is_open,
    check_what_stripe_names_belongs_to_one_record,
    check_an_entry_is_written_once,
    check_entries_are_guarded_by_their_payment,
    check_a_record_stands_in_a_decision_once,
    check_an_empty_decision_writes_nothing,
    check_many_writers_lose_nothing,
    check_many_writers_of_many_records_do_not_wait_in_circles,
)
