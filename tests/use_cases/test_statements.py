"""A teacher's statement, of a real history: it adds up with the books, and a closed month stays as it is."""

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import Account, Kind
from linguapay_core.domain.money import USD
from tests.use_cases.stage import DAY, TEACHER, asked_back, funded, later, paid, paid_out, transfer_of

MARCH, APRIL = "2026-03", "2026-04"


def test_a_months_statement_says_what_was_earned_and_sent(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    later(lp, 40 * DAY)
    told = lp.show_statement(TEACHER, MARCH)
    (in_dollars,) = told.currencies
    assert (told.called, told.teacher.id) == ("S-001", TEACHER)
    assert [(line.what, line.payable.amount_minor) for line in in_dollars.lines] == [
        ("earned", 2500),
        ("sent to your account", -2500),
    ]
    earned, sent = in_dollars.lines
    assert (earned.stripe_id, sent.stripe_id) == ("", transfer_of(lp, payment).stripe_id)
    assert earned.lesson is not None
    assert (earned.lesson.title, earned.lesson.payment_id) == ("French for travellers", payment.id)
    assert not in_dollars.closing.balance


def test_a_correction_after_the_month_stands_in_a_later_statement(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid_out(lp, paid(lp))
    later(lp, 30 * DAY)
    before = lp.show_statement(TEACHER, MARCH)
    request = asked_back(lp, payment)
    lp.approve_refund_request(request.id, "admin-carl")
    lp.process_refund_request(request.id, "admin-carl")
    later(lp, 30 * DAY)
    assert lp.show_statement(TEACHER, MARCH) == before
    april = lp.show_statement(TEACHER, APRIL)
    (corrected,) = april.currencies
    assert (april.number, corrected.opening) == (2, before.currencies[0].closing)
    assert [line.what for line in corrected.lines] == ["refund to the student"]
    held = next(books for books in lp.ports.reports.totals().balances if books.currency == USD)
    assert corrected.closing.owed == held[Account(Kind.TEACHER_RECEIVABLE, PersonId(TEACHER))]
    assert corrected.closing.owed.amount_minor > 0


def test_a_month_in_which_nothing_happened_has_its_statement_too(lp: Rehearsal) -> None:
    paid_out(lp)
    later(lp, 65 * DAY)
    quiet = lp.show_statement(TEACHER, APRIL)
    assert (quiet.number, [told.lines for told in quiet.currencies]) == (2, [()])


def test_what_has_no_statement_is_refused(lp: Rehearsal) -> None:
    paid_out(lp)
    for month, rule in ((MARCH, "period_open"), ("2026-01", "nothing_to_state")):
        with pytest.raises(Refused) as refused:
            lp.show_statement(TEACHER, month)
        assert refused.value.rule == rule
    later(lp, 30 * DAY)
    for teacher, month in (("teacher-zoe", MARCH), (TEACHER, "2026-02")):
        with pytest.raises(Refused) as refused:
            lp.show_statement(teacher, month)
        assert refused.value.rule == "nothing_to_state"
    with pytest.raises(Invalid):
        lp.show_statement(TEACHER, "March")
    with pytest.raises(Invalid):
        lp.show_statement("=1+1", MARCH)
