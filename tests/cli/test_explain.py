"""`linguapay explain`: one story under each of its identifiers, as a screen and as data, and nothing for others."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Kept
from tests.cli.place import LONG_AGO, Place
from tests.cli.terminal import numbered, recorded, run


def members(kept: Kept) -> dict[str, str]:
    """The identifiers of the third lesson, by their prefix."""
    told = json.loads(kept.run("explain", kept.first("bkg"), "--json").out)
    lists = (told["payments"], told["refund_requests"], told["refunds"], told["transfers"])
    found = [told["booking"]["id"], *(one["id"] for many in lists for one in many)]
    return {identifier.partition("_")[0]: identifier for identifier in found}


def test_the_story_of_a_refunded_lesson_looks_as_it_was_recorded(kept: Kept) -> None:
    ended = run(kept.folder, "explain", kept.first("bkg"), **kept.variables)
    shown = numbered(ended.out)
    assert shown == recorded("explain", shown)
    assert (ended.code, ended.err) == (0, "")


def test_every_identifier_of_a_lesson_tells_the_same_story(kept: Kept) -> None:
    names = members(kept)
    assert names.keys() == {"bkg", "pay", "rrq", "rfd", "trf"}
    stories = {kept.run("explain", name).out for name in names.values()}
    assert len(stories) == 1


def test_the_data_has_the_chronicle_the_amounts_and_the_moves(kept: Kept) -> None:
    told = json.loads(kept.run("explain", kept.first("bkg"), "--json").out)
    assert told.keys() == {
        "booking",
        "gig",
        "payments",
        "refund_requests",
        "refunds",
        "transfers",
        "moments",
        "amounts",
        "awaited",
        "moves",
    }
    first, *_ = told["moments"]
    assert (first["at"], first["what"], first["by"]) == ("2026-03-13T08:00:00Z", "booking.requested", "student david")
    details = first["details"]
    assert details["starts_at"] == "2026-03-16T10:00:00Z"
    assert details["total"] == {"amount_minor": 6300, "currency": "USD"}
    assert details["minutes"] == "90"
    assert told["amounts"][0] == {
        "name": "price",
        "money": {"amount_minor": 6000, "currency": "USD"},
        "rule": "40.00 USD an hour for 90 minutes, half up",
    }
    assert {"who": "admin", "what": "process"}.items() <= told["moves"][-1].items()
    assert told["moves"][-1]["refusal"]["rule"] == "refund_request_done"
    assert told["awaited"] == []


def test_a_lesson_that_is_being_paid_says_what_is_awaited(tmp_path: Path) -> None:
    place = Place(tmp_path, "paying.db")
    with place.house(LONG_AGO, seed=1) as linguapay:
        gig = linguapay.offer_gig("anna", "French", 2500)
        booking = linguapay.request_booking("ben", gig.id, linguapay.clock.now() + timedelta(days=3), 60)
        linguapay.confirm_booking(booking.id, "anna")
        linguapay.create_payment_intent(booking.id, "ben")
    ended = place.run("explain", booking.id)
    shown = numbered(ended.out)
    assert shown == recorded("explain_paying", shown)
    assert "the booking is paying until 2020-03-03 09:00 UTC at the latest" in ended.out


def test_an_unknown_identifier_is_not_found(kept: Kept) -> None:
    unknown = "pay_" + 26 * "0"
    ended = kept.run("explain", unknown)
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == f"Not found: There is no payment {unknown}.\n"


@pytest.mark.parametrize("bad", ["nonsense", "", "pay_", "PAY_" + 26 * "0", "gig_" + 26 * "0", "bkg_\n" + 25 * "0"])
def test_what_names_nothing_explainable_is_invalid(kept: Kept, bad: str) -> None:
    ended = kept.run("explain", bad)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("Invalid: identifier: ")
    assert len(ended.err.splitlines()) == 1
