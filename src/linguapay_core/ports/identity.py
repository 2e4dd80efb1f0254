"""Telling who is asking."""

from __future__ import annotations

from typing import Protocol

from linguapay_core.domain.principal import Principal


class Identity(Protocol):
    """Believes the tokens of the host platform, and nobody else's."""

    def read(self, token: str) -> Principal:
        """Who a bearer token (RFC 6750) speaks for.

        Raises ``Unauthenticated`` for a token that isn't whole, isn't ours to believe, or has expired, and ``Busy``
        where the keys to check it with can't be fetched now.
        """
        ...
