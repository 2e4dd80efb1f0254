"""Who may what: every route, every role, one's own and another's, made from the table of routes and the policy.

A door's row says what must happen; nothing here repeats the policy. A new route without a row, or one whose objects no
world here has, fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from httpx import Response

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.machine import Role
from linguapay_http import policy
from linguapay_http.caller import Scope
from linguapay_http.doors import Door
from linguapay_http.policy import ANYBODY, PEOPLE, POLICY
from linguapay_http.resources import DOORS
from linguapay_http.serving import PERSON_HEADER
from tests.adapters.identity.mangled import MANGLED
from tests.http.conftest import Client, Visitor
from tests.http.world import World, body_of, path_of
from tests.use_cases.stage import ADMIN, OTHER_STUDENT, OTHER_TEACHER, STUDENT, TEACHER

OWNED: Final = frozenset(
    {"gig_id", "booking_id", "payment_id", "refund_request_id", "transfer_id", "payment_method_id"}
)
"""What is somebody's: another's looks as if it weren't there."""

PUBLIC_IN_BODIES: Final = frozenset({"gig_id"})
"""What anybody may name: lessons are booked of other people's gigs."""


STUDENTS: Final = frozenset({"booking_id", "payment_id", "refund_request_id", "payment_method_id"})
"""What of the world is the student's."""

TEACHERS: Final = frozenset({"gig_id", "booking_id", "payment_id", "transfer_id"})
"""What of the world is the teacher's."""


@dataclass(frozen=True)
class Somebody:
    """One column of the matrix. ``owns`` says which of the world's objects are this person's."""

    called: str
    person: str
    roles: frozenset[Role]
    owns: frozenset[str] = frozenset()
    acts_for: str = ""

    @property
    def effective(self) -> frozenset[Role]:
        """The roles that count."""
        return PEOPLE if self.acts_for else self.roles


def _in(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


COLUMNS: Final = (
    Somebody("without a role", "nobody", _in()),
    Somebody("the student", STUDENT, _in(Role.STUDENT), owns=STUDENTS),
    Somebody("another student", OTHER_STUDENT, _in(Role.STUDENT)),
    Somebody("the teacher", TEACHER, _in(Role.TEACHER), owns=TEACHERS),
    Somebody("another teacher", OTHER_TEACHER, _in(Role.TEACHER)),
    Somebody("another student and teacher", "kim", _in(Role.STUDENT, Role.TEACHER)),
    Somebody("an admin", ADMIN, _in(Role.ADMIN)),
    Somebody("the host platform", "host", _in(Role.PLATFORM)),
    Somebody("the host platform for the student", "host", _in(Role.PLATFORM), owns=STUDENTS, acts_for=STUDENT),
    Somebody("the host platform for the teacher", "host", _in(Role.PLATFORM), owns=TEACHERS, acts_for=TEACHER),
    Somebody("the host platform for a stranger", "host", _in(Role.PLATFORM), acts_for="stranger"),
    Somebody("a student for another", OTHER_STUDENT, _in(Role.STUDENT), acts_for=STUDENT),
)


def in_front_of(client: Client, lp: Rehearsal, somebody: Somebody) -> Callable[[Door, World], Response]:
    """How a column asks a door about the world."""
    visitor = Visitor(client, lp.clock, somebody.person, somebody.roles)
    headers = {PERSON_HEADER: somebody.acts_for} if somebody.acts_for else {}

    def ask(door: Door, world: World) -> Response:
        body = body_of(door, world)
        given = {} if body is None else {"json": body}
        return visitor.ask(door.method, path_of(door, world), headers=headers, **given)

    return ask


def owned_at(door: Door) -> frozenset[str]:
    """What the door is about that is somebody's."""
    fields = door.wish.model_fields if door.wish else {}
    in_body = {name for name, field in fields.items() if field.is_required()} - PUBLIC_IN_BODIES
    return OWNED & (set(door.names) | in_body)


def expected(door: Door, somebody: Somebody) -> frozenset[int]:
    """The statuses that the policy's row allows for this column."""
    row = POLICY[door.name]
    if row is ANYBODY:
        return frozenset({200, 400, 503})
    if somebody.acts_for and Role.PLATFORM not in somebody.roles:
        return frozenset({403})
    scopes = {row[role] for role in somebody.effective if role in row}
    if not scopes:
        return frozenset({403})
    owned = owned_at(door)
    if Scope.ALL not in scopes and not owned <= somebody.owns:
        return frozenset({404})
    if door.method == "GET" and owned:
        return frozenset({200})
    # What is allowed may still be refused by a rule, or be gone by what the same column did before; never by role.
    return frozenset({200, 201, 202, 204, 404, 409, 422})


@pytest.mark.parametrize("somebody", COLUMNS, ids=lambda somebody: somebody.called)
def test_each_door_lets_in_whom_its_row_names_and_shows_nobody_anothers(
    somebody: Somebody, client: Client, lp: Rehearsal, world: World
) -> None:
    ask = in_front_of(client, lp, somebody)
    for door in sorted(DOORS, key=lambda door: ("GET", "POST", "PATCH", "PUT", "DELETE").index(door.method)):
        answer = ask(door, world)
        assert answer.status_code in expected(door, somebody), f"{door.name}: {answer.text}"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer not-a-token"}])
def test_without_a_token_there_is_no_way_in(header: dict[str, str], client: Client) -> None:
    for door in DOORS:
        if POLICY[door.name] is ANYBODY:
            continue
        path = door.path.format(**dict.fromkeys(door.names, "x"))
        answer = client.request(door.method, path, headers=header)
        assert answer.status_code == 401, door.name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["type"] == "/problems/unauthenticated"


def test_a_list_holds_only_what_is_the_askers(client: Client, lp: Rehearsal, world: World) -> None:
    for somebody in COLUMNS:
        ask = in_front_of(client, lp, somebody)
        for door in (door for door in DOORS if door.name.startswith("list_")):
            if somebody.owns or any(POLICY[door.name].get(role) is Scope.ALL for role in somebody.effective):
                continue
            answer = ask(door, world)
            assert answer.status_code == 403 or answer.json()["items"] == [], f"{door.name}, {somebody.called}"


def test_a_route_without_a_row_stops_the_start_up() -> None:
    with pytest.raises(AssertionError, match="stray"):
        policy.check_complete([*POLICY, "stray"])


def test_a_row_without_a_route_stops_the_start_up() -> None:
    with pytest.raises(AssertionError, match="list_gigs"):
        policy.check_complete(name for name in POLICY if name != "list_gigs")


def test_no_two_doors_stand_at_one_place() -> None:
    places = [(door.method, door.path) for door in DOORS]
    names = [door.name for door in DOORS]
    assert len(set(places)) == len(places)
    assert len(set(names)) == len(names)


def test_every_path_ends_with_a_slash_and_answers_without_it(client: Client) -> None:
    for door in DOORS:
        if door.path.startswith("/api/"):
            assert door.path.endswith("/")
        path = door.path.format(**dict.fromkeys(door.names, "x"))
        statuses = {client.request(door.method, each).status_code for each in (path, path.rstrip("/"))}
        assert len(statuses) == 1
        assert statuses != {404}, door.name


@pytest.mark.parametrize("token", MANGLED.values(), ids=MANGLED.keys())
def test_a_mangled_token_is_a_401_and_no_more(token: str, client: Client) -> None:
    answer = client.get("/api/gigs/", headers=[(b"Authorization", b"Bearer " + token.encode())])
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert len(token) < 10 or token not in answer.text
