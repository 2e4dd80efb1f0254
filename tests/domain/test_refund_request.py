"""People decide about refunds: who may say yes, to how much, and until when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linguapay_core.domain import refund_request
from linguapay_core.domain import refund_request_rules as rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.refund import (
    RefundRequestApproved,
    RefundRequestBlocked,
    RefundRequestDone,
    RefundRequested,
    RefundRequestEdited,
    RefundRequestExpired,
    RefundRequestProcessed,
    RefundRequestRejected,
    RefundRequestWithdrawn,
)
from linguapay_core.domain.identifiers import PersonId, RefundId, RefundRequestId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.policies import RefundPolicy
from linguapay_core.domain.refund_request import (
    BLOCKED_WAITS,
    REFUND_REQUEST,
    Approval,
    RefundRequest,
    RequestState,
    RequestTrigger,
)
from linguapay_core.testing.builders import BEN, CARLA, NOON, a_payment, a_refund_request, a_succeeded_payment, usd
from tests.domain.reading import events, said

S, T = RequestState, RequestTrigger
DORA = PersonId("dora")
BEN_ACTS, CARLA_ACTS, DORA_ACTS = Actor(Role.STUDENT, BEN), Actor(Role.ADMIN, CARLA), Actor(Role.ADMIN, DORA)
POLICY = RefundPolicy()
LATER = NOON + timedelta(hours=1)
PAYMENT = a_succeeded_payment()
TEN = usd(1000)
BIG = replace(PAYMENT, counters=replace(PAYMENT.counters, captured=Parts(usd(90_000), usd(4_500))))


def submit(
    payment: Payment = PAYMENT, amount: Money = TEN, policy: RefundPolicy = POLICY, at: datetime = NOON
) -> Decision[RefundRequest]:
    return rules.submit(
        RefundRequestId.of(1),
        payment=payment,
        amount=amount,
        reason_id=TextId.of(1),
        lesson_ends_at=NOON,
        policy=policy,
        by=BEN_ACTS,
        at=at,
    )


def test_a_student_asks_for_money_back() -> None:
    decision = rules.submit(
        RefundRequestId.of(1),
        payment=PAYMENT,
        amount=usd(1000),
        reason_id=TextId.of(1),
        lesson_ends_at=NOON,
        policy=POLICY,
        by=BEN_ACTS,
        at=NOON,
    )
    assert decision.record == a_refund_request()
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(RefundRequested(PAYMENT.id, 1000, TextId.of(1)), "student ben", NOON)]
    assert (decision.entries, decision.effects) == ((), ())


def test_a_large_request_needs_two_admins() -> None:
    decision = rules.submit(
        RefundRequestId.of(1),
        payment=BIG,
        amount=usd(50_001),
        reason_id=TextId.of(1),
        lesson_ends_at=NOON,
        policy=POLICY,
        by=BEN_ACTS,
        at=NOON,
    )
    assert decision.record.approvals_needed == 2


PAID_IN = (PaymentState.SUCCEEDED, PaymentState.ACCEPTED, PaymentState.REFUNDED)


@pytest.mark.parametrize("state", sorted(PAID_IN))
def test_whatever_was_captured_may_be_asked_back(state: PaymentState) -> None:
    assert submit(a_succeeded_payment(state=state)).record.amount == usd(1000)


@pytest.mark.parametrize("state", [state for state in PaymentState if state not in PAID_IN])
def test_there_is_nothing_to_refund_before_a_payment_succeeded(state: PaymentState) -> None:
    with pytest.raises(Refused) as refusal:
        submit(a_payment(state=state, succeeded_at=NOON))
    assert refusal.value.rule == "not_paid"
    assert refusal.value.reason == "There is nothing to refund: this payment hasn't succeeded."


def test_the_window_opens_at_the_end_of_the_lesson_and_closes_to_the_second() -> None:
    short = RefundPolicy(window=timedelta(days=1))
    submit(policy=short, at=NOON + timedelta(days=1) - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        submit(policy=short, at=NOON + timedelta(days=1))
    assert refusal.value.rule == "refund_window_closed"
    assert refusal.value.reason == "A refund could be asked for until 2030-01-02 UTC."


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (usd(0), "an amount to refund is above nothing."),
        (usd(-1), "an amount to refund is above nothing."),
        (Money(1000, CURRENCIES["EUR"]), "this payment is in USD, and the amount in EUR."),
    ],
    ids=str,
)
def test_an_amount_that_cant_be_meant_is_invalid(amount: Money, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        rules.check_amount(PAYMENT, amount)
    assert (error.value.field, error.value.reason) == ("amount", reason)


def test_an_amount_between_two_steps_of_a_currency_is_invalid() -> None:
    dinar = CURRENCIES["KWD"]
    parts = Parts(Money(1000, dinar), Money(50, dinar))
    payment = replace(PAYMENT, parts=parts, counters=replace(PAYMENT.counters.none(dinar), captured=parts))
    rules.check_amount(payment, Money(20, dinar))
    with pytest.raises(Invalid) as error:
        rules.check_amount(payment, Money(25, dinar))
    assert (error.value.field, error.value.reason) == ("amount", "amounts in KWD are multiples of 10 minor units.")


def test_from_one_cent_to_all_that_is_left_can_be_asked_for_and_no_more() -> None:
    rules.check_amount(PAYMENT, usd(1))
    rules.check_amount(PAYMENT, usd(3150))
    with pytest.raises(Refused) as refusal:
        rules.check_amount(PAYMENT, usd(3151))
    assert refusal.value.rule == "exceeds_what_is_left"
    assert refusal.value.reason == "31.51 USD is more than what is left, 31.50 USD."
    assert refusal.value.way_out == "Ask for at most 31.50 USD."
    with pytest.raises(Refused, match="Ask for at most"):
        submit(amount=usd(3151))


def approve(request: RefundRequest, by: Actor = CARLA_ACTS, **more: object) -> Decision[RefundRequest]:
    return rules.approve(request, payment=BIG, policy=POLICY, by=by, at=LATER, **more)  # type: ignore[arg-type]


def test_one_admin_approves_the_whole() -> None:
    decision = approve(a_refund_request(), platform_bears=True, text_id="txt_1")
    approval = Approval(CARLA, usd(1000), LATER)
    moved = {"moved_by": CARLA, "moved_at": LATER}
    assert decision.record == a_refund_request(state=S.APPROVED, approvals=(approval,), platform_bears=True, **moved)
    assert decision.record.approved == usd(1000)
    assert events(decision) == [said(RefundRequestApproved(1000, 0, "txt_1"), "admin carla", LATER)]
    for by in (CARLA_ACTS, DORA_ACTS):
        assert approve(decision.record, by=by, platform_bears=True) == Decision(decision.record)


@pytest.mark.parametrize(
    ("bears", "again", "told"),
    [
        (False, {"amount": usd(399)}, "carla approved 4.00 USD already, borne by the teacher."),
        (False, {"amount": usd(401)}, "carla approved 4.00 USD already, borne by the teacher."),
        (False, {}, "carla approved 4.00 USD already, borne by the teacher."),
        (False, {"amount": usd(400), "platform_bears": True}, "carla approved 4.00 USD already, borne by the teacher."),
        (True, {"amount": usd(400)}, "carla approved 4.00 USD already, borne by the platform."),
    ],
)
def test_what_was_approved_cant_be_approved_otherwise(bears: bool, again: dict[str, object], told: str) -> None:
    approved = approve(a_refund_request(), amount=usd(400), platform_bears=bears).record
    with pytest.raises(Refused) as refusal:
        approve(approved, by=DORA_ACTS, **again)
    assert (refusal.value.rule, refusal.value.reason) == ("approved_otherwise", told)
    assert refusal.value.way_out == (
        "Agree with each other: the student can change the amount, which makes approvals void."
    )


def test_all_who_approved_are_named() -> None:
    first = approve(a_refund_request(amount=usd(60_000), approvals_needed=2)).record
    both = approve(first, by=DORA_ACTS).record
    with pytest.raises(Refused, match=r"^carla and dora approved 600\.00 USD already"):
        approve(both, amount=usd(100))


def test_an_admin_may_approve_less_and_not_more() -> None:
    less = approve(a_refund_request(), amount=usd(400)).record
    assert (less.approved, less.amount, less.platform_bears) == (usd(400), usd(1000), False)
    with pytest.raises(Refused) as refusal:
        approve(a_refund_request(), amount=usd(1001))
    assert refusal.value.rule == "exceeds_what_was_asked"
    assert refusal.value.reason == "10.01 USD is more than what was asked for, 10.00 USD."
    with pytest.raises(Invalid):
        approve(a_refund_request(), amount=usd(0))


@pytest.mark.parametrize("state", [S.SUBMITTED, S.BLOCKED])
def test_above_the_threshold_two_admins_approve_the_same_amount(state: RequestState) -> None:
    large = a_refund_request(state=state, amount=usd(60_000), approvals_needed=2, blocked_reason="money gone")
    first = approve(large)
    assert (first.record.state, first.record.approvals_needed, first.record.blocked_reason) == (state, 2, "")
    assert events(first) == [said(RefundRequestApproved(60_000, 1), "admin carla", LATER)]
    assert approve(first.record) == Decision(first.record)
    second = approve(first.record, by=DORA_ACTS)
    assert second.record.state is S.APPROVED
    assert [one.admin_id for one in second.record.approvals] == [CARLA, DORA]
    assert isinstance(second.record.approvals[0].admin_id, PersonId)
    assert events(second) == [said(RefundRequestApproved(60_000, 0), "admin dora", LATER)]


def test_another_amount_makes_earlier_approvals_void() -> None:
    first = approve(a_refund_request(amount=usd(60_000), approvals_needed=2)).record
    other = approve(first, by=DORA_ACTS, amount=usd(55_000)).record
    assert (other.state, other.approvals) == (S.SUBMITTED, (Approval(DORA, usd(55_000), LATER),))
    small = approve(other, amount=usd(50_000))
    assert (small.record.state, small.record.approvals_needed) == (S.APPROVED, 1)


def test_who_asks_cant_approve_nor_process() -> None:
    ben_as_admin = Actor(Role.ADMIN, BEN)
    acts: tuple[Callable[[], object], ...] = (
        lambda: approve(a_refund_request(), by=ben_as_admin),
        lambda: rules.process(a_refund_request(state=S.APPROVED), RefundId.of(1), by=ben_as_admin, at=LATER),
    )
    for act in acts:
        with pytest.raises(Refused) as refusal:
            act()
        assert (refusal.value.rule, refusal.value.way_out) == ("own_request", "Ask another admin.")
        assert refusal.value.reason == "Who asks for a refund can't approve it."
    assert rules.reject(a_refund_request(), "", by=ben_as_admin, at=LATER)


@pytest.mark.parametrize("state", list(RequestState))
@pytest.mark.parametrize("trigger", list(RequestTrigger))
@pytest.mark.parametrize("role", list(Role))
def test_why_not_follows_the_table_and_the_roles(state: RequestState, trigger: RequestTrigger, role: Role) -> None:
    why_not = refund_request.why_not(a_refund_request(state=state), trigger, by=Actor(role, "someone"))
    if not REFUND_REQUEST.allows(state, trigger):
        assert why_not is not None
        assert why_not.rule == f"refund_request_{state}"
    elif role not in REFUND_REQUEST.who[trigger]:
        assert why_not is not None
        (needed,) = REFUND_REQUEST.who[trigger]
        assert (why_not.rule, why_not.reason) == ("wrong_role", f"That is for the {needed}, and you are the {role}.")
    else:
        assert why_not is None


def test_the_wrong_role_is_refused_before_anything_changes() -> None:
    with pytest.raises(Refused, match="That is for the admin, and you are the student"):
        approve(a_refund_request(), by=BEN_ACTS)


def test_editing_the_amount_makes_approvals_void() -> None:
    approved = approve(a_refund_request()).record
    edited = rules.edit(approved, usd(60_000), payment=BIG, policy=POLICY, by=BEN_ACTS, at=LATER)
    assert edited.record == a_refund_request(amount=usd(60_000), approvals_needed=2)
    assert events(edited) == [said(RefundRequestEdited(60_000), "student ben", LATER)]
    again = rules.edit(edited.record, usd(60_000), payment=BIG, policy=POLICY, by=BEN_ACTS, at=LATER)
    assert again == Decision(edited.record)


def test_the_same_amount_again_is_an_edit_only_where_approvals_stand() -> None:
    approved = approve(a_refund_request()).record
    assert (
        rules.edit(approved, usd(1000), payment=BIG, policy=POLICY, by=BEN_ACTS, at=LATER).record == a_refund_request()
    )
    half = approve(a_refund_request(amount=usd(60_000))).record
    assert rules.edit(half, usd(60_000), payment=BIG, policy=POLICY, by=BEN_ACTS, at=LATER).record.approvals == ()
    with pytest.raises(Refused):
        rules.edit(a_refund_request(), usd(3151), payment=PAYMENT, policy=POLICY, by=BEN_ACTS, at=LATER)


@pytest.mark.parametrize("state", list(RequestState))
def test_each_step_is_taken_once_or_refused(state: RequestState) -> None:
    request = a_refund_request(state=state, approvals=(Approval(CARLA, usd(1000), NOON),), expires_at=LATER)
    refund_id = RefundId.of(1)
    steps: dict[RequestTrigger, tuple[Callable[[RefundRequest], Decision[RefundRequest]], Fact, str]] = {
        T.REJECT: (
            lambda one: rules.reject(one, "txt_1", by=CARLA_ACTS, at=LATER),
            RefundRequestRejected("txt_1"),
            "admin carla",
        ),
        T.WITHDRAW: (
            lambda one: rules.withdraw(one, by=BEN_ACTS, at=LATER),
            RefundRequestWithdrawn(),
            "student ben",
        ),
        T.PROCESS: (
            lambda one: rules.process(one, refund_id, by=CARLA_ACTS, at=LATER),
            RefundRequestProcessed(refund_id),
            "admin carla",
        ),
        T.EXPIRE: (lambda one: rules.expire(one, at=LATER), RefundRequestExpired(), "clock"),
    }
    for trigger, (act, fact, by) in steps.items():
        to = REFUND_REQUEST.table[state].get(trigger)
        if to is None and not any(state is row.get(trigger) for row in REFUND_REQUEST.table.values()):
            with pytest.raises(Refused, match="That is possible while it is"):
                act(request)
            continue
        decision = act(request)
        if to is None:
            assert not decision
            assert decision.record is request
            continue
        person = by.partition(" ")[2]
        moved = {"moved_by": person or None, "moved_at": LATER if person else None}
        different = {"refund_id": refund_id} if trigger is T.PROCESS else {}
        assert decision.record == replace(request, state=to, **moved, **different)  # type: ignore[arg-type]
        assert decision.changed == (decision.record,)
        assert events(decision) == [said(fact, by, LATER)]
        assert act(decision.record) == Decision(decision.record)


def test_who_comes_second_is_told_who_was_first_and_when() -> None:
    """Two admins on one request: one decision. Saying the same again is nothing; saying the opposite is refused."""
    rejected = rules.reject(a_refund_request(), "txt_1", by=CARLA_ACTS, at=LATER).record
    with pytest.raises(Refused) as refusal:
        approve(rejected)
    told = f"A refund request that is rejected can't approve. carla made it so on {LATER:%Y-%m-%d at %H:%M} UTC."
    assert (refusal.value.rule, refusal.value.reason) == ("refund_request_rejected", told)
    assert refusal.value.way_out.startswith("That is possible while it is ")
    assert rules.reject(rejected, "txt_2", by=replace(CARLA_ACTS, person="dora"), at=LATER) == Decision(rejected)
    with pytest.raises(Refused) as of_nobody:
        approve(replace(rejected, moved_by=None, moved_at=None))
    assert of_nobody.value.reason == "A refund request that is rejected can't approve."


@pytest.mark.parametrize("state", list(RequestState))
def test_what_becomes_of_its_refund_moves_a_request_unless_it_was_closed(state: RequestState) -> None:
    """A request that people closed meanwhile, or that moved on, isn't refused the news: it stays as it is."""
    request = a_refund_request(state=state, approvals=(Approval(CARLA, usd(1000), NOON),), blocked_reason="before")
    refund_id = RefundId.of(1)
    waits = {"approvals": (), "blocked_reason": "gone", "expires_at": max(request.expires_at, LATER + BLOCKED_WAITS)}
    resumed = {"refund_id": refund_id, "blocked_reason": ""}
    for trigger, decision, different, said_so in (
        (T.FINISH, rules.finish(request, at=LATER), {}, [said(RefundRequestDone(), "system", LATER)]),
        (
            T.RESUME,
            rules.resume(request, refund_id, at=LATER),
            resumed,
            [said(RefundRequestProcessed(refund_id), "system", LATER, "found_after_all")],
        ),
        (
            T.BLOCK,
            rules.block(request, "gone", at=LATER),
            waits,
            [
                said(RefundRequestBlocked("gone"), "system", LATER),
                said(AlarmRaised("refund_request_blocked"), "system", LATER, "gone"),
            ],
        ),
    ):
        to = REFUND_REQUEST.table[state].get(trigger)
        if to is None:
            assert decision == Decision(request)
            continue
        assert decision.record == replace(request, state=to, **different)
        assert decision.changed[0] == decision.record
        assert events(decision) == said_so


def test_a_blocked_request_waits_a_week_at_least_and_then_expires() -> None:
    late = a_refund_request(state=S.DONE, expires_at=LATER)
    blocked = rules.block(late, "gone", at=LATER).record
    assert blocked.due_at == LATER + BLOCKED_WAITS == LATER + timedelta(days=7)
    assert not rules.expire(blocked, at=LATER)
    assert rules.expire(blocked, at=LATER + BLOCKED_WAITS).record.state is S.EXPIRED
    early = rules.block(a_refund_request(state=S.DONE, expires_at=LATER + timedelta(days=8)), "gone", at=LATER)
    assert early.record.due_at == LATER + timedelta(days=8)


def test_a_request_expires_on_the_second_and_not_before() -> None:
    request = a_refund_request()
    assert rules.expire(request, at=request.expires_at - timedelta(seconds=1)) == Decision(request)
    assert rules.expire(request, at=request.expires_at).record.state is S.EXPIRED


@pytest.mark.parametrize("state", list(RequestState))
def test_what_waits_for_people_has_a_date(state: RequestState) -> None:
    request = a_refund_request(state=state)
    assert request.due_at == (request.expires_at if state in (S.SUBMITTED, S.APPROVED, S.BLOCKED) else None)


def test_nothing_is_approved_before_somebody_did() -> None:
    assert a_refund_request().approved is None


def test_open_requests_are_those_that_hold_a_transfer() -> None:
    assert {str(state) for state in refund_request.OPEN} == {"submitted", "approved", "executing", "blocked"}
