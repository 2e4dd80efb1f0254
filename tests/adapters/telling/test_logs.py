"""What a log line looks like, and that none can be forged or tells a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from linguapay_adapters.telling.logs import LONGEST_TEXT, LONGEST_TRACEBACK, OURS, Format, open_logs, tell_trouble
from linguapay_adapters.telling.masking import MASK, MASKED, masked
from linguapay_core.domain.errors import Busy

CANARIES = {
    "a secret key of Stripe's": "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    "a webhook endpoint's secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "a client secret": "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH",
    "a JSON Web Token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiZW4ifQ.c2lnbmF0dXJl",
    "a bearer token": "Bearer hush-hush",
    "a private key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
    "a URL's name and password": "postgresql://ben:hunter2@db.example/linguapay",
    "an e-mail address": "ben.smith+lessons@mail.example.com",
    "a card's number": "4242 4242 4242 4242",
}
TELLING = ("4eC39", "MfKQ9", "YrKJU", "c2lnb", "hush", "MIIEv", "hunter2", "smith", "4242 4242")
"""A piece of each that would tell it."""

Read = Callable[[], str]


@pytest.fixture
def _logging_stays_as_it_was() -> Iterator[None]:
    """What is opened here is closed again."""
    root, names = logging.getLogger(), (OURS, "linguapay.start", "uvicorn", "uvicorn.error", "uvicorn.access")
    handlers, level = list(root.handlers), root.level
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in names}
    yield
    logging.getLogger("linguapay.start").handlers.clear()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, (old_level, propagates) in before.items():
        logging.getLogger(name).setLevel(old_level)
        logging.getLogger(name).propagate = propagates


@pytest.fixture
def lines(_logging_stays_as_it_was: None) -> Callable[..., Read]:
    """Opens logs of a format; the answer reads what was written."""

    def opened(form: Format, level: str = "info") -> Read:
        stream = StringIO()
        open_logs(form, level, stream)
        return stream.getvalue

    return opened


LOG = logging.getLogger("linguapay.tests")


def test_in_json_a_line_is_an_object_with_its_fields(lines: Callable[..., Read]) -> None:
    read = lines("json")
    LOG.info("answered", extra={"fields": {"status": 200, "route": "/api/gigs", "milliseconds": 1.5}})
    told = json.loads(read())
    assert told.pop("at").endswith("Z")
    assert told == {
        "level": "info",
        "logger": "linguapay.tests",
        "message": "answered",
        "status": 200,
        "route": "/api/gigs",
        "milliseconds": 1.5,
    }


def test_in_text_a_line_has_its_fields_in_quotes_where_they_need_them(lines: Callable[..., Read]) -> None:
    read = lines("text")
    LOG.warning("hello", extra={"fields": {"status": 200, "person": "ben level=error"}})
    assert read()[8:] == ' warning tests: hello status=200 person="ben level=error"\n'


def test_auto_is_json_where_nobody_sits_at_a_terminal(lines: Callable[..., Read]) -> None:
    read = lines("auto")
    LOG.info("hello")
    assert json.loads(read())["message"] == "hello"


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\x85", "\u2028", "\x1b[2K", "\x00", "\x0b"])
def test_no_word_of_others_begins_a_line_or_steers_a_terminal(
    lines: Callable[..., Read], form: Format, break_: str
) -> None:
    read = lines(form)
    forged = f"x{break_}12:00:00 error http: forged"
    LOG.warning("%s", forged, extra={"fields": {"person": forged}})
    written = read()
    assert written.count("\n") == 1
    assert len(written.splitlines()) == 1
    assert all(sign.isprintable() for sign in written[:-1])


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_bugs_traceback_is_told_and_begins_no_line_of_its_own(lines: Callable[..., Read], form: Format) -> None:
    read = lines(form)
    bug = KeyError("forged\n12:00:00 error http: forged")
    try:
        raise bug
    except KeyError as error:
        tell_trouble("effects", error)
    first, *rest = read().splitlines()
    assert "KeyError" in first + "".join(rest)
    assert all(line.startswith("  | ") for line in rest)
    assert ("traceback" in first) is (form == "json")


def test_a_trouble_that_was_foreseen_is_told_in_one_line_with_its_step(lines: Callable[..., Read]) -> None:
    read = lines("json")
    tell_trouble("webhook events", Busy("The database can't now."))
    told = json.loads(read())
    assert (told["level"], told["step"], told["error"]) == ("warning", "webhook events", "Busy")
    assert "traceback" not in told


def test_what_is_long_is_cut(lines: Callable[..., Read]) -> None:
    read = lines("json")
    LOG.info("%s", "x" * 100_000, extra={"fields": {"person": "y" * 100_000}})
    told = json.loads(read())
    assert len(told["message"]) == len(told["person"]) == LONGEST_TEXT + 1


def test_libraries_are_heard_from_warnings_on_whatever_our_level_is(lines: Callable[..., Read]) -> None:
    read = lines("json", "debug")
    LOG.debug("ours")
    for library in ("stripe", "sqlalchemy.engine", "urllib3", "uvicorn.error"):
        logging.getLogger(library).info("a body")
    logging.getLogger("uvicorn.access").critical("a query")
    assert [json.loads(line)["message"] for line in read().splitlines()] == ["ours"]


@pytest.mark.parametrize("kind", MASKED)
def test_what_looks_like_a_secret_or_a_person_is_masked(kind: str) -> None:
    told = masked(f"It said: {CANARIES[kind]}, and more.")
    assert MASK in told
    assert not [piece for piece in TELLING if piece in told]
    assert told.startswith("It said: ")
    assert told.endswith(" and more.")


@pytest.mark.parametrize(
    "text", ["bkg_0123456789abcdefghjkmnpqrs", "26.25 USD", "2026-03-02T09:00:00Z", "effects: 12", "pk_test_sandbox"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_canary_gets_into_a_line_by_any_way(lines: Callable[..., Read], form: Format) -> None:
    read = lines(form)
    for canary in CANARIES.values():
        LOG.error("It broke: %s", canary, extra={"fields": {"person": canary}}, exc_info=ValueError(canary))
        tell_trouble("cash", ValueError(canary))
    written = read()
    assert MASK in written
    assert not [piece for piece in TELLING if piece in written]


def test_a_secret_is_masked_before_a_long_traceback_is_cut(lines: Callable[..., Read]) -> None:
    """Cut in its midst, it wouldn't be known for one any more."""
    read = lines("json")
    secret = CANARIES["a secret key of Stripe's"]
    for kept in range(1, len(secret)):
        rest = "x" * (LONGEST_TRACEBACK - kept - len(" \n"))
        LOG.error("It broke.", exc_info=ValueError(f"{secret} {rest}"))
    assert not [line for line in read().splitlines() if "zdp7dc" in line]


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "pi_" * 70_000, "1 " * 100_000, "eyJ" * 70_000, "-----BEGIN A" * 17_000]
)
def test_looking_for_secrets_takes_no_long_time(text: str) -> None:
    """What isn't linear takes minutes here; the suite's time-out would tell."""
    assert len(masked(text)) == len(text)
