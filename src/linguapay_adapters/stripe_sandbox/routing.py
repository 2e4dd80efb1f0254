"""Routes: which function answers which method and path, and what it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from linguapay_adapters.stripe_sandbox.errors import unknown_url
from linguapay_adapters.stripe_sandbox.parameters import Parameters
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: the world it meets, the ids in its path, the values of its parameters."""

    world: World
    path: dict[str, str]
    asked: Document
    is_publishable: bool = False


Endpoint: TypeAlias = Callable[[Call], Document]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of endpoints. `{id}` in the template stands for any one segment."""

    method: str
    template: str
    endpoint: Endpoint
    parameters: Parameters = field(default_factory=dict)
    admits_publishable_key: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the template."""
        return tuple(self.template.split("/"))


class Routes:
    """The table of endpoints, searched by method and path."""

    def __init__(self, rows: Sequence[Route]) -> None:
        self._rows: dict[tuple[str, int], list[Route]] = {}
        for row in rows:
            self._rows.setdefault((row.method, len(row.segments)), []).append(row)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """Return the first route that fits, and what stands in the path for each of its names."""
        segments = path.split("/")
        for route in self._rows.get((method, len(segments)), []):
            pairs = list(zip(route.segments, segments, strict=True))
            if all(_fits(template, segment) for template, segment in pairs[1:]):
                return route, {name[1:-1]: segment for name, segment in pairs if name.startswith("{")}
        raise unknown_url(method, path)


def _fits(template: str, segment: str) -> bool:
    return segment != "" and (template.startswith("{") or template == segment)
