"""What a teacher owes and won't pay: an admin gives it up, and what comes back after all isn't paid out twice."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import Invalid, NotFound, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    OTHER_STUDENT,
    RECEIVABLE,
    RECEIVABLE_MINOR,
    TEACHER,
    alarms,
    at_stripe,
    completed,
    confirmed,
    everything,
    held,
    later,
    offered,
    owing,
    paid,
    told,
    transfer_of,
)

NOTES = "She has left the platform."
PAYABLE = f"teacher_payable:{TEACHER}"


def test_what_is_written_off_is_borne_by_the_platform(lp: Rehearsal) -> None:
    payment = owing(lp)
    lp.write_off_receivable(payment.id, ADMIN, 900, "case-7", NOTES)
    assert (held(lp, payment)[RECEIVABLE], held(lp, payment)["bad_debt"]) == (52, 900)
    lp.write_off_receivable(payment.id, ADMIN, 52, "case-8", NOTES)
    assert RECEIVABLE not in held(lp, payment)
    assert told(lp, payment)[-2:] == ["receivable.written_off"] * 2
    with lp.ports.transactions.begin() as transaction:
        texts = [text.text for text in transaction.texts_by(PersonId(ADMIN)) if text.subject == payment.id]
    assert texts == [NOTES, NOTES]
    with pytest.raises(Refused) as refused:
        lp.write_off_receivable(payment.id, ADMIN, 1, "case-9", NOTES)
    assert refused.value.rule == "nothing_owed"


def test_what_is_written_off_isnt_kept_back_from_a_later_lesson(lp: Rehearsal) -> None:
    payment = owing(lp)
    lp.write_off_receivable(payment.id, ADMIN, RECEIVABLE_MINOR, "case-7", NOTES)
    second = completed(lp, paid(lp, confirmed(lp, offered(lp), student=OTHER_STUDENT)))
    later(lp, 72 * HOUR)
    assert transfer_of(lp, second).amount.amount_minor == 2500


def test_the_same_write_off_again_changes_nothing(lp: Rehearsal) -> None:
    payment = owing(lp)
    written = lp.write_off_receivable(payment.id, ADMIN, 500, "case-7", NOTES)
    before = everything(lp)
    assert lp.write_off_receivable(payment.id, ADMIN, 500, "case-7", NOTES).id == written.id
    assert everything(lp) == before


def test_what_comes_back_after_all_is_owed_again_first(lp: Rehearsal) -> None:
    """A transfer is reversed whole: only what the teacher earned of it becomes payable once more."""
    payment = owing(lp)
    lp.write_off_receivable(payment.id, ADMIN, RECEIVABLE_MINOR, "case-7", NOTES)
    transfer = transfer_of(lp, payment)
    at_stripe(lp).transfers.reversals.create(transfer.stripe_id, {"amount": 2500})
    later(lp, 2 * DAY)
    assert held(lp, payment)[PAYABLE] == 2500 - RECEIVABLE_MINOR
    assert "bad_debt" not in held(lp, payment)
    assert "write-off undone" in [moment.what for moment in lp.explain(payment.id).moments]
    assert "transfer_refused" not in alarms(lp)


@pytest.mark.parametrize(
    ("admin", "amount", "reference", "notes", "error", "name"),
    [
        ("", 900, "case-7", NOTES, Invalid, "admin_id"),
        (ADMIN, 0, "case-7", NOTES, Invalid, "amount"),
        (ADMIN, 9.0, "case-7", NOTES, Invalid, "amount_minor"),
        (ADMIN, 900, "case 7", NOTES, Invalid, "reference"),
        (ADMIN, 900, "case-7", "", Invalid, "notes"),
        (ADMIN, RECEIVABLE_MINOR + 1, "case-7", NOTES, Refused, "exceeds_what_is_owed"),
    ],
)
def test_what_cant_be_written_off_changes_nothing(  # noqa: PLR0917 - a row of the table
    lp: Rehearsal, admin: str, amount: int, reference: str, notes: str, error: type[Invalid | Refused], name: str
) -> None:
    payment = owing(lp)
    before = everything(lp)
    with pytest.raises(error) as refused:
        lp.write_off_receivable(payment.id, admin, amount, reference, notes)
    assert name in (getattr(refused.value, "field", ""), getattr(refused.value, "rule", ""))
    assert everything(lp) == before


def test_an_unknown_payment_has_no_debts(lp: Rehearsal) -> None:
    payment = paid(lp)
    with pytest.raises(NotFound):
        lp.write_off_receivable(payment.id[:-1] + ("0" if payment.id[-1] != "0" else "1"), ADMIN, 1, "case-7", NOTES)
    with pytest.raises(Refused):
        lp.write_off_receivable(payment.id, ADMIN, 1, "case-7", NOTES)


def test_an_explanation_offers_the_write_off_while_something_is_owed(lp: Rehearsal) -> None:
    payment = owing(lp)
    offers = [(move.who, move.subject) for move in lp.explain(payment.id).moves if move.what == "write off"]
    assert offers == [(Role.ADMIN, payment.id)]
    lp.write_off_receivable(payment.id, ADMIN, RECEIVABLE_MINOR, "case-7", NOTES)
    assert not any(move.what == "write off" for move in lp.explain(payment.id).moves)
