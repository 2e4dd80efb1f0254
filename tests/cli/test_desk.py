"""The admin's other commands: lists and records as data, and each act once where it changes something, and again."""

from __future__ import annotations

import json

import pytest

from tests.cli.desk import Desk

TEXT, YES_NO, AMOUNT, MAYBE = (str,), (bool,), (dict,), (str, type(None))
FIELDS: dict[str, dict[str, tuple[type, ...]]] = {
    "bookings": {
        **dict.fromkeys(("id", "state", "gig_id", "student_id", "teacher_id", "starts_at", "ends_at"), TEXT),
        **dict.fromkeys(("amount", "price", "fee", "teacher_earns"), AMOUNT),
        "requested_at": TEXT,
        **dict.fromkeys(("due_at", "closed_at"), MAYBE),
    },
    "gigs": {
        **dict.fromkeys(("id", "teacher_id", "title", "offered_at"), TEXT),
        "hourly_price": AMOUNT,
        "active": YES_NO,
    },
    "payments": {
        **dict.fromkeys(("id", "state", "booking_id", "student_id", "teacher_id"), TEXT),
        **dict.fromkeys(("amount", "price_part", "fee_part", "refunded", "credit", "left", "transferred"), AMOUNT),
        **dict.fromkeys(("card_brand", "decline_code", "intent_id", "charge_id", "started_at"), TEXT),
        "live": YES_NO,
        "succeeded_at": MAYBE,
    },
    "transfers": {
        **dict.fromkeys(("id", "state", "payment_id", "booking_id", "teacher_id", "stripe_id"), TEXT),
        "amount": (dict, type(None)),
        "hold": MAYBE,
        **dict.fromkeys(("scheduled_at", "pay_at"), TEXT),
    },
    "teachers": {"id": TEXT, "account_id": TEXT, "can_receive": YES_NO},
}
"""The fields of each list's JSON, and of which type each is: a contract."""
FIELDS["credits"] = FIELDS["payments"]

FIRST = {"bookings": "{contested}", "payments": "{payment}", "transfers": "{transfer}", "teachers": "teacher-anna"}
"""A record that each `show` can be tried on."""


@pytest.mark.parametrize("command", FIELDS)
def test_a_list_for_programs_has_these_fields(desk: Desk, command: str) -> None:
    told = desk.data(command, "list")
    assert told.keys() == {"items", "next_cursor"}
    assert told["items"]
    for item in told["items"]:
        assert item.keys() == FIELDS[command].keys()
        wrong = {name: value for name, value in item.items() if not isinstance(value, FIELDS[command][name])}
        assert not wrong


@pytest.mark.parametrize("command", FIRST)
def test_a_record_for_programs_has_the_fields_of_its_list_and_the_notes(desk: Desk, command: str) -> None:
    told = desk.data(command, "show", FIRST[command])
    assert told.keys() == FIELDS[command].keys() | {"notes"}


ACTS = {
    "payments sync {payment}": ("succeeded, as before", "succeeded, as before"),
    "payments accept {quarantined} --note Ours.": ("accepted", "accepted already"),
    "payments refund {quarantined} --note Odd.": ("refunded", "refunded already"),
    "transfers hold {transfer} --note Wait.": ("held", "held already"),
    "credits paid-by-bank {credited} --reference BANK-1": ("noted as paid", "noted as paid already"),
    "teachers refresh teacher-anna": ("can receive money", "can receive money"),
}
"""Acts, and what each says the first time and the second."""


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_once_and_said_to_be_done_the_second_time(desk: Desk, act: str) -> None:
    words = act.split()
    assert desk.run(*words, "--yes").code == 7
    desk.login()
    before = desk.data("payments", "list"), desk.data("bookings", "list"), desk.data("transfers", "list")
    assert desk.run(*words, "--dry-run").code == 0
    assert before == (desk.data("payments", "list"), desk.data("bookings", "list"), desk.data("transfers", "list"))
    assert desk.run(*words).code == 2
    for expected in ACTS[act]:
        (outcome,) = desk.data(*words, "--yes")["outcomes"]
        assert (outcome["outcome"], outcome["problem"]) == (expected, None)
    assert desk.run("books", "verify", "--no-stripe").code == 0


@pytest.mark.parametrize(
    ("asked", "otherwise", "state"),
    [("500 --given", "600 --given", "completed"), ("2625 --cancelled", "2625 --given", "cancelled")],
)
def test_a_contest_is_decided_once_and_never_otherwise(desk: Desk, asked: str, otherwise: str, state: str) -> None:
    words = ["bookings", "decide", "{contested}", "--note", "Both.", "--yes", "--refund"]
    desk.login()
    for expected in (state, f"{state} already"):
        assert desk.data(*words, *asked.split())["outcomes"][0]["outcome"] == expected
    ended = desk.run(*words, *otherwise.split())
    assert ended.code == 3
    assert f"Refused: carla decided already: the lesson counts as {state}" in " ".join(ended.out.split())
    assert desk.run("books", "verify", "--no-stripe").code == 0


def test_what_nobody_contests_is_shown_as_refused(desk: Desk) -> None:
    desk.login()
    desk.run("bookings", "decide", "{contested}", "--refund", "0", "--given", "--note", "Fine.", "--yes")
    words = ["bookings", "decide", "--state", "paid", "--refund", "0", "--given", "--note", "Why not.", "--dry-run"]
    (told,) = {one["refusal"]["reason"] for one in desk.data(*words)["would"]}
    assert told.startswith("A booking that is paid can't decide completed.")


def test_a_held_transfer_is_released_and_its_note_is_shown(desk: Desk) -> None:
    desk.login()
    desk.run("transfers", "hold", "{transfer}", "--note", "The student wrote.", "--yes")
    told = desk.data("transfers", "show", "{transfer}")
    assert (told["state"], told["hold"], told["notes"]) == (
        "on_hold",
        "by_admin",
        [{"by": "carla", "text": "The student wrote."}],
    )
    assert "Note by carla" in desk.run("transfers", "show", "{transfer}").out
    assert "[1/1]" in desk.run("transfers", "release", "{transfer}", "--yes").out
    assert desk.data("transfers", "release", "{transfer}", "--yes")["outcomes"][0]["outcome"] == "released already"


def test_a_transfer_that_was_never_asked_for_is_not_retried(desk: Desk) -> None:
    desk.login()
    ended = desk.run("transfers", "retry", "{transfer}", "--yes")
    assert ended.code == 3
    assert "can't retry. That is possible while it is unknown or parked." in ended.out


def test_every_credit_is_sent_again_and_then_there_is_none(desk: Desk) -> None:
    desk.login()
    ended = desk.run("credits", "refund", "--with-credit", "--yes")
    assert ended.code == 0
    assert "This would refund 1 payment of 10.00 USD." in ended.out
    assert desk.run("credits", "list").err == "There are no such credits.\n"
    assert desk.run("credits", "refund", "--with-credit", "--yes").out == "There is nothing to do.\n"
    again = desk.run("credits", "refund", "{credited}", "--yes")
    assert again.code == 3
    assert "Refused: No failed refund of this payment left any credit." in again.out


def test_a_credit_is_paid_by_bank_in_parts_each_under_its_reference(desk: Desk) -> None:
    desk.login()
    paid = ("credits", "paid-by-bank", "{credited}", "--amount", "400", "--yes", "--reference")
    for reference in ("BANK-1", "BANK-1", "BANK-2"):
        assert desk.run(*paid, reference).code == 0
    (credit,) = desk.data("credits", "list")["items"]
    assert credit["credit"]["amount_minor"] == 200
    ended = desk.run(*paid, "BANK-3")
    assert ended.code == 3
    assert "4.00 USD is more than what is owed as credit, 2.00 USD." in ended.out


def test_what_a_teacher_owes_is_written_off_once_under_its_reference(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "approve", "{owed}", "--yes")
    desk.run("refunds", "process", "{owed}", "--yes")
    words = ("teachers", "write-off", "{sent_out}", "--amount", "1905", "--note", "Gone.", "--yes", "--reference")
    more = desk.data(*words, "case-1", "--amount", "1906", "--dry-run")["would"]
    assert more[0]["refusal"]["way_out"] == "Write off at most 19.05 USD."
    for _ in range(2):
        assert desk.run(*words, "case-1").code == 0
    ended = desk.run(*words, "case-2")
    assert ended.code == 3
    assert "Refused: The teacher owes nothing for this payment." in ended.out
    assert desk.data("payments", "show", "{sent_out}")["notes"] == [{"by": "carla", "text": "Gone."}]
    again = desk.data(*words, "case-1")["outcomes"]
    assert again == [{"id": desk.names["sent_out"], "outcome": "written off already", "problem": None}]


@pytest.mark.parametrize(
    ("act", "rule"),
    [
        ("teachers write-off {payment} --amount 1 --reference a --note Gone.", "nothing_owed"),
        ("credits refund {payment}", "no_credit"),
        ("credits paid-by-bank {payment} --reference a", "no_credit"),
        ("credits paid-by-bank {credited} --amount 1001 --reference a", "exceeds_credit"),
    ],
)
def test_a_preview_does_not_promise_what_would_be_refused(desk: Desk, act: str, rule: str) -> None:
    desk.login()
    (would,) = desk.data(*act.split(), "--dry-run")["would"]
    assert would["refusal"]["rule"] == rule
    assert desk.run(*act.split(), "--dry-run").out.endswith("There is nothing to do.\n")


def test_a_quarantine_ends_one_way(desk: Desk) -> None:
    desk.login()
    desk.run("payments", "accept", "{quarantined}", "--note", "Ours.", "--yes")
    told = json.loads(desk.run("payments", "refund", "{quarantined}", "--note", "No.", "--dry-run", "--json").out)
    assert told["would"][0]["refusal"]["rule"] == "payment_accepted"
    assert desk.run("payments", "refund", "{quarantined}", "--note", "No.", "--yes").code == 3


def test_a_name_that_several_share_is_invalid_and_one_of_nobody_is_not_found(desk: Desk) -> None:
    assert desk.run("payments", "show", "pay_0").code == 2
    assert desk.run("payments", "show", "pay_9").code == 4


def test_a_persons_name_may_end_with_a_dash_below(desk: Desk) -> None:
    assert desk.run("teachers", "show", "nobody_").code == 4
    assert desk.run("payments", "show", "pay_").code == 2
