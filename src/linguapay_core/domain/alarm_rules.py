"""What may become of an alarm: it is raised, and cleared."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.decision import SYSTEM, Actor, Decision, Event
from linguapay_core.domain.events.house import AlarmCleared, AlarmRaised


def raise_alarm(rule: str, subject: str, detail: str, *, at: datetime) -> Decision[Alarm]:
    """Call for a person. While an alarm of this rule and object stands, ``keep`` lets later ones and their event be."""
    alarm = Alarm(_name(rule, subject), 0, rule, subject, detail, at)
    return Decision(alarm, (alarm,), (Event(subject, AlarmRaised(rule), SYSTEM, at, detail),))


def raised_before(event: Event, standing: Collection[str]) -> bool:
    """Whether an event only repeats what one of these alarms, by their names, has told already."""
    return isinstance(event.fact, AlarmRaised) and _name(event.fact.rule, event.subject) in standing


def clear(alarm: Alarm, *, by: Actor, at: datetime) -> Decision[Alarm]:
    """Somebody looked, or it resolved itself. A second time changes nothing."""
    if alarm.cleared_at is not None:
        return Decision(alarm)
    cleared = replace(alarm, cleared_at=at)
    return Decision(cleared, (cleared,), (Event(alarm.subject, AlarmCleared(alarm.rule), by, at),))


def _name(rule: str, subject: str) -> str:
    return f"{rule}:{subject}"
