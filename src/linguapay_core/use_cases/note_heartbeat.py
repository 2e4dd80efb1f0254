"""A worker says that it lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.house import Heartbeat
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.watch import Watch


@dataclass(frozen=True, slots=True)
class NoteHeartbeat:
    """Which worker, since when it works, when its last round ended, and how much it did since it started."""

    worker_id: str
    started_at: datetime
    last_round_at: datetime | None = None
    done: int = 0
    troubles: int = 0


def note_heartbeat(command: NoteHeartbeat, *, watch: Watch, clock: Clock) -> Heartbeat:
    """Note it down, in the place of the worker's last one."""
    heartbeat = Heartbeat(
        command.worker_id, command.started_at, clock.now(), command.last_round_at, command.done, command.troubles
    )
    watch.beat(heartbeat)
    return heartbeat
