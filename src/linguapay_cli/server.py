"""The server around the service: the address that it listens on, and how it begins and ends."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import errorcode
from typing import TYPE_CHECKING, Final

from linguapay_core.domain.errors import Invalid

if TYPE_CHECKING:
    import uvicorn

APP: Final = "linguapay_http.asgi:app"
PROTOCOL: Final = "linguapay_http.impatience:Impatient"

BACKLOG: Final = 2048
"""How many connections may wait to be taken."""

SWEEPS: Final = (700, 10, 10)
"""How often a service looks for garbage while it runs: as Python does by itself."""

DRAIN_SECONDS: Final = 30
"""How long requests under way may take to end, once the service is told to stop."""


@contextmanager
def listening(host: str, port: int) -> Iterator[tuple[socket.socket, str]]:
    """Listen on an address; gives the socket and its URL. Port 0 takes any free one. Raises ``Invalid``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Invalid("host, port", f"can't listen on {host}:{port}: {_reason(error)}.") from error
    with listener:
        named = f"[{host}]" if family is socket.AF_INET6 else host
        yield listener, f"http://{named}:{listener.getsockname()[1]}"


def _reason(error: OSError) -> str:
    """What the operating system says, without what Python adds."""
    return os.strerror(error.errno) if error.errno is not None and error.errno in errorcode else str(error.strerror)


@contextmanager
def unswept() -> Iterator[None]:
    """While the block runs no garbage is looked for: what a start makes, stays. That saves a tenth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*SWEEPS)
        gc.enable()


def loaded(*, head_seconds: int, trusted_proxies: Sequence[str]) -> uvicorn.Server:
    """The service, opened, in its server. Raises what keeps it from starting.

    Where a request came from is taken from ``X-Forwarded-For`` as far as it passed through ``trusted_proxies`` alone.
    """
    import uvicorn  # noqa: PLC0415 - imported where it is used

    config = uvicorn.Config(
        APP,
        http=PROTOCOL,
        ws="none",
        lifespan="on",
        log_config=None,
        server_header=False,
        forwarded_allow_ips=list(trusted_proxies),
        timeout_keep_alive=head_seconds,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    config.load()
    return uvicorn.Server(config)


def run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM, then end what is under way, and return.

    Connections that come before the service is ready wait in the listener's backlog.
    """
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        assert server.started, "uvicorn lets Ctrl-C pass when it has drained"
