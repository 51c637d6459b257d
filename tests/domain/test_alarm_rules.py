"""The table of causes in the documentation is the one that holds."""

import re
from pathlib import Path

from micboard_tui.contracts.problem_texts import NO_LETTER, PROBLEM_TEXTS, problem_letter
from micboard_tui.domain.alarm_rules import (
    ALLOWED,
    RULES,
    AlarmKey,
    AlarmPriority,
    find_rule,
    list_sources,
    lower_priority,
)
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ONLY_OF_DEVICES, ProblemCode
from micboard_tui.domain.show import ShowProfile

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "alarms.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text("utf-8"))
PRIORITIES = {"now": AlarmPriority.NOW, "soon": AlarmPriority.SOON, "at the break": AlarmPriority.AT_BREAK}
RACK = DeviceId("rack")


def test_every_cause_stands_in_the_documentation_with_its_delays_and_priority() -> None:
    assert [row[0] for row in ROWS] == [cause.value for cause in ProblemCode]
    for cause, condition, on_s, off_s, deadband, priority in ROWS:
        rule = RULES[ProblemCode(cause)]
        assert (float(on_s), float(off_s)) == (rule.on_delay_s, rule.off_delay_s), cause
        assert condition.strip()
        assert deadband.strip()
        if priority.strip() in PRIORITIES:
            assert PRIORITIES[priority.strip()] is rule.priority, cause


def test_every_cause_has_a_cure_and_a_letter_or_a_reason_for_none() -> None:
    for cause in ProblemCode:
        assert 1 <= len(PROBLEM_TEXTS[cause].cure.split()) <= 8, cause
        assert cause in NO_LETTER or len(problem_letter(cause)) == 1, cause


def test_nothing_hides_in_a_circle() -> None:
    starts = [
        *(AlarmKey(cause, RACK, None if cause in ONLY_OF_DEVICES else 1) for cause in ProblemCode),
        *(AlarmKey(cause, RACK, part=part) for cause in ProblemCode for part in (0, 1)),
        AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage")),
    ]
    for start in starts:
        found, open_ = set[AlarmKey](), [start]
        while open_:
            sources = set(list_sources(open_.pop())) - found
            found |= sources
            open_ += sources
        assert start not in found


def test_the_network_of_a_place_is_hidden_by_that_of_the_rig() -> None:
    place = AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage"))
    assert list_sources(place) == (AlarmKey(ProblemCode.NETWORK_LOST),)
    assert list_sources(AlarmKey(ProblemCode.NETWORK_LOST)) == ()


def test_a_profile_leaves_out_and_lowers() -> None:
    assert ALLOWED[ShowProfile.SHOW] == ALLOWED[ShowProfile.SOUNDCHECK] == set(ProblemCode)
    assert ALLOWED[ShowProfile.TEARDOWN] < ALLOWED[ShowProfile.BREAK] | {ProblemCode.PACK_LEFT_ON}
    for cause in ProblemCode:
        key = AlarmKey(cause, RACK, 1)
        assert lower_priority(key, ShowProfile.SHOW, is_idle=False) is None
        idle = lower_priority(key, ShowProfile.SHOW, is_idle=True)
        assert (find_rule(key).priority if idle is None else idle) >= AlarmPriority.AT_BREAK
