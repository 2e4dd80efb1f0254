"""What another policy would have brought, by the books of lessons whose outcomes are worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.ledger import ESCROW, GOODWILL, PLATFORM_FEE, STRIPE_FEES
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.what_if import Comparison, Outcome
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    STUDENT,
    TEACHER,
    approved,
    booking_of,
    completed,
    confirmed,
    everything,
    funded,
    later,
    paid,
    pay,
    paying,
    quarantined,
    until,
)


def only(found: tuple[Comparison, ...]) -> Comparison:
    """The comparison in the only currency."""
    (comparison,) = found
    return comparison


def figures(outcome: Outcome) -> tuple[int, int, int, int, int]:
    """Volume, refunds, platform fees, teachers' earnings and what is in escrow."""
    return (
        outcome.volume,
        outcome.refunds,
        outcome.platform_fees,
        outcome.teachers_earn,
        outcome.in_escrow,
    )


def cancelled(lp: Rehearsal, before: timedelta) -> Payment:
    """A paid lesson that its student cancels so long before its start."""
    payment = paid(lp)
    until(lp, booking_of(lp, payment).starts_at - before)
    lp.cancel_booking(payment.booking_id, STUDENT)
    return payment


def test_without_payments_there_is_nothing_to_compare(lp: Rehearsal) -> None:
    confirmed(lp)
    assert lp.what_if() == ()


def test_a_lesson_given_under_a_higher_fee_brings_the_platform_the_difference(lp: Rehearsal) -> None:
    completed(lp)
    found = only(lp.what_if(fee="0.07", fee_minimum=150))
    assert figures(found.was) == (2625, 0, 125, 2500, 0)
    assert figures(found.would_be) == (2675, 0, 175, 2500, 0)
    assert figures(found.difference) == (50, 0, 50, 0, 0)
    assert (found.payments, found.differing, found.unsold) == (1, 1, 0)


def test_a_fee_that_the_teacher_bears_comes_out_of_the_earning(lp: Rehearsal) -> None:
    completed(lp)
    assert figures(only(lp.what_if(borne_by="teacher")).would_be) == (2500, 0, 125, 2375, 0)
    assert figures(only(lp.what_if(borne_by="split")).would_be) == (2563, 0, 125, 2438, 0)


def test_a_lesson_not_given_yet_waits_in_escrow_under_any_policy(lp: Rehearsal) -> None:
    paid(lp)
    found = only(lp.what_if(fee="0.1"))
    assert (figures(found.was), figures(found.would_be)) == ((2625, 0, 0, 0, 2625), (2750, 0, 0, 0, 2750))


def test_terms_that_give_nothing_back_undo_a_refund(lp: Rehearsal) -> None:
    funded(lp)
    cancelled(lp, 2 * DAY)
    found = only(lp.what_if(terms="none"))
    assert figures(found.was) == (2625, 2625, 0, 0, 0)
    assert figures(found.would_be) == (2625, 0, 125, 2500, 0)


def test_terms_that_give_everything_back_make_a_refund_that_never_was(lp: Rehearsal) -> None:
    cancelled(lp, HOUR)
    found = only(lp.what_if(terms="0:100"))
    assert figures(found.was) == (2625, 0, 125, 2500, 0)
    assert figures(found.would_be) == (2625, 2625, 0, 0, 0)


def test_terms_between_divide_the_price_and_keep_the_fee(lp: Rehearsal) -> None:
    cancelled(lp, HOUR)
    assert figures(only(lp.what_if(terms="24:100,1:30")).would_be) == (2625, 750, 125, 1750, 0)


def test_the_teachers_cancelling_gives_all_back_under_any_terms(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid(lp)
    lp.cancel_booking(payment.booking_id, TEACHER)
    assert figures(only(lp.what_if(fee="0.1", terms="none")).would_be) == (2750, 2750, 0, 0, 0)


def test_what_was_approved_stays_and_is_divided_anew(lp: Rehearsal) -> None:
    """Of 10.00, under a fee of 10 %, 0.91 are the fee's part."""
    funded(lp)
    request = approved(lp, completed(lp))
    lp.process_refund_request(request.id, ADMIN)
    assert figures(only(lp.what_if()).was) == (2625, 1000, 77, 1548, 0)
    assert figures(only(lp.what_if(fee="0.1")).would_be) == (2750, 1000, 159, 1591, 0)


def test_what_was_approved_is_capped_by_what_would_have_been_left(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, completed(lp), 2625)
    lp.process_refund_request(request.id, ADMIN)
    assert figures(only(lp.what_if(fee="0", fee_minimum=0)).would_be) == (2500, 2500, 0, 0, 0)


def test_goodwill_stays_the_platforms(lp: Rehearsal) -> None:
    funded(lp)
    payment = completed(lp)
    request = lp.request_refund(payment.id, STUDENT, 1050, "The sound was bad.")
    lp.approve_refund_request(request.id, ADMIN, platform_bears=True)
    lp.process_refund_request(request.id, ADMIN)
    found = only(lp.what_if(borne_by="teacher"))
    assert (found.was.goodwill, found.was.teachers_earn) == (1000, 2500)
    assert (found.would_be.goodwill, found.would_be.teachers_earn) == (997, 2375)


def test_a_lesson_that_couldnt_have_been_sold_is_left_out_and_counted(lp: Rehearsal) -> None:
    completed(lp)
    found = only(lp.what_if(fee_minimum=2501, borne_by="teacher"))
    assert (found.would_be, found.unsold, found.differing) == (Outcome(), 1, 1)


def test_stripes_fees_stay_as_they_were_charged(lp: Rehearsal) -> None:
    completed(lp)
    found = only(lp.what_if(fee="0.2"))
    assert found.was.stripe_fees == found.would_be.stripe_fees > 0


def test_only_payments_whose_money_came_in_the_time_are_compared(lp: Rehearsal) -> None:
    paid(lp)
    later(lp, DAY)
    at = lp.clock.now()
    later(lp, HOUR)
    completed(lp)
    assert (only(lp.what_if(ends_at=at)).payments, only(lp.what_if(starts_at=at)).payments) == (1, 1)
    assert only(lp.what_if()).payments == 2
    assert lp.what_if(starts_at=lp.clock.now() + DAY) == ()


def test_only_the_named_currency_is_compared(lp: Rehearsal) -> None:
    paid(lp)
    assert len(lp.what_if(currency="usd")) == 1
    assert lp.what_if(currency="EUR") == ()


def test_progress_is_told_booking_by_booking(lp: Rehearsal) -> None:
    confirmed(lp)
    later(lp, 2 * DAY)
    confirmed(lp)
    seen: list[int] = []
    lp.what_if(progress=seen.append)
    assert seen == [1, 2]


def test_the_present_policy_gives_the_books_and_writes_nothing(lp: Rehearsal) -> None:
    """Whether it is named or not: every account is as it stands."""
    funded(lp)
    cancelled(lp, 2 * DAY)
    cancelled(lp, 10 * HOUR)
    lp.process_refund_request(approved(lp, completed(lp)).id, ADMIN)
    paid(lp)
    later(lp, DAY)
    before = everything(lp)
    for found in (only(lp.what_if()), only(lp.what_if(fee="0.05", fee_minimum=100, terms="24:100,6:50"))):
        assert found.was == found.would_be
        assert found.differing == 0
        (books,) = lp.ports.reports.totals().balances
        accounts = (PLATFORM_FEE, GOODWILL, ESCROW, STRIPE_FEES)
        assert [books[account].amount_minor for account in accounts] == [
            found.would_be.platform_fees,
            found.would_be.goodwill,
            found.would_be.in_escrow,
            found.would_be.stripe_fees,
        ]
    assert everything(lp) == before


@pytest.mark.parametrize(("field", "asked"), [("from", "starts_at"), ("to", "ends_at")])
def test_an_instant_without_a_zone_names_its_field(lp: Rehearsal, field: str, asked: str) -> None:
    with pytest.raises(Invalid) as error:
        lp.what_if(**{asked: lp.clock.now().replace(tzinfo=None)})  # type: ignore[arg-type]
    assert error.value.field == field


def test_quarantined_money_that_went_back_is_all_that_came(lp: Rehearsal) -> None:
    funded(lp)
    lp.refund_quarantined_payment(quarantined(lp).id, ADMIN, "Not ours.")
    assert figures(only(lp.what_if(fee="0.2")).would_be) == (2625, 2625, 0, 0, 0)


def test_quarantined_money_that_was_accepted_is_what_would_have_been_asked_for(lp: Rehearsal) -> None:
    lp.accept_quarantined_payment(quarantined(lp).id, ADMIN, "Ours.")
    found = only(lp.what_if(fee="0.2"))
    assert (figures(found.was), figures(found.would_be)) == ((2625, 0, 0, 0, 2625), (3000, 0, 0, 0, 3000))


def test_a_payment_that_bought_no_lesson_goes_back_under_any_policy(lp: Rehearsal) -> None:
    """It was cancelled while the student paid."""
    funded(lp)
    checkout = paying(lp)
    pay(lp, checkout)
    lp.cancel_booking(checkout.booking.id, STUDENT)
    lp.work()
    assert figures(only(lp.what_if(fee="0.2", terms="none")).would_be) == (3000, 3000, 0, 0, 0)
