"""Who is who, and being forgotten; stories that are explained; and writing when others write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import plug_in
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.people import Person
from linguapay_core.use_cases.steps.persistence import TRIES
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    OTHER_STUDENT,
    STUDENT,
    TEACHER,
    asked_back,
    booking_of,
    completed,
    confirmed,
    offered,
    paid,
    paid_out,
    ready,
    refund_of,
    request_now,
    requested,
    transfer_of,
)


def test_a_person_is_described_and_described_anew(lp: Rehearsal) -> None:
    lp.describe_person(TEACHER, "Anna", "anna@example.com", "Europe/Paris")
    person = lp.describe_person(TEACHER, "Anna B.", "anna@example.org")
    assert (person.name, person.email, person.zone) == ("Anna B.", "anna@example.org", "UTC")
    assert lp.show_person(TEACHER) == replace(person, version=2)


def test_of_whom_nobody_told_nothing_is_known(lp: Rehearsal) -> None:
    assert lp.show_person(TEACHER) == Person(PersonId(TEACHER), 0)


def test_a_person_without_anything_to_erase_stays_blank(lp: Rehearsal) -> None:
    assert lp.erase_person(OTHER_STUDENT, ADMIN).is_done
    assert lp.show_person(OTHER_STUDENT).version == 0


def test_erasing_a_person_leaves_the_books_whole(lp: Rehearsal) -> None:
    lp.describe_person(STUDENT, "Ben", "ben@example.com")
    request = asked_back(lp, completed(lp))
    lp.withdraw_refund_request(request.id, STUDENT)
    assert lp.erase_person(STUDENT, ADMIN).is_done
    erased = lp.show_person(STUDENT)
    assert (erased.name, erased.email) == ("", "")
    with lp.ports.transactions.begin() as transaction:
        (text,) = transaction.texts_by(PersonId(STUDENT))
    assert text.text is None
    assert request_now(lp, request).reason_id == text.id
    assert lp.verify_books().holds


def test_an_account_is_opened_with_the_address_that_the_host_told(lp: Rehearsal) -> None:
    lp.describe_person(TEACHER, "Anna", "anna@example.com")
    assert ready(lp).startswith("acct_")


def test_a_story_is_found_by_each_of_its_objects(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    request = lp.approve_refund_request(asked_back(lp, payment).id, ADMIN)
    lp.process_refund_request(request.id, ADMIN)
    names = (payment.booking_id, payment.id, request.id, refund_of(lp, payment).id, transfer_of(lp, payment).id)
    assert len({lp.explain(name).story.booking.id for name in names}) == 1


def test_a_story_says_who_may_do_what_and_why_not(lp: Rehearsal) -> None:
    booking = requested(lp)
    moves = {(move.who, move.what): move.refusal for move in lp.explain(booking.id).moves}
    assert moves[Role.TEACHER, "confirm"] is None
    refusal = moves[Role.STUDENT, "cancel"]
    assert refusal is not None
    assert refusal.rule == "booking_requested"
    assert lp.explain(booking.id).awaited == (
        f"the booking is requested until {booking.answer_by:%Y-%m-%d %H:%M} UTC at the latest",
    )


def test_a_story_says_what_set_each_amount(lp: Rehearsal) -> None:
    amounts = {amount.name: (str(amount.money), amount.rule) for amount in lp.explain(paid(lp).id).amounts}
    assert amounts["price"] == ("25.00 USD", "25.00 USD an hour for 60 minutes, half up")
    assert amounts["teacher earns"] == ("25.00 USD", "the total less the fee")


def test_whoever_wrote_in_between_is_taken_into_account(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    """Two students want one time: the second decides again, on what the first has written."""
    gig = offered(lp)

    def stale() -> None:
        raise Stale("somebody wrote in between")

    for _ in range(TRIES - 1):
        meanwhile.before("commit", stale)
    assert requested(lp, gig).state is BookingState.REQUESTED
    assert len(list(lp.ports.reports.bookings())) == 1


def test_a_record_on_which_everybody_writes_is_told_in_the_end(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking = confirmed(lp)

    def stale() -> None:
        raise Stale("somebody wrote in between")

    for _ in range(TRIES):
        meanwhile.before("commit", stale)
    with pytest.raises(Stale):
        lp.cancel_booking(booking.id, TEACHER)
    assert booking_of(lp, booking).state is BookingState.CONFIRMED


def test_whoever_brings_ports_of_their_own_plugs_them_in(lp: Rehearsal) -> None:
    booking = requested(lp)
    assert plug_in(lp.ports).confirm_booking(booking.id, TEACHER).state is BookingState.CONFIRMED


def test_every_use_case_keeps_its_name_and_its_words(lp: Rehearsal) -> None:
    assert lp.cancel_booking.__name__ == "cancel_booking"
    assert lp.cancel_booking.__doc__ == (
        "Cancel before the start. What was paid goes back by the terms, or in full where the teacher cancels."
    )
