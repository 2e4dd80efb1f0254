"""The description of the API (OpenAPI 3.1), made from the rows of the doors: what isn't in a row isn't in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from linguapay_core.domain.errors import (
    Busy,
    GatewayUnreachable,
    InDoubt,
    InFlight,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    Stale,
    TooMany,
    Unauthenticated,
)
from linguapay_http.doors import Door
from linguapay_http.policy import ANYBODY, POLICY
from linguapay_http.problems import (
    BUG,
    MALFORMED,
    MEDIA_TYPE,
    NOT_JSON,
    OURS,
    PROBLEMS,
    TOO_LARGE,
    TOO_SLOW,
    Problem,
)
from linguapay_http.serving import KEY_HEADER, PERSON_HEADER, SIGNATURE_HEADER

Json = dict[str, Any]

REFERENCES: Final = "#/components/schemas/{model}"
ALWAYS: Final = (MALFORMED, TOO_SLOW, TOO_LARGE, BUG, OURS[Busy])
MYSELF: Final = "/me/"
"""In a path: whoever asks, in place of a name."""
WITH_TOKEN: Final = (OURS[Unauthenticated], OURS[NotAllowed], OURS[TooMany], OURS[Invalid])

KEY: Final[Json] = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Repeat a request under the same key, and it is done once. Kept for 30 days.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}
PERSON: Final[Json] = {
    "name": PERSON_HEADER,
    "in": "header",
    "description": "With a token of the host platform's back end: the person for whom it acts.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,63}$"},
}
SIGNATURE: Final[Json] = {
    "name": SIGNATURE_HEADER,
    "in": "header",
    "required": True,
    "description": "Made by Stripe with the endpoint's secret.",
    "schema": {"type": "string"},
}


def problems_of(door: Door) -> Sequence[Problem]:
    """What can go wrong at a door."""
    found = list(ALWAYS)
    if POLICY[door.name] is not ANYBODY:
        found += WITH_TOKEN
    if door.names or door.wish or door.search or MYSELF in door.path:
        found += [OURS[NotFound], OURS[Invalid], OURS[Refused]]
    if door.method != "GET":
        found += [OURS[Refused], OURS[Stale], OURS[InFlight], OURS[InDoubt]]
    if door.wish:
        found.append(NOT_JSON)
    if door.calls_stripe:
        found += [OURS[GatewayUnreachable], OURS[Refused]]
    return tuple(dict.fromkeys(found))


def description(doors: Sequence[Door], *, live: bool) -> Json:
    """The whole API as an OpenAPI document."""
    paths: dict[str, Json] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, doors)
    mode = "" if live else " This one runs on the Stripe sandbox or in test mode: no money moves."
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LinguaPay",
            "version": version("linguapay"),
            "description": f"Payments for language-lesson marketplaces.{mode}",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(door.tag for door in doors)],
        "paths": paths,
        "components": {
            "schemas": _schemas(doors) | {"Problem": _problem_schema()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(door: Door, doors: Iterable[Door]) -> Json:
    summary, _, rest = (door.enter.__doc__ or "").partition("\n")
    row = POLICY[door.name]
    who = f"For {', '.join(f'{role} ({scope})' for role, scope in row.items())}." if row else "No token is needed."
    operation: Json = {
        "operationId": door.name,
        "summary": summary.rstrip("."),
        "description": " ".join(f"{rest} {who}".split()),
        "tags": [door.tag],
        "parameters": _parameters(door),
        "responses": _responses(door, doors),
        "security": [{"token": []}] if row else [],
    }
    if door.wish:
        operation["requestBody"] = {"required": True, "content": {"application/json": _content(door.wish)}}
    if door.takes_raw:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    return operation


def _parameters(door: Door) -> list[Json]:
    named: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 64}}
        for name in door.names
    ]
    if door.search:
        schema = door.search.model_json_schema(ref_template=REFERENCES)
        required = schema.get("required", ())
        named += [
            {"name": name, "in": "query", "required": name in required, "schema": _without_null(field)}
            for name, field in schema["properties"].items()
        ]
    if door.takes_raw:
        named.append(SIGNATURE)
    elif POLICY[door.name] is not ANYBODY:
        named.append(PERSON)
        if door.method == "POST":
            named.append(KEY)
    return named


def _responses(door: Door, doors: Iterable[Door]) -> Json:
    success: Json = {"description": "Done."}
    body: Json = {door.gives.media_type: _content(door.gives)} if door.gives else {}
    if door.gives and door.status != HTTPStatus.NO_CONTENT:
        success["content"] = body
        success |= _links(door.gives.named, doors)
    responses: Json = {str(door.status): success}
    problems = problems_of(door)
    statuses = sorted({problem.status for problem in problems})
    for status in statuses:
        responses[str(status)] = _problem_response([problem for problem in problems if problem.status == status])
    for other in door.gives.statuses if door.gives else ():
        responses.setdefault(str(other), {"description": "Under way.", "content": {}})["content"] |= body
    if door.promises:
        responses["202"] = _problem_response([OURS[GatewayUnreachable]])
    return responses


def _links(named: str, doors: Iterable[Door]) -> Json:
    """Where an answer's identifier leads to (OpenAPI: Link Object)."""
    links = {
        door.name: {"operationId": door.name, "parameters": {named: "$response.body#/id"}}
        for door in doors
        if named and door.names == (named,)
    }
    return {"links": links} if links else {}


def _problem_response(problems: Sequence[Problem]) -> Json:
    examples = {problem.slug: {"summary": problem.title, "value": _example_of(problem)} for problem in problems}
    content = {"schema": {"$ref": REFERENCES.format(model="Problem")}, "examples": examples}
    headers = {"Retry-After": {"schema": {"type": "integer"}}} if problems[0].status in {202, 429, 503} else {}
    told: Json = {"description": "; or: ".join(problem.title for problem in problems) + "."}
    return told | {"content": {MEDIA_TYPE: content}} | ({"headers": headers} if headers else {})


def _example_of(problem: Problem) -> Json:
    return {"type": problem.type, "title": problem.title, "status": problem.status, "detail": problem.next_move}


def _problem_schema() -> Json:
    texts = {name: {"type": "string"} for name in ("title", "detail", "instance", "rule", "way_out", "field")}
    return {
        "type": "object",
        "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "enum": sorted({problem.type for problem in PROBLEMS})},
            "status": {"type": "integer"},
            "retry_after_seconds": {"type": "integer"},
            **texts,
        },
    }


def _schemas(doors: Iterable[Door]) -> Json:
    models = {model for door in doors for model in (door.wish, door.gives, door.search) if model}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, definitions = models_json_schema([(model, "validation") for model in ordered], ref_template=REFERENCES)
    return dict(definitions["$defs"])


def _content(model: type[BaseModel]) -> Json:
    content: Json = {"schema": {"$ref": REFERENCES.format(model=model.__name__)}}
    example = example_of(model)
    return content | ({"example": example} if example is not None else {})


@cache
def example_of(model: type[BaseModel]) -> Json | None:
    """A body made of the fields' own examples; ``None`` where a field that is needed has none."""
    schema = model.model_json_schema()
    found = _example(schema, schema.get("$defs", {}))
    return found if isinstance(found, dict) else None


def _example(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an example is any JSON
    """What a schema's own examples make; ``None`` where they don't suffice."""
    if "$ref" in schema:
        return _example(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for given in (schema.get("examples"), schema.get("enum")):
        if given:
            return given[0]
    if "default" in schema:
        return schema["default"]
    if schema.get("type") != "object" or "properties" not in schema:
        return None
    made = {name: _example(field, definitions) for name, field in schema["properties"].items()}
    needed = schema.get("required", ())
    if any(made[name] is None for name in needed):
        return None
    return {name: value for name, value in made.items() if value is not None}


def _without_null(schema: Mapping[str, Any]) -> Json:
    """A query's parameter is there or isn't; it is never null."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    told = {name: value for name, value in schema.items() if name not in {"anyOf", "default", "title"}}
    if schema.get("default") not in (None, ""):
        told["default"] = schema["default"]
    return told | kinds[0] if kinds else told
