"""Each check of the books holds of a true story, and finds the one thing that was planted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_core.domain import invariants, invariants_of_all
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.figures import Difference
from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.ledger import STRIPE_BALANCE, SUSPENSE, Account, Balances, Entry, Kind, Leg
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.seen import SeenCash
from linguapay_core.domain.story import Story
from linguapay_core.testing.builders import usd

FAR = datetime(2030, 1, 1, tzinfo=UTC)
Plant = Callable[[Story], Story]


def taught(lp: Rehearsal) -> str:
    """A lesson that was paid, given, paid out, and refunded in part by a request; its booking."""
    gig = lp.offer_gig("anna", "French", 2500)
    page = lp.open_teacher_account("anna", "FR", "https://host.example/done", "https://host.example/again")
    lp.stripe.complete_onboarding(page.account.account_id)
    starts_at = lp.clock.now() + timedelta(days=2)
    booking = lp.request_booking(student_id="ben", gig_id=gig.id, starts_at=starts_at, minutes=60)
    lp.confirm_booking(booking.id, "anna")
    checkout = lp.create_payment_intent(booking.id, "ben")
    assert checkout.client_secret is not None
    lp.browser.pay(checkout.client_secret.reveal(), "pm_card_bypassPending")
    lp.confirm_payment(checkout.payment.id, "ben")
    lp.clock.advance(timedelta(days=2, hours=2))
    lp.work()
    lp.complete_booking(booking.id, "anna")
    lp.clock.advance(timedelta(hours=73))
    lp.work()
    lp.stripe.adjust(5000)
    request = lp.request_refund(checkout.payment.id, "ben", 1000, "Too short.")
    lp.approve_refund_request(request.id, "carla")
    lp.process_refund_request(request.id, "carla")
    lp.work()
    return booking.id


@pytest.fixture(scope="module")
def told() -> Iterator[Story]:
    """The story of such a lesson, as it was stored."""
    with sandbox(seed=1) as lp:
        yield lp.explain(taught(lp)).story


def payment_with(**changes: object) -> Plant:
    """Change the payment."""
    return lambda story: replace(story, payments=(replace(story.payments[0], **changes),))  # type: ignore[arg-type]


def counters_with(**changes: object) -> Plant:
    """Change the payment's counters."""

    def plant(story: Story) -> Story:
        counters = replace(story.payments[0].counters, **changes)  # type: ignore[arg-type]
        return payment_with(counters=counters)(story)

    return plant


def without(what: str) -> Plant:
    """Leave the entries of a kind out."""
    return lambda story: replace(story, entries=tuple(entry for entry in story.entries if entry.what != what))


def booked(*legs: tuple[Kind, Kind, int], what: str = "planted") -> Plant:
    """Book one entry more."""

    def plant(story: Story) -> Story:
        payment = story.payments[0]
        entry = Entry("planted", what, payment.id, FAR, tuple(_leg(payment, *leg) for leg in legs))
        return replace(story, entries=(*story.entries, entry))

    return plant


def _leg(payment: Payment, debit: Kind, credit: Kind, amount: int) -> Leg:
    return Leg(_account(payment, debit), _account(payment, credit), usd(amount), payment.id)


def _account(payment: Payment, kind: Kind) -> Account:
    teachers = {Kind.TEACHER_PAYABLE: payment.payable, Kind.TEACHER_RECEIVABLE: payment.receivable}
    return teachers.get(kind) or Account(kind)


def refund_with(**changes: object) -> Plant:
    """Change the refund."""
    return lambda story: replace(story, refunds=(replace(story.refunds[0], **changes),))  # type: ignore[arg-type]


def booking_with(**changes: object) -> Plant:
    """Change the booking."""
    return lambda story: replace(story, booking=replace(story.booking, **changes))  # type: ignore[arg-type]


def effects_with(**changes: object) -> Plant:
    """Change the first effect."""

    def plant(story: Story) -> Story:
        first, *others = story.effects
        return replace(story, effects=(replace(first, **changes), *others))  # type: ignore[arg-type]

    return plant


def no_events(story: Story) -> Story:
    """Forget who approved what."""
    return replace(story, events=())


def no_requests(story: Story) -> Story:
    """Forget the request."""
    return replace(story, requests=())


def captured_twice(story: Story) -> Story:
    """A second payment, captured and not refunded."""
    return replace(story, payments=(*story.payments, *story.payments))


def hurried(story: Story) -> Story:
    """The transfer was reserved as soon as the lesson was settled."""
    assert story.payments[0].settled_at is not None
    at = story.payments[0].settled_at
    early = (replace(entry, at=at) if entry.what == "transfer reserved" else entry for entry in story.entries)
    return replace(story, entries=tuple(early))


PLANTED: dict[str, tuple[str, Plant, str]] = {
    "a balance on its wrong side": (
        "1 right sides",
        booked((Kind.ESCROW, Kind.BANK, 1)),
        "escrow stands at -0.01 USD after 'planted'",
    ),
    "more captured than is anywhere": (
        "2 captured adds up",
        counters_with(captured=Parts(usd(9000), usd(125))),
        "91.25 USD was captured, and 26.25 USD is accounted for",
    ),
    "more refunded than captured": (
        "3 asked within captured",
        counters_with(refunded=Parts(usd(2600), usd(48))),
        "the price part is overspent by 1.00 USD",
    ),
    "an escrow that nobody can claim": (
        "3 escrow is refundable",
        booked((Kind.CHARGE_CLEARING, Kind.ESCROW, 9000)),
        "90.00 USD stands in escrow, and 16.25 USD is left to refund",
    ),
    "a counter that no refund explains": (
        "3 counters equal records",
        counters_with(reserved=Parts(usd(1), usd(0))),
        "the counter reserved is 0.01 USD, and the records say 0.00 USD",
    ),
    "an earning from nowhere": (
        "4 teacher adds up",
        booked((Kind.GOODWILL, Kind.TEACHER_PAYABLE, 5)),
        "15.48 USD was earned, and 15.53 USD is payable, on its way, sent or netted",
    ),
    "a debt that is gone and that nobody wrote off": (
        "4 teacher adds up",
        booked((Kind.BAD_DEBT, Kind.TEACHER_RECEIVABLE, 5)),
        "15.48 USD was earned, and 15.53 USD is payable, on its way, sent or netted",
    ),
    "a write-off of more than is owed": (
        "1 right sides",
        booked((Kind.BAD_DEBT, Kind.TEACHER_RECEIVABLE, 9000), what="written off"),
        "teacher_receivable:anna stands at -80.48 USD after 'planted'",
    ),
    "a clearing amount that nothing explains": (
        "6 clearing is explained",
        booked((Kind.GOODWILL, Kind.REFUND_CLEARING, 7)),
        "refund_clearing holds 0.07 USD, and 0.00 USD is on its way",
    ),
    "a state without its entry": (
        "8 state equals books",
        without("payment succeeded"),
        "is missing in the books",
    ),
    "an accepted payment whose money nobody recognised": (
        "8 state equals books",
        payment_with(state=PaymentState.ACCEPTED),
        "recognised' is missing in the books",
    ),
    "an entry without its state": (
        "8 state equals books",
        refund_with(taken=()),
        "failed' is missing in the books",
    ),
    "cash that was seen and isn't booked": (
        "8 state equals books",
        payment_with(cash_id="txn_other"),
        "balance transaction txn_other was seen and isn't booked",
    ),
    "an escrow that a closed booking left": (
        "9 earned in time",
        payment_with(settled_at=None),
        "the booking is completed, and its escrow is not settled",
    ),
    "an escrow that was settled too early": (
        "9 earned in time",
        booking_with(state=BookingState.PAID, closed_at=None),
        "the escrow was settled while the booking was open",
    ),
    "a transfer before the protection period is over": (
        "9 earned in time",
        hurried,
        "came before the protection period was over",
    ),
    "an escrow that is left after it was settled": (
        "9 escrow is settled",
        booked((Kind.CHARGE_CLEARING, Kind.ESCROW, 1)),
        "0.01 USD stands in escrow after it was settled, and refunds left 0.00 USD",
    ),
    "a refund without a rule": ("9 refunds name their reason", refund_with(rule=""), "names no rule"),
    "a refund that nobody approved": (
        "9 refunds name their reason",
        no_events,
        "executes a request that nobody approved",
    ),
    "a refund of a request that isn't there": (
        "9 refunds name their reason",
        no_requests,
        "names a request that isn't there",
    ),
    "a parked effect without an alarm": (
        "11 nothing forgotten",
        effects_with(state=EffectState.PARKED),
        "is parked without an alarm",
    ),
    "an effect that nobody delivers": (
        "11 nothing forgotten",
        effects_with(state=EffectState.RETRY),
        "has been due since",
    ),
    "a payment that is being cancelled for ever": (
        "11 nothing stuck",
        payment_with(state=PaymentState.CANCELLING),
        "has been cancelling since 2026-03-02 09:00 UTC",
    ),
    "two payments for one booking": (
        "7 one payment per booking",
        captured_twice,
        "are all captured and not refunded",
    ),
}


def test_nothing_is_found_in_a_true_story(told: Story) -> None:
    assert invariants.breaches(told, at=FAR) == ()


def test_what_is_written_off_and_owed_again_adds_up(told: Story) -> None:
    """A debt of 9.52 is given up; of a reversal that comes after all, 1.00 is owed again."""
    given_up = booked((Kind.BAD_DEBT, Kind.TEACHER_RECEIVABLE, 952), what="written off")(told)
    assert invariants.breaches(given_up, at=FAR) == ()
    again = booked((Kind.TEACHER_RECEIVABLE, Kind.BAD_DEBT, 100), what="write-off undone")(given_up)
    assert invariants.breaches(again, at=FAR) == ()


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found(name: str, told: Story) -> None:
    rule, plant, found = PLANTED[name]
    breaches = invariants.breaches(plant(told), at=FAR)
    assert any(breach.rule == rule and found in breach.found for breach in breaches), breaches


def test_every_check_has_something_planted_for_it() -> None:
    assert invariants.CHECKS.keys() <= {rule for rule, _, _ in PLANTED.values()}


def test_a_charge_may_not_wait_for_ever_for_its_cash(told: Story) -> None:
    waiting = replace(without("cash: charge")(told), payments=(replace(told.payments[0], cash_id=""),))
    found = [breach.found for breach in invariants.breaches(waiting, at=FAR)]
    assert "its charge has waited too long for its balance transaction" in found


def test_an_alarm_excuses_a_refund_that_stripe_told(told: Story) -> None:
    overspent = counters_with(refunded=Parts(usd(2600), usd(48)))(told)
    alarm = Alarm("adopted_refund_exceeds:rfd", 1, "adopted_refund_exceeds", "rfd", "", FAR)
    excused = replace(overspent, alarms=(alarm,))
    assert "3 asked within captured" not in {breach.rule for breach in invariants.breaches(excused, at=FAR)}


def test_another_payments_refunds_transfers_and_effects_are_no_matter_of_this_one(told: Story) -> None:
    first = told.payments[0]
    abandoned = replace(
        first,
        id=PaymentId.of(7),
        state=PaymentState.FAILED,
        holds_booking=False,
        counters=Counters.none(USD),
        cash_id="",
        settled_at=None,
    )
    both = replace(told, payments=(*told.payments, abandoned))
    assert invariants.breaches(both, at=FAR) == ()


def cash(name: str, net: int) -> SeenCash:
    """A movement, as Stripe tells it."""
    return SeenCash(name, "adjustment", usd(net), usd(0), "adj_1", FAR)


def entry_of(name: str | None, net: int) -> Entry:
    """A movement, as it is booked."""
    return Entry(f"cash {name}", "cash", "adj_1", FAR, (Leg(STRIPE_BALANCE, SUSPENSE, usd(net), None),), name)


@pytest.mark.parametrize(
    ("booked_net", "told_net", "found"),
    [
        ([5], [5], []),
        ([], [5], ["0.05 USD (adjustment) isn't in the books"]),
        ([5], [], ["Stripe doesn't know it"]),
        ([5], [6], ["0.06 USD at Stripe, 0.05 USD in the books"]),
    ],
)
def test_cash_is_compared_movement_by_movement(booked_net: list[int], told_net: list[int], found: list[str]) -> None:
    entries = [entry_of("txn_1", net) for net in booked_net]
    breaches = invariants_of_all.cash_breaches(entries, [cash("txn_1", net) for net in told_net])
    assert [breach.found for breach in breaches] == found


def test_what_moves_nothing_needs_no_entry() -> None:
    assert invariants_of_all.cash_breaches([], [cash("txn_1", 0)]) == ()


def test_nothing_moves_the_balance_without_a_balance_transaction() -> None:
    assert invariants_of_all.entry_breaches([entry_of("txn_1", 5)]) == ()
    (breach,) = invariants_of_all.entry_breaches([entry_of(None, 5)])
    assert breach.found == "it moves the balance and names no balance transaction"


def test_netting_adds_up_to_nothing() -> None:
    netting = Account(Kind.TEACHER_NETTING, PersonId("anna"))
    (breach,) = invariants_of_all.netting_breaches(Balances(USD, {netting: 3, STRIPE_BALANCE: 9}))
    assert (breach.subject, breach.found) == ("teacher_netting:anna", "it holds 0.03 USD")


def test_suspense_has_an_alarm() -> None:
    held = Balances(USD, {SUSPENSE: 3})
    (breach,) = invariants_of_all.suspense_breaches(held, [])
    assert breach.found == "0.03 USD stands there without an alarm"
    alarm = Alarm("cash_in_suspense:txn_1", 1, "cash_in_suspense", "txn_1", "", FAR)
    assert invariants_of_all.suspense_breaches(held, [alarm]) == ()
    assert invariants_of_all.suspense_breaches(Balances(USD, {STRIPE_BALANCE: 3}), []) == ()


def test_a_figure_that_was_counted_wrong_is_named_with_its_day() -> None:
    (breach,) = invariants_of_all.counting_breaches([Difference("2026-03-02", USD, "volume_minor", 1, 2)])
    assert (breach.subject, breach.found) == (
        "volume_minor of 2026-03-02 in USD",
        "1 was counted, and a recount finds 2",
    )
    assert invariants_of_all.counting_breaches([]) == ()
