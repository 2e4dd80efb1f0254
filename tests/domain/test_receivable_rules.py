"""What a teacher owes and won't pay is given up by an admin, at most once for each reference and never more."""

import pytest

from linguapay_core.domain import receivable_rules as rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events import payment as facts
from linguapay_core.domain.identifiers import TextId
from linguapay_core.domain.machine import Role
from linguapay_core.testing.builders import CARLA, NOON, a_succeeded_payment, usd
from tests.domain.reading import books, events, keys, legs, said, times

PAYMENT = a_succeeded_payment(version=1)
OWED = books(teacher_receivable=900)
BY, NOTE = Actor(Role.ADMIN, CARLA), TextId.of(1)


@pytest.mark.parametrize("amount", [1, 899, 900])
def test_so_much_of_what_is_owed_becomes_bad_debt(amount: int) -> None:
    decision = rules.write_off(PAYMENT, OWED, usd(amount), "case-7", NOTE, by=BY, at=NOON)
    fact = facts.ReceivableWrittenOff(amount, "USD", "case-7", NOTE)
    assert events(decision) == [said(fact, "admin carla", NOON)]
    assert legs(decision.entries) == [f"bad_debt teacher_receivable {amount}"]
    assert times(decision) == {NOON}
    assert keys(decision.entries) == [f"payment {PAYMENT.id} written off case-7"]
    assert (decision.record, decision.changed) == (PAYMENT, (PAYMENT,))


def test_more_than_is_owed_is_refused_with_what_is_possible() -> None:
    with pytest.raises(Refused) as refusal:
        rules.write_off(PAYMENT, OWED, usd(901), "case-7", NOTE, by=BY, at=NOON)
    assert refusal.value.rule == "exceeds_what_is_owed"
    assert refusal.value.reason == "9.01 USD is more than what the teacher owes for this payment, 9.00 USD."
    assert refusal.value.way_out == "Write off at most 9.00 USD."


def test_where_nothing_is_owed_nothing_is_written_off() -> None:
    with pytest.raises(Refused) as refusal:
        rules.write_off(PAYMENT, books(teacher_payable=900), usd(1), "case-7", NOTE, by=BY, at=NOON)
    assert refusal.value.rule == "nothing_owed"
    assert refusal.value.reason == "The teacher owes nothing for this payment."


@pytest.mark.parametrize(("amount", "reference", "field"), [
    (0, "case-7", "amount"), (-1, "case-7", "amount"), (1, "", "reference"), (1, "a b", "reference"),
    (1, "x" * 65, "reference"),
])  # fmt: skip
def test_what_cant_be_meant_is_invalid(amount: int, reference: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.write_off(PAYMENT, OWED, usd(amount), reference, NOTE, by=BY, at=NOON)
    assert error.value.field == field
    reasons = {
        "amount": "an amount written off is above nothing.",
        "reference": "a reference is yours: 1 to 64 letters, digits and . _ / -.",
    }
    assert error.value.reason == reasons[field]
