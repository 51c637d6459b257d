"""Notices of alarms for other machines, and the port that each way of sending them implements."""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from micboard_tui.contracts.alarm_texts import AlarmText
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_notices import NoticeKind

SCHEMA = 1


class OutputError(Exception):
    """A notice could not be delivered; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class AlarmNotice:
    """That an alarm was raised or acknowledged, or ended."""

    kind: NoticeKind
    alarm: Alarm
    text: AlarmText
    at: float
    """Seconds since the epoch."""

    @property
    def alarm_id(self) -> str:
        """The same for all notices of one alarm, of letters, digits, ``_``, ``-`` and slashes."""
        key = self.alarm.key
        parts = (key.cause.value, key.device_id or key.location_id, key.channel, key.part or None)
        return "/".join(_plain(str(part)) for part in parts if part is not None)

    def as_document(self) -> dict[str, Any]:
        """The same as JSON."""
        alarm, text = self.alarm, self.text
        return {
            "schema": SCHEMA,
            "kind": self.kind.value,
            "id": self.alarm_id,
            "priority": alarm.priority.name.lower(),
            "cause": alarm.key.cause.value,
            "title": text.title,
            "number": text.number or None,
            "name": text.name or None,
            "place": text.place,
            "cure": text.cure,
            "count": alarm.count,
            "raised_at": format_timestamp(alarm.raised_at),
            "at": format_timestamp(self.at),
            "acknowledged_by": alarm.acknowledged_by,
            "note": alarm.note or None,
        }


SendNotice: TypeAlias = Callable[[AlarmNotice], Awaitable[None]]


class AlarmOutput(Protocol):
    """One way to another machine."""

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    def open(self, standing: Sequence[AlarmNotice]) -> AbstractAsyncContextManager[SendNotice]:
        """Connect, and stay connected while the context lasts. It and the sending raise OutputError.

        ``standing``: the last notice of each alarm that has not ended. Where the other end keeps a state, the
        output makes it that, since notices may have been dropped.
        """
        ...


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Where alarms are sent to; what is None is off."""

    webhook_url: str | None = None
    osc_address: str | None = None
    """``host:port``."""
    mqtt_url: str | None = None
    """``mqtt://user:password@host:port/topic``, with ``mqtts`` over TLS."""


NO_OUTPUTS = OutputOptions()


def _plain(part: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", part)
