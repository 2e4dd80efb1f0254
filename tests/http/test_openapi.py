"""The description of the API is whole: whoever reads it knows every door, and every way in which it may refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from schemathesis import openapi

from linguapay_core.domain import errors
from linguapay_http.doors import Door
from linguapay_http.openapi import description, example_of, problems_of
from linguapay_http.policy import ANYBODY, POLICY
from linguapay_http.problems import OURS, PROBLEMS, Problem, told
from linguapay_http.resources import DOORS
from tests.http.conftest import Client

DOCUMENT: Final = description(DOORS, live=False)
LOADS: Final = re.compile(r"<(?:script|link|img|iframe|object|embed|form)|@import|url\(|\son\w+=|src=", re.IGNORECASE)


def operation_of(door: Door) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][door.path][door.method.lower()]
    return found


def references_in(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (str(part[name]) for name in part if name == "$ref")
        for inner in part.values():
            yield from references_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references_in(inner)


def test_it_is_valid_openapi() -> None:
    openapi.from_dict(DOCUMENT).validate()


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references_in(DOCUMENT)):
        assert reference.removeprefix("#/components/schemas/") in DOCUMENT["components"]["schemas"]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_every_operation_says_what_it_does_who_may_and_how_it_refuses(door: Door) -> None:
    operation = operation_of(door)
    assert operation["operationId"] == door.name
    assert operation["summary"][0].isupper()
    assert operation["description"]
    assert operation["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
    assert operation["security"] == ([] if POLICY[door.name] is ANYBODY else [{"token": []}])
    responses = operation["responses"]
    assert str(door.status) in responses
    for problem in problems_of(door):
        assert problem.slug in responses[str(problem.status)]["content"]["application/problem+json"]["examples"]


@pytest.mark.parametrize("door", [door for door in DOORS if door.wish], ids=lambda door: door.name)
def test_the_example_of_a_body_is_such_a_body(door: Door) -> None:
    assert door.wish
    example = example_of(door.wish)
    assert example is not None
    assert operation_of(door)["requestBody"]["content"]["application/json"]["example"] == example
    door.wish.model_validate(example, strict=False)


def test_no_two_operations_share_a_name() -> None:
    names = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert sorted(names) == sorted(POLICY)


@pytest.mark.parametrize("error", errors.LinguaPayError.__subclasses__(), ids=lambda error: error.__name__)
def test_every_class_of_errors_has_its_type_of_problems(error: type[errors.LinguaPayError]) -> None:
    assert error in OURS
    assert OURS[error].next_move == error.next_move


@pytest.mark.parametrize(
    "error",
    [errors.Busy("disk full on node-7"), errors.InDoubt("lost node-7"), errors.Stale("row 7 of bookings")],
    ids=lambda error: type(error).__name__,
)
def test_trouble_of_the_store_is_told_without_its_words(error: errors.LinguaPayError) -> None:
    answer = told(error, request_id="5", promised=False)
    assert "7" not in str(answer.body)
    assert answer.headers["Retry-After"] == str(answer.body["retry_after_seconds"])


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.slug)
def test_every_type_of_problems_has_a_page(problem: Problem, client: Client) -> None:
    page = client.get(problem.type)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert problem.title.replace("'", "&#x27;") in page.text


@pytest.mark.parametrize("path", ["/schema", "/schema/", "/problems/invalid"])
def test_a_page_loads_nothing_and_may_load_nothing(path: str, client: Client) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert not LOADS.search(page.text.replace("<link rel=icon>", ""))


def test_the_page_of_the_schema_names_every_door(client: Client) -> None:
    page = client.get("/schema").text
    for door in DOORS:
        assert f"<code>{door.method}</code><td><code>{door.path}</code>" in page


def test_the_document_is_served_as_it_is_made(client: Client) -> None:
    answer = client.get("/schema/openapi.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == DOCUMENT


def test_there_is_no_page_of_a_problem_that_there_is_not(client: Client) -> None:
    assert client.get("/problems/no-such").json()["type"] == "/problems/no-route"
