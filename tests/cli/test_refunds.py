"""`linguapay refunds`: the admin's inbox, the card of a request, and deciding about one or many."""

from __future__ import annotations

import json

import pytest

from linguapay_cli import acts
from linguapay_core.domain.payment import Payment
from tests.cli.desk import Desk
from tests.cli.place import LONG_AGO
from tests.cli.terminal import numbered, recorded
from tests.use_cases.stage import DAY, STUDENT, at_stripe

MONEY = {"amount_minor", "currency"}
PARTS = {"total", "price_part", "fee_part"}
REQUEST = {
    *("id", "state", "payment_id", "booking_id", "student_id", "amount", "approved", "approvals_needed"),
    *("platform_bears", "refund_id", "blocked_reason", "submitted_at", "expires_at"),
}
GLANCE = REQUEST | {"left", "by_terms", "urgency"}
CARD = GLANCE | {"approvals", "texts", "payment", "booking", "consequences", "student", "teacher"}


def states(desk: Desk, *names: str) -> list[str]:
    """Where requests stand now."""
    items = {one["id"]: one["state"] for one in desk.data("refunds", "list")["items"]}
    return [items[desk.names[name]] for name in names]


def test_the_queue_looks_as_it_was_recorded(desk: Desk) -> None:
    ended = desk.run("refunds", "queue")
    shown = numbered(ended.out)
    assert shown == recorded("refunds_queue", shown)
    assert (ended.code, ended.err) == (0, "")
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_the_queue_has_what_waits_the_most_urgent_first(desk: Desk) -> None:
    told = desk.data("refunds", "queue")
    assert [one["id"] for one in told["items"]] == [desk.names[name] for name in ("owed", "small", "large", "blocked")]
    assert [one["urgency"] for one in told["items"]] == [*3 * ["expires_soon"], "blocked"]
    for one in told["items"]:
        assert one.keys() == GLANCE
        assert one["left"].keys() == one["by_terms"].keys() == PARTS
    first = desk.data("refunds", "queue", "--limit", "3")
    (last,) = desk.data("refunds", "queue", "--cursor", first["next_cursor"])["items"]
    assert last["id"] == desk.names["blocked"]


def test_the_queue_is_told_in_plain_lines_too(desk: Desk) -> None:
    ended = desk.run("refunds", "queue", "--plain")
    first, *_ = ended.out.splitlines()
    assert first == (
        f"Request {desk.names['owed']}, submitted, student student-ben, asks for 20.00 USD, left 26.25 USD, the terms "
        "gave 0.00 USD, expires 2020-04-07 12:00 UTC, expires soon."
    )


def test_an_empty_queue_says_so(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "reject", "--waiting", "--note", "No.", "--yes")
    ended = desk.run("refunds", "queue")
    assert (ended.code, ended.out, ended.err) == (0, "", "Nothing waits.\n")


@pytest.mark.parametrize("name", ["owed", "large", "blocked"])
def test_the_card_of_a_request_looks_as_it_was_recorded(desk: Desk, name: str) -> None:
    ended = desk.run("refunds", "show", f"{{{name}}}")
    shown = numbered(ended.out)
    assert shown == recorded(f"refunds_show_{name}", shown)
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_card_in_plain_lines_has_no_table(desk: Desk) -> None:
    shown = numbered(desk.run("refunds", "show", "{owed}", "--plain").out)
    assert shown == recorded("refunds_show_plain", shown)
    assert not set("─│✓○") & set(shown)


def test_a_card_for_programs_says_who_would_pay(desk: Desk) -> None:
    told = desk.data("refunds", "show", "{owed}")
    assert told.keys() == CARD
    assert told["texts"] == [{"by": "student-ben", "text": "The lesson was too short."}]
    by_teacher, by_platform = told["consequences"]
    assert by_teacher["taken"] == [
        {
            "account": "teacher_receivable:teacher-anna",
            "amount": {"amount_minor": 1905, "currency": "USD"},
            "part": "price",
        },
        {"account": "platform_fee", "amount": {"amount_minor": 95, "currency": "USD"}, "part": "fee"},
    ]
    assert [one["account"] for one in by_platform["taken"]] == ["goodwill", "platform_fee"]
    assert told["student"]["bookings"] == {"completed": 2, "confirmed": 1, "contested": 1, "paid": 2}
    assert told["teacher"]["contested"] == 0


def test_looking_needs_no_login_and_acting_does(desk: Desk) -> None:
    assert desk.run("refunds", "show", "{small}").code == 0
    ended = desk.run("refunds", "approve", "{small}", "--yes")
    assert (ended.code, ended.out) == (7, "")
    assert ended.err == "Who are you?: Nobody is logged in. Log in with `linguapay login`.\n"
    assert states(desk, "small") == ["submitted"]


def test_a_students_token_is_not_enough(desk: Desk) -> None:
    token = desk.run("tokens", "issue", "--role", "student", "--person", "student-ben").out
    (desk.folder / "token").write_text(token)
    ended = desk.run("login", "--token-file", "token")
    assert ended.code == 7
    assert ended.err.startswith("Not allowed: Commands that act are for admins, and student-ben is none.")
    assert desk.run("refunds", "approve", "{small}", "--yes").code == 7


def test_a_dry_run_shows_the_money_and_changes_nothing(desk: Desk) -> None:
    desk.login()
    ended = desk.run("refunds", "approve", "{small}", "{owed}", "--amount", "500", "--dry-run")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "This would approve 2 refund requests of 10.00 USD."
    told = desk.data("refunds", "approve", "{small}", "{blocked}", "--dry-run")
    assert told["would"][0] == {
        "id": desk.names["small"],
        "amount": {"amount_minor": 1000, "currency": "USD"},
        "done_already": False,
        "refusal": None,
    }
    assert states(desk, "small", "owed", "blocked") == ["submitted", "submitted", "blocked"]


def test_nobody_to_ask_and_no_yes_is_invalid_and_changes_nothing(desk: Desk) -> None:
    desk.login()
    ended = desk.run("refunds", "approve", "{small}")
    assert ended.code == 2
    assert ended.err.startswith("Invalid: yes: nobody is there to be asked")
    assert states(desk, "small") == ["submitted"]


def test_approving_twice_says_that_it_was_done_already(desk: Desk) -> None:
    desk.login()
    first, second = (desk.run("refunds", "approve", "{small}", "--yes", "--note", "Fair.") for _ in range(2))
    assert first.out.splitlines()[-2:] == [f"[1/1] {desk.names['small']}: approved", "1 approved."]
    *told, word, total = second.out.splitlines()[-4:]
    assert (told, total) == (
        ["1 refund request of 10.00 USD is approved already.", "There is nothing to do."],
        "1 approved already.",
    )
    assert word.startswith(f"[1/1] {desk.names['small']}: approved already, by carla on 20")
    assert desk.data("refunds", "show", "{small}")["texts"][1:] == [{"by": "carla", "text": "Fair."}]


def test_less_than_what_another_approved_is_no_approval_and_says_whose_stands(desk: Desk) -> None:
    """Nobody thinks that 5.00 were approved where 10.00 are sent."""
    desk.login("carla")
    desk.run("refunds", "approve", "{small}", "--yes")
    desk.login("dora")
    ended = desk.run("refunds", "approve", "{small}", "--amount", "500", "--yes")
    assert ended.code == 3
    assert "Refused: carla approved 10.00 USD already, borne by the teacher." in ended.out


def test_a_preview_says_that_something_else_was_approved(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "approve", "{small}", "--yes")
    (would,) = desk.data("refunds", "approve", "{small}", "--platform-bears", "--dry-run")["would"]
    assert (would["done_already"], would["refusal"]["rule"]) == (False, "approved_otherwise")


def test_what_was_shown_as_done_is_let_be_if_it_is_undone_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody said yes to it: it wasn't counted when they were asked."""
    desk.login()
    desk.run("refunds", "approve", "{small}", "--yes")

    def student_edits(_: object) -> None:
        with desk.house(LONG_AGO + DAY) as lp:
            lp.edit_refund_request(desk.names["small"], STUDENT, 900)

    monkeypatch.setattr(acts, "_preview", student_edits)
    (outcome,) = json.loads(desk.run("refunds", "approve", "{small}", "--yes", "--json").out)["outcomes"]
    assert outcome["outcome"].startswith("approved already, by carla on ")
    assert states(desk, "small") == ["submitted"]


def test_where_nothing_is_found_programs_are_told_so(desk: Desk) -> None:
    desk.login()
    told = desk.data("refunds", "approve", "--state", "withdrawn", "--yes")
    assert told == {"verb": "approve", "outcomes": [], "left": 0}


def test_the_second_of_two_admins_approves_what_the_first_did(desk: Desk) -> None:
    """What is shown is what is approved: the first one's amount, and who bears it."""
    large = desk.data("refunds", "list", "--state", "submitted")["items"]
    names = [one["id"] for one in large if one["approvals_needed"] == 2]
    desk.login("carla")
    desk.run("refunds", "approve", *names[:1], "--amount", "50001", "--platform-bears", "--yes")
    desk.login("dora")
    ended = desk.run("refunds", "approve", *names[:1], "--yes")
    assert "This would approve 1 refund request of 500.01 USD." in ended.out
    (now,) = [one for one in desk.data("refunds", "list")["items"] if one["id"] == names[0]]
    assert (now["state"], now["approved"]["amount_minor"], now["platform_bears"]) == ("approved", 50001, True)


def test_who_asked_cannot_approve(desk: Desk) -> None:
    desk.login("student-ben")
    ended = desk.run("refunds", "approve", "{small}", "--yes")
    assert ended.code == 3
    assert "Refused: Who asks for a refund can't approve it. Ask another admin." in ended.out
    assert states(desk, "small") == ["submitted"]


def test_a_large_amount_needs_two_admins(desk: Desk) -> None:
    desk.login("carla")
    assert "approved by 1 of 2 admins\n" in desk.run("refunds", "approve", "{large}", "--yes").out
    assert "approved by 1 of 2 admins already\n" in desk.run("refunds", "approve", "{large}", "--yes").out
    assert desk.run("refunds", "process", "{large}", "--yes").code == 3
    desk.login("dora")
    assert f"{desk.names['large']}: approved\n" in desk.run("refunds", "approve", "{large}", "--yes").out
    assert f"{desk.names['large']}: done\n" in desk.run("refunds", "process", "{large}", "--yes").out


def test_the_second_of_two_admins_is_told_by_whom_and_when(desk: Desk) -> None:
    desk.login("carla")
    desk.run("refunds", "approve", "{small}", "--yes")
    desk.login("dora")
    ended = desk.run("refunds", "reject", "{small}", "--note", "No.", "--yes")
    assert ended.code == 3
    assert "that is approved can't reject. carla made it so on 2" in ended.out
    assert states(desk, "small") == ["approved"]


def test_a_rejection_needs_a_note_that_the_student_reads(desk: Desk) -> None:
    desk.login()
    assert desk.run("refunds", "reject", "{small}", "--yes").code == 2
    assert desk.run("refunds", "reject", "{small}", "--note", "It was given.", "--yes").code == 0
    assert desk.data("refunds", "show", "{small}")["texts"][1]["text"] == "It was given."


def test_many_are_decided_by_a_filter_and_the_first_failure_gives_the_number(desk: Desk) -> None:
    desk.login()
    told = desk.run("refunds", "approve", "--student", "student-ben", "--state", "submitted", "--yes", "--json")
    outcomes = json.loads(told.out)
    assert outcomes == {
        "verb": "approve",
        "outcomes": [{"id": desk.names[name], "outcome": "approved", "problem": None} for name in ("owed", "small")],
        "left": 0,
    }
    ended = desk.run("refunds", "process", "{small}", "{large}", "{owed}", "--yes")
    lines = ended.out.splitlines()
    assert ended.code == 3
    assert lines[-4] == f"[1/3] {desk.names['small']}: done"
    assert lines[-3].startswith(f"[2/3] {desk.names['large']}: Refused: A refund request that is submitted can't")
    assert lines[-2:] == [f"[3/3] {desk.names['owed']}: done", "2 done, 1 failed."]
    assert states(desk, "small", "large", "owed") == ["done", "submitted", "done"]


def test_all_that_wait_means_saying_so(desk: Desk) -> None:
    desk.login()
    ended = desk.run("refunds", "approve", "--yes")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "Invalid: id: say which refund requests: name some, or give a filter such as --state.\n"
    both = desk.run("refunds", "approve", "{small}", "--state", "submitted", "--yes")
    assert both.err == "Invalid: id: name some, or give filters, and not both.\n"


def test_a_shortened_identifier_does_as_long_as_it_names_one(desk: Desk) -> None:
    assert desk.data("refunds", "show", desk.names["small"][4:19])["id"] == desk.names["small"]
    ended = desk.run("refunds", "show", "rrq_01e")
    assert ended.code == 2
    assert ended.err.startswith("Invalid: id: several begin with rrq_01e: ")
    assert desk.run("refunds", "show", "rrq_9").code == 4


def test_a_request_whose_money_is_gone_fails_as_blocked(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "approve", "{small}", "--yes")
    with desk.house(LONG_AGO + 20 * DAY) as lp:
        intent_id = lp.show_record(Payment, desk.names["payment"]).intent_id
        at_stripe(lp).refunds.create({"payment_intent": intent_id})
        lp.work()
    ended = desk.run("refunds", "process", "{small}", "--yes")
    assert ended.code == 3
    assert f"{desk.names['small']}: Refused: It is blocked: only 0.00 USD is left." in ended.out
    assert states(desk, "small") == ["blocked"]


def test_less_is_sent_back_and_the_platform_may_bear_it(desk: Desk) -> None:
    desk.login()
    desk.run("refunds", "approve", "{owed}", "--amount", "100", "--platform-bears", "--yes")
    card = desk.data("refunds", "show", "{owed}")
    assert (card["approved"]["amount_minor"], card["platform_bears"]) == (100, True)
    assert desk.data("refunds", "process", "{owed}", "--yes")["outcomes"][0]["outcome"] == "done"
    assert desk.data("refunds", "process", "{owed}", "--yes")["outcomes"][0]["outcome"] == "done already"
    (sent,) = desk.data("refunds", "sent", "--payment", "{sent_out}")["items"]
    assert (sent["rule"], sent["state"], sent["amount"]["amount_minor"]) == ("request_approved", "succeeded", 100)


def test_what_went_on_cannot_be_sent_again(desk: Desk) -> None:
    desk.login()
    ended = desk.run("refunds", "again", "{failed}", "--yes")
    assert ended.code == 3
    assert "Refused: Nothing of this refund stands in escrow" in ended.out
