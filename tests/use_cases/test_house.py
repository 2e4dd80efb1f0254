"""What a running house knows of itself: whose payments it holds, whether it can serve, and how its work stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.answer import Answered, KeyNotTaken, Postponed, Rejected, Unknown
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.errors import Busy, GatewayUnreachable, Refused
from linguapay_core.domain.gauges import OPEN_EFFECTS, OPEN_WEBHOOK_EVENTS, WAITING_MESSAGES, Pile
from linguapay_core.domain.house import Mode, ServedAccount, Verification
from linguapay_core.domain.rules_of_the_books import Breach, Rule
from linguapay_core.domain.verdict import Verdict
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.ports.watch import Watch
from linguapay_core.use_cases import prove_books
from linguapay_core.use_cases.recognise_account import Recognised
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import HOUR, MINUTE, alarms, at_stripe, confirmed, funded, paid, paid_out, pay, paying

SANDBOX = ServedAccount("acct_sandbox", Mode.SANDBOX)
SECOND = timedelta(seconds=1)
SILENT = Unknown("no answer"), Postponed("no connection", SECOND)
UNWANTED = Rejected("account_closed", "no such account"), KeyNotTaken("Stripe doesn't take our key", MINUTE)


def watching(lp: Rehearsal, **calls: Callable[..., object]) -> LinguaPay:
    """The same house, where these calls of the watch are answered by these functions."""

    class Watching:
        def __getattr__(self, call: str) -> object:
            return calls.get(call) or getattr(lp.ports.watch, call)

    return LinguaPay(replace(lp.ports, watch=cast("Watch", Watching())))


def busy() -> bool:
    """A database that is gone."""
    raise Busy("connection refused")


def test_the_first_account_is_remembered_and_recognised(lp: Rehearsal) -> None:
    for _ in range(2):
        assert lp.recognise_account(Mode.SANDBOX) == Recognised(SANDBOX, confirmed=True)


@pytest.mark.parametrize("mode", [Mode.TEST, Mode.LIVE])
def test_another_mode_is_refused_before_anybody_is_asked(lp: Rehearsal, mode: Mode) -> None:
    lp.recognise_account(Mode.SANDBOX)
    unasked = answering(lp, own_account=lambda: pytest.fail("Stripe was asked"))
    with pytest.raises(Refused, match="holds payments of acct_sandbox") as refused:
        unasked.recognise_account(mode)
    assert refused.value.rule == "another_account"
    assert "STRIPE_SECRET_KEY" in refused.value.way_out


def test_another_account_of_the_same_mode_is_refused(lp: Rehearsal) -> None:
    lp.recognise_account(Mode.SANDBOX)
    other = answering(lp, own_account=lambda: Answered("acct_other"))
    with pytest.raises(Refused, match="belongs to acct_other") as refused:
        other.recognise_account(Mode.SANDBOX)
    assert refused.value.rule == "another_account"


@pytest.mark.parametrize("silence", SILENT, ids=lambda silence: type(silence).__name__)
def test_a_known_house_opens_while_stripe_is_silent_and_says_so(lp: Rehearsal, silence: object) -> None:
    lp.recognise_account(Mode.SANDBOX)
    assert answering(lp, own_account=lambda: silence).recognise_account(Mode.SANDBOX) == Recognised(
        SANDBOX, confirmed=False
    )


@pytest.mark.parametrize("silence", SILENT, ids=lambda silence: type(silence).__name__)
def test_a_house_that_serves_nobody_yet_doesnt_open_while_stripe_is_silent(lp: Rehearsal, silence: object) -> None:
    with pytest.raises(GatewayUnreachable):
        answering(lp, own_account=lambda: silence).recognise_account(Mode.SANDBOX)
    assert lp.ports.watch.served_account() is None


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("no", UNWANTED, ids=lambda no: type(no).__name__)
def test_a_key_that_stripe_says_no_to_opens_no_house(lp: Rehearsal, no: object, known: bool) -> None:
    if known:
        lp.recognise_account(Mode.SANDBOX)
    with pytest.raises(Refused, match="said no") as refused:
        answering(lp, own_account=lambda: no).recognise_account(Mode.SANDBOX)
    assert refused.value.rule == "key_not_taken"
    assert "STRIPE_SECRET_KEY" in refused.value.way_out


def test_of_two_houses_that_open_at_once_on_one_database_one_is_refused(lp: Rehearsal) -> None:
    def meanwhile() -> Answered[str]:
        lp.recognise_account(Mode.SANDBOX)
        return Answered("acct_other")

    with pytest.raises(Refused):
        answering(lp, own_account=meanwhile).recognise_account(Mode.TEST)


def test_a_house_with_a_worker_that_was_just_heard_is_ready(lp: Rehearsal) -> None:
    lp.note_heartbeat("one", lp.clock.now())
    lp.clock.advance(30 * SECOND)
    health = lp.check_health()
    assert health.ready
    assert [check.name for check in health.checks] == ["database", "migrations", "worker"]
    assert health.checks[-1].sentence == "A worker was heard 30 s ago."


def test_a_house_whose_workers_are_silent_is_not_ready(lp: Rehearsal) -> None:
    assert lp.check_health().checks[-1].sentence == "No worker was ever heard: start one with `linguapay worker`."
    lp.note_heartbeat("one", lp.clock.now())
    lp.clock.advance(31 * SECOND)
    health = lp.check_health()
    assert not health.ready
    assert health.checks[-1].sentence.startswith("No worker was heard for 31 s")
    assert lp.check_health(heartbeat_limit=MINUTE).ready


def test_of_several_workers_the_one_that_was_heard_last_counts(lp: Rehearsal) -> None:
    lp.note_heartbeat("one", lp.clock.now())
    lp.clock.advance(HOUR)
    lp.note_heartbeat("another", lp.clock.now())
    assert lp.check_health().ready


@pytest.mark.parametrize("first", [True, False], ids=["its first round", "a later round"])
def test_a_worker_that_is_heard_and_stuck_in_a_round_is_not_enough(lp: Rehearsal, first: bool) -> None:
    begun = lp.clock.now()

    def check(stuck: timedelta) -> tuple[bool, str]:
        lp.clock.move_to(begun + stuck)
        lp.note_heartbeat("one", begun if first else begun - HOUR, None if first else begun)
        (*_, worker) = lp.check_health().checks
        return worker.holds, worker.sentence

    assert check(930 * SECOND) == (True, "A worker was heard 0 s ago.")
    assert check(931 * SECOND) == (False, "A worker is heard, but ended no round for 931 s: look at its log.")
    assert lp.check_health(heartbeat_limit=MINUTE).ready


def test_a_stuck_worker_harms_nothing_where_another_gets_on(lp: Rehearsal) -> None:
    lp.note_heartbeat("stuck", lp.clock.now() - HOUR)
    assert not lp.check_health().ready
    lp.note_heartbeat("another", lp.clock.now() - HOUR, lp.clock.now())
    assert lp.check_health().ready


def test_the_last_round_of_a_silent_worker_doesnt_speak_for_one_that_is_stuck(lp: Rehearsal) -> None:
    lp.note_heartbeat("gone", lp.clock.now(), lp.clock.now())
    lp.clock.advance(31 * SECOND)
    lp.note_heartbeat("stuck", lp.clock.now() - HOUR)
    assert not lp.check_health().ready


def test_without_a_database_nothing_else_is_known(lp: Rehearsal) -> None:
    (check,) = watching(lp, is_current=busy).check_health().checks
    assert not check.holds
    assert (check.sentence, check.cause) == ("The database doesn't answer.", "connection refused")


def test_a_database_behind_its_migrations_is_not_ready(lp: Rehearsal) -> None:
    health = watching(lp, is_current=lambda: False).check_health()
    assert not health.ready
    assert health.checks[-1].sentence == "The database is behind: run `linguapay db upgrade`."


def test_gauges_of_a_new_house_show_an_empty_pile_for_each_open_state(lp: Rehearsal) -> None:
    gauges = lp.read_gauges()
    assert gauges.effects == tuple(map(Pile, OPEN_EFFECTS))
    assert gauges.webhook_events == tuple(map(Pile, OPEN_WEBHOOK_EVENTS))
    assert gauges.messages == tuple(map(Pile, WAITING_MESSAGES))
    assert (gauges.open_alarms, gauges.moved, gauges.heartbeats, gauges.verification) == ({}, (), (), None)
    assert {pile.age(gauges.at) for pile in gauges.effects} == {timedelta(0)}


def test_gauges_show_what_waits_and_for_how_long(lp: Rehearsal) -> None:
    checkout = paying(lp)
    lp.work()
    pay(lp, checkout)
    for delivery in lp.stripe.pending_webhooks():
        lp.receive_webhook(delivery.payload, delivery.signature)
    lp.clock.advance(MINUTE)
    gauges = lp.read_gauges()
    received = next(pile for pile in gauges.webhook_events if pile.state is WebhookState.RECEIVED)
    assert received.count > 0
    assert received.age(gauges.at) == MINUTE


def test_gauges_show_effects_whose_outcome_is_unknown(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    silent = answering(lp, create_intent=lambda _order: Unknown("no answer"))
    with pytest.raises(GatewayUnreachable):
        silent.create_payment_intent(booking.id, booking.student_id)
    lp.clock.advance(MINUTE)
    gauges = lp.read_gauges()
    unknown = next(pile for pile in gauges.effects if pile.state is EffectState.UNKNOWN)
    assert (unknown.count, unknown.age(gauges.at)) == (1, MINUTE)


def test_gauges_show_the_money_that_moved_and_who_works(lp: Rehearsal) -> None:
    paid_out(lp)
    paid(lp)
    lp.note_heartbeat("one", lp.clock.now(), lp.clock.now(), 3, 1)
    gauges = lp.read_gauges()
    (moved,) = gauges.moved
    assert [str(money) for money in (moved.captured, moved.refunded, moved.transferred)] == [
        "52.50 USD",
        "0.00 USD",
        "25.00 USD",
    ]
    assert [(beat.worker_id, beat.done, beat.troubles) for beat in gauges.heartbeats] == [("one", 3, 1)]


def test_the_books_are_proven_once_in_a_while_however_many_workers_there_are(lp: Rehearsal) -> None:
    paid(lp)
    first = lp.clock.now()
    for _ in range(2):
        assert lp.prove_books() == 0
    lp.clock.advance(HOUR - SECOND)
    lp.prove_books()
    assert lp.read_gauges().verification == Verification(first, 0)
    lp.clock.advance(SECOND)
    lp.prove_books()
    assert lp.read_gauges().verification == Verification(first + HOUR, 0)


def test_books_that_dont_hold_raise_an_alarm(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    breach = Breach(Rule.CAPTURED_ADDS_UP, "pay_1", "the sides differ")
    monkeypatch.setattr(prove_books, "check_books", lambda _command, **_ports: Verdict(0, 0, (breach,)))
    assert lp.prove_books() == 1
    assert lp.read_gauges().verification == Verification(lp.clock.now(), 1)
    assert alarms(lp) == ["books_breached"]
    assert lp.read_gauges().open_alarms == {"books_breached": 1}
    (alarm,) = lp.ports.reports.open_alarms()
    assert alarm.detail == "1 breaches, the first: 2 captured adds up, pay_1"


def test_the_next_proof_that_holds_clears_the_alarm_and_no_other(
    lp: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    funded(lp)
    before = alarms(lp)
    breach = Breach(Rule.CAPTURED_ADDS_UP, "pay_1", "the sides differ")
    lp.clock.advance(HOUR)
    with monkeypatch.context() as patch:
        patch.setattr(prove_books, "check_books", lambda _command, **_ports: Verdict(0, 0, (breach,)))
        lp.prove_books()
    assert set(alarms(lp)) == {*before, "books_breached"}
    lp.clock.advance(HOUR)
    assert lp.prove_books() == 0
    assert alarms(lp) == before


def test_money_that_comes_into_suspense_while_the_books_are_proven_is_no_breach(
    lp: Rehearsal, meanwhile: Meanwhile
) -> None:
    """The alarm over it is raised in the moment in which it comes."""
    lp.stripe.adjust(700)
    lp.clock.advance(2 * HOUR)
    meanwhile.before("totals", lp.collect_cash)
    assert lp.prove_books() == 0
    assert alarms(lp) == ["cash_in_suspense"]


def test_the_sandbox_tells_its_account(lp: Rehearsal) -> None:
    assert lp.ports.gateway.own_account() == Answered("acct_sandbox")
    assert at_stripe(lp).accounts.retrieve_current().id == "acct_sandbox"
