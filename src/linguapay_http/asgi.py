"""``linguapay_http.asgi:app``: the application as the settings say, with a worker beside it.

Nothing is opened by importing this; the composition is opened when a server asks for ``app``, and closed when that
server has drained. The only module of HTTP that knows the composition root.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from linguapay_core.domain.errors import Refused

if TYPE_CHECKING:
    from litestar import Litestar

    from linguapay_adapters.composition import House

LOG: Final = logging.getLogger("linguapay.worker")
DRAIN_SECONDS: Final = 30
"""How long a worker may take to end the step that it is in."""
TURN_SECONDS: Final = 10
"""How often it asks for its turn on a database that takes one worker."""


def __getattr__(name: str) -> Litestar:
    """Make ``app`` when it is asked for (PEP 562). Raises what keeps the service from starting."""
    if name != "app":
        raise AttributeError(name)
    return open_app()


def open_app() -> Litestar:
    """The application on an opened composition.

    Raises ``Invalid`` and ``Refused``, naming the setting and the way out, for whatever mustn't start.
    """
    from linguapay_adapters.composition import (  # noqa: PLC0415 - opened when asked for
        check_identity,
        from_settings,
        open_logs,
    )
    from linguapay_adapters.settings import read_settings  # noqa: PLC0415 - as above
    from linguapay_http.app import create_app  # noqa: PLC0415 - as above

    settings = read_settings()
    open_logs(settings)
    check_identity(settings)
    with ExitStack() as opening:
        house = opening.enter_context(from_settings(settings))

        @asynccontextmanager
        async def opened(_app: Litestar) -> AsyncIterator[None]:
            with stack:
                yield

        @asynccontextmanager
        async def worked(_app: Litestar) -> AsyncIterator[None]:
            async with _worker_of(house, inside=settings.worker_inside):
                yield

        app = create_app(house.linguapay, settings, telling=house.teller, lifespan=[opened, worked])
        stack = opening.pop_all()
    return app


@asynccontextmanager
async def _worker_of(house: House, *, inside: bool) -> AsyncIterator[None]:
    """While the block runs, a worker works in a thread; at the end it ends the step that it is in."""
    if not inside:
        yield
        return
    stop = Event()
    thread = Thread(target=_work, args=(house, stop), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        await asyncio.to_thread(thread.join, DRAIN_SECONDS)


def _work(house: House, stop: Event) -> None:
    """Let the worker work until it is told to stop; where another has the only turn, as soon as that one is gone."""
    while not stop.is_set():
        try:
            house.work(stop)
        except Refused as refusal:
            LOG.warning("This server has no worker of its own yet: %s", refusal)
            stop.wait(TURN_SECONDS)
