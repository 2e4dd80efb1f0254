"""Errors say what the caller does next."""

import pytest

from linguapay_core.domain import errors
from linguapay_core.domain.errors import LinguaPayError

NEXT = {
    "LinguaPayError": "read the message",
    "Refused": "change the request",
    "NotFound": "none",
    "Invalid": "correct the field that is named",
    "Stale": "read again and repeat",
    "InFlight": "wait and repeat",
    "Unauthenticated": "sign in",
    "NotAllowed": "ask someone who may",
    "GatewayUnreachable": "wait; we go on by ourselves",
    "Busy": "repeat later; nothing happened",
    "InDoubt": "read again: it may have happened",
    "TooMany": "slow down",
}


def test_each_class_names_the_next_move() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, LinguaPayError)]
    assert {one.__name__: one.next_move for one in classes} == NEXT


def test_a_refusal_names_its_rule_its_reason_and_the_way_out() -> None:
    refused = errors.Refused("closed", "It is closed.", way_out="Come tomorrow.")
    assert (refused.rule, refused.reason, refused.way_out) == ("closed", "It is closed.", "Come tomorrow.")
    assert str(refused) == "It is closed. Come tomorrow."
    assert str(errors.Refused("closed", "It is closed.")) == "It is closed."
    assert errors.Refused("closed", "It is closed.").way_out == ""


def test_what_isnt_found_is_named() -> None:
    missing = errors.NotFound("booking", "bkg_1")
    assert (str(missing), missing.kind, missing.identifier) == ("There is no booking bkg_1.", "booking", "bkg_1")


def test_an_invalid_field_is_named() -> None:
    invalid = errors.Invalid("amount", "an amount is above nothing.")
    assert (str(invalid), invalid.field) == ("amount: an amount is above nothing.", "amount")
    assert invalid.reason == "an amount is above nothing."


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(errors.InFlight, 1), (errors.GatewayUnreachable, 5), (errors.Busy, 1), (errors.InDoubt, 1)],
    ids=str,
)
def test_what_passes_by_itself_says_when_to_come_again(
    kind: type[errors.InFlight | errors.GatewayUnreachable | errors.Busy | errors.InDoubt], seconds: int
) -> None:
    assert kind("a lock").retry_after_seconds == seconds
    assert kind("a lock", retry_after_seconds=9).retry_after_seconds == 9
    assert str(kind("a lock")) == "a lock"
