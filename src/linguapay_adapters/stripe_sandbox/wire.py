"""What goes over the wire: a request, a response, and a connection that breaks."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]
"""A JSON object, as Stripe shows it. Names that begin with an underscore stay inside the sandbox."""

API_VERSION = "2026-10-28.endive"


class ConnectionDropped(Exception):
    """The connection broke before an answer arrived; whether the request took effect can't be told from outside."""


class Headers(Mapping[str, str]):
    """HTTP headers: names in any case (RFC 9110, Field Names)."""

    def __init__(self, pairs: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._values = {name.lower(): value for name, value in dict(pairs).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; the path includes the query."""

    method: str
    path: str
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What the client receives. A body shorter than its Content-Length was cut off on the way."""

    status: int
    headers: Headers
    body: bytes
