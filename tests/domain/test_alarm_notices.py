"""When other machines hear of alarms."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_notices import DIGEST_EVERY_S, SOON_AFTER_S, NoticeSchedule
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode

NOW, SOON, LATER, JOURNAL = AlarmPriority
RACK = DeviceId("rack")
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 1), NOW, 10.0, 10.0)
QUALITY = Alarm(AlarmKey(ProblemCode.QUALITY_LOW, RACK, 2), SOON, 10.0, 10.0)
CLIP = Alarm(AlarmKey(ProblemCode.AUDIO_CLIP, RACK, 3), LATER, 10.0, 10.0)
SEEN = replace(LOST, acknowledged_by="Pia", acknowledged_at=12.0)


def announced(*moments: tuple[float, Sequence[Alarm]], began_at: float = 0.0) -> list[tuple[float, str, str]]:
    """When, what, and of which cause, over these moments."""
    schedule, found = NoticeSchedule(began_at), []
    for now_s, alarms in moments:
        schedule, due = schedule.follow(alarms, now_s)
        found += [(now_s, notice.kind.value, notice.alarm.key.cause.value) for notice in due]
    return found


def test_what_is_urgent_is_announced_at_once_with_what_becomes_of_it() -> None:
    assert announced((0, [LOST]), (1, [LOST]), (2, [SEEN]), (3, [SEEN]), (4, []), (5, [])) == [
        (0, "raised", "rf_lost"),
        (2, "acknowledged", "rf_lost"),
        (4, "ended", "rf_lost"),
    ]


def test_what_is_new_again_is_announced_again() -> None:
    assert announced((0, [LOST]), (2, [SEEN]), (3, [LOST]), (4, [LOST]), (5, [SEEN])) == [
        (0, "raised", "rf_lost"),
        (2, "acknowledged", "rf_lost"),
        (3, "raised", "rf_lost"),
        (5, "acknowledged", "rf_lost"),
    ]


def test_what_is_soon_is_announced_when_it_lasts() -> None:
    late = SOON_AFTER_S
    assert announced((0, [QUALITY]), (late - 1, [QUALITY]), (late, [QUALITY]), (late + 1, [])) == [
        (late, "raised", "quality_low"),
        (late + 1, "ended", "quality_low"),
    ]
    # What went or was seen before is never announced.
    seen = replace(QUALITY, acknowledged_by="Pia", acknowledged_at=5.0)
    assert announced((0, [QUALITY]), (5, []), (9, [QUALITY]), (15, [QUALITY]), (30, [seen])) == []


def test_the_end_is_announced_of_what_the_last_program_may_have_announced() -> None:
    old, new = [SEEN, QUALITY], replace(CLIP, raised_at=50.0)
    assert announced((0, old), (1, [*old, new]), (2, [SEEN, new]), (3, []), (4, []), began_at=40.0) == [
        (2, "ended", "quality_low"),
        (3, "ended", "rf_lost"),
    ]
    assert announced((0, [LOST]), (1, [LOST]), (2, []), began_at=40.0) == [
        (0, "raised", "rf_lost"),
        (2, "ended", "rf_lost"),
    ]


def test_the_rest_is_announced_together_every_five_minutes() -> None:
    dirty = replace(CLIP, key=CLIP.key._replace(channel=4))
    digest = DIGEST_EVERY_S
    assert announced((0, [CLIP]), (200, [CLIP, dirty]), (digest, [CLIP, dirty]), (digest + 9, [])) == [
        (digest, "raised", "audio_clip"),
        (digest, "raised", "audio_clip"),
        (digest + 9, "ended", "audio_clip"),
        (digest + 9, "ended", "audio_clip"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        replace(LOST, hidden_by=QUALITY.key),
        replace(LOST, shelved_by="Pia"),
        replace(LOST, cleared_at=11.0),
        replace(LOST, priority=JOURNAL),
    ],
)
def test_what_needs_no_action_is_not_announced_and_ends_what_was(other: Alarm) -> None:
    assert announced((0, [other])) == []
    assert announced((0, [LOST]), (1, [other]), (2, [other]), (3, [LOST])) == [
        (0, "raised", "rf_lost"),
        (1, "ended", "rf_lost"),
        (3, "raised", "rf_lost"),
    ]
