"""Telling the host platform: posts to the addresses that subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from linguapay_core.domain.delivery import Message, Reply


class Messenger(Protocol):
    """Posts messages. It goes where a subscriber says, and so never to an address that isn't public."""

    @property
    def reaches_this_machine(self) -> bool:
        """Whether it also posts to this machine, as a rehearsal does."""
        ...

    def post(self, messages: Sequence[Message], *, timeout: timedelta) -> Sequence[Reply]:
        """Post all of them side by side, each within ``timeout`` from name to answer; replies in the same order.

        Raises nothing: what goes wrong outside is a reply without a status. It follows no redirect, and may not be
        called while a transaction of ours is open.
        """
        ...
