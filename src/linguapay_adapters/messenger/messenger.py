"""Posts messages over HTTP, side by side, in bounded time, to public addresses only.

Nothing of the environment counts (no proxy, no .netrc), no redirect is followed, and of an answer the status alone is
read.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from functools import cache
from typing import Final

from linguapay_adapters.messenger.post import IN_TIME, Post, Way
from linguapay_core.domain.delivery import Message, Reply

AT_ONCE: Final = 32
"""How many posts may be under way in this process; more than these wait, within their time."""


@cache
def usual_trust() -> ssl.SSLContext:
    """Whom the world trusts: the authorities that ``requests`` brings along."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: PLC0415 - imported where it is used

    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


class HttpMessenger:
    """Posts to whoever subscribed. May be shared between threads."""

    def __init__(self, way: Way) -> None:
        """Take this way."""
        self._way = way
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="messenger")

    @property
    def reaches_this_machine(self) -> bool:
        """Whether it also posts to this machine, as a rehearsal does."""
        return self._way.this_machine

    def post(self, messages: Sequence[Message], *, timeout: timedelta) -> Sequence[Reply]:
        """Post all of them side by side, each within ``timeout``; replies in the same order. Raises nothing."""
        posts = [Post(message, self._way, timeout.total_seconds()) for message in messages]
        under_way = [self._pool.submit(post) for post in posts]
        wait(under_way, timeout=timeout.total_seconds())
        return tuple(_reply(post, future, timeout) for post, future in zip(posts, under_way, strict=True))


def _reply(post: Post, future: Future[Reply], timeout: timedelta) -> Reply:
    """How it ended; what hasn't by now is broken off."""
    if future.done():
        return future.result()
    future.cancel()
    post.break_off()
    return Reply(0, timeout // timedelta(milliseconds=1), IN_TIME)
