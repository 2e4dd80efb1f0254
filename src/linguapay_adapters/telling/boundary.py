"""The choke point: every call through a port crosses the boundary here, before and after.

It keeps one promise itself, in production too: no transaction of ours is open while Stripe or a subscriber is called.
Whoever wants to see crossings (a trace, a count, a test that kills the process just there) hands in ``on_crossing``; a
port that is added joins by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from threading import local
from typing import Final, TypeVar, cast

from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transaction, Transactions

PortT = TypeVar("PortT")


class Side(StrEnum):
    """On which side of a call it happens. ``FAILED`` is after a call that raised; so ends what is rolled back."""

    BEFORE = "before"
    AFTER = "after"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A call through a port, on its way out or on its way back."""

    port: str
    call: str
    side: Side


OnCrossing = Callable[[Crossing], None]


def unseen(_crossing: Crossing) -> None:
    """Look at nothing."""


def seen_by(*watchers: OnCrossing) -> OnCrossing:
    """Each crossing is shown to all of them, in this order."""

    def show(crossing: Crossing) -> None:
        for watcher in watchers:
            watcher(crossing)

    return show


class _OpenTransaction(local):
    """Whether this thread has a transaction open."""

    is_open = False


class Boundary:
    """Puts itself around ports. One boundary serves one composition."""

    def __init__(self, on_crossing: OnCrossing = unseen) -> None:
        """Show each crossing to ``on_crossing``, which may raise."""
        self._cross = on_crossing
        self._here: Final = _OpenTransaction()

    def around(self, name: str, port: PortT) -> PortT:
        """The same port, seen: each of its methods crosses the boundary."""
        return cast("PortT", _Seen(name, port, self._cross))

    def around_gateway(self, gateway: Gateway) -> Gateway:
        """The gateway, seen, and refused while a transaction of this thread is open."""
        return self.around_outside("gateway", gateway)

    def around_outside(self, name: str, port: PortT) -> PortT:
        """A port that leads to others' machines, seen, and refused while a transaction of this thread is open."""

        def outside_transactions(crossing: Crossing) -> None:
            assert not self._here.is_open, (
                f"{name}.{crossing.call} inside a transaction: commit first, then call the outside"
            )
            self._cross(crossing)

        return cast("PortT", _Seen(name, port, outside_transactions))

    def around_transactions(self, transactions: Transactions) -> Transactions:
        """The transactions, seen: their beginning, their commit, and each reading and writing inside."""
        return _SeenTransactions(transactions, self._here, self._cross)


class _SeenTransactions:
    def __init__(self, inner: Transactions, here: _OpenTransaction, cross: OnCrossing) -> None:
        self._inner = inner
        self._here = here
        self._cross = cross

    def begin(self) -> AbstractContextManager[Transaction]:
        """A transaction of the store within, marked as open for this thread until it has ended."""
        return self._begin()

    @contextmanager
    def _begin(self) -> Iterator[Transaction]:
        self._cross(Crossing("transactions", "begin", Side.BEFORE))
        try:
            with self._inner.begin() as transaction:
                self._here.is_open = True
                try:
                    yield cast("Transaction", _Seen("transaction", transaction, self._cross))
                    self._cross(Crossing("transactions", "commit", Side.BEFORE))
                finally:
                    self._here.is_open = False
        except BaseException:
            self._cross(Crossing("transactions", "commit", Side.FAILED))
            raise
        self._cross(Crossing("transactions", "commit", Side.AFTER))


class _Seen:
    """Stands for a port; its methods are made as they are asked for."""

    def __init__(self, name: str, port: object, cross: OnCrossing) -> None:
        self._name = name
        self._port = port
        self._cross = cross

    def __getattr__(self, call: str) -> object:
        method = getattr(self._port, call)
        if not callable(method):
            return method

        @wraps(method)
        def crossing(*args: object, **kwargs: object) -> object:
            self._cross(Crossing(self._name, call, Side.BEFORE))
            try:
                result = method(*args, **kwargs)
            except BaseException:
                self._cross(Crossing(self._name, call, Side.FAILED))
                raise
            self._cross(Crossing(self._name, call, Side.AFTER))
            return result

        setattr(self, call, crossing)
        return crossing
