"""The description of the API, held against the API: whatever it allows to send is answered as it says.

Schemathesis makes the requests (Schemathesis: Testing phases): each example, the edges of each field, chance, and
chains along the links from one answer to the next. No answer is a 5xx, and each is documented: its status, its type,
its headers, its body. What the description forbids is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

import pytest
import schemathesis
from litestar import Litestar
from schemathesis import openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import PhaseName

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from linguapay_http.app import create_app
from linguapay_http.openapi import description
from linguapay_http.policy import POLICY
from linguapay_http.resources import DOORS
from linguapay_http.serving import PERSON_HEADER
from tests.http.conftest import token_of
from tests.http.world import World
from tests.use_cases.stage import ADMIN, STUDENT, TEACHER

SOAKS: Final = "LINGUAPAY_SOAK" in os.environ
LEAST: Final = 50_000 if SOAKS else 2_000
PER_DOOR, CHAINS = (800, 1_000) if SOAKS else (5, 60)
"""How many requests at random each door gets, and how many chains there are."""

PEOPLE: Final = {Role.STUDENT: STUDENT, Role.TEACHER: TEACHER, Role.ADMIN: ADMIN, Role.PLATFORM: "host-platform"}

CONFIG: Final = {
    "seed": 1,
    "continue-on-failure": True,
    "generation": {"deterministic": True, "max-examples": PER_DOOR, "database": "none", "no-shrink": not SOAKS},
    "phases": {"stateful": {"generation": {"max-examples": CHAINS}}},
    "checks": {
        "positive_data_acceptance": {"enabled": False},  # rules refuse what the description can't
        "missing_required_header": {"enabled": False},  # tokens are put in here; going without is the matrix's
        "ignored_auth": {"enabled": False},  # as above
    },
}


@pytest.fixture
def app(lp: Rehearsal) -> Litestar:
    """The doors, for people in a hurry."""
    settings = Settings(http_requests_per_minute=0, http_requests_per_minute_and_address=0)
    return create_app(lp, settings)


@pytest.fixture
def _with_names(lp: Rehearsal, world: World) -> Iterator[None]:
    """Who asks: mostly somebody whom the door lets in, in turns. About what: mostly what there is."""
    lp.note_heartbeat("worker-one", lp.clock.now())
    tokens = {role: token_of(lp.clock, person, frozenset({role})) for role, person in PEOPLE.items()}
    numbers = count()

    def before_call(_context: object, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
        number = next(numbers)
        row = POLICY[case.operation.definition.raw["operationId"]]
        if row:
            roles = sorted(row if number % 8 else PEOPLE)
            role = Role.PLATFORM if PERSON_HEADER in case.headers else roles[number % len(roles)]
            case.headers["Authorization"] = f"Bearer {tokens[role]}"
        for part in (case.path_parameters, case.body) if number % 4 else ():
            if isinstance(part, dict):
                part |= {name: world[name] for name in part.keys() & world.keys() if isinstance(part[name], str)}

    schemathesis.hook(before_call)
    yield
    schemathesis.hooks.unregister(before_call)


@pytest.mark.usefixtures("_with_names")
def test_whatever_the_description_allows_is_answered_as_it_says(app: Litestar) -> None:
    schema = openapi.from_dict(description(DOORS, live=False), config=SchemathesisConfig.from_dict(CONFIG))
    schema.app = app
    asked = dict.fromkeys((PhaseName.EXAMPLES, PhaseName.COVERAGE, PhaseName.FUZZING, PhaseName.STATEFUL_TESTING), 0)
    wrong: list[str] = []
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                asked[event.phase] += len(event.recorder.interactions)
                wrong += _found(event.recorder)
            case events.NonFatalError():
                wrong.append(f"{event.label}: {event.value!r}")
            case _:
                pass
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert all(asked.values()), asked
    assert sum(asked.values()) >= LEAST, asked


def _found(recorder: ScenarioRecorder) -> Sequence[str]:
    """What an answer wasn't, and how to ask again."""
    failures = (check.failure_info for checks in recorder.checks.values() for check in checks)
    found = ((one.failure, one.code_sample) for one in failures if one)
    return [f"{recorder.label}: {failure.title}. {failure.message}\n{sample}" for failure, sample in found]
