"""`linguapay analytics`: the figures of a demo, for people, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from linguapay_cli.analytics_steps import Step
from linguapay_core.domain.figures import NAMES, PARTIES
from tests.cli.conftest import Kept
from tests.cli.terminal import recorded, run, run_here

MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


def test_the_figures_look_as_recorded(kept: Kept) -> None:
    ended = run(kept.folder, "analytics", *MARCH, "--by", "week", **kept.variables)
    assert ended.out == recorded("analytics", ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_in_plain_text_there_are_no_bars_and_no_lines(kept: Kept) -> None:
    shown = kept.run("analytics", *MARCH, "--plain").out
    assert not set("█─#") & set(shown)
    assert "platform fees" in shown


def test_where_a_terminal_lacks_blocks_bars_are_made_of_what_it_has(kept: Kept) -> None:
    ended = run(kept.folder, "analytics", *MARCH, **kept.variables, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (ended.code, "###" in ended.out) == (0, True)


@pytest.mark.parametrize("step", Step)
def test_the_steps_add_up_to_the_whole(kept: Kept, step: Step) -> None:
    told = json.loads(kept.run("analytics", *MARCH, "--by", step, "--json").out)
    (dollars,) = told["currencies"]
    assert (told["starts_at"], told["ends_at"], told["by"]) == ("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", step)
    assert {Step.DAY: 31, Step.WEEK: 6, Step.MONTH: 1}[step] == len(dollars["steps"])
    for name in NAMES:
        assert sum(one["figures"][name] for one in dollars["steps"]) == dollars["total"][name]
    people = [one["active"] and one["active"]["students_active"] for one in dollars["steps"]]
    assert {Step.DAY: 1, Step.WEEK: None, Step.MONTH: 3}[step] == max(people, key=lambda number: number or 0)


def test_a_spreadsheet_has_a_line_for_each_step(kept: Kept) -> None:
    lines = list(csv.DictReader(io.StringIO(kept.run("analytics", *MARCH, "--by", "month", "--csv").out)))
    assert [(line["on"], line["currency"], line["payments_succeeded"]) for line in lines] == [
        ("2026-03-01", "USD", "3"),
    ]
    assert {*NAMES, "margin_minor", *(party.name for party in PARTIES)} <= lines[0].keys()


def test_the_period_before_stands_beside(kept: Kept) -> None:
    told = json.loads(kept.run("analytics", "--from", "2026-04-01", "--to", "2026-05-02", "--json").out)
    assert [one["before"]["payments_succeeded"] for one in told["currencies"]] == [3]


def test_another_currency_has_no_figures(kept: Kept) -> None:
    assert "Nothing happened in this time." in kept.run("analytics", *MARCH, "--currency", "EUR").out
    assert kept.run("analytics", *MARCH, "--currency", "USD").out == kept.run("analytics", *MARCH).out


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("--from", "tomorrow"), "from"),
        (("--to", "2026-13-01"), "to"),
        (("--from", "2026-03-02", "--to", "2026-03-02"), "to"),
        (("--from", "2024-01-01", "--to", "2026-01-01"), "to"),
        (("--currency", "XXX"), "currency"),
    ],
)
def test_what_cant_be_meant_ends_with_2_and_names_the_field(kept: Kept, arguments: tuple[str, ...], field: str) -> None:
    ended = kept.run("analytics", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"Invalid: {field}:")


def test_without_a_database_it_says_so(tmp_path: Path) -> None:
    ended = run_here(tmp_path, "analytics", LINGUAPAY_DATABASE_URL=f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert (ended.code, ended.out) == (2, "")
    assert "there is no database" in ended.err


def test_an_admin_has_all_figures_counted_anew(copy: Kept) -> None:
    """What was counted wrong is right again, and the command says how much it counted, each time."""
    unknown = copy.run("analytics", "rebuild", XDG_CONFIG_HOME=str(copy.folder))
    assert (unknown.code, unknown.out) == (7, "")
    assert copy.run("login").code == 0
    counted = json.loads(copy.run("analytics", "rebuild", "--json").out)["counted"]
    before = copy.run("analytics", *MARCH, "--json").out
    with closing(sqlite3.connect(copy.folder / "demo.db")) as connection, connection:
        assert connection.execute("UPDATE daily_figures SET volume_minor = volume_minor + 1").rowcount > 0
    assert copy.run("books", "verify", "--no-stripe").code == 1
    ended = run(copy.folder, "analytics", "rebuild", **copy.variables)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"All figures are counted anew, {counted:,} events and entries by this command.\n"
    assert counted > 0
    assert copy.run("books", "verify", "--no-stripe").code == 0
    assert copy.run("analytics", *MARCH, "--json").out == before
