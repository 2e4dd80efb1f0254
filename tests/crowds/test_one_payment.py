"""Everybody pays for one booking at the same instant: there is one payment, and all are told of the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.machine import Role
from tests.crowds.callers import CONFIRM, CREATE, Call, at_once, served, to_the_end, token
from tests.use_cases.stage import MINUTE, STUDENT, VISA, at_stripe, confirmed, later

CROWD = {"postgresql": 1000, "sqlite": 200}
REPEATING = 20
"""So many of those who are told to wait do so."""

KEYS: dict[str, Callable[[int], dict[str, str]]] = {
    "one key": lambda _: {"Idempotency-Key": "one"},
    "many keys": lambda number: {"Idempotency-Key": f"key-{number}"},
    "no key": lambda _: {},
}


def check_consistent(answers: list[httpx.Response]) -> None:
    """Each is the payment, or says that it is being made and when to ask again."""
    for answer in answers:
        if answer.status_code != httpx.codes.OK:
            assert answer.json()["type"] in ("/problems/in-flight", "/problems/busy"), answer.text
            assert int(answer.headers["Retry-After"]) >= 1
    assert httpx.codes.OK in {answer.status_code for answer in answers}


def the_only(found: list[dict[str, Any]], *names: str) -> tuple[Any, ...]:
    """What all of these answers say alike under these names."""
    (only,) = {tuple(one[name] for name in names) for one in found}
    return only


@pytest.mark.parametrize("key_of", KEYS.values(), ids=KEYS)
def test_a_crowd_that_pays_at_once_makes_one_payment_and_one_charge(
    house: Rehearsal, key_of: Callable[[int], dict[str, str]], request: pytest.FixtureRequest
) -> None:
    size = CROWD[request.node.callspec.params["house"]]
    booking, student = confirmed(house), token(house, STUDENT, Role.STUDENT)
    calls = [Call(CREATE, {"booking_id": booking.id}, headers=student | key_of(number)) for number in range(size)]

    async def pay(client: httpx.AsyncClient) -> None:
        answers = await at_once(client, calls)
        check_consistent(answers)
        waited = [call for call, one in zip(calls, answers, strict=True) if one.status_code != httpx.codes.OK]
        answers = [one for one in answers if one.status_code == httpx.codes.OK]
        answers += await to_the_end(client, waited[:REPEATING])
        payment_id, secret = the_only([one.json() for one in answers], "id", "client_secret")
        house.browser.pay(secret, house.browser.enter_card(VISA))
        confirmations = await to_the_end(client, [Call(CONFIRM, {"payment_id": payment_id}, headers=student)] * 20)
        assert the_only([one.json() for one in confirmations], "id", "state") == (payment_id, "succeeded")

    served(house, pay)
    later(house, 2 * MINUTE)
    stripe = at_stripe(house)
    (intent,), (charge,) = stripe.payment_intents.list().data, stripe.charges.list().data
    assert (intent.latest_charge, charge.amount_captured) == (charge.id, booking.quote.total.amount_minor)
    assert house.verify_books().holds
