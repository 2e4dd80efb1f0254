"""Every command, run as a process, as a session: what people see, and what programs are given.

A look is recorded as it is. An act is recorded as it is shown beforehand, as it is done, and as it is done again. A
chore, which is neither, is recorded with what shows that it was done. Of JSON the shape is recorded: which fields there
are, and of which types.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.cli.commands import TRAITS, offers
from tests.cli.desk import Desk
from tests.cli.terminal import numbered, recorded, run

WIDTH: Final = 80
TODAY: Final = re.compile(
    r"\b20(?:2[6-9]|[3-9]\d)-\d\d-\d\d(?:(?: at)? \d\d:\d\d|T[\d:.]+Z)|(?<=\b(?:sub|msg)_)[0-9a-z]{15,26}"
    r"|(?<=\bwhsec_)\S+|\beyJ\S+"
)
"""The desk was laid in 2020; what a command does to it happens when the test runs, and so a subscription is named.
Secrets and tokens are new each time, and no record keeps any."""
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
    "webhooks list": (),
    "webhooks show": ("{event}",),
    "messages list": (),
    "messages show": ("{message}",),
    "events": ("--limit", "30"),
    "books verify": (),
    "db check": (),
    "whoami": (),
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
    "refunds again": ("{failed}",),
    "messages redeliver": ("{message}",),
}
CHORES: Final[dict[str, tuple[str, ...]]] = {
    "customers export": ("customers export nobody", "customers export student-eve"),
    "analytics rebuild": ("analytics rebuild",),
    "export": (
        f"export payments {' '.join(MARCH)}",
        f"export payments {' '.join(MARCH)} --out payments.csv",
        f"export payments {' '.join(MARCH)} --format parquet",
    ),
    "receipts show": ("receipts show {sent_out}", "receipts show {sent_out} --format pdf"),
    "statements show": ("statements show teacher-anna --month 2020-03", "statements show teacher-anna --month 2020-13"),
    "outbox resolve": ("outbox resolve {effect} --found-as re_1",),
    "subscriptions add": ("subscriptions add https://host.example/more", "subscriptions add ftp://host.example"),
    "subscriptions rotate": ("subscriptions rotate {subscription}",),
    "subscriptions test": ("subscriptions test {subscription}",),
    "db upgrade": ("db upgrade",),
    "db backup": ("db backup copy.db", "db backup copy.db"),
    "db restore": (
        "db restore copy.db",
        "db backup copy.db",
        "db restore copy.db",
        "db restore copy.db --replace --yes",
        "db check",
    ),
    "login": ("login", "login --person dora", "whoami"),
    "logout": ("logout", "logout", "whoami", "transfers hold {transfer} --yes"),
    "tokens issue": ("tokens issue --role student --person ben", "tokens issue --role king --person ben"),
}
"""Each look, each act and each chore, on the desk."""

ELSEWHERE: Final = {
    "demo": "test_demo",
    "refunds review": "test_refund_walk",
    "serve": "test_serve",
    "worker": "test_serve",
    "sandbox serve": "test_sandbox",
    "settings": "test_settings",
}
"""Where the rest is run: what goes on until it is told to stop, or asks a person, or names this machine's folders."""


@pytest.fixture(scope="module")
def busy_desk(laid_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk, with a name for one more of each kind, and somebody who is logged in."""
    desk = laid_desk.copied(tmp_path_factory.mktemp("busy"))
    desk.login()
    added = desk.data("subscriptions", "add", "https://host.example/hooks")
    assert desk.run("subscriptions", "test", added["id"]).code == 0
    kinds = {"gig": "gigs", "effect": "outbox", "event": "webhooks", "alarm": "alarms"}
    kinds |= {"subscription": "subscriptions", "message": "messages"}
    named = {name: str(desk.data(kind, "list")["items"][-1]["id"]) for name, kind in kinds.items()}
    return replace(desk, names={**desk.names, **named})


def shown(desk: Desk, *words: str) -> str:
    """A command as people see it: what it tells, what it says beside, and how it ends."""
    called = [word.format(**desk.names) for word in words]
    ended = run(desk.folder, *called, **desk.variables)
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


@pytest.mark.parametrize("words", CHORES)
def test_a_chore_is_as_recorded(busy_desk: Desk, tmp_path: Path, words: str) -> None:
    desk = busy_desk.copied(tmp_path)
    name = f"chores/{words.replace(' ', '_')}"
    session = "".join(shown(desk, *one.split()) for one in CHORES[words])
    assert session == recorded(name, session)
    if offers(words, "--json"):
        data = told(desk, *CHORES[words][0].split())
        assert data == recorded(name, data, "json")


def test_every_command_is_recorded_or_run_elsewhere() -> None:
    assert {*LOOKS, *ACTS, *CHORES, *ELSEWHERE} == set(TRAITS)
    assert all(Path(__file__).with_name(f"{module}.py").exists() for module in ELSEWHERE.values())
