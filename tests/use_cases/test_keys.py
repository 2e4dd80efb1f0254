"""A request that is repeated under its key is answered as it was the first time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import InFlight, Invalid, Stale
from linguapay_core.domain.stored_answer import KEPT, LEASE, KeyClaim, StoredAnswer

ROUTE = "POST /payments"


def claim(lp: Rehearsal, key: str = "key-1", body: str = "a body's hash") -> KeyClaim | StoredAnswer:
    """A request under a key."""
    return lp.claim_key("student-ben", ROUTE, key, body)


def working(lp: Rehearsal, key: str = "key-1", body: str = "a body's hash") -> KeyClaim:
    """A request under a key that nobody used."""
    claimed = claim(lp, key, body)
    assert isinstance(claimed, KeyClaim)
    return claimed


def test_a_repeated_request_is_answered_from_what_was_stored(lp: Rehearsal) -> None:
    lp.answer_key(working(lp), 201, "pay_1")
    assert claim(lp) == StoredAnswer(201, "pay_1")


def test_a_repeated_request_waits_for_the_first_one(lp: Rehearsal) -> None:
    working(lp)
    with pytest.raises(InFlight, match="still running"):
        claim(lp)


def test_a_request_that_died_is_taken_over(lp: Rehearsal) -> None:
    dead = working(lp)
    lp.clock.advance(LEASE)
    alive = working(lp)
    with pytest.raises(Stale):
        lp.answer_key(dead, 201)
    lp.answer_key(alive, 200, "pay_1")
    assert claim(lp) == StoredAnswer(200, "pay_1")


def test_a_refused_request_gives_its_key_back_for_a_corrected_one(lp: Rehearsal) -> None:
    lp.release_key(working(lp))
    working(lp, body="a corrected body's hash")


def test_a_key_of_another_body_is_invalid(lp: Rehearsal) -> None:
    lp.answer_key(working(lp), 201)
    with pytest.raises(Invalid, match="another request") as invalid:
        claim(lp, body="another body's hash")
    assert invalid.value.field == "Idempotency-Key"


@pytest.mark.parametrize("key", ["", "k" * 256, "schlüssel", "tab\t", "line\n", "\x7f"])
def test_what_is_no_key_is_invalid(lp: Rehearsal, key: str) -> None:
    with pytest.raises(Invalid, match="printable ASCII") as invalid:
        claim(lp, key)
    assert invalid.value.field == "Idempotency-Key"


@pytest.mark.parametrize("key", ["k", "k" * 255, " ~", "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_any_printable_text_of_255_characters_is_a_key(lp: Rehearsal, key: str) -> None:
    assert working(lp, key).key == key


def test_keys_are_forgotten_after_a_month(lp: Rehearsal) -> None:
    for number in range(3):
        lp.answer_key(working(lp, f"key-{number}"), 201)
    lp.clock.advance(KEPT)
    assert lp.forget_keys() == 0
    lp.clock.advance(timedelta(microseconds=1))
    assert [lp.forget_keys(limit=2) for _ in range(3)] == [2, 1, 0]
    working(lp, "key-0", body="another body's hash")


def test_keys_are_kept_as_long_as_is_set(lp: Rehearsal) -> None:
    working(lp)
    lp.clock.advance(timedelta(days=1, seconds=1))
    assert lp.forget_keys(kept=timedelta(days=1)) == 1
