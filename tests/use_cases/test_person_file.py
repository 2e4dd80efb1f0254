"""Everything about a person: who they are, what they did on either side, their money, and what they wrote."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import Account, Kind
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.query import LARGEST_PAGE
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    OTHER_STUDENT,
    REFUND_FAILS,
    STUDENT,
    TEACHER,
    approved,
    asked_back,
    completed,
    funded,
    later,
    offered,
    paid,
    paid_out,
    requested,
)


def usd(amount_minor: int) -> Money:
    """So many cents."""
    return Money(amount_minor, USD)


def test_of_whom_nothing_is_known_the_file_is_empty(lp: Rehearsal) -> None:
    told = lp.gather_person(OTHER_STUDENT)
    assert (told.id, told.person.version, told.erasure, told.customer, told.account) == (
        OTHER_STUDENT,
        0,
        None,
        None,
        None,
    )
    assert (told.stories, told.gigs, told.written, told.credits, dict(told.balances)) == ((), (), (), (), {})
    assert list(told.personal()) == []
    assert told.is_empty


def test_whoever_was_named_wrote_booked_or_is_forgotten_is_known(lp: Rehearsal) -> None:
    lp.describe_person("mia", "Mia", "mia@lessons.example")
    lp.erase_person("max", ADMIN)
    gig = lp.offer_gig("zoe", "Polish", 3000)
    requested(lp, gig)
    for person in ("mia", "max", "zoe", STUDENT):
        assert not lp.gather_person(person).is_empty, person


def test_a_students_file_has_their_lessons_money_and_words(lp: Rehearsal) -> None:
    lp.describe_person(STUDENT, "Ben", "ben@lessons.example")
    request = lp.reject_refund_request(asked_back(lp, paid_out(lp)).id, ADMIN, "It was long enough.")
    told = lp.gather_person(STUDENT)
    (story,) = told.stories
    assert told.role_in(story.booking) is Role.STUDENT
    assert (told.other_side(story.booking), lp.gather_person(TEACHER).other_side(story.booking)) == (TEACHER, STUDENT)
    assert told.customer is not None
    assert [(one.subject, one.by_person, one.text) for one in told.written] == [
        (request.id, True, "The lesson was too short."),
        (request.id, False, "It was long enough."),
    ]
    assert list(told.personal()) == [
        "name, e-mail address and time zone",
        "2 texts that they wrote, or that were written about their refund requests",
        "cards that they saved at Stripe",
    ]


def test_what_was_erased_is_not_there_to_be_erased_again(lp: Rehearsal) -> None:
    for person in (lp.offer_gig("zoe", "Polish", 3000).teacher_id, paid_out(lp).student_id):
        assert list(lp.gather_person(person).personal())
        lp.erase_person(person, ADMIN)
        assert lp.gather_person(person).was_erased
        assert list(lp.gather_person(person).personal()) == []


def test_a_teachers_file_has_their_gigs_account_and_earnings(lp: Rehearsal) -> None:
    payment = completed(lp)
    told = lp.gather_person(TEACHER)
    assert [one.role_in(story.booking) for one, story in [(told, story) for story in told.stories]] == [Role.TEACHER]
    assert dict(told.balances) == {(Account(Kind.TEACHER_PAYABLE, payment.teacher_id), USD): usd(2500)}
    assert [one.subject for one in told.waits_for] == [lp.explain(payment.id).story.transfers[0].id]
    assert list(told.personal()) == ["the title of 1 gig"]
    offered(lp)
    assert list(lp.gather_person(TEACHER).personal()) == ["the titles of 2 gigs"]


def test_what_is_owed_stands_in_the_file(lp: Rehearsal) -> None:
    funded(lp)
    credited = approved(lp, completed(lp, paid(lp, card=REFUND_FAILS)))
    lp.process_refund_request(credited.id, ADMIN)
    later(lp, 3 * HOUR)
    (owed,) = lp.gather_person(STUDENT).credits
    assert (owed[0].id, owed[1]) == (credited.payment_id, usd(1000))
    assert lp.gather_person(TEACHER).credits == ()


def test_what_a_teacher_owes_stands_in_the_file(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, paid_out(lp))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, HOUR)
    ((payment, owed),) = lp.gather_person(TEACHER).receivables
    assert (payment.id, owed) == (request.payment_id, usd(952))


def test_a_long_history_is_whole(lp: Rehearsal) -> None:
    gig = offered(lp)
    for number in range(LARGEST_PAGE + 1):
        requested(lp, gig, notice=DAY + number * HOUR)
    assert len({story.booking.id for story in lp.gather_person(STUDENT).stories}) == LARGEST_PAGE + 1


def test_the_file_of_somebody_forgotten_says_so(lp: Rehearsal) -> None:
    lp.withdraw_refund_request(asked_back(lp, paid_out(lp)).id, STUDENT)
    lp.erase_person(STUDENT, ADMIN)
    told = lp.gather_person(PersonId(STUDENT))
    assert told.erasure is not None
    assert told.erasure.erased_at == lp.clock.now()
    assert [one.text for one in told.written] == [None]
    assert len(told.stories) == 1
