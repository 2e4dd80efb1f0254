"""A dashboard is put together for each currency that occurs."""

from datetime import UTC, timedelta

from linguapay_core.domain.dashboard import (
    Brand,
    Findings,
    MonthFigures,
    Tally,
    TopTeacher,
    Waiting,
    put_together,
    ranked,
)
from linguapay_core.domain.figures import Active, Figures
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.money import CURRENCIES, USD
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.span import DAY, span_between
from linguapay_core.domain.transfer import Hold
from linguapay_core.testing.builders import ANNA, BEN, NOON

EUR, GBP, PLN = (CURRENCIES[code] for code in ("EUR", "GBP", "PLN"))
SPAN = span_between(NOON, NOON + 2 * DAY, UTC)
FIRST, SECOND, THIRD = SPAN.days
(JANUARY,) = SPAN.months
WAITING = Waiting(2, 3, oldest_at=NOON - 9 * DAY, mean_at=NOON - 5 * DAY)


def test_each_currency_has_what_is_its_own() -> None:
    found = Findings(
        figures={
            (FIRST, USD): Figures(volume_minor=5),
            (THIRD, USD): Figures(volume_minor=7),
            (SPAN.days_before[-1], USD): Figures(volume_minor=30),
            (SECOND, EUR): Figures(payments_started=1),
            (SECOND, PLN): Figures(),
        },
        active={(FIRST, USD): Active(2, 1), (JANUARY, USD): Active(4, 3)},
        apart={},
        top={(JANUARY, USD): (TopTeacher(ANNA, 12),)},
        held={(GBP, Hold.CONTESTED): Tally(1, 9)},
        requests={(USD, RequestState.BLOCKED): WAITING},
        open_alarms=4,
        recent=(),
    )
    shown = put_together(SPAN, found, at=NOON + DAY)
    euros, pounds, dollars = shown.currencies
    assert [one.currency.code for one in shown.currencies] == ["EUR", "GBP", "USD"]
    assert (shown.starts_at, shown.ends_at, shown.at, shown.open_alarms) == (NOON, NOON + 2 * DAY, NOON + DAY, 4)
    assert (dollars.total, dollars.before) == (Figures(volume_minor=12), Figures(volume_minor=30))
    assert [figures.volume_minor for _, figures in dollars.days] == [5, 0, 7]
    assert dollars.active == {FIRST: Active(2, 1)}
    assert dollars.months == (MonthFigures(JANUARY, Active(4, 3), (TopTeacher(ANNA, 12),)),)
    assert (euros.total, euros.before, euros.active) == (Figures(payments_started=1), Figures(), {})
    assert euros.months == (MonthFigures(JANUARY, Active(), ()),)
    assert (pounds.held, pounds.requests) == ({Hold.CONTESTED: Tally(1, 9)}, {})
    assert dollars.requests == {RequestState.BLOCKED: WAITING}


def test_brands_come_in_the_order_of_their_attempts_and_reasons_in_that_of_their_number() -> None:
    apart = {
        (USD, "succeeded_by_brand", "visa"): 2,
        (USD, "declined_by_brand", "visa"): 1,
        (USD, "declined_by_brand", "amex"): 4,
        (EUR, "succeeded_by_brand", "diners"): 9,
        (USD, "declined_by_code", "lost_card"): 1,
        (USD, "declined_by_code", "fraud"): 1,
        (USD, "declined_by_code", "generic_decline"): 3,
    }
    found = Findings({(FIRST, USD): Figures(volume_minor=5)}, {}, apart, {}, {}, {}, 0, ())
    (dollars,) = put_together(SPAN, found, at=NOON).currencies
    assert dollars.brands == (Brand("amex", 0, 4), Brand("visa", 2, 1))
    assert [brand.success_bps for brand in dollars.brands] == [0, 6667]
    assert list(dollars.declines) == ["generic_decline", "fraud", "lost_card"]


def test_waiting_is_told_from_the_oldest_and_on_average() -> None:
    assert (WAITING.longest(NOON), WAITING.mean(NOON + timedelta(hours=1))) == (9 * DAY, 5 * DAY + timedelta(hours=1))


def test_who_earned_nothing_is_among_no_top_and_equals_come_by_name() -> None:
    volumes = {BEN: 5, ANNA: 5, PersonId("zoe"): 9, PersonId("idle"): 0, PersonId("less"): -1}
    assert ranked(volumes, 2) == [TopTeacher(PersonId("zoe"), 9), TopTeacher(ANNA, 5)]
    assert [one.teacher_id for one in ranked(volumes, 10)] == ["zoe", ANNA, BEN]
