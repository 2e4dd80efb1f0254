"""What an admin does to one record or to many: shown first, asked about once, told one by one, and repeatable.

Every act is a use case that decides nothing where it was done already, so a command that was interrupted, or that met
trouble half-way, is simply given again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from inspect import Parameter
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, TypeAlias

import typer

from linguapay_cli import options
from linguapay_cli.asking import filters, filters_of, find, named, option, signed
from linguapay_cli.backstage import backstage_of
from linguapay_cli.confirming import confirm
from linguapay_cli.login import acting_admin
from linguapay_cli.outcomes import Outcome, conclude, one_by_one, outcome_of
from linguapay_cli.records import Look, look_of
from linguapay_cli.tables import How, print_json, print_records
from linguapay_cli.values import brief, money
from linguapay_cli.when import Times
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import Listing, RecordT, listing_of
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay

MOST: Final = 10_000
"""So many records one command acts on at most."""
SHOWN: Final = 20
"""So many of them are shown before it asks."""

ACT: Final = "What it does"

Given: TypeAlias = Mapping[str, Any]
"""What a command was given: the values of its parameters, by their names."""

Note = Annotated[str, typer.Option("--note", help="Why, for the record: admins can read it.", rich_help_panel=ACT)]
NEEDED: Final = Parameter.empty
"""In place of a default: the option must be given."""

NOTE: Final = option("note", Note, "")
NEEDED_NOTE: Final = option("note", Note, NEEDED)

Reference = Annotated[
    str,
    typer.Option(help="A reference of its own, by which a repetition is known.", metavar="TEXT", rich_help_panel=ACT),
]
REFERENCE: Final = option("reference", Reference, NEEDED)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.", rich_help_panel=ACT)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what it would do, and do nothing.", rich_help_panel=ACT)]


@dataclass(frozen=True, slots=True)
class Act(Generic[RecordT]):
    """One thing that an admin does to records of a type.

    ``run`` does it, for this admin, with the command's own options. ``is_done`` says that just this was done already,
    and ``refusal`` why it can't be done now. ``amount`` is how much money it is about, and ``became`` what came of it,
    in a word or two, from the record before and after.
    """

    kind: type[RecordT]
    verb: str
    done: str
    told: str
    run: Callable[[LinguaPay, RecordT, str, Given], object]
    is_done: Callable[[LinguaPay, RecordT, Given], bool] = field(default=lambda *_: False)
    refusal: Callable[[LinguaPay, RecordT, Actor, Given], Refused | None] = field(default=lambda *_: None)
    amount: Callable[[RecordT, Given], Money | None] = field(default=lambda _, __: None)
    became: Callable[[RecordT, RecordT], str] | None = None
    look: Look | None = None
    extras: Sequence[Parameter] = ()

    def add_to(self, app: typer.Typer, *, name: str = "") -> None:
        """Add the command that does it."""

        def command(context: typer.Context, **given: Any) -> None:  # noqa: ANN401 - as the signature says
            _perform(self, context, given)

        parameters = [*_IDS, *self.extras, *_ANSWERS, *filters_of(listing_of(self.kind)), *_LOOKS]
        app.command(name or self.verb.replace(" ", "-"))(signed(command, parameters, self.told))

    def what_came(self, before: RecordT, now: RecordT) -> str:
        """What came of it, in a word or two."""
        if self.became is not None:
            return self.became(before, now)
        return f"{self.done} already" if now == before else self.done


def _ids() -> Iterator[Parameter]:
    argument = typer.Argument(metavar="ID", help="Which: identifiers, or how they begin. Or filters, below.")
    yield Parameter(
        "identifiers",
        Parameter.POSITIONAL_OR_KEYWORD,
        annotation=Annotated[list[str] | None, argument],
        default=None,
    )


_IDS: Final = tuple(_ids())
_ANSWERS: Final = (option("yes", Yes, default=False), option("dry_run", DryRun, default=False))
_LOOKS: Final = (
    option("as_json", options.AsJson, default=False),
    option("plain", options.Plain, default=False),
    option("utc", options.Utc, default=False),
)


@dataclass(frozen=True, slots=True)
class _Errand(Generic[RecordT]):
    """An act on some records, as a command was given. It isn't done to those that are ``done`` or refused."""

    act: Act[RecordT]
    given: Given
    how: How
    records: Sequence[RecordT]
    done: AbstractSet[str]
    refusals: Mapping[str, Refused]

    @property
    def possible(self) -> Sequence[RecordT]:
        """Those to which it would be done."""
        idle = self.refusals.keys() | self.done
        return [record for record in self.records if record.id not in idle]

    def counted(self, records: Sequence[RecordT]) -> str:
        """How many these are, and how much money that is."""
        called = listing_of(self.act.kind).called
        sums: Counter[Any] = Counter()
        for record in records:
            if amount := self.act.amount(record, self.given):
                sums[amount.currency] += amount.amount_minor
        money = " and ".join(str(Money(minor, currency)) for currency, minor in sums.items())
        return f"{len(records)} {called}{'' if len(records) == 1 else 's'}{f' of {money}' if money else ''}"


def _perform(act: Act[RecordT], context: typer.Context, given: Given) -> None:
    how = How(Times(in_utc=given["utc"]), as_json=given["as_json"], plain=given["plain"])
    with backstage_of(context).desk() as desk:
        linguapay = desk.linguapay
        admin_id = acting_admin(linguapay)
        errand = _errand(act, linguapay, admin_id, given, how)
        _preview(errand)
        if given["dry_run"] or not (errand.records or how.as_json):
            return
        if errand.possible and not given["yes"]:
            confirm(f"{act.verb.capitalize()} {len(errand.possible)} now?")

        def do(record: RecordT) -> Outcome:  # but nothing that was shown as refused or done: nobody said yes to it
            if refusal := errand.refusals.get(record.id):
                return Outcome(record.id, "failed", refusal)
            if record.id in errand.done:
                return Outcome(record.id, act.what_came(record, record))
            return outcome_of(
                record,
                lambda: act.run(linguapay, record, admin_id, given),
                lambda: act.what_came(record, linguapay.show_record(act.kind, record.id)),
            )

        outcomes = list(one_by_one(errand.records, do, tell=not how.as_json))
    conclude(act.verb, act.done, outcomes, left=len(errand.records) - len(outcomes), as_json=how.as_json)


def _wanted(act: Act[RecordT], linguapay: LinguaPay, given: Given, times: Times) -> Sequence[RecordT]:
    """The records that were named, each once, or those that the filters find."""
    listing = listing_of(act.kind)
    asked = dict(filters(linguapay, listing, given, times))
    party = given.get("person", "")
    if given["identifiers"]:
        if asked or party:
            raise Invalid("id", "name some, or give filters, and not both.")
        found = [named(linguapay, act.kind, name) for name in given["identifiers"]]
        return list({record.id: record for record in found}.values())
    if not asked and not party:
        raise Invalid("id", f"say which {listing.called}s: name some, or give a filter such as --{_first(listing)}.")
    many = find(linguapay, act.kind, asked, limit=MOST, sort=listing.sorts[0], party=party)
    if many.next_cursor:
        raise Invalid("filters", f"these find more than {MOST}: narrow them down, for instance with --from and --to.")
    return many.items


def _first(listing: Listing) -> str:
    return listing.filters[0].removesuffix("_id").replace("_", "-")


def _errand(act: Act[RecordT], linguapay: LinguaPay, admin_id: str, given: Given, how: How) -> _Errand[RecordT]:
    by = Actor(Role.ADMIN, PersonId(admin_id))
    records = _wanted(act, linguapay, given, how.times)
    done = {record.id for record in records if act.is_done(linguapay, record, given)}
    found = ((one.id, act.refusal(linguapay, one, by, given)) for one in records if one.id not in done)
    refusals = {identifier: refusal for identifier, refusal in found if refusal is not None}
    return _Errand(act, given, how, records, done, refusals)


def _preview(errand: _Errand[RecordT]) -> None:
    """Show what it will do, and to how much money."""
    act, records = errand.act, errand.records
    if errand.how.as_json:
        if errand.given["dry_run"]:
            print_json({"verb": act.verb, "would": [_as_data(errand, record) for record in records]})
        return
    print_records(act.look or look_of(act.kind), records[:SHOWN], errand.how)
    if len(records) > SHOWN:
        typer.echo(f"… and {len(records) - SHOWN} more.")
    done = [record for record in records if record.id in errand.done]
    if done:
        typer.echo(f"{errand.counted(done)} {'is' if len(done) == 1 else 'are'} {act.done} already.")
    for identifier, refusal in errand.refusals.items():
        typer.echo(f"{brief(identifier)} can't: {refusal}")
    possible = errand.possible
    typer.echo(f"This would {act.verb} {errand.counted(possible)}." if possible else "There is nothing to do.")


def _as_data(errand: _Errand[RecordT], record: RecordT) -> Mapping[str, object]:
    from linguapay_cli import shapes  # noqa: PLC0415 - imported where it is used

    amount = errand.act.amount(record, errand.given)
    return {
        "id": record.id,
        "amount": None if amount is None else money(amount),
        "done_already": record.id in errand.done,
        "refusal": shapes.refusal(errand.refusals.get(record.id)),
    }
