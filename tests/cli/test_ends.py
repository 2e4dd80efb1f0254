"""How commands end: the number and sentence of each class of errors, of bugs, broken settings, missing databases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linguapay_cli import main as entry
from linguapay_cli.exits import BUG, EXITS, OFF
from linguapay_core.domain import errors
from linguapay_core.domain.errors import LinguaPayError
from tests.cli.terminal import run, run_here

ENDINGS = [
    (errors.Invalid("amount", "must be above 0."), 2, "Invalid: amount: must be above 0."),
    (
        errors.Refused("taken", "The time is taken.", way_out="Take another."),
        3,
        "Refused: The time is taken. Take another.",
    ),
    (errors.NotFound("booking", "bkg_1"), 4, "Not found: There is no booking bkg_1."),
    (errors.Stale("Somebody wrote"), 5, "Changed meanwhile: Somebody wrote. Read again and repeat."),
    (errors.InFlight("It is being made."), 5, "Under way: It is being made. Wait and repeat."),
    (errors.GatewayUnreachable("No answer."), 6, "Stripe is silent: No answer. Wait; we go on by ourselves."),
    (errors.InDoubt("The database was lost."), 6, "In doubt: The database was lost. Read again: it may have happened."),
    (errors.Unauthenticated("No token."), 7, "Who are you?: No token."),
    (errors.NotAllowed("Admins only."), 7, "Not allowed: Admins only. Ask someone who may."),
    (errors.Busy("Locked\n by another?"), 8, "Busy: Locked by another? Repeat later; nothing happened."),
]


def ended_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> object:
    """The number with which the program ends when a command raises this."""

    def command(**_: object) -> None:
        raise error

    monkeypatch.setattr(entry, "app", command)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    return ended.value.code


@pytest.mark.parametrize(("error", "code", "line"), ENDINGS)
def test_an_error_ends_with_its_number_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: LinguaPayError, code: int, line: str
) -> None:
    assert ended_with(monkeypatch, error) == code
    assert capsys.readouterr().err == f"{line}\n"


@pytest.mark.parametrize("bug", [AssertionError("impossible"), KeyError("missing"), errors.TooMany("HTTP's alone")])
def test_a_bug_ends_with_70_and_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], bug: Exception
) -> None:
    assert ended_with(monkeypatch, bug) == 70
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert type(bug).__name__ in told


def test_every_class_of_errors_has_its_number_but_the_one_of_http() -> None:
    assert set(EXITS) == set(LinguaPayError.__subclasses__()) - {errors.TooMany}
    assert {type(error) for error, _, _ in ENDINGS} == set(EXITS)


def test_the_menu_names_every_number() -> None:
    numbers = {int(number) for number in re.findall(r"\d+", entry.ENDS)}
    assert numbers == {0, OFF, BUG} | {code for code, _ in EXITS.values()}


BROKEN_SETTINGS = [
    ({"PLATFORM_FEE_PERCENTAGE": "1"}, "PLATFORM_FEE_PERCENTAGE"),
    ({"PLATFORM_FEE_PERCENTAGE": "0.00001"}, "PLATFORM_FEE_PERCENTAGE"),
    ({"MINIMUM_PLATFORM_FEE_CENTS": "many"}, "MINIMUM_PLATFORM_FEE_CENTS"),
    ({"PAYMENT_CURRENCY": "XYZ"}, "PAYMENT_CURRENCY"),
    ({"STRIPE_SECRET_KEY": "sk_test_canary"}, "STRIPE_WEBHOOK_SECRET"),
    ({"STRIPE_SECRET_KEY": "sk_live_canary", "STRIPE_PUBLISHABLE_KEY": "pk_test_1"}, "STRIPE_PUBLISHABLE_KEY"),
    ({"LINGUAPAY_DATABASE_URL": "mysql://root:canary@host/name"}, "LINGUAPAY_DATABASE_URL"),
    ({"LINGUAPAY_DATABASE_URL": "postgresql://me:canary@host:port/name"}, "LINGUAPAY_DATABASE_URL"),
]


@pytest.mark.parametrize(("variables", "named"), BROKEN_SETTINGS)
def test_a_broken_setting_is_named_and_what_it_was_set_to_is_not(
    tmp_path: Path, variables: dict[str, str], named: str
) -> None:
    ended = run_here(tmp_path, "books", "verify", **variables)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Invalid: ")
    assert named in ended.err
    assert "canary" not in ended.err
    assert len(ended.err.splitlines()) == 1


def test_reading_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    ended = run(tmp_path, "books", "verify")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Invalid: LINGUAPAY_DATABASE_URL: there is no database linguapay.db. Name one that is there.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told_apart_from_a_bug(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("not a database, but a text that is long enough to be looked at\n" * 20)
    ended = run_here(tmp_path, "books", "verify", LINGUAPAY_DATABASE_URL="sqlite:///notes.db")
    assert ended.code == 2
    assert "file is not a database" in ended.err


def test_a_database_that_does_not_answer_is_busy(tmp_path: Path) -> None:
    url = f"postgresql://someone@/name?host={tmp_path}"
    ended = run_here(tmp_path, "explain", "pay_" + 26 * "0", LINGUAPAY_DATABASE_URL=url)
    assert ended.code == 8
    assert ended.err.startswith("Busy: The database can't now: ")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["explain"], ["demo", "--loud"], ["sandbox", "serve", "--port", "x"]]
)
def test_a_command_line_that_is_wrong_is_invalid(tmp_path: Path, arguments: list[str]) -> None:
    ended = run_here(tmp_path, *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert "Usage: linguapay" in ended.err
