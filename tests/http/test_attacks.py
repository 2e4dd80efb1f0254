"""People attack: what is malformed is refused at every door that takes it, as documented, and nothing changes.

The doors, their fields and their parameters come from the table of routes: a new one is attacked too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import pytest
from httpx import Response

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from linguapay_http.doors import Door
from linguapay_http.openapi import problems_of
from linguapay_http.policy import ANYBODY, POLICY
from linguapay_http.resources import DOORS
from linguapay_http.serving import KEY_HEADER, PERSON_HEADER
from tests.http.conftest import Client, token_of
from tests.http.world import World, body_of, path_of
from tests.use_cases.stage import ADMIN, STUDENT, TEACHER, everything

JSON: Final = {"Content-Type": "application/json"}
PEOPLE: Final = {Role.STUDENT: STUDENT, Role.TEACHER: TEACHER, Role.ADMIN: ADMIN, Role.PLATFORM: "host-platform"}

NO_WHOLE_NUMBER: Final = (
    *("1.5", "1.0", "1e3", "01", "+1", "0x10", "1_000", "NaN", "Infinity", "-Infinity", "-1"),
    *('"1"', "true", "null", "[]", "{}", "9" * 400, "9223372036854775808", "-0.0"),
)
"""JSON, or what looks like it, that is no amount and no length of time."""

NO_TEXT: Final = (
    *('""', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"', '"\\x41"', "'text'", '"\n"'),
    *("1", "true", "null", "[]", '{"a": 1}', json.dumps("x" * 20_000), json.dumps("\U0001f4b8" * 20_000)),
)
"""What is no text, or none that anybody keeps."""

NO_YES_OR_NO: Final = ("1", "0", '"true"', '"yes"', "null", "[]", "TRUE")

STRANGE: Final = (
    "\u202egnp.exe",
    "\u200b",
    "  ",
    "\U0010ffff",
    "e\u0301" * 10,
    "../../etc/passwd",
    "' OR 1=1 --",
    "%00",
)
"""Texts that are texts, and name nothing."""

NO_BODY: Final = (
    *(b"", b"[]", b'"text"', b"null", b"{}{}", b"{} // it", b'{"a": 1', b"{,}", b"1" * 10_000),
    *(b'{"a": "\xff\xfe"}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"[" * 60_000, b'{"a":' * 12_000),
    *(b"[" * 30_000 + b"]" * 30_000, b'{"no_such_field": 1}', b'{"a": 1, "a": 1}'),
)
"""What is no JSON object: not UTF-8, cut off, nested too deeply, or nobody's."""

NO_JSON: Final = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/json")

NO_PAGE: Final = (
    *("limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=1.5", "limit=", "limit=%31%00"),
    *("limit=99999999999999999999", "limit=null"),
)
NO_CURSOR: Final = ("cursor=nonsense", "cursor=%00", "cursor=" + "x" * 501, "sort=no_such", "sort=-", "from=yesterday")
NO_PERSON: Final = ("", " ", "x" * 65, "a b", "../a", b"\xff", b"\xc3\xa9", "-a")

NO_KEY: Final = ("", "x" * 256, "\u00e9".encode(), b"\xff", "a\tb")


SHOWS_ANYBODY: Final = frozenset({"show_person", "describe_person", "erase_person"})
"""Who is a person only the host platform knows, so that these doors miss nobody."""


class Attacker:
    """Somebody whom the door lets in, and who sends what they like."""

    def __init__(self, client: Client, lp: Rehearsal, world: World) -> None:
        """Take the tokens of everybody."""
        self.world = world
        self._client = client
        self._tokens = {role: token_of(lp.clock, person, frozenset({role})) for role, person in PEOPLE.items()}

    def send(
        self,
        door: Door,
        body: bytes,
        headers: Mapping[str, Any] | None = None,
        *,
        query: str = "",
        world: World | None = None,
    ) -> Response:
        """Send it, and see that it is refused as the description says."""
        row = POLICY[door.name]
        token = {"Authorization": f"Bearer {self._tokens[min(row)]}"} if row else {}
        path = path_of(door, self.world if world is None else world).partition("?")[0] + (f"?{query}" if query else "")
        answer = self._client.request(door.method, path, content=body, headers={**JSON, **token, **(headers or {})})
        sent = f"{door.name} {query} {body[:100]!r} {headers}: {answer.status_code} {answer.text}"
        assert 400 <= answer.status_code < 500, sent
        assert answer.status_code in {problem.status for problem in problems_of(door)}, sent
        assert answer.headers["Content-Type"] == "application/problem+json", sent
        return answer


@pytest.fixture
def settings() -> Settings:
    """Nobody is stopped for haste."""
    return Settings(http_requests_per_minute=0, http_requests_per_minute_and_address=0)


@pytest.fixture
def attacker(client: Client, lp: Rehearsal, world: World) -> Iterator[Attacker]:
    """An attacker, after whom everything is as it was before."""
    before = everything(lp)
    yield Attacker(client, lp, world)
    assert everything(lp) == before


WITH_BODY: Final = tuple(door for door in DOORS if door.wish)
WITH_KEY: Final = tuple(door for door in DOORS if door.method == "POST" and not door.takes_raw)


@dataclass(frozen=True)
class Field:
    """A field of a body: the way to it, its JSON type, and which of the attacks are none there."""

    way: tuple[str, ...]
    kind: str
    allowed: frozenset[str]


def fields_of(door: Door) -> Iterator[Field]:
    """Each field of a door's body, those within others too."""
    assert door.wish
    schema = door.wish.model_json_schema()
    for name, field in schema["properties"].items():
        kinds = field.get("anyOf", [field])
        found = kinds[0]
        allowed = {"null"} if {"type": "null"} in kinds else set()
        if "$ref" in found:
            inner = schema["$defs"][found["$ref"].rpartition("/")[2]]
            yield from (
                Field((name, within), each["type"], frozenset()) for within, each in inner["properties"].items()
            )
        else:
            allowed |= set() if found.keys() & {"minLength", "pattern", "enum"} else {'""'}
            yield Field((name,), found["type"], frozenset(allowed))


def with_field(body: Mapping[str, Any], way: tuple[str, ...], value: str) -> bytes:
    """The body with other JSON in place of a field's."""
    mark = "here-it-comes"
    changed = json.loads(json.dumps(body))
    inner = changed
    for name in way[:-1]:
        inner = inner[name]
    inner[way[-1]] = mark
    return json.dumps(changed).replace(f'"{mark}"', value).encode()


@pytest.mark.parametrize(
    ("kind", "values"), [("integer", NO_WHOLE_NUMBER), ("string", NO_TEXT), ("boolean", NO_YES_OR_NO)]
)
def test_what_is_no_number_no_text_and_no_truth_is_refused_in_every_field(
    kind: str, values: tuple[str, ...], attacker: Attacker
) -> None:
    attacked = 0
    for door in WITH_BODY:
        body = body_of(door, attacker.world)
        for field in (field for field in fields_of(door) if field.kind == kind):
            attacked += 1
            for value in (value for value in values if value not in field.allowed):
                attacker.send(door, with_field(body, field.way, value))
    assert attacked >= 3


def test_an_amount_of_nothing_is_refused_where_money_would_move(attacker: Attacker) -> None:
    for door in WITH_BODY:
        body = body_of(door, attacker.world)
        if "amount_minor" in body:
            assert attacker.send(door, with_field(body, ("amount_minor",), "0")).json()["field"] == "amount_minor"


def test_what_names_nothing_finds_nothing(attacker: Attacker) -> None:
    """In paths and in bodies, an identifier may be any text: it is looked for, and that is all."""
    for door in DOORS:
        body = body_of(door, attacker.world)
        sent = b"" if body is None else json.dumps(body).encode()
        for strange in STRANGE:
            there = {name: quote(strange, safe="") for name in door.names}
            if there and door.name not in SHOWS_ANYBODY:
                attacker.send(door, sent, world=there)
            for name in {"gig_id", "booking_id", "payment_id", "payment_method_id"} & set(body or ()):
                attacker.send(door, with_field(body, (name,), json.dumps(strange)))


def test_what_is_no_json_object_is_refused(attacker: Attacker) -> None:
    for door in WITH_BODY:
        for sent in NO_BODY:
            attacker.send(door, sent)


def test_a_field_twice_one_too_many_or_in_another_case_is_refused(attacker: Attacker) -> None:
    for door in WITH_BODY:
        body = body_of(door, attacker.world)
        for name, value in body.items():
            twice = f'{{"{name}": {json.dumps(value)}, "{name}": {json.dumps(value)}}}'
            assert attacker.send(door, twice.encode()).json()["field"] == name
            attacker.send(
                door, json.dumps({each.upper() if each == name else each: body[each] for each in body}).encode()
            )
        attacker.send(door, json.dumps(body | {"no_such_field": 1}).encode())


def test_what_is_not_sent_as_json_is_not_read(attacker: Attacker) -> None:
    for door in WITH_BODY:
        whole = json.dumps(body_of(door, attacker.world)).encode()
        for content_type in NO_JSON:
            assert attacker.send(door, whole, {"Content-Type": content_type}).status_code == 415


def test_a_body_of_ten_megabytes_is_not_read_at_any_door(attacker: Attacker) -> None:
    body = b'{"a": "' + b"x" * 10_000_000 + b'"}'
    for door in DOORS:
        if door.method != "GET":
            assert attacker.send(door, body).status_code == 413


def test_a_door_without_a_body_takes_none(attacker: Attacker) -> None:
    for door in DOORS:
        if not door.wish and not door.takes_raw and POLICY[door.name] is not ANYBODY:
            assert attacker.send(door, b'{"a": 1}').status_code == 400


def test_a_query_that_nobody_documented_is_refused(attacker: Attacker) -> None:
    for door in DOORS:
        if POLICY[door.name] is not ANYBODY:
            body = body_of(door, attacker.world)
            sent = b"" if body is None else json.dumps(body).encode()
            for query in ("no_such_name=1", "limit=1&limit=1", "a=%ff", "&".join(["a=1"] * 51), "x" * 10_000):
                attacker.send(door, sent, query=query)


def test_a_page_is_bounded_and_begins_where_one_ended(attacker: Attacker) -> None:
    for door in DOORS:
        names = door.search.model_fields if door.search else {}
        for query in (*(NO_PAGE if "limit" in names else ()), *(NO_CURSOR if "cursor" in names else ())):
            attacker.send(door, b"", query=query)


def test_what_is_no_key_is_refused(attacker: Attacker) -> None:
    for door in WITH_KEY:
        body = body_of(door, attacker.world)
        sent = b"" if body is None else json.dumps(body).encode()
        for key in NO_KEY:
            assert attacker.send(door, sent, {KEY_HEADER: key}).json()["field"] == KEY_HEADER


def test_what_is_no_person_is_refused(attacker: Attacker) -> None:
    for door in DOORS:
        if POLICY[door.name] is not ANYBODY:
            for person in NO_PERSON:
                attacker.send(door, b"", {PERSON_HEADER: person})


def test_a_token_of_a_megabyte_is_no_token(attacker: Attacker) -> None:
    for door in DOORS:
        if POLICY[door.name] is not ANYBODY:
            assert attacker.send(door, b"", {"Authorization": "Bearer " + "x" * 1_000_000}).status_code == 401


def test_what_stripe_did_not_sign_is_refused(attacker: Attacker) -> None:
    (door,) = (door for door in DOORS if door.takes_raw)
    for sent in NO_BODY:
        for signature in ("", "t=1,v1=00", "x" * 100_000, b"\xff"):
            attacker.send(door, sent, {"Stripe-Signature": signature})
