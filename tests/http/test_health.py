"""Whether the house can serve, over HTTP, and what is measured of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import pytest
from litestar.testing import TestClient

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Busy
from linguapay_http.app import create_app
from tests.http.conftest import Client, Visitor
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import MINUTE

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"


@dataclass
class Noted:
    """Whoever counts, in a test."""

    answers: list[tuple[str, str, int]] = field(default_factory=list)

    def request(self, method: str, traceparent: str) -> AbstractContextManager[str]:  # noqa: ARG002
        """Part of no trace."""
        return nullcontext("")

    def answered(self, door: str, method: str, status: int, seconds: float) -> None:
        """Note it."""
        assert seconds >= 0
        self.answers.append((door, method, status))

    def exposition(self) -> bytes:
        """A metric."""
        return b"# TYPE answers counter\nanswers 1\n"


@pytest.fixture
def noted() -> Noted:
    """What was counted."""
    return Noted()


@pytest.fixture
def client(lp: Rehearsal, settings: Settings, noted: Noted) -> Iterator[Client]:
    """In front of doors that are counted."""
    with TestClient(create_app(lp, settings, telling=noted), raise_server_exceptions=False) as client:
        yield client


def test_a_process_that_answers_lives(client: Client, meanwhile: Meanwhile) -> None:
    meanwhile.before("is_current", lambda: pytest.fail("the database is nobody's business here"))
    answer = client.get(LIVE)
    assert (answer.status_code, answer.json()) == (200, {"live": True})


def test_a_house_that_can_serve_is_ready(lp: Rehearsal, client: Client) -> None:
    lp.note_heartbeat("one", lp.clock.now())
    answer = client.get(READY)
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert [check["name"] for check in answer.json()["checks"]] == ["database", "migrations", "worker"]
    assert answer.json()["checks"][0] == {"name": "database", "holds": True, "sentence": "The database answers."}


def test_a_house_without_a_worker_isnt_ready_and_says_so(lp: Rehearsal, client: Client) -> None:
    lp.note_heartbeat("one", lp.clock.now())
    lp.clock.advance(MINUTE)
    answer = client.get(READY)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/json")
    assert answer.json()["ready"] is False
    assert answer.json()["checks"][-1] == {
        "name": "worker",
        "holds": False,
        "sentence": "No worker was heard for 60 s: start one, or look at it.",
    }


def test_how_long_a_worker_may_be_silent_is_a_setting(lp: Rehearsal, settings: Settings) -> None:
    lp.note_heartbeat("one", lp.clock.now())
    lp.clock.advance(MINUTE)
    for seconds, status in ((59, 503), (60, 200)):
        patient = settings.model_copy(update={"worker_heartbeat_limit_seconds": seconds})
        with TestClient(create_app(lp, patient)) as client:
            assert client.get(READY).status_code == status


def test_a_database_that_is_gone_is_told_without_its_address_and_logged_with_it(
    client: Client, meanwhile: Meanwhile, caplog: pytest.LogCaptureFixture
) -> None:
    def gone() -> None:
        raise Busy("connection to 10.0.0.5 as linguapay failed")

    meanwhile.before("is_current", gone)
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "checks": [{"name": "database", "holds": False, "sentence": "The database doesn't answer."}],
    }
    (line,) = (record for record in caplog.records if record.name == "linguapay.health")
    assert (line.levelname, line.getMessage()) == ("WARNING", "Not ready: The database doesn't answer.")
    assert vars(line)["fields"]["cause"] == "connection to 10.0.0.5 as linguapay failed"


def test_health_takes_no_query_and_no_body(client: Client) -> None:
    assert client.get(READY, params={"verbose": "1"}).status_code == 422


def test_metrics_are_told_as_they_are(carl: Visitor, host: Visitor) -> None:
    for somebody in (carl, host):
        answer = somebody.get(METRICS)
        assert (answer.status_code, answer.text) == (200, "# TYPE answers counter\nanswers 1\n")
        assert answer.headers["Content-Type"].replace(" ", "").startswith("text/plain;version=0.0.4")


def test_metrics_are_for_those_who_run_the_house(client: Client, ben: Visitor, anna: Visitor) -> None:
    assert client.get(METRICS).status_code == 401
    assert ben.get(METRICS).status_code == anna.get(METRICS).status_code == 403


def test_where_nobody_counts_the_metrics_say_so(lp: Rehearsal, carl: Visitor, settings: Settings) -> None:
    with TestClient(create_app(lp, settings)) as client:
        answer = client.get(METRICS, headers={"Authorization": f"Bearer {carl.token}"})
    assert answer.text == "# Nothing is counted here.\n"


def test_every_answer_is_counted_under_its_doors_name(
    client: Client, ben: Visitor, meanwhile: Meanwhile, noted: Noted
) -> None:
    def mistaken() -> None:
        raise AssertionError

    client.get(LIVE)
    client.get("/api/gigs/")
    ben.get("/api/gigs/")
    ben.post("/api/gigs/", {})
    meanwhile.before("page", mistaken)
    assert ben.get("/api/gigs/").status_code == 500
    assert noted.answers == [
        ("show_liveness", "GET", 200),
        ("list_gigs", "GET", 401),
        ("list_gigs", "GET", 200),
        ("offer_gig", "POST", 403),
        ("list_gigs", "GET", 500),
    ]
