"""``linguapay refunds``: wishes for money back, and what came of them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from linguapay_cli import approving, options
from linguapay_cli.acts import ACT, NEEDED, Act, Given
from linguapay_cli.allowed import done_by
from linguapay_cli.asking import named, option
from linguapay_cli.backstage import backstage_of
from linguapay_cli.lists import add_list
from linguapay_cli.login import acting_admin
from linguapay_cli.refund_card import print_card, print_queue
from linguapay_cli.tables import How, print_json
from linguapay_cli.when import Times
from linguapay_core.domain import left_over, settlement
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.query import USUAL_PAGE
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import REFUND_REQUEST, RefundRequest, RequestState, RequestTrigger, why_not
from linguapay_core.domain.refund_request_rules import approved_otherwise

if TYPE_CHECKING:
    from collections.abc import Callable

    from linguapay_core.application import LinguaPay

app = typer.Typer(name="refunds", help="Refund requests, and the refunds that come of them.", no_args_is_help=True)

Amount = Annotated[
    int | None,
    typer.Option(
        "--amount", metavar="MINOR", min=1, help="Less than was asked for: 500 is 5.00 USD.", rich_help_panel=ACT
    ),
]
PlatformBears = Annotated[
    bool, typer.Option("--platform-bears", help="Spare the teacher: the platform pays it back.", rich_help_panel=ACT)
]
Note = Annotated[str, typer.Option("--note", help="Why: the student reads it.", rich_help_panel=ACT)]


@app.callback()
def refunds() -> None:
    """Refund requests, and the refunds that come of them."""


@app.command()
def queue(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many at most.")] = USUAL_PAGE,
    cursor: options.Cursor = "",
    as_json: options.AsJson = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """List the refund requests that wait for an admin, those that expire first at the top.

    Those with a ! are blocked, or expire within a day. Each with what is left of its payment, and with what cancelling
    would have given back when it was asked for.
    """
    with backstage_of(context).reading() as desk:
        page = desk.linguapay.list_refund_queue(cursor, limit)
    if as_json:
        from linguapay_cli import review_shapes  # noqa: PLC0415 - imported where it is used

        items = [review_shapes.glance(told) for told in page.items]
        print_json({"items": items, "next_cursor": page.next_cursor})
        return
    print_queue(page.items, How(Times(in_utc=utc), plain=plain))
    if page.next_cursor:
        typer.echo(f"There are more: go on with --cursor {page.next_cursor}", err=True)
    elif not page.items:
        typer.echo("Nothing waits.", err=True)


@app.command()
def show(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Its identifier, or how it begins.")],
    *,
    as_json: options.AsJson = False,
    plain: options.Plain = False,
    utc: options.Utc = False,
) -> None:
    """Show the card of a refund request: all that there is to know before deciding.

    What the student wrote, what is left, what going ahead would do to teacher and platform, and who the two are.
    """
    with backstage_of(context).reading() as desk:
        told = desk.linguapay.review_refund_request(named(desk.linguapay, RefundRequest, identifier).id)
    if as_json:
        from linguapay_cli import review_shapes  # noqa: PLC0415 - imported where it is used

        print_json(review_shapes.review(told))
        return
    print_card(told, How(Times(in_utc=utc), plain=plain))


@app.command()
def review(context: typer.Context, *, plain: options.Plain = False, utc: options.Utc = False) -> None:
    """Walk through the queue key by key: approve, approve less, reject, process or skip.

    Each decision is made at once, so it can be left at any time and begun again.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        way_out = "`linguapay refunds queue`, and approve, reject or process what it lists, with --yes"
        raise Invalid("terminal", f"this asks for keys, and nobody is there to press them: use {way_out}.")
    from linguapay_cli.refund_walk import Walk  # noqa: PLC0415 - imported where it is used

    with backstage_of(context).desk() as desk:
        admin_id = acting_admin(desk.linguapay)
        Walk(desk.linguapay, admin_id, How(Times(in_utc=utc), plain=plain)).through()


def _approve(linguapay: LinguaPay, request: RefundRequest, admin_id: str, given: Given) -> object:
    amount, bears, notes = _amount(request, given), given["platform_bears"], given["note"]
    return approving.approve(linguapay, request, admin_id, amount=amount, platform_bears=bears, notes=notes)


def _is_approved(_: object, request: RefundRequest, given: Given) -> bool:
    """Whether just this was approved: this amount, borne by the same."""
    alike = request.platform_bears or not given["platform_bears"]
    return _approve_leads_here(request) and alike and _amount(request, given) == request.approved


def _why_not_approve(_: object, request: RefundRequest, by: Actor, __: object) -> Refused | None:
    if _approve_leads_here(request):
        return approved_otherwise(request)
    return why_not(request, RequestTrigger.APPROVE, by=by)


def _approve_leads_here(request: RefundRequest) -> bool:
    return REFUND_REQUEST.is_done(request.state, RequestTrigger.APPROVE)


def _refusal(trigger: RequestTrigger) -> Callable[[object, RefundRequest, Actor, object], Refused | None]:
    return lambda _, request, by, __: why_not(request, trigger, by=by)


def _amount(request: RefundRequest, given: Given) -> Money:
    """What would go back: less, if it is said; else what was approved, or asked for."""
    less = given.get("amount")
    return approving.shown_amount(request) if less is None else Money(less, request.amount.currency)


def _why_not_again(linguapay: LinguaPay, refund: Refund, *_: object) -> Refused | None:
    story = linguapay.explain(refund.id).story
    payment = story.payment(refund.payment_id)
    given = settlement.lesson_given(story.booking, payment)
    return left_over.why_not_again(
        refund, payment, story.books_of(payment), story.refunds_of(payment), lesson_given=given
    )


add_list(app, RefundRequest)
add_list(app, Refund, name="sent")
Act(
    RefundRequest,
    "approve",
    "approved",
    "Approve refund requests, the whole amount or less; process them afterwards. Large ones need two admins.",
    _approve,
    is_done=_is_approved,
    refusal=_why_not_approve,
    amount=_amount,
    became=approving.approved,
    extras=(option("amount", Amount, None), option("platform_bears", PlatformBears, False), option("note", Note, "")),
).add_to(app)
Act(
    RefundRequest,
    "reject",
    "rejected",
    "Reject refund requests, and say why.",
    lambda linguapay, request, admin_id, given: linguapay.reject_refund_request(request.id, admin_id, given["note"]),
    is_done=done_by(REFUND_REQUEST, RequestTrigger.REJECT),
    refusal=_refusal(RequestTrigger.REJECT),
    amount=_amount,
    extras=(option("note", Note, NEEDED),),
).add_to(app)
Act(
    RefundRequest,
    "process",
    "processed",
    "Send the money of approved refund requests back. Processing twice refunds once.",
    lambda linguapay, request, admin_id, _: approving.process(linguapay, request, admin_id),
    is_done=lambda _, request, __: request.state in (RequestState.EXECUTING, RequestState.DONE),
    refusal=_refusal(RequestTrigger.PROCESS),
    amount=_amount,
    became=lambda before, now: f"{spoken(now.state)}{' already' if now == before else ''}",
).add_to(app)
Act(
    Refund,
    "refund again",
    "set aside for a new refund",
    "Send back once more what refunds that came to nothing left over. The worker does it.",
    lambda linguapay, refund, admin_id, _: linguapay.refund_again(refund.id, admin_id),
    refusal=_why_not_again,
    amount=lambda refund, _given: refund.amount,
    became=lambda _, __: "set aside for a new refund",
).add_to(app, name="again")
