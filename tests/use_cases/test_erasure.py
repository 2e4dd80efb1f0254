"""Somebody wants to be forgotten: at once where no money is open, and else as soon as the last of it is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Answer, Rejected, Unknown
from linguapay_core.domain.decision import changed
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.errors import NotAllowed, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.people import Person
from linguapay_core.domain.refund import RefundState
from tests.use_cases.answering import answering
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    OTHER_STUDENT,
    REFUND_FAILS,
    REFUND_PENDS,
    STUDENT,
    TEACHER,
    VISA,
    alarms,
    approved,
    asked_back,
    at_stripe,
    booking_of,
    completed,
    confirmed,
    everything,
    funded,
    later,
    offered,
    paid,
    paid_out,
    paying,
    ready,
    requested,
    transfer_of,
    until,
)


def described(lp: Rehearsal, person: str = STUDENT) -> None:
    """The host platform says who somebody is."""
    lp.describe_person(person, "Ben Berg", "ben@lessons.example", "Europe/Berlin")


def waited_for(lp: Rehearsal, person: str) -> set[str]:
    """The reasons for which a wish to be forgotten waits."""
    return {obstacle.reason for obstacle in lp.erase_person(person, ADMIN).waits_for}


def test_whose_money_is_settled_is_forgotten_at_once(lp: Rehearsal) -> None:
    described(lp)
    lp.withdraw_refund_request(asked_back(lp, paid_out(lp)).id, STUDENT)
    later(lp, 40 * DAY)
    erasing = lp.erase_person(STUDENT, ADMIN)
    assert (erasing.is_done, erasing.waits_for) == (True, ())
    assert lp.show_person(STUDENT) == Person(PersonId(STUDENT), 2)
    with lp.ports.transactions.begin() as transaction:
        assert [text.text for text in transaction.texts_by(PersonId(STUDENT))] == [None]


def test_the_books_hold_and_stories_are_told_after_forgetting(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    later(lp, 40 * DAY)
    for person in (STUDENT, TEACHER):
        assert lp.erase_person(person, ADMIN).is_done
    assert lp.explain(payment.id).story.booking.student_id == STUDENT
    assert lp.verify_books().holds


def test_what_admins_wrote_about_a_students_request_goes_too(lp: Rehearsal) -> None:
    request = lp.reject_refund_request(asked_back(lp, paid_out(lp)).id, ADMIN, "Ben was rude.")
    later(lp, 40 * DAY)
    lp.erase_person(STUDENT, ADMIN)
    assert [text.text for text in lp.read_texts([request.id])] == [None, None]


def test_a_lesson_that_isnt_given_keeps_the_wish_and_is_named(lp: Rehearsal) -> None:
    described(lp)
    payment = paid(lp)
    erasing = lp.erase_person(STUDENT, ADMIN)
    (obstacle,) = erasing.waits_for
    assert (obstacle.subject, obstacle.reason) == (payment.booking_id, "the booking is paid")
    assert obstacle.way_out.startswith("Cancel it")
    assert (erasing.is_done, lp.show_person(STUDENT).name) == (False, "Ben Berg")


def test_the_worker_forgets_when_the_last_of_it_is_settled(lp: Rehearsal) -> None:
    described(lp)
    ready(lp)
    payment = paid(lp)
    lp.erase_person(STUDENT, ADMIN)
    later(lp, 2 * DAY)
    assert lp.show_person(STUDENT).name == "Ben Berg"
    completed(lp, payment)
    later(lp, 40 * DAY)
    assert lp.show_person(STUDENT).name == ""
    assert lp.erase_person(STUDENT, ADMIN).is_done


def requested_only(lp: Rehearsal) -> None:
    requested(lp)


def being_paid(lp: Rehearsal) -> None:
    paying(lp)


def refund_asked(lp: Rehearsal) -> None:
    asked_back(lp, paid_out(lp))


def refund_under_way(lp: Rehearsal) -> None:
    request = approved(lp, completed(lp, paid(lp, card=REFUND_PENDS)))
    lp.process_refund_request(request.id, ADMIN)


def credit_owed(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, completed(lp, paid(lp, card=REFUND_FAILS)))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, 3 * HOUR)


def transfer_waits(lp: Rehearsal) -> None:
    completed(lp)


def teacher_owes(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, paid_out(lp))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, HOUR)


@pytest.mark.parametrize(
    ("scene", "person", "reason"),
    [
        (requested_only, STUDENT, "the booking is requested"),
        (requested_only, TEACHER, "the booking is requested"),
        (being_paid, STUDENT, "the payment is open"),
        (being_paid, TEACHER, "the payment is open"),
        (refund_asked, STUDENT, "the refund request is submitted"),
        (refund_under_way, STUDENT, "the refund is pending"),
        (refund_under_way, TEACHER, "the refund is pending"),
        (credit_owed, STUDENT, "10.00 USD are owed to the student"),
        (transfer_waits, TEACHER, "the transfer is scheduled"),
        (teacher_owes, TEACHER, "9.52 USD are owed back by the teacher"),
    ],
)
def test_whatever_is_open_is_named(lp: Rehearsal, scene: Callable[[Rehearsal], None], person: str, reason: str) -> None:
    scene(lp)
    assert reason in waited_for(lp, person)


def test_whose_refund_stripe_rejected_is_not_forgotten_before_it_is_sent_again(lp: Rehearsal) -> None:
    """The books owe them money, though no record of theirs is open any more."""
    funded(lp)
    payment = paid(lp)
    refusing = answering(lp, create_refund=lambda _: Rejected("charge_disputed", "Not now."))
    refusing.cancel_booking(payment.booking_id, TEACHER)
    refusing.deliver_effects()
    (refund,) = lp.ports.reports.story(payment.booking_id).refunds
    assert refund.state is RefundState.REJECTED
    assert waited_for(lp, STUDENT) == {"26.25 USD didn't go back"}
    assert lp.erase_person(TEACHER, ADMIN).is_done
    lp.refund_again(refund.id, ADMIN)
    later(lp, 2 * HOUR)
    assert lp.erase_person(STUDENT, ADMIN).is_done


def test_what_others_owe_or_are_owed_is_in_nobodys_way(lp: Rehearsal) -> None:
    """The student of a lesson isn't kept waiting by the teacher's debt, nor a teacher by the student's credit."""
    credit_owed(lp)
    assert not any("owed to the student" in reason for reason in waited_for(lp, TEACHER))
    assert lp.erase_person(OTHER_STUDENT, ADMIN).is_done


def test_whoever_asked_to_be_forgotten_begins_nothing_new(lp: Rehearsal) -> None:
    gig = offered(lp)
    requested(lp, gig)
    lp.erase_person(STUDENT, ADMIN)
    for begin in (
        lambda: requested(lp, gig, notice=5 * DAY),
        lambda: described(lp),
    ):
        with pytest.raises(Refused) as refused:
            begin()
        assert (refused.value.rule, bool(refused.value.way_out)) == ("erasure_asked", True)
    assert requested(lp, gig, student=OTHER_STUDENT, notice=6 * DAY).student_id == OTHER_STUDENT


def test_a_teacher_who_asked_to_be_forgotten_is_booked_no_more(lp: Rehearsal) -> None:
    gig = offered(lp)
    requested(lp, gig)
    lp.erase_person(TEACHER, ADMIN)
    for begin in (lambda: requested(lp, gig, notice=5 * DAY), lambda: offered(lp)):
        with pytest.raises(Refused) as refused:
            begin()
        assert refused.value.rule == "erasure_asked"


def test_a_forgotten_teachers_gigs_are_taken_down_without_their_titles(lp: Rehearsal) -> None:
    gigs = [offered(lp), lp.retire_gig(offered(lp).id, TEACHER)]
    lp.erase_person(TEACHER, ADMIN)
    with lp.ports.transactions.begin() as transaction:
        now = [transaction.gig(gig.id) for gig in gigs]
    assert [(gig.title, gig.active) for gig in now] == [("Lessons", False)] * 2


def test_a_lesson_that_was_confirmed_may_still_be_paid(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.erase_person(STUDENT, ADMIN)
    assert paid(lp, booking).succeeded_at is not None


def test_saved_cards_are_forgotten_at_stripe(lp: Rehearsal) -> None:
    lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA))
    assert lp.erase_person(STUDENT, ADMIN).is_done
    assert lp.list_payment_methods(STUDENT) == ()


def test_nothing_personal_is_said_to_stripe_about_a_student(lp: Rehearsal) -> None:
    """A customer carries our identifier of the student, and neither name nor address: there is nothing to delete."""
    described(lp)
    paid(lp)
    (customer,) = at_stripe(lp).customers.list().data
    assert (customer.name, customer.email, customer.phone, customer.description) == (None, None, None, None)
    assert "Ben" not in str(customer.metadata)


@pytest.mark.parametrize("answer", [Unknown("time-out"), Rejected("api_key_expired", "The key is too old.")])
def test_while_stripe_is_silent_or_refuses_the_wish_waits(lp: Rehearsal, answer: Answer[object]) -> None:
    described(lp)
    lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA))
    silent = answering(lp, methods_of=lambda _customer: answer)
    (obstacle,) = silent.erase_person(STUDENT, ADMIN).waits_for
    assert obstacle.reason.startswith("saved cards are at Stripe")
    assert lp.show_person(STUDENT).name == "Ben Berg"
    later(lp, HOUR)
    assert lp.show_person(STUDENT).name == ""


def test_a_teachers_account_at_stripe_is_left_to_a_person(lp: Rehearsal) -> None:
    ready(lp)
    assert lp.erase_person(TEACHER, ADMIN).is_done
    assert "erased_account_at_stripe" in alarms(lp)


def test_wishing_twice_is_wishing_once(lp: Rehearsal) -> None:
    described(lp)
    described(lp, TEACHER)
    offered(lp)
    completed(lp)
    for person in (STUDENT, TEACHER):
        first = lp.erase_person(person, ADMIN)
        before = everything(lp)
        again = lp.erase_person(person, ADMIN)
        assert (again.erasure.erased_at, again.waits_for) == (first.erasure.erased_at, first.waits_for)
        assert everything(lp) == before


def test_the_worker_looks_once_an_hour(lp: Rehearsal) -> None:
    requested(lp)
    lp.erase_person(STUDENT, ADMIN)
    with lp.ports.transactions.begin() as transaction:
        wish = transaction.erasure(PersonId(STUDENT))
    assert wish is not None
    assert wish.look_at == wish.asked_at + HOUR
    assert lp.erase_when_settled() == 0
    lp.clock.advance(HOUR - timedelta(seconds=1))
    assert lp.erase_when_settled() == 0
    with lp.ports.transactions.begin() as transaction:
        assert transaction.erasure(PersonId(STUDENT)) == wish


def wish_of(lp: Rehearsal, person: str = STUDENT) -> Erasure:
    """Somebody's wish to be forgotten."""
    with lp.ports.transactions.begin() as transaction:
        wish = transaction.erasure(PersonId(person))
    assert wish is not None
    return wish


def test_what_slipped_in_beside_forgetting_is_forgotten_an_hour_later(lp: Rehearsal) -> None:
    """A description or a request that was begun before the wish may be stored after it was carried out."""
    lp.erase_person(STUDENT, ADMIN)
    with lp.ports.transactions.begin() as transaction:
        slipped = replace(transaction.person(PersonId(STUDENT)), name="Ben Berg")
        transaction.keep(changed(slipped))
    lp.clock.advance(HOUR)
    assert lp.erase_when_settled() == 0
    assert (lp.show_person(STUDENT).name, wish_of(lp).look_at) == ("", None)


def test_who_is_forgotten_and_asks_again_with_money_open_lets_the_worker_rest(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    later(lp, 40 * DAY)
    assert lp.erase_person(STUDENT, ADMIN).is_done
    request = asked_back(lp, payment)
    assert lp.erase_person(STUDENT, ADMIN).waits_for
    lp.withdraw_refund_request(request.id, STUDENT)
    later(lp, 2 * HOUR)
    assert wish_of(lp).look_at is None
    assert lp.erase_when_settled() == 0


def test_whatever_is_written_after_forgetting_is_forgotten_when_asked_again(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    later(lp, 40 * DAY)
    first = lp.erase_person(STUDENT, ADMIN)
    lp.withdraw_refund_request(asked_back(lp, payment).id, STUDENT)
    again = lp.erase_person(STUDENT, ADMIN)
    assert again.erasure == replace(first.erasure, version=again.erasure.version)
    with lp.ports.transactions.begin() as transaction:
        assert [text.text for text in transaction.texts_by(PersonId(STUDENT))] == [None]


def texts_of(lp: Rehearsal, person: str = STUDENT) -> list[str | None]:
    """What somebody wrote."""
    with lp.ports.transactions.begin() as transaction:
        return [text.text for text in transaction.texts_by(PersonId(person))]


def test_what_is_written_after_forgetting_is_forgotten_by_the_worker(lp: Rehearsal) -> None:
    """As soon as it is settled."""
    payment = paid_out(lp)
    later(lp, 40 * DAY)
    lp.erase_person(STUDENT, ADMIN)
    later(lp, 2 * HOUR)
    assert wish_of(lp).look_at is None
    request = asked_back(lp, payment)
    later(lp, 2 * HOUR)
    assert texts_of(lp) == ["The lesson was too short."]
    lp.withdraw_refund_request(request.id, STUDENT)
    later(lp, 2 * HOUR)
    assert (texts_of(lp), wish_of(lp).look_at) == ([None], None)


def test_a_problem_is_reported_although_its_student_asked_to_be_forgotten(lp: Rehearsal) -> None:
    payment = paid(lp)
    wish = lp.erase_person(STUDENT, ADMIN).erasure
    until(lp, booking_of(lp, payment).ends_at)
    lp.report_problem(payment.booking_id, STUDENT, "Nobody came.")
    assert wish_of(lp).look_at == wish.look_at


def test_no_card_is_saved_of_whom_was_forgotten(lp: Rehearsal) -> None:
    card = lp.browser.enter_card(VISA)
    lp.erase_person(STUDENT, ADMIN)
    for save in (lambda: lp.save_payment_method(STUDENT, card), lambda: lp.create_setup_intent(STUDENT)):
        with pytest.raises(Refused) as refused:
            save()
        assert refused.value.rule == "erasure_asked"
    assert at_stripe(lp).customers.list().data == []


def test_what_admins_wrote_about_payments_and_transfers_goes_with_whose_they_are(lp: Rehearsal) -> None:
    """Notes about the lesson speak of both sides and stay."""
    funded(lp)
    payment = paid(lp)
    until(lp, booking_of(lp, payment).ends_at)
    lp.report_problem(payment.booking_id, STUDENT, "Nobody came.")
    lp.decide_contest(payment.booking_id, ADMIN, 1000, "Ben was rude.")
    transfer = transfer_of(lp, payment)
    lp.hold_transfer(transfer.id, ADMIN, "Anna was rude.")
    ready(lp)
    lp.release_transfer(transfer.id, ADMIN)
    later(lp, 40 * DAY)
    lp.process_refund_request(approved(lp, payment).id, ADMIN)
    later(lp, DAY)
    owed = lp.gather_person(TEACHER).receivables[0][1].amount_minor
    lp.write_off_receivable(payment.id, ADMIN, owed, "case-1", "Anna is gone.")
    later(lp, 40 * DAY)
    for person in (STUDENT, TEACHER):
        assert lp.erase_person(person, ADMIN).is_done
    kept = [text.text for text in lp.read_texts([payment.id, transfer.id, payment.booking_id])]
    assert kept == [None, "Ben was rude.", None, None]


def test_only_admins_and_the_host_platform_forget_people(lp: Rehearsal) -> None:
    assert lp.erase_person(STUDENT, "host", Role.PLATFORM).is_done
    with pytest.raises(NotAllowed):
        lp.erase_person(STUDENT, STUDENT, Role.STUDENT)


def test_what_is_booked_while_a_wish_is_looked_at_keeps_it_waiting(lp: Rehearsal) -> None:
    """A booking that was begun before the wish may come after it: what was asked is asked once more in the end."""
    booking = requested(lp)
    lp.erase_person(STUDENT, ADMIN)
    lp.decline_booking(booking.id, TEACHER)
    assert booking_of(lp, booking).closed_at is not None
    later(lp, HOUR)
    assert lp.erase_person(STUDENT, ADMIN).is_done
