"""Every command that tells or does something about money, as a session: what people see, and what programs are given.

A look is recorded as it is. An act is recorded as it is shown beforehand, as it is done, and as it is done again. Of
JSON the shape is recorded: which fields there are, and of which types.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.cli.desk import Desk
from tests.cli.terminal import numbered, recorded

WIDTH: Final = 80
TODAY: Final = re.compile(r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d(?: at)? \d\d:\d\d|(?<=\bsub_)[0-9a-z]{15,26}")
"""The desk was laid in 2020; what a command does to it happens when the test runs, and so a subscription is named."""
WAITING: Final = re.compile(r"(?<=^Waiting now\n)(?:.+\n)+", re.MULTILINE)
"""How long something has waited since then grows by the hour, and its table with it."""

MARCH: Final = ("--from", "2020-03-01", "--to", "2020-04-01")
BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "transfers release": ("transfers hold {transfer} --yes",),
    "teachers write-off": ("refunds approve {owed} --yes", "refunds process {owed} --yes"),
    "refunds process": ("refunds approve {small} --yes",),
    "subscriptions resume": ("subscriptions pause {subscription} --yes",),
}
"""What is done first, so that there is something to do."""

LOOKS: Final[dict[str, tuple[str, ...]]] = {
    "explain": ("{contested}",),
    "bookings list": (),
    "bookings show": ("{contested}",),
    "gigs list": (),
    "gigs show": ("{gig}",),
    "customers list": (),
    "customers show": ("student-ben",),
    "teachers list": (),
    "teachers show": ("teacher-anna",),
    "payments list": (),
    "payments show": ("{credited}",),
    "refunds queue": (),
    "refunds show": ("{small}",),
    "refunds list": (),
    "refunds sent": (),
    "transfers list": (),
    "transfers show": ("{transfer}",),
    "credits list": (),
    "analytics": MARCH,
    "analytics what-if": ("--fee", "0.1"),
    "books balance": (),
    "books statement": ("teacher_payable:teacher-anna",),
    "alarms list": (),
    "alarms show": ("{alarm}",),
    "subscriptions list": (),
    "subscriptions show": ("{subscription}",),
    "outbox list": (),
    "outbox show": ("{effect}",),
    "webhooks show": ("{event}",),
    "events": ("--limit", "30"),
}
ACTS: Final[dict[str, tuple[str, ...]]] = {
    "bookings decide": ("{contested}", "--refund", "500", "--given", "--note", "Both."),
    "payments accept": ("{quarantined}", "--note", "Ours."),
    "payments refund": ("{quarantined}", "--note", "Odd."),
    "payments sync": ("{payment}",),
    "refunds approve": ("{small}", "{large}"),
    "refunds reject": ("{small}", "--note", "No."),
    "refunds process": ("{small}",),
    "transfers hold": ("{transfer}", "--note", "Wait."),
    "transfers release": ("{transfer}",),
    "transfers retry": ("{transfer}",),
    "credits refund": ("{credited}",),
    "credits paid-by-bank": ("{credited}", "--reference", "BANK-1"),
    "teachers refresh": ("teacher-anna",),
    "teachers write-off": ("{sent_out}", "--amount", "1905", "--reference", "case-1", "--note", "Gone."),
    "outbox retry": ("{effect}",),
    "outbox abandon": ("{effect}", "--note", "Gone."),
    "webhooks replay": ("{event}",),
    "alarms clear": ("{alarm}", "--note", "Ours."),
    "subscriptions pause": ("{subscription}",),
    "subscriptions resume": ("{subscription}",),
    "subscriptions remove": ("{subscription}",),
    "customers erase": ("student-ben",),
}
"""Each look and each act, on the desk."""


@pytest.fixture(scope="module")
def busy_desk(laid_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk, with a name for one more of each kind, and somebody who is logged in."""
    desk = laid_desk.copied(tmp_path_factory.mktemp("busy"))
    desk.login()
    desk.run("subscriptions", "add", "https://host.example/hooks")
    kinds = {"gig": "gigs", "effect": "outbox", "event": "webhooks", "alarm": "alarms", "subscription": "subscriptions"}
    named = {name: str(desk.data(kind, "list")["items"][-1]["id"]) for name, kind in kinds.items()}
    return replace(desk, names={**desk.names, **named})


def shown(desk: Desk, *words: str) -> str:
    """A command as people see it: what it tells, what it says beside, and how it ends."""
    ended = desk.run(*words)
    screen = f"$ linguapay {' '.join(words)}\n{ended.out}{ended.err}[{ended.code}]\n\n"
    return numbered(TODAY.sub(lambda found: "." * len(found[0]), WAITING.sub("  ...\n", screen)))


def told(desk: Desk, *words: str) -> str:
    """What a program is given: which fields, and of which types."""
    text, decoder, documents = desk.run(*words, "--json").out.lstrip(), json.JSONDecoder(), []
    while text:
        document, end = decoder.raw_decode(text)
        documents.append(document)
        text = text[end:].lstrip()
    return json.dumps(shape(documents), indent=2) + "\n"


def shape(told: object) -> object:
    """The types of JSON; of a list each different shape once."""
    match told:
        case dict():
            return {name: shape(value) for name, value in told.items()}
        case list():
            return [json.loads(one) for one in sorted({json.dumps(shape(value)) for value in told})]
        case _:
            return "null" if told is None else type(told).__name__


@pytest.mark.parametrize("words", LOOKS)
def test_a_look_is_as_recorded(busy_desk: Desk, words: str) -> None:
    called = (*words.split(), *LOOKS[words])
    name = f"looks/{words.replace(' ', '_')}"
    screen = shown(busy_desk, *called)
    assert max(map(len, screen.splitlines())) <= WIDTH
    assert screen == recorded(name, screen)
    data = told(busy_desk, *called)
    assert data == recorded(name, data, "json")


@pytest.mark.parametrize("words", ACTS)
def test_an_act_is_as_recorded(busy_desk: Desk, tmp_path: Path, words: str) -> None:
    desk = busy_desk.copied(tmp_path)
    for first in BEFORE.get(words, ()):
        assert desk.run(*first.split()).code == 0
    called = (*words.split(), *ACTS[words])
    name = f"acts/{words.replace(' ', '_')}"
    would = told(desk, *called, "--dry-run")
    session = "".join(shown(desk, *called, option) for option in ("--dry-run", "--yes", "--yes"))
    assert session == recorded(name, session)
    data = would + told(desk, *called, "--yes")
    assert data == recorded(name, data, "json")
