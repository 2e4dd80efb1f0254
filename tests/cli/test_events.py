"""`linguapay events`: the feed, page by page, by type, and followed as it grows."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

from tests.cli.conftest import Kept
from tests.cli.place import Place
from tests.cli.terminal import at_home, numbered, program, recorded

FIELDS = ["id", "type", "version", "subject", "by", "at", "why", "data", "cursor"]


def test_the_first_events_look_as_recorded(kept: Kept) -> None:
    ended = kept.run("events", "-n", "6")
    assert numbered(ended.out) == recorded("events", numbered(ended.out))
    assert ended.err.startswith("Go on with --after ")


def test_whoever_goes_on_from_a_cursor_is_told_every_event_once(kept: Kept) -> None:
    whole = [json.loads(line) for line in kept.run("events", "--json").out.splitlines()]
    assert [list(one) for one in whole] == [FIELDS] * len(whole)
    told: list[object] = []
    after = ""
    while page := kept.run("events", "--json", "-n", "20", "--after", after).out.splitlines():
        told += map(json.loads, page)
        after = json.loads(page[-1])["cursor"]
    assert told == whole


def test_events_are_found_by_type_and_by_what_they_are_about(kept: Kept) -> None:
    found = [json.loads(line) for line in kept.run("events", "--json", "--type", "booking.paid").out.splitlines()]
    assert [one["type"] for one in found] == ["booking.paid"] * 3
    booking_id = found[0]["subject"]
    about = kept.run("events", "--json", "--subject", booking_id).out.splitlines()
    assert {json.loads(line)["subject"] for line in about} == {booking_id}
    shortened = kept.run("events", "--json", "--subject", booking_id[:-1]).out.splitlines()
    assert len(shortened) >= len(about)
    assert kept.run("events", "--after", "nonsense").code == 2


def test_a_person_whose_name_begins_so_is_somebody_else(kept: Kept) -> None:
    about = kept.run("events", "--json", "--subject", "anna").out.splitlines()
    assert {json.loads(line)["subject"] for line in about} == {"anna"}
    assert kept.run("events", "--json", "--subject", "ann").out == ""


def test_a_followed_feed_ends_when_as_many_were_told_as_were_asked_for(kept: Kept) -> None:
    assert len(kept.run("events", "--follow", "--json", "-n", "3").out.splitlines()) == 3


def test_a_followed_feed_tells_what_comes_until_it_is_interrupted(tmp_path: Path) -> None:
    place = Place(tmp_path, "new.db")
    with place.house() as lp:
        lp.offer_gig("anna", "French", 2500)
        process = subprocess.Popen(
            program("events", "--follow", "--json"),
            cwd=tmp_path,
            env=at_home(tmp_path, place.variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with process:
            try:
                assert process.stdout is not None
                first = json.loads(process.stdout.readline())
                gig = lp.offer_gig("zoe", "Polish", 3000)
                second = json.loads(process.stdout.readline())
                process.send_signal(signal.SIGINT)
                rest, complaint = process.communicate(timeout=60)
            finally:
                process.kill()
    assert (first["data"]["teacher_id"], second["subject"]) == ("anna", gig.id)
    assert (process.returncode, rest, complaint) == (0, "", "")
