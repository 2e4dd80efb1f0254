"""Stripe's world during one request: its objects, its time, its events, and what falls due later."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from linguapay_adapters.stripe_sandbox.errors import no_such
from linguapay_adapters.stripe_sandbox.store import Store, field_is
from linguapay_adapters.stripe_sandbox.wire import API_VERSION, Document

PLATFORM = "acct_sandbox"
"""The id of the sandbox's own account."""


def shown(document: Document) -> Document:
    """Return the document as the outside sees it."""
    return {name: value for name, value in document.items() if not name.startswith("_")}


def shape_of(kind: str) -> Document:
    """Say what every object of a kind has in common."""
    return {"object": kind, "livemode": False, "metadata": {}}


@dataclass(frozen=True, slots=True)
class World:
    """One account's objects at one instant. All that is done through it is one transaction of the store."""

    store: Store
    now: int
    identifiers: Callable[[], str]
    account: str = PLATFORM
    cause: Document = field(default_factory=lambda: {"id": None, "idempotency_key": None})

    def of(self, account: str) -> "World":
        """Return the same world as another account sees it."""
        return replace(self, account=account)

    def new_id(self, prefix: str) -> str:
        """Make a new identifier, such as `pi_…`."""
        return f"{prefix}_{self.identifiers()}"

    def secret_of(self, identifier: str) -> str:
        """Make the client secret of an intent."""
        return f"{identifier}_secret_{hashlib.sha256(self.identifiers().encode()).hexdigest()[:25]}"

    def get(self, kind: str, identifier: str, *, param: str = "id", status: int = HTTPStatus.BAD_REQUEST) -> Document:
        """Find an object, or refuse in the words of the parameter that named it."""
        document = self.store.get(self.account, identifier)
        if document is None or document["object"] != kind:
            raise no_such(kind, identifier, param=param, status=status)
        return document

    def find(self, kind: str, **fields: str) -> list[Document]:
        """List the objects of a kind with these fields, oldest first."""
        conditions = [field_is(name, value) for name, value in fields.items()]
        return self.store.find(self.account, kind, conditions, newest_first=False)

    def add(self, document: Document, *, event: str | None = None) -> Document:
        """Bring an object into the world, and tell of it."""
        document.setdefault("created", self.now)
        self.store.add(self.account, document, document["created"])
        if event is not None:
            self.tell(event, document)
        return document

    def change(self, document: Document, *, event: str | None = None, **changes: Any) -> Document:  # noqa: ANN401 - JSON
        """Change fields of an object, and tell what they were before."""
        before = {name: document.get(name) for name, value in changes.items() if document.get(name) != value}
        document.update(changes)
        self.store.replace(document)
        if event is not None:
            self.tell(event, document, before)
        return document

    def tell(self, kind: str, document: Document, before: Document | None = None) -> None:
        """Keep an event that shows the object as it is now, and promise its delivery."""
        data: Document = {"object": shown(document)}
        if before and kind.endswith(".updated"):
            data["previous_attributes"] = shown(before)
        event: Document = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": self.cause,
            "type": kind,
        }
        if self.account != PLATFORM:
            event["account"] = self.account
        number = self.store.add(self.account, event, self.now)
        self.store.run("INSERT INTO deliveries (event_id, number) VALUES (?, ?)", (event["id"], number))

    def later(self, deed: str, document: Document, seconds: int | None) -> None:
        """Promise a deed to an object after some seconds, or, with None, as soon as funds suffice."""
        at = None if seconds is None else self.now + seconds
        self.store.run("INSERT INTO due (at, deed, object_id) VALUES (?, ?, ?)", (at, deed, document["id"]))
