"""Faults on demand: what Stripe, or the way to it, does wrong at the nth request that a rule matches.

| kind                             | takes effect | kept under the key | the caller sees      |
|----------------------------------|--------------|--------------------|----------------------|
| dropped_before                   | no           | nothing            | a broken connection  |
| dropped_after                    | yes          | the answer         | a broken connection  |
| error_500_before                 | no           | nothing            | 500                  |
| error_500_after                  | yes          | the 500            | 500                  |
| error_500_stored_without_effect  | no           | the 500            | 500                  |
| rate_limited                     | no           | nothing            | 429                  |
| conflict                         | no           | nothing            | 409                  |
| slow                             | yes          | the answer         | the answer, late     |
| truncated_body                   | yes          | the answer         | half of the answer   |
| foreign_body                     | yes          | the answer         | a proxy's HTML, 502  |

A slow request takes its effect at the end of the wait.
"""

import json
from dataclasses import asdict, dataclass
from enum import Enum

from linguapay_adapters.stripe_sandbox.store import Store


class Sight(Enum):
    """What the caller sees of a request that a fault hit."""

    ANSWER = "the answer"
    BROKEN_CONNECTION = "a broken connection"
    ERROR_500 = "500"
    RATE_LIMITED = "429"
    CONFLICT = "409"
    HALF = "half of the answer"
    HTML = "a proxy's HTML"


@dataclass(frozen=True, slots=True)
class Course:
    """How a request goes that a fault hit."""

    takes_effect: bool
    keeps_error_500: bool
    sight: Sight

    @property
    def begins(self) -> bool:
        """Whether the request reaches its endpoint, so that the outcome is kept under its key."""
        return self.takes_effect or self.keeps_error_500


COURSES = {
    "dropped_before": Course(takes_effect=False, keeps_error_500=False, sight=Sight.BROKEN_CONNECTION),
    "dropped_after": Course(takes_effect=True, keeps_error_500=False, sight=Sight.BROKEN_CONNECTION),
    "error_500_before": Course(takes_effect=False, keeps_error_500=False, sight=Sight.ERROR_500),
    "error_500_after": Course(takes_effect=True, keeps_error_500=True, sight=Sight.ANSWER),
    "error_500_stored_without_effect": Course(takes_effect=False, keeps_error_500=True, sight=Sight.ANSWER),
    "rate_limited": Course(takes_effect=False, keeps_error_500=False, sight=Sight.RATE_LIMITED),
    "conflict": Course(takes_effect=False, keeps_error_500=False, sight=Sight.CONFLICT),
    "slow": Course(takes_effect=True, keeps_error_500=False, sight=Sight.ANSWER),
    "truncated_body": Course(takes_effect=True, keeps_error_500=False, sight=Sight.HALF),
    "foreign_body": Course(takes_effect=True, keeps_error_500=False, sight=Sight.HTML),
}
NO_FAULT = Course(takes_effect=True, keeps_error_500=False, sight=Sight.ANSWER)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule: requests of this method (`*`: any) to this path go wrong from the nth on, so many times.

    In the path, `*` stands for any one segment, and as the last one for all that follow.
    """

    kind: str
    method: str = "*"
    path: str = "/v1/*"
    nth: int = 1
    times: int = 1
    seconds: int = 0

    def __post_init__(self) -> None:
        if self.kind not in COURSES:
            raise ValueError(f"no such fault: {self.kind}; there are {', '.join(COURSES)}")
        if self.nth < 1 or self.times < 1 or self.seconds < 0:
            raise ValueError("nth and times count from 1, and seconds from 0")

    @property
    def course(self) -> Course:
        """How a request goes that this fault hits."""
        return COURSES[self.kind]

    def matches(self, method: str, path: str) -> bool:
        """Say whether the rule is about this request."""
        rule, segments = self.path.split("/"), path.split("/")
        if rule[-1] == "*" and len(segments) > len(rule):
            segments = segments[: len(rule)]
        same_path = len(rule) == len(segments) and all(
            step in ("*", segment) for step, segment in zip(rule, segments, strict=True)
        )
        return same_path and self.method in ("*", method)


@dataclass(frozen=True, slots=True)
class FaultRecord:
    """A rule, how many requests it matched, how many it hit, and whether it is used up."""

    number: int
    fault: Fault
    seen: int
    hits: int
    is_consumed: bool


class Faults:
    """The rules in force, kept with the sandbox's state."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, kind: str, *, method: str = "*", path: str = "/v1/*", nth: int = 1, times: int = 1, seconds: int = 0
    ) -> int:
        """Put a rule in force and return its number."""
        fault = Fault(kind, method, path, nth, times, seconds)
        with self._store.transaction():
            row = self._store.run(
                "INSERT INTO faults (rule, seen, hits, is_consumed) VALUES (?, 0, 0, 0) RETURNING number",
                (json.dumps(asdict(fault)),),
            ).fetchone()
        return int(row[0])

    def records(self) -> list[FaultRecord]:
        """Return every rule ever added, and how far it is used up."""
        with self._store.transaction():
            return self._records("TRUE")

    def waiting(self) -> list[FaultRecord]:
        """Return the rules that still wait for a request."""
        return [record for record in self.records() if not record.is_consumed]

    def consumed(self) -> list[FaultRecord]:
        """Return the rules that have hit as often as they should."""
        return [record for record in self.records() if record.is_consumed]

    def clear(self) -> None:
        """Drop all rules."""
        with self._store.transaction():
            self._store.run("DELETE FROM faults")

    def strike(self, method: str, path: str) -> Fault | None:
        """Count a request against all rules and return the fault that hits it: the oldest, if several do."""
        struck: Fault | None = None
        with self._store.transaction():
            for record in self._records("is_consumed = 0"):
                if not record.fault.matches(method, path):
                    continue
                seen, hits = record.seen + 1, record.hits
                if struck is None and seen >= record.fault.nth:
                    struck, hits = record.fault, hits + 1
                self._store.run(
                    "UPDATE faults SET seen = ?, hits = ?, is_consumed = ? WHERE number = ?",
                    (seen, hits, hits >= record.fault.times, record.number),
                )
        return struck

    def _records(self, condition: str) -> list[FaultRecord]:
        rows = self._store.run(
            f"SELECT number, rule, seen, hits, is_consumed FROM faults WHERE {condition} ORDER BY number"  # noqa: S608
        )
        return [
            FaultRecord(number, Fault(**json.loads(rule)), seen, hits, bool(is_consumed))
            for number, rule, seen, hits, is_consumed in rows
        ]
