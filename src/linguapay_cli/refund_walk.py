"""``linguapay refunds review``: walking through the queue, one key for each decision, which is made at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import typer

from linguapay_cli.approving import approval_of, approve, approved, process
from linguapay_cli.exits import ending
from linguapay_cli.outcomes import Outcome
from linguapay_cli.refund_card import print_card
from linguapay_cli.tables import How
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.refund_request import RefundRequest, RequestState

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay

QUIT: Final = "q"
HELP: Final = "?"


@dataclass(frozen=True, slots=True)
class Walk:
    """An admin's walk through the queue. It can be left at any time and begun again: what waits is in the queue."""

    linguapay: LinguaPay
    admin_id: str
    how: How
    told: Counter[str] = field(default_factory=Counter)

    def through(self) -> None:
        """Show each request that waits, and do with it what the admin wants."""
        for request in self._queue():
            if not self._decide(request):
                break
        told = ", ".join(f"{how_many} {word}" for word, how_many in self.told.items())
        left = "nothing waits any more" if not self._queue_is_left() else "some still wait"
        typer.echo(f"{told or 'Nothing decided'}; {left}.")

    def _queue(self) -> Iterator[RefundRequest]:
        cursor = ""
        while True:
            page = self.linguapay.list_refund_queue(cursor)
            yield from (glance.request for glance in page.items)
            cursor = page.next_cursor
            if not cursor:
                return

    def _queue_is_left(self) -> bool:
        return bool(self.linguapay.list_refund_queue(limit=1).items)

    def _decide(self, request: RefundRequest) -> bool:
        """Show one request, and take keys until one of them settles it; whether to go on to the next."""
        review = self.linguapay.review_refund_request(request.id)
        now = review.glance.request
        if now.due_at is None:
            by = f", by {now.moved_by}" if now.moved_by else ""
            typer.echo(f"{request.id} was decided meanwhile: {spoken(now.state)}{by}.")
            return True
        print_card(review, self.how)
        while True:
            pressed = _key()
            if pressed == QUIT:
                return False
            if pressed not in KEYS:
                typer.echo(MENU)
            elif self._done(KEYS[pressed], review.glance.request):
                return True

    def _done(self, key: Key, request: RefundRequest) -> bool:
        try:
            outcome = Outcome(request.id, key.run(self, request))
        except LinguaPayError as error:
            _, called, line = ending(error)
            typer.echo(f"{called}: {line}")
            return False
        self.told[outcome.kind] += 1
        typer.echo(f"{request.id}: {outcome}.")
        return True


class Key(NamedTuple):
    """What a key is for, and what it does; the answer is a word for it."""

    line: str
    run: Callable[[Walk, RefundRequest], str]


def _approve(
    walk: Walk, request: RefundRequest, amount_minor: int | None = None, *, platform_bears: bool = False
) -> str:
    amount = None if amount_minor is None else Money(amount_minor, request.amount.currency)
    now = approve(walk.linguapay, request, walk.admin_id, amount=amount, platform_bears=platform_bears)
    return approved(request, now)


def _spare(walk: Walk, request: RefundRequest) -> str:
    return _approve(walk, request, platform_bears=True)


def _less(walk: Walk, request: RefundRequest) -> str:
    return _approve(walk, request, typer.prompt(f"How much, in minor units, of {request.amount}", type=int))


def _process(walk: Walk, request: RefundRequest) -> str:
    now = approve(walk.linguapay, request, walk.admin_id)
    if now.state is not RequestState.APPROVED:
        return approval_of(now)
    return spoken(process(walk.linguapay, now, walk.admin_id).state)


def _reject(walk: Walk, request: RefundRequest) -> str:
    note = typer.prompt("Why? The student reads it")
    return spoken(walk.linguapay.reject_refund_request(request.id, walk.admin_id, note).state)


def _skip(_walk: Walk, _request: RefundRequest) -> str:
    return "skipped"


KEYS: Final[Mapping[str, Key]] = {
    "a": Key("approve", _approve),
    "b": Key("approve, and the platform bears it", _spare),
    "l": Key("approve less", _less),
    "p": Key("approve and process", _process),
    "r": Key("reject", _reject),
    "s": Key("skip", _skip),
}

MENU: Final = ", ".join([*(f"{key} {what.line}" for key, what in KEYS.items()), f"{QUIT} quit"])


def _key() -> str:
    typer.echo(f"[{''.join(KEYS)}{QUIT}{HELP}] ", nl=False)
    try:
        pressed = typer.getchar().lower()
    except EOFError:
        pressed = QUIT
    typer.echo(pressed)
    return pressed
