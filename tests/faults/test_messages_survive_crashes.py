"""A crash before and after every commit and every post: each event is told, under one name, however often."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.delivery import LEASE
from tests.adapters.messenger.subscriber import OK, Subscriber, listening, says
from tests.faults.crash import Crash, Fuse, Ruins

ADMIN = "admin-cleo"
EVENTS = ["gig.offered", "gig.retired"]


def tell(house: Rehearsal, port: int) -> None:
    """Subscribe, let two things happen, and let the worker tell of them; what is done already is let be."""
    with house.ports.transactions.begin() as transaction:
        there = transaction.subscriptions()
    if not there:
        house.add_subscription(f"http://localhost:{port}/events", ADMIN, EVENTS)
    gig = house.offer_gig("anna", "French", 2500)
    house.retire_gig(gig.id, "anna")
    house.work()


def happened(house: Rehearsal) -> set[str]:
    """The name of each event of which they want to be told."""
    with house.ports.transactions.begin() as transaction:
        told, _ = transaction.news(transaction.feed_mark("a reader"), limit=100)
    return {one.id for one in told if one.type in EVENTS}


def names_of(subscriber: Subscriber) -> dict[str, set[str]]:
    """The ``webhook-id`` of each event that was told."""
    told: dict[str, set[str]] = {}
    for lines, body in subscriber.requests:
        (name,) = (line.partition(": ")[2] for line in lines if line.startswith("webhook-id"))
        told.setdefault(json.loads(body)["data"]["id"], set()).add(name)
    return told


def test_whatever_the_moment_each_event_is_told_under_one_name(folder: Path) -> None:
    fuse = Fuse(10_000)
    (folder / "first").mkdir()
    with listening(says(OK)) as subscriber, Ruins(folder / "first").house(fuse) as house:
        tell(house, subscriber.port)
        assert len(names_of(subscriber)) == 2
    moments = [number for number, crossing in enumerate(fuse.crossings) if crossing.call in ("commit", "post")]
    posted_again = 0
    for number in moments:
        place = folder / str(number)
        place.mkdir()
        ruins, burning = Ruins(place), Fuse(number)
        with listening(says(OK)) as subscriber:
            with pytest.raises(Crash), ruins.house(burning) as house:
                tell(house, subscriber.port)
            ruins.at += LEASE + timedelta(minutes=1)
            with ruins.house() as house:
                tell(house, subscriber.port)
                meant = happened(house)
            crossing = burning.crossings[-1]
            assert set(names_of(subscriber)) == meant, crossing
            assert all(len(names) == 1 for names in names_of(subscriber).values()), crossing
            posted_again += len(subscriber.requests) > len(meant)
    assert posted_again, "a crash between a post and its note posts it once more"
