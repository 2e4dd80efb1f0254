"""What people do in the town, over HTTP: each story is one student, one teacher and one lesson, with its own end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from linguapay_core.domain.machine import Role
from tests.crowds.callers import CONFIRM, CREATE
from tests.crowds.town import Town, Visitor
from tests.use_cases.stage import ADMIN, ALWAYS_3DS, DECLINED_CARD, VISA

REFUNDS = "/api/payments/refund-requests/"
Ask = Callable[..., dict[str, Any]]


@dataclass
class Lesson:
    """A lesson, its people, and what is known of it. Every request has a key of its own, under which it is repeated."""

    town: Town
    number: int

    def __post_init__(self) -> None:
        """Let the people come."""
        self._keys = count(1)
        self.student = self._by(f"student-{self.number}", Role.STUDENT)
        self.teacher = self._by(f"teacher-{self.number}", Role.TEACHER)
        self.admin = self._by(ADMIN, Role.ADMIN)

    def _by(self, person: str, role: Role) -> Ask:
        visitor = Visitor(self.town, person, role)

        def ask(path: str, body: object = None, method: str = "POST") -> dict[str, Any]:
            key = f"{self.number}-{next(self._keys)}" if method == "POST" else ""
            return visitor.ask(method, path, body, key=key)

        return ask

    def booked(self) -> dict[str, Any]:
        """A lesson that the teacher agreed to, and the checkout of its payment."""
        price = {"amount_minor": 2500, "currency": "USD"}
        gig = self.teacher("/api/gigs/", {"title": "French", "hourly_price": price})
        starts_at = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        wish = {"gig_id": gig["id"], "starts_at": starts_at, "minutes": 60}
        booking = self.student("/api/bookings/", wish)
        self.teacher(f"/api/bookings/{booking['id']}/confirm/")
        return self.student(CREATE, {"booking_id": booking["id"]})

    def paid(self, checkout: dict[str, Any], card: str = VISA) -> None:
        """The student pays at Stripe, and answers the bank if it asks. The browser comes back and says so."""
        browser, secret = self.town.browser, checkout["client_secret"]
        browser.pay(secret, browser.enter_card(card))
        if card == ALWAYS_3DS:
            browser.answer_challenge(secret.partition("_secret_")[0])
        state = self.student(CONFIRM, {"payment_id": checkout["id"]})["state"]
        assert state == ("open" if card == DECLINED_CARD else "succeeded")

    def asked_back(self, checkout: dict[str, Any]) -> str:
        """The student asks for money, and an admin agrees; the answer is the request's name."""
        wish = {"payment_id": checkout["id"], "amount_minor": 1000, "reason": "Too short."}
        request_id: str = self.student(REFUNDS, wish)["id"]
        self.admin(f"{REFUNDS}{request_id}/", {"decision": "approve", "amount_minor": 1000}, "PATCH")
        return request_id

    def refunded(self, checkout: dict[str, Any]) -> None:
        """The student gets some money back."""
        self.admin(f"{REFUNDS}{self.asked_back(checkout)}/process/")

    def processed_once(self, request_id: str) -> None:
        """An admin lets a request be executed, and doesn't repeat it. Raises ``TransportError`` if nobody answers."""
        (server,) = (one for one in self.town.running if one.url)
        self.town.client.post(f"{server.url}{REFUNDS}{request_id}/process/", headers=self.town.token(ADMIN, Role.ADMIN))

    def cancelled(self, checkout: dict[str, Any]) -> None:
        """The teacher can't come."""
        self.teacher(f"/api/bookings/{checkout['booking_id']}/cancel/")


def simply_paid(lesson: Lesson) -> None:
    """Booked and paid."""
    lesson.paid(lesson.booked())


def challenged(lesson: Lesson) -> None:
    """Paid after 3-D Secure, and some of it given back."""
    checkout = lesson.booked()
    lesson.paid(checkout, ALWAYS_3DS)
    lesson.refunded(checkout)


def declined(lesson: Lesson) -> None:
    """Declined, and then paid with another card."""
    checkout = lesson.booked()
    lesson.paid(checkout, DECLINED_CARD)
    lesson.paid(checkout)


def refunded(lesson: Lesson) -> None:
    """Paid, and some of it given back."""
    checkout = lesson.booked()
    lesson.paid(checkout)
    lesson.refunded(checkout)


def cancelled_unpaid(lesson: Lesson) -> None:
    """Cancelled while the student looks for a card."""
    lesson.cancelled(lesson.booked())


def cancelled_paid(lesson: Lesson) -> None:
    """Paid, then cancelled by the teacher: all goes back."""
    checkout = lesson.booked()
    lesson.paid(checkout)
    lesson.cancelled(checkout)


STORIES = (simply_paid, challenged, declined, refunded, cancelled_unpaid, cancelled_paid)


def live(town: Town, number: int) -> None:
    """One story after the other, by number."""
    STORIES[number % len(STORIES)](Lesson(town, number))
