"""What people did is found in the events of alarms, without what they have taken back."""

from dataclasses import replace

from micboard_tui.domain.alarm import Alarm, AlarmEvent, AlarmEventKind
from micboard_tui.domain.alarm_acts import find_acts
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode

Kind = AlarmEventKind
LOST, LOW = (
    Alarm(AlarmKey(cause, DeviceId("rack"), 1), AlarmPriority.NOW, 1.0, 1.0)
    for cause in (ProblemCode.RF_LOST, ProblemCode.RF_LOW)
)
SEEN, LOW_SEEN = (replace(alarm, acknowledged_by="Pia", acknowledged_at=5.0) for alarm in (LOST, LOW))
SHELVED = replace(SEEN, shelved_by="Pia", shelved_until=99.0)
RAISED = [AlarmEvent(Kind.RAISED, LOST, 1.0), AlarmEvent(Kind.RAISED, LOW, 2.0)]
BOTH_SEEN = [AlarmEvent(Kind.ACKNOWLEDGED, alarm, 5.0, "Pia") for alarm in (SEEN, LOW_SEEN)]
PUT_ASIDE = AlarmEvent(Kind.SHELVED, SHELVED, 6.0, "Pia")
BACK = AlarmEvent(Kind.UNSHELVED, SEEN, 7.0, "Pia", undoes=6.0)
BY_BEN = AlarmEvent(Kind.NOTED, replace(SEEN, note="x"), 8.0, "Ben")


def test_an_act_has_all_alarms_of_its_moment_as_they_were_before_and_after() -> None:
    acts = find_acts([*RAISED, *BOTH_SEEN, PUT_ASIDE, BY_BEN], "Pia")
    assert [(act.at, dict(act.changes)) for act in acts] == [
        (5.0, {LOST.key: (LOST, SEEN), LOW.key: (LOW, LOW_SEEN)}),
        (6.0, {LOST.key: (SEEN, SHELVED)}),
    ]


def test_what_was_taken_back_is_no_act_and_taking_back_is_none_either() -> None:
    acts = find_acts([*RAISED, *BOTH_SEEN, PUT_ASIDE, BACK, BY_BEN], "Pia")
    assert [act.at for act in acts] == [5.0]
    assert [act.at for act in find_acts([*RAISED, *BOTH_SEEN, BY_BEN], "Ben")] == [8.0]


def test_an_act_on_alarms_of_which_nothing_is_known_before_is_left_out() -> None:
    assert [act.at for act in find_acts([*BOTH_SEEN, PUT_ASIDE], "Pia")] == [6.0]
