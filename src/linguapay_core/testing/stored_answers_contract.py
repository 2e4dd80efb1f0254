"""Every store of idempotency keys lets exactly one request do the work of a key."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from linguapay_core.domain.errors import InFlight, Invalid, Stale
from linguapay_core.domain.stored_answer import LEASE, KeyClaim, KeyUse, StoredAnswer
from linguapay_core.ports.stored_answers import StoredAnswers
from linguapay_core.testing.builders import BEN, NOON
from linguapay_core.testing.keeping import raising

CREATED: Final = StoredAnswer(201, "pay_1")
AT_ONCE: Final = 8


def a_use(principal: str = BEN, route: str = "POST /payments", key: str = "k 1", fingerprint: str = "f1") -> KeyUse:
    """A request under a key."""
    return KeyUse(principal, route, key, fingerprint)


def claimed(answers: StoredAnswers, use: KeyUse, after: timedelta = timedelta(0)) -> KeyClaim:
    """The claim that a request gets so long after noon; an answer would be wrong."""
    claim = answers.claim(use, at=NOON + after)
    assert isinstance(claim, KeyClaim), claim
    return claim


def check_the_first_request_works_and_later_ones_are_answered(answers: StoredAnswers) -> None:
    """Also after the lease, and however often; answering a second time changes nothing."""
    claim = claimed(answers, a_use())
    for answer in (CREATED, StoredAnswer(500)):
        answers.answer(claim, answer)
    for after in (timedelta(0), LEASE, timedelta(days=29)):
        assert answers.claim(a_use(), at=NOON + after) == CREATED


def check_while_the_first_request_runs_others_wait(answers: StoredAnswers) -> None:
    """Until its lease ends."""
    claimed(answers, a_use())
    with raising(InFlight):
        answers.claim(a_use(), at=NOON + LEASE - timedelta(microseconds=1))


def check_a_key_is_for_one_body(answers: StoredAnswers) -> None:
    """While the first request runs, after its lease, and once it is answered."""
    claim = claimed(answers, a_use())
    for after in (timedelta(0), LEASE):
        with raising(Invalid):
            answers.claim(a_use(fingerprint="f2"), at=NOON + after)
    answers.answer(claim, CREATED)
    with raising(Invalid):
        answers.claim(a_use(fingerprint="f2"), at=NOON)


def check_the_same_key_of_another_person_or_route_is_another_key(answers: StoredAnswers) -> None:
    """Nobody is answered with what is somebody else's."""
    answers.answer(claimed(answers, a_use()), CREATED)
    for other in (a_use(principal="eve"), a_use(route="POST /refunds"), a_use(key="k 2")):
        claimed(answers, other)


def check_a_claim_that_ran_out_is_taken_over_for_good(answers: StoredAnswers) -> None:
    """Its first owner can neither answer nor release any more."""
    first = claimed(answers, a_use())
    second = claimed(answers, a_use(), after=LEASE)
    with raising(Stale):
        answers.answer(first, StoredAnswer(500))
    answers.release(first)
    with raising(InFlight):
        answers.claim(a_use(), at=NOON + LEASE)
    answers.answer(second, CREATED)
    assert answers.claim(a_use(), at=NOON) == CREATED


def check_a_released_key_is_free_for_any_body(answers: StoredAnswers) -> None:
    """And a claim from before stays worthless, however often the key is given back."""
    first = claimed(answers, a_use())
    second = claimed(answers, a_use(), after=LEASE)
    for _ in range(2):
        answers.release(second)
    with raising(Stale):
        answers.answer(second, CREATED)
    claimed(answers, a_use(fingerprint="f2"))
    for old in (first, second):
        with raising(Stale):
            answers.answer(old, CREATED)


def check_an_answered_key_cant_be_released(answers: StoredAnswers) -> None:
    """What was answered stays answered."""
    claim = claimed(answers, a_use())
    answers.answer(claim, CREATED)
    answers.release(claim)
    assert answers.claim(a_use(), at=NOON) == CREATED


def check_old_keys_are_forgotten_in_parts(answers: StoredAnswers) -> None:
    """The oldest first; one of the very instant stays."""
    for day in range(4):
        answers.answer(claimed(answers, a_use(key=str(day)), after=timedelta(days=day)), CREATED)
    before = NOON + timedelta(days=3)
    assert [answers.forget(before=before, limit=2) for _ in range(3)] == [2, 1, 0]
    assert answers.claim(a_use(key="3"), at=before) == CREATED
    claim = claimed(answers, a_use(key="0", fingerprint="f2"), after=timedelta(days=4))
    answers.answer(claim, CREATED)


def check_of_many_claims_at_once_one_succeeds(answers: StoredAnswers) -> None:
    """A new key, one that was given back, and one whose lease ran out: the others are told to wait."""

    def attempt(after: timedelta) -> KeyClaim | None:
        try:
            return claimed(answers, a_use(), after)
        except InFlight:
            return None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        (_,) = filter(None, pool.map(attempt, [timedelta(0)] * AT_ONCE))
        (claim,) = filter(None, pool.map(attempt, [LEASE] * AT_ONCE))
        answers.release(claim)
        (_,) = filter(None, pool.map(attempt, [LEASE] * AT_ONCE))


STORED_ANSWERS_CONTRACT: Final[tuple[Callable[[StoredAnswers], None], ...]] = (
    check_the_first_request_works_and_later_ones_are_answered,
    check_while_the_first_request_runs_others_wait,
    check_a_key_is_for_one_body,
    check_the_same_key_of_another_person_or_route_is_another_key,
    check_a_claim_that_ran_out_is_taken_over_for_good,
    check_a_released_key_is_free_for_any_body,
    check_an_answered_key_cant_be_released,
    check_old_keys_are_forgotten_in_parts,
    check_of_many_claims_at_once_one_succeeds,
)
