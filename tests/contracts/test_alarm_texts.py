"""What an alarm says, of channels, bays, antennas, locations and what is gone."""

import pytest

from micboard_tui.contracts.alarm_texts import describe_alarm
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock

GONE = DeviceId("gone")


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        (AlarmKey(ProblemCode.RF_LOST, GONE, 2), "gone/2"),
        (AlarmKey(ProblemCode.OFFLINE, GONE), "gone"),
        (AlarmKey(ProblemCode.NETWORK_LOST), "all devices"),
        (AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("x")), "a location"),
        (AlarmKey(ProblemCode.NOT_STORED), "this computer"),
    ],
)
def test_what_is_not_there_is_called_by_what_is_known(key: AlarmKey, subject: str) -> None:
    text = describe_alarm(key, LiveState(SteadyClock()))
    assert text.subject == subject
    assert text.title
    assert 0 < len(text.cure.split()) <= 8


@pytest.mark.parametrize("cause", ProblemCode)
def test_every_cause_has_a_title_and_a_cure_of_at_most_eight_words(cause: ProblemCode) -> None:
    text = describe_alarm(AlarmKey(cause, GONE, 1), LiveState(SteadyClock()))
    assert text.title
    assert 0 < len(text.cure.split()) <= 8
