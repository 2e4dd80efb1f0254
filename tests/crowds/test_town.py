"""Two servers and three workers on one PostgreSQL: the story many times at once, also while they are killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from linguapay_adapters.composition import SANDBOX_SECRET_KEY, sandbox
from linguapay_adapters.sql.errands import EFFECT_HAS_WORK, WEBHOOK_HAS_WORK
from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_core.domain import effect, stored_answer
from tests.crowds.people import Lesson, live
from tests.crowds.town import STRIPE_FILE, Town, town
from tests.patience import PATIENCE_SECONDS, until

STORIES = 500 if os.environ.get("LINGUAPAY_SOAK") else 60
STORIES_AMID_KILLS = 200 if os.environ.get("LINGUAPAY_SOAK") else 24
KILLS = 40 if os.environ.get("LINGUAPAY_SOAK") else 8
AT_ONCE = 12

OPEN = f"""
SELECT (SELECT count(*) FROM effects WHERE {EFFECT_HAS_WORK})
     + (SELECT count(*) FROM webhook_events WHERE {WEBHOOK_HAS_WORK})
"""  # noqa: S608 - our own words


@pytest.fixture
def place(folder: Path, postgres_url: str) -> Iterator[Town]:
    """A town in which nobody works yet."""
    with town(folder, postgres_url) as opened:
        yield opened


def started(place: Town, servers: int, workers: int) -> None:
    """Start so many of each, and wait until the servers answer."""
    for _ in range(workers):
        place.work()
    for server in [place.serve() for _ in range(servers)]:
        until(server.live, f"{server.url} answers")


def plain(place: Town) -> str:
    """The database's URL as psycopg takes it."""
    return make_url(place.database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def open_work(place: Town) -> int:
    """How much is still to be done, as the database tells."""
    with psycopg.connect(plain(place)) as connection:
        (found,) = connection.execute(OPEN).fetchone() or (0,)
        return int(found)


def check_books(place: Town) -> None:
    """An operator asks whether all holds."""
    verdict = place.command("books", "verify")
    assert verdict.code == 0, verdict.out + verdict.err


def lease_end(place: Town) -> datetime:
    """When the last lease of an effect is over; there is one."""
    with psycopg.connect(plain(place)) as connection:
        (found,) = connection.execute("SELECT max(leased_until) FROM effects WHERE state = 'leased'").fetchone() or ()
        return datetime.fromisoformat(str(found)).astimezone(UTC)


def finished(place: Town, at: datetime) -> None:
    """Let the others go on from then: a house on the same database and the same Stripe, whose clock is that far."""
    with sandbox(place.database_url, stripe_path=place.folder / STRIPE_FILE, starts_at=at) as house:
        for _ in range(6):
            house.work()
            house.clock.advance(timedelta(minutes=5))
    assert open_work(place) == 0


def test_two_servers_and_three_workers_tell_the_story_and_the_books_verify(place: Town) -> None:
    started(place, servers=2, workers=3)
    with ThreadPoolExecutor(AT_ONCE) as people:
        list(people.map(partial(live, place), range(STORIES)))
    until(lambda: not place.stripe.pending_webhooks(1) and not open_work(place), "the work is done")
    assert [one.stop() for one in place.running] == [0] * 5
    check_books(place)


def test_servers_and_workers_killed_at_any_moment_stop_nobody_and_lose_nothing(place: Town) -> None:
    """Whose request was in a killed server's hand repeats it until that server's claim of its key is over."""
    started(place, servers=2, workers=3)
    chance = Random(1)  # noqa: S311 - chance, not secrecy
    with ThreadPoolExecutor(AT_ONCE) as people:
        stories = [people.submit(live, place, number) for number in range(STORIES_AMID_KILLS)]
        for _ in range(KILLS):
            victim = chance.choice([one for one in place.running if one.process.poll() is None])
            victim.kill()
            started(place, servers=bool(victim.url), workers=not victim.url)
            wait(stories, timeout=chance.random())
        for story in stories:
            story.result()
    for one in place.running:
        one.kill()
    finished(place, datetime.now(UTC) + stored_answer.LEASE)
    check_books(place)


@pytest.mark.parametrize("role", ["server", "worker"])
def test_what_was_in_hand_at_the_kill_is_finished_when_its_lease_is_over(role: str, place: Town) -> None:
    started(place, servers=1, workers=role == "worker")
    live(place, 0)  # of which there is money at Stripe, so that its fees leave enough for a refund
    victim, lesson = place.running[0], Lesson(place, 1)
    checkout = lesson.booked()
    lesson.paid(checkout)
    request_id = lesson.asked_back(checkout)
    place.stripe.faults.add("slow", method="POST", path="/v1/refunds", seconds=PATIENCE_SECONDS)
    if role == "worker":
        lesson.cancelled(checkout)
    with ThreadPoolExecutor(1) as people:
        answer = people.submit(lesson.processed_once, request_id) if role == "server" else None
        until(place.stripe.faults.consumed, f"the {role} waits for Stripe's answer to a refund")
        victim.kill()
        assert answer is None or isinstance(answer.exception(), httpx.TransportError)
    place.stripe.faults.clear()
    started(place, servers=1, workers=1)
    ends = lease_end(place)
    assert ends <= datetime.now(UTC) + effect.LEASE
    for one in place.running:
        one.kill()
    finished(place, ends)
    charge, _ = connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(place.stripe)).v1.charges.list().data
    assert charge.amount_refunded == (1000 if role == "server" else 2625)
    check_books(place)
