"""Ten thousand webhooks at once, repeated and shuffled: all are noted down, and the end is that of the orderly day."""

from __future__ import annotations

import asyncio
import json
import os
from itertools import chain
from random import Random

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from linguapay_adapters.composition import SANDBOX_WEBHOOK_SECRET, Rehearsal, sandbox
from linguapay_adapters.stripe_sandbox.deliveries import signed
from linguapay_adapters.worker.worker import Worker, no_webhooks
from linguapay_core.domain.story import Story
from tests import postgres
from tests.crowds.callers import HOOK, Call, at_once, served
from tests.use_cases.stage import ALWAYS_3DS, DECLINED_CARD, MINUTE, VISA, at_stripe, confirmed, offered, pay, paying

DELIVERIES = 100_000 if os.environ.get("LINGUAPAY_SOAK") else 10_000
LESSONS = 24
REPEATED = 20
AT_ONCE = 1_000
CHANCE = Random(1)  # noqa: S311 - chance, not secrecy


def bought(house: Rehearsal) -> None:
    """Lessons of all kinds happen at Stripe, and nobody tells us: paid, declined first, challenged, refunded there."""
    for number in range(LESSONS):
        gig = offered(house, f"teacher-{number}")
        checkout = paying(house, confirmed(house, gig, student=f"student-{number}"))
        if number % 3 == 1:
            pay(house, checkout, DECLINED_CARD)
        pay(house, checkout, ALWAYS_3DS if number % 3 == 2 else VISA)
        if number % 3 == 2:
            house.browser.answer_challenge(checkout.payment.intent_id)
    house.clock.advance(MINUTE)
    house.stripe.settle()
    for charge in at_stripe(house).charges.list({"limit": LESSONS}).data[: LESSONS // 3]:
        if charge.paid:
            at_stripe(house).refunds.create({"charge": charge.id, "amount": 500})


def sent(house: Rehearsal) -> dict[str, bytes]:
    """Take from Stripe all that it has to send, by the event's name, in the order in which it happened."""
    payloads: dict[str, bytes] = {}
    while waiting := house.stripe.pending_webhooks():
        for delivery in waiting:
            payloads[delivery.event_id] = delivery.payload
            house.stripe.acknowledge(delivery.event_id)
    return payloads


def call_of(house: Rehearsal, payload: bytes) -> Call:
    """A delivery as Stripe makes it now."""
    delivery = signed(json.loads(payload), SANDBOX_WEBHOOK_SECRET, int(house.clock.now().timestamp()))
    headers = {"Stripe-Signature": delivery.signature, "Content-Type": "application/json"}
    return Call(HOOK, content=delivery.payload, headers=headers)


def digested(house: Rehearsal) -> None:
    """Let a worker who gets no more webhooks work until nothing is left."""
    worker = Worker(house, house.clock, hand_over_webhooks=no_webhooks)
    rounds = worker.run_until_idle()
    assert [round_.troubles for round_ in rounds if round_.troubles] == []


def end(house: Rehearsal) -> object:
    """How everything stands: the states of all records, all entries of the books, all alarms."""
    reports = house.ports.reports
    stories = [_end_of(reports.story(booking_id)) for booking_id in reports.bookings()]
    loose = sorted(entry.key for entry in reports.entries_of_no_payment())
    return sorted(stories), loose, sorted(alarm.id for alarm in reports.open_alarms())


def _end_of(story: Story) -> tuple[object, ...]:
    return (
        story.booking.student_id,
        str(story.booking.state),
        sorted((str(one.state), str(one.counters)) for one in story.payments),
        sorted((str(one.state), str(one.parts)) for one in story.refunds),
        sorted((entry.what, sorted(map(str, entry.legs))) for entry in story.entries),
    )


@pytest.fixture(scope="module")
def orderly_end() -> object:
    """The end of the same history in a house of its own, where each webhook came once and in its order."""
    with sandbox(seed=1) as house:
        bought(house)
        for payload in sent(house).values():
            delivery = call_of(house, payload)
            assert delivery.content is not None
            house.receive_webhook(delivery.content, delivery.headers["Stripe-Signature"])
            house.process_webhook_events()
        digested(house)
        return end(house)


def test_a_burst_ends_as_the_orderly_day_does(postgres_url: str, orderly_end: object) -> None:
    with sandbox(postgres_url, seed=1) as house:
        bought(house)
        payloads = sent(house)
        calls = [call_of(house, payload) for payload in payloads.values()]
        burst = [*calls, *CHANCE.choices(calls, k=DELIVERIES - len(calls))]
        CHANCE.shuffle(burst)

        async def deliver(client: httpx.AsyncClient) -> list[httpx.Response]:
            waves = [await at_once(client, burst[at : at + AT_ONCE]) for at in range(0, len(burst), AT_ONCE)]
            return list(chain(*waves))

        answers = served(house, deliver)
        assert {(answer.status_code, answer.text) for answer in answers} == {(200, '{"received":true}')}
        assert noted_down(postgres_url).keys() == payloads.keys()
        digested(house)
        assert set(noted_down(postgres_url).values()) == {("done", 1), ("ignored", 0)}
        assert end(house) == orderly_end
        assert house.verify_books().holds


def test_what_was_acknowledged_outlives_the_database(orderly_end: object) -> None:
    with postgres.running() as server, sandbox(server.text, seed=1) as house:
        bought(house)
        payloads = sent(house)
        calls = {name: call_of(house, payload) for name, payload in payloads.items()}

        async def deliver(client: httpx.AsyncClient) -> set[str]:
            names = list(calls)
            early, late = names[: len(names) // 2], names[len(names) // 2 :]
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            acknowledged = await accepted(client, early * REPEATED)
            await stopping
            refused = await at_once(client, [calls[name] for name in late])
            assert {(one.status_code, one.json()["type"]) for one in refused} == {(503, "/problems/busy")}
            assert all(int(one.headers["Retry-After"]) >= 1 for one in refused)
            live = await Call("/health/live", method="GET").by(client)
            ready = await Call("/health/ready", method="GET").by(client)
            assert (live.status_code, ready.status_code) == (200, 503)
            server.start()
            assert acknowledged <= noted_down(server.text).keys()
            while acknowledged != set(names):
                acknowledged |= await accepted(client, [name for name in names if name not in acknowledged])
            return acknowledged

        async def accepted(client: httpx.AsyncClient, names: list[str]) -> set[str]:
            answers = await at_once(client, [calls[name] for name in names])
            assert {one.status_code for one in answers} <= {200, 503}
            return {name for name, one in zip(names, answers, strict=True) if one.status_code == httpx.codes.OK}

        assert served(house, deliver) == noted_down(server.text).keys()
        digested(house)
        assert end(house) == orderly_end


def noted_down(url: str) -> dict[str, tuple[str, int]]:
    """Where each event stands and how often it was read, by its name at Stripe."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        found = connection.execute("SELECT id, state, tries FROM webhook_events").fetchall()
    return {name: (state, tries) for name, state, tries in found}
