"""`linguapay demo`: the story looks as recorded, tells the same as data, can be kept, and says if something is off."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from linguapay_adapters.composition import sandbox
from linguapay_cli.backstage import Stage, given
from linguapay_cli.main import Composition, app
from tests.cli.conftest import Kept
from tests.cli.terminal import ESCAPE, numbered, recorded, run, run_here


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo as data."""
    ended = run(tmp_path_factory.mktemp("told"), "demo", "--json")
    assert (ended.code, ended.err) == (0, "")
    shape: dict[str, Any] = json.loads(ended.out)
    return shape


def facts(told: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [fact for chapter in told["chapters"] for fact in chapter["facts"] if fact["fact"] == kind]


def test_the_story_looks_as_it_was_recorded(kept: Kept) -> None:
    shown = numbered(kept.printed.out)
    assert shown == recorded("demo", shown)
    assert (kept.printed.code, kept.printed.err) == (0, "")


def test_a_piped_story_is_plain_and_fits_80_columns(kept: Kept) -> None:
    lines = kept.printed.out.splitlines()
    assert ESCAPE not in kept.printed.out
    assert [line for line in lines if len(line) > 80 and "LINGUAPAY_DATABASE_URL" not in line] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_the_same_seed_tells_the_same_story(kept: Kept, tmp_path: Path) -> None:
    again = run_here(tmp_path, "demo").out
    assert kept.printed.out.startswith(again)


def test_the_data_tells_every_chapter_and_ends_in_a_verdict_that_holds(told: dict[str, Any]) -> None:
    assert (told["holds"], told["deviation"]) == (True, None)
    assert len(told["chapters"]) == 8
    assert told["chapters"][-1]["facts"][-1] == facts(told, "verdict")[0]
    (verdict,) = (fact["verdict"] for fact in facts(told, "verdict"))
    assert verdict["holds"]
    assert verdict["breaches"] == []
    assert verdict["balances"] == [
        {
            "in_books": {"amount_minor": 64, "currency": "USD"},
            "at_stripe": {"amount_minor": 64, "currency": "USD"},
        }
    ]


def test_a_step_tells_who_did_what_when_to_which_object_and_the_amounts(told: dict[str, Any]) -> None:
    step = next(fact for fact in facts(told, "step") if fact["does"].startswith("passes it"))
    assert step == {
        "fact": "step",
        "at": "2026-03-02T09:00:00Z",
        "who": {"role": "student", "person": "ben"},
        "does": "passes it: 31.50 USD are held for the lesson",
        "subject": step["subject"],
        "state": "succeeded",
        "amounts": {"captured": {"amount_minor": 3150, "currency": "USD"}},
    }
    assert step["subject"].startswith("pay_")


def test_the_quote_is_itemised_with_its_terms(told: dict[str, Any]) -> None:
    (quote,) = (fact["quote"] for fact in facts(told, "quote"))
    parts = {name: quote[name]["amount_minor"] for name in ("price", "fee", "total", "teacher_earns")}
    assert parts == {"price": 3000, "fee": 150, "total": 3150, "teacher_earns": 3000}
    assert quote["terms"] == [{"hours_before": 24, "refund_bps": 10000}, {"hours_before": 6, "refund_bps": 5000}]


def test_the_three_lessons_end_as_the_issue_tells_them(told: dict[str, Any]) -> None:
    (stories,) = (fact["bookings"] for fact in facts(told, "bookings"))
    ends = [
        (
            story["booking"]["state"],
            [payment["state"] for payment in story["payments"]],
            [(refund["rule"], refund["amount"]["total"]["amount_minor"]) for refund in story["refunds"]],
            [(transfer["state"], transfer["amount"]["amount_minor"]) for transfer in story["transfers"]],
        )
        for story in stories
    ]
    assert ends == [
        ("completed", ["succeeded"], [], [("created", 3000)]),
        ("cancelled", ["succeeded"], [("cancelled_by_student", 2000)], [("created", 2000)]),
        ("completed", ["succeeded"], [("request_approved", 2100)], [("created", 4000)]),
    ]


def test_the_entries_of_a_lesson_balance_to_what_was_paid_out(told: dict[str, Any]) -> None:
    (fact,) = facts(told, "entries")
    cash = [entry for entry in fact["entries"] if entry["cash"]]
    assert [entry["what"] for entry in cash] == ["cash: charge", "cash: refund", "cash: transfer"]
    assert all(leg["amount"]["amount_minor"] > 0 for entry in fact["entries"] for leg in entry["legs"])


def test_colours_follow_the_terminal_and_no_color(tmp_path: Path) -> None:
    colourful = run_here(tmp_path, "demo", FORCE_COLOR="1").out
    assert "\x1b[32m" in colourful
    plain = run_here(tmp_path, "demo", FORCE_COLOR="1", NO_COLOR="1").out
    assert not any(f"\x1b[3{colour}m" in plain for colour in range(8))


def test_a_kept_demo_never_overwrites(kept: Kept) -> None:
    ended = kept.run("demo", "--keep", "demo.db")
    assert ended.code == 2
    assert ended.err == "Invalid: keep: demo.db must be a new file in a folder that is there.\n"
    assert ended.out == ""


def test_the_commands_that_a_kept_demo_prints_work(kept: Kept) -> None:
    lines = [line.split() for line in kept.printed.out.splitlines() if line.startswith("  LINGUAPAY_DATABASE_URL=")]
    assert [words[2] for words in lines] == ["explain", "explain", "books"]
    for variable, _, *arguments in lines:
        url = variable.removeprefix("LINGUAPAY_DATABASE_URL=")
        assert run_here(kept.folder, *arguments, LINGUAPAY_DATABASE_URL=url).code == 0


class _Generous(Composition):
    """A backstage whose browser types a good card whatever the story wants."""

    @contextmanager
    def stage(self, keep: Path | None) -> Iterator[Stage]:
        assert keep is None
        with sandbox(seed=1) as rehearsal:
            yield Stage(rehearsal, rehearsal.clock, _GoodCards(rehearsal.browser), rehearsal.stripe, rehearsal.work)


class _GoodCards:
    def __init__(self, browser: Any) -> None:  # noqa: ANN401 - a browser of the sandbox's
        self.pay = browser.pay
        self.answer_challenge = browser.answer_challenge
        self.enter_card = lambda _number: browser.enter_card("4242424242424242")


def test_a_story_that_goes_another_way_stops_and_says_where() -> None:
    ended = CliRunner().invoke(app, ["demo"], obj=given(_Generous()))
    assert ended.exit_code == 1
    assert ended.stderr.startswith("Off: a declined payment is (<PaymentState.SUCCEEDED")
    assert "begins to pay" in ended.stdout
    assert "The books" not in ended.stdout


def test_data_of_a_story_that_goes_another_way_says_where() -> None:
    ended = CliRunner().invoke(app, ["demo", "--json"], obj=given(_Generous()))
    told = json.loads(ended.stdout)
    assert ended.exit_code == 1
    assert not told["holds"]
    assert told["deviation"]["what"] == "a declined payment"
    assert [chapter["title"] for chapter in told["chapters"]][-1].startswith("Ben's first card")
