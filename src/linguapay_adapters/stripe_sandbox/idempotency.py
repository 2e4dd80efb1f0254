"""Idempotency keys: what was answered under a key is answered again for 24 hours (Stripe's page "Idempotent requests").

Kept is whatever an endpoint answered once it had begun, declines and breakdowns included. What was refused before
(validation, 401, 409, 429) isn't.
"""

import hashlib
import json
from dataclasses import dataclass

from linguapay_adapters.stripe_sandbox.errors import key_too_long, key_used_otherwise
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World

KEY_AT_MOST = 255
REMEMBERED_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint said; `replays` names the request that it said it to first."""

    status: int
    document: Document
    replays: str | None = None


def fingerprint_of(method: str, path: str, given: Document) -> str:
    """Name a request by its method, path and parameters."""
    return hashlib.sha256(json.dumps([method, path, given], sort_keys=True).encode()).hexdigest()


def recall(world: World, key: str, fingerprint: str) -> Answer | None:
    """Return what was answered under this key, or refuse a key that stands for another request."""
    if len(key) > KEY_AT_MOST:
        raise key_too_long()
    prune(world)
    row = world.store.run(
        "SELECT fingerprint, status, body, request_id FROM idempotency_keys WHERE account = ? AND key = ?",
        (world.account, key),
    ).fetchone()
    if row is None:
        return None
    if row[0] != fingerprint:
        raise key_used_otherwise(key)
    return Answer(row[1], json.loads(row[2]), replays=row[3])


def keep(world: World, key: str, fingerprint: str, answer: Answer) -> None:
    """Remember what was answered under this key."""
    world.store.run(
        "INSERT INTO idempotency_keys (account, key, fingerprint, created, request_id, status, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            world.account,
            key,
            fingerprint,
            world.now,
            world.cause["id"],
            answer.status,
            json.dumps(answer.document),
        ),
    )


def prune(world: World) -> int:
    """Forget the keys of yesterday and say how many they were."""
    forgotten = world.store.run("DELETE FROM idempotency_keys WHERE created <= ?", (world.now - REMEMBERED_SECONDS,))
    return forgotten.rowcount
