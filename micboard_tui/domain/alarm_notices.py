"""Which alarms other machines hear of, and when: at once what is urgent, the rest later or not at all. Pure.

An alarm of priority "now" is announced at once, one of priority "soon" when it is still there after ten
seconds, the others together every five minutes. Of what was announced follow its acknowledgement, that it is
new again, and its end.
What another alarm hides, what is shelved and what is only recorded is not announced; where an announced alarm
becomes so, that is its end. An alarm from before the program started may have been announced by the last one:
its end is announced in any case, so that no other machine shows it for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority

SOON_AFTER_S = 10.0
DIGEST_EVERY_S = 300.0


class NoticeKind(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    ENDED = "ended"
    """It cleared, or was put aside."""


class DueNotice(NamedTuple):
    kind: NoticeKind
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class NoticeSchedule:
    """What was announced. Times are seconds of a clock that never jumps."""

    began_at: float = 0.0
    """When the program started, seconds since the epoch."""
    announced: Mapping[AlarmKey, Alarm] = field(default_factory=dict)
    """As they were announced last, without those that ended."""
    former: Mapping[AlarmKey, Alarm] = field(default_factory=dict)
    """Those from before the program started that it has not announced itself."""
    waiting: Mapping[AlarmKey, float] = field(default_factory=dict)
    """Since when alarms are there that may be announced later."""
    digest_s: float | None = None
    """When the last digest was due; None: there was none."""

    @property
    def standing(self) -> tuple[DueNotice, ...]:
        """What other machines may show: alarms announced now or before the start that have not ended."""
        return tuple(_describe(alarm) for alarm in {**self.former, **self.announced}.values())

    def follow(self, alarms: Iterable[Alarm], now_s: float) -> "tuple[NoticeSchedule, tuple[DueNotice, ...]]":
        """The next schedule, and what is to be announced now, in the order of the alarms."""
        digest_s = now_s if self.digest_s is None else self.digest_s
        is_digest = now_s - digest_s >= DIGEST_EVERY_S
        announced: dict[AlarmKey, Alarm] = {}
        former: dict[AlarmKey, Alarm] = {}
        waiting: dict[AlarmKey, float] = {}
        due: list[DueNotice] = []
        for alarm in filter(_is_announced, alarms):
            key, before = alarm.key, self.announced.get(alarm.key)
            if before is not None:
                announced[key] = alarm
                if (alarm.acknowledged_at is None) is not (before.acknowledged_at is None):
                    due.append(_describe(alarm))
                continue
            since_s = self.waiting.get(key, now_s)
            if alarm.acknowledged_at is None and _is_due(alarm, now_s - since_s, is_digest=is_digest):
                announced[key] = alarm
                due.append(DueNotice(NoticeKind.RAISED, alarm))
            else:
                waiting[key] = since_s
                if key in self.former or alarm.raised_at < self.began_at:
                    former[key] = alarm
        known = {**self.former, **self.announced}
        by_key = {alarm.key: alarm for alarm in alarms} if known else {}
        due += (
            DueNotice(NoticeKind.ENDED, by_key.get(key, before))
            for key, before in known.items()
            if key not in announced and key not in former
        )
        digest_s = now_s if is_digest else digest_s
        return NoticeSchedule(self.began_at, announced, former, waiting, digest_s), tuple(due)


def _describe(alarm: Alarm) -> DueNotice:
    """That it has to be seen, also again, or was seen."""
    return DueNotice(NoticeKind.RAISED if alarm.acknowledged_at is None else NoticeKind.ACKNOWLEDGED, alarm)


def _is_announced(alarm: Alarm) -> bool:
    return (
        alarm.is_open
        and alarm.hidden_by is None
        and not alarm.is_shelved
        and alarm.priority is not AlarmPriority.JOURNAL
    )


def _is_due(alarm: Alarm, lasting_s: float, *, is_digest: bool) -> bool:
    if alarm.priority is AlarmPriority.NOW:
        return True
    return lasting_s >= SOON_AFTER_S if alarm.priority is AlarmPriority.SOON else is_digest
