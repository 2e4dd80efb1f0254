"""What an Idempotency-Key promises, also where the database leaves in the middle."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import Busy, InDoubt, LinguaPayError
from linguapay_http.serving import PERSON_HEADER
from tests.http.conftest import Visitor
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import MINUTE, TEACHER

GIGS = "/api/gigs/"
FRENCH = {"title": "French", "hourly_price": {"amount_minor": 2500, "currency": "USD"}}
IN_YEN = {"title": "French", "hourly_price": {"amount_minor": 2500, "currency": "EUR"}}


def failing(error: LinguaPayError) -> Callable[[], None]:
    """What happens meanwhile: this."""

    def fail() -> None:
        raise error

    return fail


def offered(visitor: Visitor) -> int:
    """How many gigs there are."""
    return len(visitor.get(GIGS, teacher_id=TEACHER).json()["items"])


def test_what_was_done_is_told_although_its_answer_cannot_be_noted(
    anna: Visitor, meanwhile: Meanwhile, caplog: pytest.LogCaptureFixture
) -> None:
    meanwhile.before("answer", failing(Busy("The database can't now.")))
    assert anna.post(GIGS, FRENCH, key="a").status_code == 201
    assert anna.post(GIGS, FRENCH, key="a").json()["type"] == "/problems/in-flight"
    assert offered(anna) == 1
    assert "lease alone" in caplog.text


def test_a_refusal_is_told_although_its_key_cannot_be_freed(anna: Visitor, meanwhile: Meanwhile) -> None:
    meanwhile.before("release", failing(Busy("The database can't now.")))
    answer = anna.post(GIGS, IN_YEN, key="a")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


def test_after_a_commit_in_doubt_the_key_waits_for_its_lease(
    lp: Rehearsal, anna: Visitor, meanwhile: Meanwhile
) -> None:
    meanwhile.after("commit", failing(InDoubt("The database was lost while it committed.")))
    assert anna.post(GIGS, FRENCH, key="a").json()["type"] == "/problems/in-doubt"
    assert anna.post(GIGS, FRENCH, key="a").json()["type"] == "/problems/in-flight"
    lp.clock.advance(3 * MINUTE)
    assert anna.post(GIGS, FRENCH, key="a").status_code == 201


def test_a_person_and_who_acts_for_that_person_have_keys_of_their_own(anna: Visitor, host: Visitor) -> None:
    headers = {PERSON_HEADER: TEACHER, "Idempotency-Key": "a"}
    first = host.ask("POST", GIGS, json=FRENCH, headers=headers)
    assert first.json()["teacher_id"] == TEACHER
    assert anna.post(GIGS, FRENCH, key="a").json()["id"] != first.json()["id"]
    assert host.ask("POST", GIGS, json=FRENCH, headers=headers).json() == first.json()


def test_a_path_with_and_without_its_last_slash_is_one_request(anna: Visitor) -> None:
    first = anna.post(GIGS, FRENCH, key="a").json()
    assert anna.post(GIGS.rstrip("/"), FRENCH, key="a").json() == first
