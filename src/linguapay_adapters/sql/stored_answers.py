"""Idempotency keys in a table of their own. One statement claims a key, whoever else tries at the same time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Table,
    and_,
    delete,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningInsert

from linguapay_adapters.sql.columns import METADATA, WHOLE, Word, check, index, when, whole, word
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.dialect import insert_into
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.stored_answer import LEASE, KeyClaim, KeyUse, StoredAnswer, still_running, used_otherwise

NAME: Final = ("principal", "route", "key")

stored_answers: Final = Table(
    "stored_answers",
    METADATA,
    *(Column(name, Word(str), primary_key=True) for name in NAME),
    word("fingerprint"),
    whole("fence"),
    when("claimed_at"),
    when("leased_until"),
    Column("status", WHOLE, nullable=True),
    word("reference"),
    check("fence_positive", "fence >= 1"),
    check("status_of_http", "status BETWEEN 100 AND 599"),
    sqlite_strict=True,
)
index(stored_answers, "by_age", "claimed_at")

FREE: Final = ""
"""The fingerprint of a key that was given back."""


class SqlStoredAnswers:
    """Keeps idempotency keys in a database."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine."""
        self._engine = engine

    def claim(self, use: KeyUse, *, at: datetime) -> KeyClaim | StoredAnswer:
        """The right to answer, or the answer that was given. Raises ``Invalid`` and ``InFlight``."""
        with committing(self._engine) as connection:
            fence = connection.execute(_claim(connection.dialect, use, at)).scalar_one_or_none()
            if fence is not None:
                return KeyClaim(use.principal, use.route, use.key, fence)
            return _answer(connection, use)

    def answer(self, claim: KeyClaim, answer: StoredAnswer) -> None:
        """Store how the request ended, once. Raises ``Stale`` where the key was given back or taken over."""
        values = {"status": answer.status, "reference": answer.reference}
        with committing(self._engine) as connection:
            if connection.execute(update(stored_answers).where(_unanswered(claim)).values(values)).rowcount:
                return
            if connection.execute(select(stored_answers.c.fence).where(_held(claim))).one_or_none() is None:
                raise Stale(f"The key {claim.key} was given back, or another request took over.")

    def release(self, claim: KeyClaim) -> None:
        """Let the key be free again, unless somebody else has it or it was answered."""
        with committing(self._engine) as connection:
            connection.execute(update(stored_answers).where(_unanswered(claim)).values(fingerprint=FREE))

    def forget(self, *, before: datetime, limit: int) -> int:
        """Forget keys that were last claimed before then, the oldest first."""
        name, claimed_at = tuple_(*(stored_answers.c[part] for part in NAME)), stored_answers.c.claimed_at
        is_old = claimed_at < before
        old = select(*name.clauses).where(is_old).order_by(claimed_at).limit(limit)
        with committing(self._engine) as connection:
            return connection.execute(delete(stored_answers).where(name.in_(old), is_old)).rowcount


def _claim(dialect: Dialect, use: KeyUse, at: datetime) -> ReturningInsert[Any]:
    """Takes a key that is new, was given back, or whose lease ran out; gives the fence, and no row where it may not."""
    row = {"fingerprint": use.fingerprint, "claimed_at": at, "leased_until": at + LEASE}
    there = stored_answers.c
    ran_out = and_(there.fingerprint == use.fingerprint, there.leased_until <= at)
    return (
        insert_into(stored_answers, dialect)
        .values(principal=use.principal, route=use.route, key=use.key, fence=1, reference="", **row)
        .on_conflict_do_update(
            index_elements=NAME,
            set_={**row, "fence": there.fence + 1},
            where=and_(there.status.is_(None), or_(there.fingerprint == FREE, ran_out)),
        )
        .returning(there.fence)
    )


def _answer(connection: Connection, use: KeyUse) -> StoredAnswer:
    """What stands under a key that couldn't be claimed."""
    found = connection.execute(select(stored_answers).where(_named(use))).one_or_none()
    if found is None:
        raise Stale(f"The key {use.key} was forgotten just now.")
    if found.fingerprint != use.fingerprint:
        raise used_otherwise()
    if found.status is None:
        raise still_running()
    return StoredAnswer(found.status, found.reference)


def _named(one: KeyUse | KeyClaim) -> ColumnElement[bool]:
    return and_(*(stored_answers.c[part] == getattr(one, part) for part in NAME))


def _held(claim: KeyClaim) -> ColumnElement[bool]:
    there = stored_answers.c
    return and_(_named(claim), there.fence == claim.fence, there.fingerprint != FREE)


def _unanswered(claim: KeyClaim) -> ColumnElement[bool]:
    return and_(_held(claim), stored_answers.c.status.is_(None))
