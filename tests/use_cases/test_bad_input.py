"""Bad input gets the error of the house's table, with the field and the reason; and nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import Invalid, LinguaPayError, NotFound, Refused
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.transfer import Transfer
from tests.use_cases.stage import (
    ADMIN,
    BACK,
    DAY,
    OTHER_STUDENT,
    STUDENT,
    TEACHER,
    VISA,
    asked_back,
    completed,
    confirmed,
    everything,
    offered,
    paid,
    transfer_of,
)

BODY: Final = "0123456789abcdefghjkmnpqrs"
UNKNOWN: Final = {prefix: f"{prefix}_{BODY}" for prefix in ("gig", "bkg", "pay", "rrq", "rfd", "trf")}
HUGE: Final = 10**30


@dataclass(frozen=True)
class Scene:
    """What there is before somebody sends bad input."""

    lp: Rehearsal
    gig: Gig
    booking: Booking
    payment: Payment
    request: RefundRequest
    transfer: Transfer
    card: str


@pytest.fixture
def scene(lp: Rehearsal) -> Scene:
    """A confirmed lesson, a paid one with a refund request, and a saved card."""
    payment = completed(lp, paid(lp))
    gig = offered(lp)
    return Scene(
        lp,
        gig,
        confirmed(lp, gig),
        payment,
        asked_back(lp, payment),
        transfer_of(lp, payment),
        lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA)).id,
    )


Ask = Callable[[Scene], object]
Rows = Sequence[tuple[str, Ask, type[LinguaPayError], str]]
"""What is sent; how; the class of the error; the field that is named, the rule that refuses, or the kind not found."""

PERSON: Final = ("", " ", "-x", "a b", "a" * 65, "nul\x00", "jürgen", "line\n", "'; drop table bookings; --")

AMOUNTS: Rows = [
    (f"refund of {value!r}", lambda s, v=value: s.lp.edit_refund_request(s.request.id, STUDENT, v), error, name)
    for value, error, name in (
        (0, Invalid, "amount"),
        (-1, Invalid, "amount"),
        (True, Invalid, "amount_minor"),
        (10.0, Invalid, "amount_minor"),
        (float("nan"), Invalid, "amount_minor"),
        ("1000", Invalid, "amount_minor"),
        (None, Invalid, "amount_minor"),
        (HUGE, Refused, "exceeds_what_is_left"),
        (2626, Refused, "exceeds_what_is_left"),
    )
] + [
    (f"gig at {value!r}", lambda s, v=value: s.lp.offer_gig(TEACHER, "French", v), Invalid, name)
    for value, name in (
        (0, "hourly_price"),
        (-2500, "hourly_price"),
        (HUGE, "hourly_price"),
        (False, "hourly_price_minor"),
        (25.0, "hourly_price_minor"),
        ("2500", "hourly_price_minor"),
    )
]

CURRENCIES: Rows = [
    ("unknown currency", lambda s: s.lp.offer_gig(TEACHER, "French", 2500, "XYZ"), Invalid, "currency"),
    ("currency not enabled", lambda s: s.lp.offer_gig(TEACHER, "French", 2500, "EUR"), Invalid, "currency"),
    ("refund in euros", lambda s: s.lp.request_refund(s.payment.id, STUDENT, 100, "x", "EUR"), Refused, "request_open"),
]


def at(moved: timedelta) -> Callable[[Scene], datetime]:
    """A time so far from now."""
    return lambda scene: scene.lp.clock.now() + moved


TIMES: Rows = [
    (f"{how} {what}", ask, Invalid, "starts_at")
    for what, time in (
        ("past", at(-DAY)),
        ("now", at(timedelta(0))),
        ("within the hour", at(timedelta(hours=1))),
        ("too far", at(timedelta(days=365, seconds=1))),
        ("naive", lambda _: datetime(2026, 4, 1, 12)),  # noqa: DTZ001 - a time without zone is the point
        ("year 9999", lambda _: datetime(9999, 12, 31, 23, 59, tzinfo=UTC)),
        ("year 1", lambda _: datetime(1, 1, 1, tzinfo=UTC)),
    )
    for how, ask in (
        ("request", lambda s, t=time: s.lp.request_booking(OTHER_STUDENT, s.gig.id, t(s), 60)),
        ("propose", lambda s, t=time: s.lp.propose_reschedule(s.booking.id, STUDENT, t(s))),
    )
]

LENGTHS: Rows = [
    (f"{value!r} minutes", ask, Invalid, "minutes")
    for value in (0, -60, 14, 481, HUGE, 60.0, "60", True, float("nan"))
    for ask in (
        lambda s, v=value: s.lp.quote_lesson(s.gig.id, v),
        lambda s, v=value: s.lp.request_booking(OTHER_STUDENT, s.gig.id, s.lp.clock.now() + 5 * DAY, v),
    )
]

TEXTS: Rows = [
    (f"{what} {name}", ask, Invalid, name)
    for what, text in (("empty", ""), ("blank", " \n"), ("long", "x" * 4001), ("NUL in", "a\x00b"))
    for name, ask in (
        ("notes", lambda s, t=text: s.lp.reject_refund_request(s.request.id, ADMIN, t)),
        ("title", lambda s, t=text: s.lp.offer_gig(TEACHER, t, 2500)),
        ("name", lambda s, t=text: s.lp.describe_person(STUDENT, t, "ben@example.com")),
    )
]

PEOPLE: Rows = [
    (f"{name} {value!r}", ask, Invalid, name)
    for value in PERSON
    for name, ask in (
        ("student_id", lambda s, v=value: s.lp.request_booking(v, s.gig.id, s.lp.clock.now() + 5 * DAY, 60)),
        ("student_id", lambda s, v=value: s.lp.list_payment_methods(v)),
        ("teacher_id", lambda s, v=value: s.lp.confirm_booking(s.booking.id, v)),
        ("person_id", lambda s, v=value: s.lp.cancel_booking(s.booking.id, v)),
        ("admin_id", lambda s, v=value: s.lp.approve_refund_request(s.request.id, v)),
        ("admin_id", lambda s, v=value: s.lp.erase_person(STUDENT, v)),
    )
]

NAMES: Rows = [
    (f"{what} for {field}", ask, error, field if error is Invalid else kind)
    for kind, field, prefix, wrong, act in (
        ("gig", "gig_id", "gig", "bkg", lambda s, i: s.lp.quote_lesson(i, 60)),
        ("booking", "booking_id", "bkg", "pay", lambda s, i: s.lp.confirm_booking(i, TEACHER)),
        ("payment", "payment_id", "pay", "rfd", lambda s, i: s.lp.confirm_payment(i, STUDENT)),
        ("payment", "payment_id", "pay", "rfd", lambda s, i: s.lp.accept_quarantined_payment(i, ADMIN, "x")),
        ("payment", "payment_id", "pay", "rfd", lambda s, i: s.lp.write_off_receivable(i, ADMIN, 1, "x", "x")),
        ("refund request", "refund_request_id", "rrq", "rfd", lambda s, i: s.lp.approve_refund_request(i, ADMIN)),
        ("transfer", "transfer_id", "trf", "pay", lambda s, i: s.lp.hold_transfer(i, ADMIN)),
    )
    for what, name, error in (
        ("unknown", UNKNOWN[prefix], NotFound),
        ("wrong prefix", UNKNOWN[wrong], Invalid),
        ("short", f"{prefix}_1", Invalid),
        ("nothing", "", Invalid),
        ("NUL", f"{prefix}_{BODY[:-1]}\x00", Invalid),
        ("capitals", UNKNOWN[prefix].upper(), Invalid),
    )
    for ask in (lambda s, a=act, i=name: a(s, i),)
]

OTHERS: Rows = [
    ("no address", lambda s: s.lp.describe_person(STUDENT, "Ben", "nowhere"), Invalid, "email"),
    ("long address", lambda s: s.lp.describe_person(STUDENT, "Ben", "b@" + "x" * 254), Invalid, "email"),
    ("space in address", lambda s: s.lp.describe_person(STUDENT, "Ben", "b b@example.com"), Invalid, "email"),
    ("NUL in address", lambda s: s.lp.describe_person(STUDENT, "Ben", "b\x00@example.com"), Invalid, "email"),
    ("no zone", lambda s: s.lp.describe_person(STUDENT, "Ben", "b@example.com", ""), Invalid, "zone"),
    ("a path as zone", lambda s: s.lp.describe_person(STUDENT, "Ben", "b@example.com", "../zone"), Invalid, "zone"),
    ("long zone", lambda s: s.lp.describe_person(STUDENT, "Ben", "b@example.com", "E" * 65), Invalid, "zone"),
    ("no country", lambda s: s.lp.open_teacher_account(TEACHER, "France", BACK, BACK), Invalid, "country"),
    ("unknown alarm", lambda s: s.lp.clear_alarm("nothing:at all", ADMIN), NotFound, "alarm"),
    ("no story", lambda s: s.lp.explain("nothing"), Invalid, "identifier"),
    ("unknown story", lambda s: s.lp.explain(UNKNOWN["rfd"]), NotFound, "refund"),
    ("unknown gig's lesson", lambda s: s.lp.retire_gig(UNKNOWN["gig"], TEACHER), NotFound, "gig"),
]

ROWS: Final[Rows] = [*AMOUNTS, *CURRENCIES, *TIMES, *LENGTHS, *TEXTS, *PEOPLE, *NAMES, *OTHERS]


def test_bad_input_is_told_and_changes_nothing(scene: Scene) -> None:
    """Every row of the table; all that is wrong is told at once."""
    before = everything(scene.lp)
    wrong: list[tuple[str, object]] = []
    for what, ask, error, name in ROWS:
        try:
            found: object = ask(scene)
        except LinguaPayError as told:
            said = getattr(told, {Invalid: "field", Refused: "rule", NotFound: "kind"}.get(type(told), "args"))
            reason = getattr(told, "reason", str(told))
            if type(told) is error and said == name and reason:
                continue
            found = told
        except Exception as escaped:  # noqa: BLE001 - whatever gets through is what this test looks for
            found = escaped
        wrong.append((what, found))
    assert not wrong, "\n".join(map(str, wrong))
    assert everything(scene.lp) == before
