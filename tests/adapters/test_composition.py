"""Put together: what outlives what, on which parts, and what a house refuses to stand on."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname
from threading import Event
from typing import cast

import pytest
from sqlalchemy import text

from linguapay_adapters import composition
from linguapay_adapters.composition import REHEARSAL_STARTS, from_settings, hand_over, reading, sandbox
from linguapay_adapters.composition.gate import SILENCE, gated
from linguapay_adapters.composition.late import late
from linguapay_adapters.settings import Settings
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.watch import SqlWatch
from linguapay_adapters.stripe.gateway import StripeGateway
from linguapay_adapters.system.alone import only_worker
from linguapay_adapters.system.clock import MovableClock
from linguapay_adapters.telling.boundary import Crossing
from linguapay_core.domain.answer import Answer, Answered, KeyNotTaken, Postponed, Rejected, Unknown
from linguapay_core.domain.errors import Busy, GatewayUnreachable, Invalid, NotFound, Refused
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.house import Mode, ServedAccount
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.ports.watch import Watch
from linguapay_core.use_cases.recognise_account import Recognised
from tests.use_cases.answering import gateway_answering

KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_123",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_123",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}


def settings(path: Path, **variables: str) -> Settings:
    """Settings with a database file of one's own."""
    return Settings.model_validate({"LINGUAPAY_DATABASE_URL": f"sqlite:///{path / 'lessons.db'}"} | variables)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a folder without ``.env``, on a machine where nothing is set."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_seed_gives_the_same_names() -> None:
    names: list[tuple[str, str]] = []
    for _ in range(2):
        with sandbox(seed=7) as linguapay:
            gig = linguapay.offer_gig("anna", "French", 2500)
            names.append((gig.id, linguapay.create_setup_intent("ben").id))
    assert names[0] == names[1]
    with sandbox() as linguapay:
        assert linguapay.offer_gig("anna", "French", 2500).id != names[0][0]


def test_a_rehearsal_begins_where_it_is_told_with_the_policies_that_it_is_given() -> None:
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    with sandbox(starts_at=noon, policies=Policies(fees=(FeePolicy(rate_bps=1000),))) as linguapay:
        assert linguapay.clock.now() == noon
        gig = linguapay.offer_gig("anna", "French", 2500)
        assert linguapay.quote_lesson(gig.id, 60).fee.amount_minor == 250
    with sandbox() as linguapay:
        assert linguapay.clock.now() == REHEARSAL_STARTS


def test_nothing_outlives_a_rehearsal_in_memory() -> None:
    with sandbox(seed=1) as linguapay:
        gig = linguapay.offer_gig("anna", "French", 2500)
    with sandbox(seed=1) as linguapay, pytest.raises(NotFound):
        linguapay.quote_lesson(gig.id, 60)


def test_a_rehearsal_with_files_goes_on_where_it_ended(tmp_path: Path) -> None:
    database, stripe = f"sqlite:///{tmp_path / 'lessons.db'}", tmp_path / "stripe.db"
    with sandbox(database, stripe_path=stripe) as linguapay:
        card = linguapay.save_payment_method("ben", linguapay.browser.enter_card("4242424242424242"))
    with sandbox(database, stripe_path=stripe) as linguapay:
        assert linguapay.list_payment_methods("ben") == (card,)


def test_a_worker_tells_how_much_each_step_did() -> None:
    with sandbox(seed=1) as linguapay:
        linguapay.stripe.charge_stripe_fee(25)
        linguapay.clock.advance(timedelta(minutes=10))
        assert linguapay.work()["cash"] == 1


def test_webhooks_are_handed_over_once() -> None:
    with sandbox(seed=1) as linguapay:
        linguapay.save_payment_method("ben", linguapay.browser.enter_card("4242424242424242"))
        assert hand_over(linguapay.stripe, linguapay) > 0
        assert hand_over(linguapay.stripe, linguapay) == 0


def test_a_house_without_a_key_has_its_sandbox_beside_the_database(tmp_path: Path) -> None:
    with from_settings(settings(tmp_path)) as house:
        assert house.stripe is not None
        gig = house.linguapay.offer_gig("anna", "French", 2500)
        house.linguapay.create_setup_intent("ben")
        rounds = house.worker.run_until_idle()
        assert rounds[0].done["webhooks"] > 0
    assert len(list(tmp_path.glob("*.db"))) == 2
    with from_settings(settings(tmp_path), fresh=False) as house:
        assert house.linguapay.quote_lesson(gig.id, 60).price == gig.hourly_price


def test_a_house_with_a_key_has_no_sandbox(tmp_path: Path) -> None:
    with from_settings(settings(tmp_path, **KEYS), serves=False) as house:
        assert house.stripe is None
        assert house.recognised is None


def test_a_house_that_serves_remembers_the_account_and_knows_it_again(tmp_path: Path) -> None:
    for _ in range(2):
        with from_settings(settings(tmp_path)) as house:
            assert house.recognised == Recognised(ServedAccount("acct_sandbox", Mode.SANDBOX), confirmed=True)


def test_a_house_whose_account_stripe_doesnt_tell_serves_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answers = iter([Answered("acct_1"), Unknown("no answer")])
    monkeypatch.setattr(StripeGateway, "own_account", lambda _: next(answers))
    with from_settings(settings(tmp_path, **KEYS)):
        assert caplog.records == []
    with from_settings(settings(tmp_path, **KEYS)) as house:
        assert house.recognised == Recognised(ServedAccount("acct_1", Mode.TEST), confirmed=False)
    (line,) = caplog.records
    assert (line.levelname, "acct_1" in line.getMessage()) == ("WARNING", True)


@pytest.mark.parametrize("serves", [True, False], ids=["a service", "a desk"])
def test_nothing_is_asked_of_stripe_before_it_has_said_that_the_key_is_the_served_accounts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, serves: bool
) -> None:
    said: Answer[str] = Answered("acct_1")
    asked: list[PersonId] = []

    def create_customer(_: StripeGateway, *, key: str, student_id: PersonId) -> Answer[str]:
        asked.append(student_id)
        return Rejected(key, "no customers today")

    monkeypatch.setattr(StripeGateway, "own_account", lambda _: said)
    monkeypatch.setattr(StripeGateway, "create_customer", create_customer)
    with from_settings(settings(tmp_path, **KEYS)):
        pass
    said = Unknown("no answer")
    with from_settings(settings(tmp_path, **KEYS), serves=serves) as house:
        for answer in (Unknown("no answer"), Answered("acct_2"), Answered("acct_2")):
            said = answer
            with pytest.raises(GatewayUnreachable, match="nothing happened"):
                house.linguapay.create_setup_intent("ben")
        assert asked == []
        for answer in (Answered("acct_1"), Unknown("no answer")):
            said = answer
            with pytest.raises(Refused, match="no customers today"):
                house.linguapay.create_setup_intent("ben")
    assert asked == ["ben", "ben"]
    (line,) = (line.getMessage() for line in caplog.records if line.levelname == "ERROR")
    assert "Nothing is asked of Stripe" in line
    assert "belongs to acct_2" in line


@pytest.mark.parametrize(
    ("said", "barred"),
    [
        (Unknown("no answer"), Postponed),
        (Postponed("no connection", SILENCE), Postponed),
        (Answered("acct_other"), KeyNotTaken),
        (Rejected("account_closed", "no such account"), KeyNotTaken),
    ],
)
def test_a_call_that_the_gate_keeps_back_has_done_nothing(said: Answer[str], barred: type[Postponed]) -> None:
    with sandbox(seed=1) as linguapay:
        linguapay.recognise_account(Mode.SANDBOX)
        stripe = gateway_answering(linguapay, own_account=lambda: said)
        gate = gated(stripe, watch=linguapay.ports.watch, mode=Mode.SANDBOX, clock=linguapay.clock)
        assert type(gate.account("acct_1")) is barred
        assert gate.own_account() == said


def test_while_the_database_cant_say_whom_it_serves_nothing_is_asked_of_stripe() -> None:
    class Gone:
        def served_account(self) -> ServedAccount | None:
            raise Busy("connection refused")

    with sandbox(seed=1) as linguapay:
        gate = gated(linguapay.ports.gateway, watch=cast("Watch", Gone()), mode=Mode.SANDBOX, clock=linguapay.clock)
        assert gate.account("acct_1") == Postponed("connection refused", SILENCE)


@pytest.mark.parametrize("serves", [True, False])
def test_a_key_that_got_lost_or_came_along_opens_no_house(tmp_path: Path, serves: bool) -> None:
    with from_settings(settings(tmp_path)):
        pass
    with (
        pytest.raises(Refused, match="holds payments of acct_sandbox") as refused,
        from_settings(settings(tmp_path, **KEYS), serves=serves),
    ):
        pass
    assert refused.value.rule == "another_account"


def test_a_lost_key_makes_no_sandbox_beside_the_database_of_production(tmp_path: Path) -> None:
    with from_settings(settings(tmp_path, **KEYS), serves=False) as house:
        house.linguapay.offer_gig("anna", "French", 2500)
        account = ServedAccount("acct_live", Mode.TEST)
        engine = connect(f"sqlite:///{tmp_path / 'lessons.db'}")
        SqlWatch(engine).remember_account(account, at=REHEARSAL_STARTS)
        engine.dispose()
    with pytest.raises(Refused, match="the settings say the sandbox"), from_settings(settings(tmp_path)):
        pass
    assert not list(tmp_path.glob("*.stripe.db"))


def test_every_call_of_a_house_crosses_the_boundary(tmp_path: Path) -> None:
    crossings: list[Crossing] = []
    with from_settings(settings(tmp_path), on_crossing=crossings.append) as house:
        house.linguapay.claim_key("ben", "POST /payments", "key", "hash")
    assert {"gateway", "watch", "stored_answers"} <= {crossing.port for crossing in crossings}


def test_a_house_on_an_sqlite_file_has_one_worker_at_a_time(tmp_path: Path) -> None:
    stopped = Event()
    stopped.set()
    with from_settings(settings(tmp_path)) as house:
        with (
            only_worker(tmp_path / "lessons.worker"),
            pytest.raises(Refused, match="Another worker"),
        ):
            house.worker.run(stopped)
        house.worker.run(stopped)
        (beat,) = house.linguapay.read_gauges().heartbeats
        assert beat.worker_id == f"{gethostname()}:{os.getpid()}"


def test_a_house_takes_its_fee_from_the_settings(tmp_path: Path) -> None:
    with from_settings(settings(tmp_path, PLATFORM_FEE_PERCENTAGE="0.2")) as house:
        gig = house.linguapay.offer_gig("anna", "French", 2500)
        assert house.linguapay.quote_lesson(gig.id, 60).fee.amount_minor == 500


def test_a_database_that_must_be_there_is_missed(tmp_path: Path) -> None:
    with (
        pytest.raises(Invalid, match="there is no database") as invalid,
        from_settings(settings(tmp_path), fresh=False),
    ):
        pass
    assert invalid.value.field == "LINGUAPAY_DATABASE_URL"
    assert list(tmp_path.iterdir()) == []


def test_a_desk_for_reading_reads_what_a_house_kept_and_asks_nobody(tmp_path: Path) -> None:
    with from_settings(settings(tmp_path)) as house:
        gig = house.linguapay.offer_gig("anna", "French", 2500)
    before = sorted(tmp_path.iterdir())
    with reading(settings(tmp_path, LINGUAPAY_TIME_ZONE="Europe/Warsaw")) as desk:
        assert [one.id for one in desk.linguapay.list_records(Gig).items] == [gig.id]
        assert desk.linguapay.check_books().holds
        assert str(desk.linguapay.show_dashboard().span.zone) == "Europe/Warsaw"
    assert sorted(tmp_path.iterdir()) == before


def test_a_desk_for_reading_refuses_what_a_house_refuses(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no database"), reading(settings(tmp_path)):
        pass
    with from_settings(settings(tmp_path)):
        pass
    with pytest.raises(Refused, match="holds payments of acct_sandbox"), reading(settings(tmp_path, **KEYS)):
        pass
    engine = connect(f"sqlite:///{tmp_path / 'lessons.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    with pytest.raises(Refused, match="linguapay db upgrade"), reading(settings(tmp_path)):
        pass


def test_what_the_composition_root_hands_out_is_there() -> None:
    for names in composition.PARTS.values():
        for name in names:
            assert getattr(composition, name) is not None
    with pytest.raises(AttributeError):
        getattr(composition, "nothing_of_the_kind")  # noqa: B009 - the type checker knows that it isn't there


def test_a_port_that_is_made_late_is_made_once_and_only_when_it_is_asked() -> None:
    made: list[MovableClock] = []

    def make() -> MovableClock:
        made.append(MovableClock(REHEARSAL_STARTS))
        return made[-1]

    clock = late(make, now=lambda: REHEARSAL_STARTS)
    assert clock.now() == REHEARSAL_STARTS
    assert made == []
    clock.advance(timedelta(days=1))
    clock.advance(timedelta(days=1))
    assert [one.now() for one in made] == [REHEARSAL_STARTS + timedelta(days=2)]
