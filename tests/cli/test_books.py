"""`linguapay books verify`: every rule is named, and a breach that was planted is found and ends the command with 1."""

from __future__ import annotations

import json
import sqlite3

from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.rules_of_the_books import Rule
from tests.cli.conftest import Kept
from tests.cli.terminal import numbered, recorded, run

LOUD = "No STRIPE_SECRET_KEY is set: the sandbox plays Stripe, and no real money moves.\n"


def plant(copy: Kept, *statements: str) -> None:
    """Change the database behind the back of everybody."""
    connection = sqlite3.connect(copy.folder / "demo.db")
    with connection:
        for statement in statements:
            assert connection.execute(statement).rowcount
    connection.close()


def test_books_that_hold_look_as_recorded_and_the_sandbox_is_told_of(kept: Kept) -> None:
    ended = run(kept.folder, "books", "verify", **kept.variables)
    assert ended.out == recorded("verify", ended.out)
    assert (ended.code, ended.err) == (0, LOUD)


def test_the_data_names_every_rule_and_the_comparison(kept: Kept) -> None:
    told = json.loads(kept.run("books", "verify", "--json").out)
    assert [rule["rule"] for rule in told["rules"]] == list(Rule)
    assert all(rule["holds"] is True and rule["must_hold"] for rule in told["rules"])
    assert (told["holds"], told["bookings"], told["breaches"]) == (True, 3, [])
    assert told["balance_transactions"] == 8
    assert [one["in_books"] == one["at_stripe"] for one in told["balances"]] == [True]


def test_without_stripe_nothing_is_said_of_it(kept: Kept) -> None:
    ended = kept.run("books", "verify", "--no-stripe", "--json")
    told = json.loads(ended.out)
    unasked = [rule["rule"] for rule in told["rules"] if rule["holds"] is None]
    assert (ended.code, ended.err) == (0, "")
    assert (unasked, told["balances"], told["balance_transactions"]) == (["5 cash equals Stripe's"], None, 0)
    screen = kept.run("books", "verify", "--no-stripe").out
    assert "Stripe was not asked." in screen
    assert f"{len(Rule) - 1} rules checked, 0 breaches" in screen


def test_an_amount_changed_behind_the_triggers_is_found_and_named(copy: Kept) -> None:
    plant(
        copy,
        "DROP TRIGGER legs_refuse_update",
        "UPDATE legs SET amount_minor = amount_minor + 1 WHERE debit = 'escrow' AND credit = 'platform_fee'",
    )
    ended = copy.run("books", "verify")
    assert ended.code == 1
    assert "✗  1 right sides" in ended.out
    assert "escrow stands at -0.01 USD after" in ended.out
    assert "breaches in 3 bookings" in ended.out
    told = json.loads(copy.run("books", "verify", "--json").out)
    assert not told["holds"]
    assert {"1 right sides"} <= {breach["rule"] for breach in told["breaches"]}
    assert all(breach["subject"].startswith("pay_") for breach in told["breaches"] if breach["rule"] == "1 right sides")


def test_an_entry_that_vanished_is_found_without_asking_stripe(copy: Kept) -> None:
    plant(
        copy,
        "DROP TRIGGER legs_refuse_delete",
        "DROP TRIGGER entries_refuse_delete",
        "DELETE FROM legs WHERE entry_key LIKE '% settled'",
        "DELETE FROM entries WHERE key LIKE '% settled'",
    )
    ended = copy.run("books", "verify", "--no-stripe")
    assert ended.code == 1
    assert "✗  1 right sides" in ended.out


def test_money_that_only_stripe_knows_is_found_and_named(copy: Kept) -> None:
    stripe = StripeSandbox(path=copy.folder / "demo.stripe.db", clock=SystemClock())
    transaction = stripe.adjust(500)
    stripe.close()
    ended = copy.run("books", "verify")
    assert ended.code == 1
    assert f"{transaction}\n" in ended.out
    assert "✗ -5.00 USD" in ended.out
    assert copy.run("books", "verify", "--no-stripe").code == 0


def test_what_the_accounts_hold_looks_as_recorded(kept: Kept) -> None:
    ended = kept.run("books", "balance")
    assert ended.out == recorded("balance", ended.out)
    assert (ended.code, ended.err) == (0, "")


def test_the_balances_are_those_of_the_books_and_of_one_teacher(kept: Kept) -> None:
    told = json.loads(kept.run("books", "balance", "--json").out)["balances"]
    assert {one["account"]: one["holds"]["amount_minor"] for one in told if one["holds"]["amount_minor"]} == {
        "stripe_balance": 64,
        "platform_fee": 550,
        "stripe_fees": 486,
    }
    theirs = json.loads(kept.run("books", "balance", "--teacher", "anna", "--json").out)["balances"]
    assert [one["account"] for one in theirs] == [
        *("teacher_receivable", "teacher_payable", "teacher_netting", "student_credit"),
    ]


def test_a_statement_looks_as_recorded_and_goes_on(kept: Kept) -> None:
    ended = kept.run("books", "statement", "stripe_balance", "-n", "4")
    assert numbered(ended.out) == recorded("account", numbered(ended.out))
    cursor = ended.err.rpartition(" ")[2].strip()
    rest = json.loads(kept.run("books", "statement", "stripe_balance", "--cursor", cursor, "--json").out)
    first = json.loads(kept.run("books", "statement", "stripe_balance", "-n", "4", "--json").out)
    assert (first["next_cursor"], first["closing"]) == (cursor, rest["opening"])
    assert rest["closing"] == [{"amount_minor": 64, "currency": "USD"}]
    assert rest["next_cursor"] == ""


def test_a_statement_of_some_days_begins_with_what_was_there(kept: Kept) -> None:
    words = ("books", "statement", "teacher_payable:anna", "--utc", "--json")
    days = json.loads(kept.run(*words, "--from", "2026-03-09", "--to", "2026-03-14").out)
    whole = json.loads(kept.run(*words).out)
    within = [one for one in whole["lines"] if "2026-03-09" <= one["at"] < "2026-03-14"]
    assert days["lines"] == within
    assert len(within) < len(whole["lines"])
    assert kept.run("books", "statement", "pocket").code == 2
