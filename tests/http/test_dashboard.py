"""The dashboard over HTTP: the figures that the core's table defines, for admins alone."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.figures import FIGURES, PARTIES
from linguapay_http.resources.dashboard import ActiveView, FiguresView
from tests.http.conftest import Visitor
from tests.use_cases.stage import DAY, OTHER_TEACHER, asked_back, completed, confirmed, later, offered, paid, paying

DASHBOARD = "/api/payments/dashboard/"
DERIVED = {"success_bps", "failure_bps", "net_minor", "margin_minor", "mean_deciding_seconds"}


def test_nothing_has_happened_yet(carl: Visitor) -> None:
    assert carl.get(DASHBOARD).json() == {
        "starts_at": "2026-02-01T00:00:00Z",
        "ends_at": "2026-03-03T00:00:00Z",
        "time_zone": "UTC",
        "currencies": [],
        "open_alarms": 0,
        "recent_activity": [],
    }


def test_a_day_s_figures_are_those_of_its_payments(lp: Rehearsal, carl: Visitor) -> None:
    asked_back(lp, paid(lp))
    paying(lp, confirmed(lp, offered(lp, OTHER_TEACHER)))
    span = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-04T00:00:00Z"}
    dashboard = carl.get(DASHBOARD, **span).json()
    (dollars,) = dashboard["currencies"]
    total = dollars["total"]
    assert dollars["currency"] == "USD"
    assert [total[name] for name in ("payments_started", "payments_succeeded", "success_bps")] == [2, 1, 10_000]
    assert [total[name] for name in ("volume_minor", "refunded_minor", "net_minor")] == [2625, 0, 2625]
    assert [day["on"] for day in dollars["days"]] == ["2026-03-02", "2026-03-03"]
    assert [day["figures"]["volume_minor"] for day in dollars["days"]] == [2625, 0]
    assert dollars["refund_requests"] == [
        {
            "state": "submitted",
            "count": 1,
            "amount": {"amount_minor": 1000, "currency": "USD"},
            "oldest_at": "2026-03-02T09:02:00Z",
            "longest_seconds": 0,
            "mean_seconds": 0,
        }
    ]
    (march,) = dollars["months"]
    assert (march["on"], march["active"]) == ("2026-03-01", {"students_active": 1, "teachers_active": 1})
    assert [top["volume"]["amount_minor"] for top in march["top_teachers"]] == [2625]
    assert dollars["days"][0]["active"] == march["active"]
    assert dollars["brands"] == [{"brand": "visa", "succeeded": 1, "declined": 0, "success_bps": 10_000}]
    assert (dollars["declines"], dollars["before"]["volume_minor"]) == ([], 0)
    newest = dashboard["recent_activity"][0]
    assert set(newest) == {"id", "type", "subject", "by", "at"}


def test_transfers_that_wait_are_told_with_their_reason(lp: Rehearsal, carl: Visitor) -> None:
    completed(lp)
    later(lp, 4 * DAY)
    (dollars,) = carl.get(DASHBOARD).json()["currencies"]
    assert dollars["held_transfers"] == [
        {"hold": "account_not_ready", "count": 1, "amount": {"amount_minor": 2500, "currency": "USD"}}
    ]


def test_every_figure_of_the_table_is_shown_with_its_meaning() -> None:
    named = {figure.name: figure.meaning for figure in FIGURES}
    shown = FiguresView.model_json_schema()["properties"]
    assert shown.keys() == named.keys() | DERIVED
    assert {name: shown[name]["description"] for name in named} == named
    people = ActiveView.model_json_schema()["properties"]
    assert {name: about["description"] for name, about in people.items()} == {one.name: one.meaning for one in PARTIES}


def test_a_span_that_cant_be_meant_is_refused_by_its_field(carl: Visitor) -> None:
    for span, field in (
        ({"from": "2026-03-02T00:00:00Z", "to": "2026-03-02T00:00:00Z"}, "to"),
        ({"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"from": "2026-03-02T00:00:00"}, "from"),
        ({"to": "tomorrow"}, "to"),
        ({"zone": "Europe/Paris"}, "zone"),
    ):
        answer = carl.get(DASHBOARD, **span)
        assert (answer.status_code, answer.json()["field"]) == (422, field), span


def test_the_dashboard_is_for_admins(ben: Visitor, anna: Visitor, host: Visitor) -> None:
    assert [who.get(DASHBOARD).status_code for who in (ben, anna, host)] == [403, 403, 403]
