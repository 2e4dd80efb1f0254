"""`linguapay customers`: a person on the screen, as a copy for the person, and forgotten."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from linguapay_cli.person_shapes import COLUMNS, LEFT_OUT
from tests.cli.conftest import Kept
from tests.cli.terminal import Ended, numbered, recorded, run

TABLES = (
    "gigs",
    "lessons",
    "payments",
    "refund_requests",
    "refunds",
    "transfers",
    "written",
    "credits",
    "owed_back",
    "balances",
)


def acting(copy: Kept, *arguments: str) -> Ended:
    """Run a command as an admin who is logged in for this test alone."""
    home = {"HOME": str(copy.folder), "XDG_CONFIG_HOME": str(copy.folder)}
    assert copy.run("login", **home).code == 0
    return copy.run(*arguments, **home)


def exported(kept: Kept, person: str) -> Any:  # noqa: ANN401 - as JSON has it
    """The copy that a person would be given."""
    out = kept.folder / f"{person}.json"
    assert kept.run("customers", "export", person, "--out", str(out)).code == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_a_student_looks_as_recorded(kept: Kept) -> None:
    ended = kept.run("customers", "show", "david", "--utc")
    shown = numbered(ended.out)
    assert shown == recorded("customer", shown)
    assert (ended.code, ended.err) == (0, "")


def test_a_teacher_looks_as_recorded(kept: Kept) -> None:
    ended = kept.run("customers", "show", "anna", "--utc", "--lessons", "2")
    shown = numbered(ended.out)
    assert shown == recorded("customer_teacher", shown)


def test_customers_are_listed(kept: Kept) -> None:
    listed = json.loads(kept.run("customers", "list", "--json").out)["items"]
    assert {one["id"] for one in listed} == {"ben", "clara", "david"}


def test_the_copy_is_complete_and_says_what_is_left_out(kept: Kept) -> None:
    told = json.loads(run(kept.folder, "customers", "export", "david", **kept.variables).out)
    assert [*told] == ["person", *TABLES, "left_out"]
    assert {name: len(told[name]) for name in TABLES} == {
        "gigs": 0,
        "lessons": 1,
        "payments": 1,
        "refund_requests": 1,
        "refunds": 1,
        "transfers": 0,
        "written": 2,
        "credits": 0,
        "owed_back": 0,
        "balances": 0,
    }
    assert told["left_out"] == LEFT_OUT
    assert told["payments"][0]["amount"] == {"amount_minor": 6300, "currency": "USD"}
    assert [one["by"] for one in told["written"]] == ["you", "an admin"]


def test_the_copy_has_nothing_personal_of_others_and_no_secret(kept: Kept) -> None:
    """Of a teacher: not what students wrote, nor about their cards; of anybody: no admin's name."""
    told = exported(kept, "anna")
    assert told["written"] == told["refund_requests"] == []
    assert {(one["card_brand"], one["decline_code"], one["intent_id_at_stripe"]) for one in told["payments"]} == {
        (None, None, None)
    }
    copies = [json.dumps(exported(kept, person)) for person in ("anna", "david")]
    admins = {one["by"] for one in json.loads(kept.run("explain", kept.first("bkg"), "--json").out)["moments"]}
    names = {by.removeprefix("admin ") for by in admins if by.startswith("admin ")}
    assert names
    assert not any(f'"{name}"' in copy or "secret" in copy for name in names for copy in copies)


def test_the_copy_as_tables_has_every_table_and_no_formula(kept: Kept, tmp_path: Path) -> None:
    out = tmp_path / "david.zip"
    assert kept.run("customers", "export", "david", "--zip", "--out", str(out)).code == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [*(f"{name}.csv" for name in ("person", *TABLES)), "left_out.txt"]
        (payment,) = csv.DictReader(io.StringIO(archive.read("payments.csv").decode()))
        assert archive.read("gigs.csv").decode() == (
            "id,title,hourly_price_minor,hourly_price,hourly_price_currency,active,offered_at\r\n"
        )
    assert (payment["amount_minor"], payment["amount_currency"], payment["state"]) == ("6300", "USD", "succeeded")


def test_every_field_of_the_copy_is_a_column_of_its_tables(kept: Kept) -> None:
    for person in ("anna", "david"):
        told = exported(kept, person)
        for name, columns in COLUMNS.items():
            for row in [told[name]] if name == "person" else told[name]:
                assert [*row] == columns.split()


def test_a_zip_isnt_written_to_a_terminal(kept: Kept) -> None:
    ended = kept.run("customers", "export", "david", "--zip")
    assert (ended.code, ended.err.startswith("Invalid: out: ")) == (2, True)


def test_forgetting_shows_what_it_does_and_does_it(copy: Kept) -> None:
    ended = acting(copy, "customers", "erase", "david", "--yes")
    assert ended.code == 0, ended.err
    assert "2 texts that they wrote" in ended.out
    assert ended.out.endswith("david is forgotten. The books are whole.\n")
    told = exported(copy, "david")
    assert told["person"]["erased_at"] is not None
    assert [one["text"] for one in told["written"]] == [None, None]
    assert copy.run("books", "verify", "--no-stripe").code == 0
    assert copy.run("explain", copy.first("bkg")).code == 0


def test_a_dry_run_forgets_nobody(copy: Kept) -> None:
    ended = acting(copy, "customers", "erase", "david", "--dry-run", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["id"], told["waits_for"]) == (0, "david", [])
    assert len(told["erases"]) == 2
    assert exported(copy, "david")["person"]["erasure_asked_at"] is None


def test_forgetting_twice_says_that_it_was_done(copy: Kept) -> None:
    first = json.loads(acting(copy, "customers", "erase", "ben", "--yes", "--json").out)
    again = json.loads(acting(copy, "customers", "erase", "ben", "--yes", "--json").out)
    assert first == again
    assert first["waits_for"] == []
    assert json.loads(acting(copy, "customers", "erase", "ben", "--dry-run", "--json").out)["erases"] == []
    assert acting(copy, "customers", "erase", "ben", "--dry-run").out == "ben was forgotten already.\n"


@pytest.mark.parametrize("arguments", [("--dry-run",), ("--yes",)])
def test_forgetting_is_for_who_is_logged_in(kept: Kept, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ended = kept.run("customers", "erase", "david", *arguments, **home)
    assert (ended.code, ended.out) == (7, "")


def test_without_a_terminal_nobody_is_asked(copy: Kept) -> None:
    ended = acting(copy, "customers", "erase", "david")
    assert (ended.code, "Invalid: yes: " in ended.err) == (2, True)


@pytest.mark.parametrize("command", [["show"], ["export"], ["erase", "--dry-run"]])
def test_a_name_that_means_nobody_is_doubted(copy: Kept, command: list[str]) -> None:
    """Or else whoever misspells a name gives away an empty file, and takes the person for forgotten."""
    doubted = acting(copy, "customers", *command, "daivd")
    assert (doubted.code, doubted.err) == (0, "Nothing is known about daivd. Is the name right?\n")
    assert acting(copy, "customers", *command, "david").err == ""


def test_what_names_nobody_is_invalid(kept: Kept) -> None:
    ended = kept.run("customers", "show", "not a name")
    assert (ended.code, ended.err.startswith("Invalid: person_id: ")) == (2, True)
