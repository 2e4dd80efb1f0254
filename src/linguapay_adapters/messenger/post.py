"""One post: a name, an address that may be called, a connection to that very address, and a status.

A name is resolved once, what it means is judged, and the connection goes to what was judged: a name that means
something else a moment later leads nowhere else. TLS still checks the name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from socket import SHUT_RDWR, SOCK_STREAM, create_connection, gaierror, getaddrinfo, socket
from ssl import SSLContext, SSLError
from time import monotonic_ns
from typing import Final
from urllib.parse import SplitResult, urlsplit

from linguapay_core.domain.delivery import Message, Reply
from linguapay_core.domain.endpoint import THIS_MACHINE, is_public

NO_PUBLIC_ADDRESS: Final = "its name leads to no public address"
IN_TIME: Final = "no answer in time"
MOST_ADDRESSES: Final = 4
"""How many addresses of one name are tried."""
REASONS: Final[Sequence[tuple[type[Exception], str]]] = (
    (gaierror, "its name can't be resolved"),
    (UnicodeError, "its name can't be resolved"),
    (SSLError, "TLS failed: its certificate isn't good for its name, or isn't trusted"),
    (TimeoutError, IN_TIME),
    (OSError, "the connection failed"),
    (HTTPException, "what it answered isn't HTTP"),
)
"""Why there is no status. The first that fits counts, and nothing that the subscriber said stands in it."""

Resolve = Callable[[str, int], Sequence[str]]
Connect = Callable[[tuple[str, int], float], socket]


def addresses_of(host: str, port: int) -> Sequence[str]:
    """What a name means now, by the system's resolver, the best address first."""
    return [str(address[0]) for *_, address in getaddrinfo(host, port, type=SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Way:
    """How a subscriber is reached: by which resolver, connection and trust, and whether this machine may be called."""

    trust: Callable[[], SSLContext]
    this_machine: bool = False
    resolve: Resolve = addresses_of
    connect: Connect = create_connection


@dataclass(slots=True)
class Post:
    """A message on its way. ``break_off`` may be called from another thread, and ends it wherever it is."""

    message: Message
    way: Way
    seconds: float
    _line: socket | None = field(default=None, init=False)
    _broken_off: bool = field(default=False, init=False)

    def __call__(self) -> Reply:
        """Post it."""
        begun = monotonic_ns()
        status, reason = 0, ""
        try:
            status = self._status()
        except _ForbiddenError:
            reason = NO_PUBLIC_ADDRESS
        except tuple(kind for kind, _ in REASONS) as error:
            reason = next(reason for kind, reason in REASONS if isinstance(error, kind))
        finally:
            if self._line is not None:
                self._line.close()
        return Reply(status, (monotonic_ns() - begun) // 1_000_000, reason)

    def break_off(self) -> None:
        """Make whatever waits for the subscriber fail now, or as soon as there is a connection."""
        self._broken_off = True
        line = self._line
        if line is not None:
            _hang_up(line)

    def _status(self) -> int:
        url = urlsplit(self.message.url)
        host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
        line = self._connected(self._addresses(host, port), port)
        self._line = line.dup()  # of our own, because TLS takes the other over
        if self._broken_off:
            _hang_up(line)
        if url.scheme == "https":
            line = self.way.trust().wrap_socket(line, server_hostname=host)
        connection = HTTPConnection(host, port)
        connection.sock = line
        try:
            headers = {"host": url.netloc, "user-agent": "LinguaPay", "connection": "close"}
            connection.request("POST", _path(url), self.message.body, headers | dict(self.message.headers))
            return connection.getresponse().status
        finally:
            connection.close()

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        """What the host's name means, if all of it may be called."""
        addresses = self.way.resolve(host, port)
        meant = [ip_address(address.partition("%")[0]) for address in addresses]
        here = self.way.this_machine and host in THIS_MACHINE
        if not meant or not all(address.is_loopback if here else is_public(address) for address in meant):
            raise _ForbiddenError
        return addresses

    def _connected(self, addresses: Sequence[str], port: int) -> socket:
        """A connection to the first of these that takes one, as long as somebody waits for it."""
        trouble: OSError = TimeoutError()
        for address in addresses[:MOST_ADDRESSES]:
            if self._broken_off:
                break
            try:
                return self.way.connect((address, port), self.seconds)
            except OSError as error:  # the last one tells what is wrong
                trouble = error
        raise trouble


class _ForbiddenError(Exception):
    """That is an address that no message may go to."""


def _path(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


def _hang_up(line: socket) -> None:
    try:
        line.shutdown(SHUT_RDWR)
    except OSError:
        return  # it is closed already, and that is all that was wanted
