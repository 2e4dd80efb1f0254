"""Receipts: numbered without a gap and without a double, by whoever comes first, and told as it stands now."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.errors import InFlight, NotFound, Refused
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.payment import Payment
from linguapay_core.testing.builders import usd
from linguapay_core.use_cases import number_receipts
from linguapay_core.use_cases.number_receipts import READER
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    REFUND_FAILS,
    approved,
    asked_back,
    confirmed,
    later,
    offered,
    paid,
    pay,
    paying,
)

LESSONS = 4


def paid_unseen(lp: Rehearsal, lessons: int = LESSONS) -> list[Payment]:
    """Payments that succeeded, and to which nobody gave a number yet."""
    gig = offered(lp)
    payments = []
    for number in range(lessons):
        checkout = paying(lp, confirmed(lp, gig, notice=(number + 3) * DAY))
        pay(lp, checkout)
        payments.append(lp.confirm_payment(checkout.payment.id, checkout.payment.student_id).payment)
    return payments


def numbers(lp: Rehearsal, payments: list[Payment]) -> list[int]:
    """The numbers of their receipts."""
    receipts = [lp.ports.reports.receipt(payment.id) for payment in payments]
    return [receipt.number for receipt in receipts if receipt is not None]


def test_the_worker_numbers_what_was_paid_in_its_order(lp: Rehearsal) -> None:
    payments = paid_unseen(lp)
    assert numbers(lp, payments) == []
    later(lp, DAY)
    assert numbers(lp, payments) == list(range(1, LESSONS + 1))
    assert lp.number_receipts() == 0


def test_small_batches_leave_no_gap_and_stop_for_other_work(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    payments = paid_unseen(lp)
    monkeypatch.setattr(number_receipts, "BATCHES", 3)
    while lp.number_receipts(batch=1) or len(numbers(lp, payments)) < LESSONS:
        pass
    assert numbers(lp, payments) == list(range(1, LESSONS + 1))


def test_workers_at_once_give_each_number_once(lp: Rehearsal) -> None:
    payments = paid_unseen(lp)
    with ThreadPoolExecutor(4) as pool:
        given = sum(pool.map(lambda _: lp.number_receipts(), range(4)))
    assert given == LESSONS
    assert numbers(lp, payments) == list(range(1, LESSONS + 1))


class Killed(BaseException):
    """The end of a process, which nothing in it catches."""


def kill() -> None:
    """End the process here."""
    raise Killed


@pytest.mark.parametrize("call", ["keep", "commit", "news", "receipts_given"])
def test_a_worker_killed_amid_it_leaves_no_gap(lp: Rehearsal, meanwhile: Meanwhile, call: str) -> None:
    payments = paid_unseen(lp)
    meanwhile.before(call, kill)
    with pytest.raises(Killed):
        lp.number_receipts()
    assert numbers(lp, payments) == []
    assert lp.number_receipts() == LESSONS
    assert numbers(lp, payments) == list(range(1, LESSONS + 1))


def test_a_receipt_that_is_asked_for_at_once_gets_its_number_then(lp: Rehearsal) -> None:
    *_, last = paid_unseen(lp)
    assert lp.show_receipt(last.id).numbered.called == f"T-{LESSONS:06d}"


def test_a_receipt_before_its_turn_says_so(lp: Rehearsal) -> None:
    """As on PostgreSQL, while what was begun earlier is still being committed."""
    (payment,) = paid_unseen(lp, 1)
    with lp.ports.transactions.begin() as transaction:
        _, mark = transaction.news(transaction.feed_mark(READER), limit=500)
        transaction.keep(changed(mark) + Decision(None))
    with pytest.raises(InFlight, match="about to get its number"):
        lp.show_receipt(payment.id)


def test_a_receipt_says_what_was_bought_and_what_came_back(lp: Rehearsal) -> None:
    lp.describe_person("student-ben", "Łukasz Żółć", "l@example.org", "Europe/Warsaw")
    payment = paid(lp)
    request = asked_back(lp, payment)
    lp.approve_refund_request(request.id, "admin-carl")
    lp.process_refund_request(request.id, "admin-carl")
    later(lp, DAY)
    told = lp.show_receipt(payment.id)
    assert (told.student.name, told.teacher.name, told.title) == ("Łukasz Żółć", "", "French for travellers")
    assert [told.price.amount_minor, told.fee.amount_minor, told.total.amount_minor] == [2500, 125, 2625]
    assert ([one.amount.amount_minor for one in told.went_back], told.kept.amount_minor) == ([1000], 1625)


def test_a_receipt_tells_of_credit_that_was_paid_by_bank(lp: Rehearsal) -> None:
    request = approved(lp, paid(lp, card=REFUND_FAILS))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, 3 * HOUR)
    assert lp.show_receipt(request.payment_id).kept == usd(2625)
    lp.note_credit_paid_by_bank(request.payment_id, ADMIN, 1000, "BANK-1")
    told = lp.show_receipt(request.payment_id)
    assert [(one.what, one.amount) for one in told.went_back] == [("paid by bank", usd(1000))]
    assert told.kept == usd(1625)


def test_nothing_paid_has_no_receipt(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.show_receipt(paying(lp).payment.id)
    assert refused.value.rule == "nothing_paid"
    with pytest.raises(NotFound):
        lp.show_receipt(PaymentId.of(9))
