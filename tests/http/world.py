"""One of each kind of object, and how a door is asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linguapay_adapters.composition import Rehearsal
from linguapay_http.doors import Door
from linguapay_http.openapi import example_of
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    NOTICE,
    STUDENT,
    TEACHER,
    VISA,
    asked_back,
    completed,
    confirmed,
    paid,
    ready,
    refund_of,
    transfer_of,
)

World = Mapping[str, str]
"""An object of each kind, under the name by which paths and bodies call it."""


def made(lp: Rehearsal) -> World:
    """A world: the student's and the teacher's."""
    ready(lp)
    given = completed(lp)
    booking = confirmed(lp, notice=NOTICE)
    lesson = paid(lp, confirmed(lp, notice=NOTICE + DAY))
    cancelled = paid(lp, confirmed(lp, notice=NOTICE + 2 * DAY))
    lp.cancel_booking(cancelled.booking_id, STUDENT)
    subscription = lp.add_subscription("https://host.example/hooks", ADMIN).subscription
    objects = {
        "gig_id": booking.gig_id,
        "booking_id": booking.id,
        "payment_id": lesson.id,
        "refund_id": refund_of(lp, cancelled).id,
        "refund_request_id": asked_back(lp, lesson).id,
        "transfer_id": transfer_of(lp, given).id,
        "payment_method_id": lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA)).id,
        "teacher_id": TEACHER,
        "student_id": STUDENT,
        "person_id": STUDENT,
        "subscription_id": subscription.id,
        "delivery_id": lp.send_test_message(subscription.id, ADMIN).id,
    }
    return {name: str(identifier) for name, identifier in objects.items()}


def path_of(door: Door, world: World) -> str:
    """The door's path to the world's objects, with the query that it needs."""
    missing = set(door.names) - set(world)
    assert not missing, f"the world has no {missing}: add one, so that {door.name} is tested"
    needed = example_of(door.search) if door.search else None
    query = "&".join(f"{name}={value}" for name, value in (needed or {}).items())
    return door.path.format(**world) + (f"?{query}" if query else "")


def body_of(door: Door, world: World) -> Any:  # noqa: ANN401 - any JSON
    """An example of the door's body, about the world's objects."""
    if door.wish is None:
        return None
    example = example_of(door.wish)
    assert example is not None, f"{door.wish.__name__} has a field without an example"
    return {name: world.get(name, value) for name, value in example.items()}
