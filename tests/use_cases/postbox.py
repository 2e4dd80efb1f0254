"""A messenger without a network: it keeps what was posted, and answers as a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.delivery import Message, Reply
from tests.use_cases.stage import ADMIN

TAKEN = Reply(204, 20)
REFUSED = Reply(500, 30)


def take(_message: Message) -> Reply:
    """Answer as a subscriber does that is well."""
    return TAKEN


@dataclass
class Postbox:
    """Everything that was posted, and what is answered next."""

    answer: Callable[[Message], Reply] = take
    reaches_this_machine: bool = False
    rounds: list[tuple[Message, ...]] = field(default_factory=list)

    def post(self, messages: Sequence[Message], *, timeout: timedelta) -> Sequence[Reply]:
        """Keep them, and answer each."""
        assert timeout
        self.rounds.append(tuple(messages))
        return [self.answer(message) for message in messages]

    @property
    def posted(self) -> list[Message]:
        """Every message, in the order in which they were posted."""
        return [message for messages in self.rounds for message in messages]

    def told(self, url: str = "") -> list[str]:
        """The types of what was posted, everywhere or to one address."""
        return [json.loads(message.body)["type"] for message in self.posted if message.url.startswith(url)]

    def names(self) -> list[str]:
        """The ``webhook-id`` of each post."""
        return [dict(message.headers)["webhook-id"] for message in self.posted]


@contextmanager
def with_postbox(lp: Rehearsal, postbox: Postbox) -> Iterator[LinguaPay]:
    """LinguaPay on the same parts, with this postbox. Nobody is subscribed afterwards, when the real worker works."""
    house = LinguaPay(replace(lp.ports, messenger=postbox))
    yield house
    with lp.ports.transactions.begin() as transaction:
        left = [subscription.id for subscription in transaction.subscriptions()]
    for subscription_id in left:
        house.remove_subscription(subscription_id, ADMIN)
