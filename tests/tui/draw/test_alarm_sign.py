"""What a row says of its alarm in one cell."""

from dataclasses import replace

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.tui.draw.alarm_sign import FLASHING, SEEN, SHELVED, find_sign, find_signs

RACK = DeviceId("rack")
NOW, SOON, LATER, JOURNAL = AlarmPriority
LOST = Alarm(AlarmKey(ProblemCode.RF_LOST, RACK, 1), NOW, 10.0, 20.0)
WEAK = Alarm(AlarmKey(ProblemCode.RF_CRITICAL, RACK, 1), SOON, 10.0, 20.0)
SEEN_LOST = replace(LOST, acknowledged_by="Pia", acknowledged_at=15.0)
SHELVED_LOST = replace(LOST, shelved_by="Pia", shelved_until=900.0)
CLEARED = replace(LOST, cleared_at=18.0)


@pytest.mark.parametrize(
    ("alarms", "letter", "tone"),
    [
        ([LOST, WEAK], "!", "new critical"),
        ([WEAK], ":", "new warning"),
        ([replace(WEAK, priority=LATER)], ".", "text"),
        # What is still there goes before what has cleared, and what is new before what was seen.
        ([CLEARED, WEAK], ":", "new warning"),
        ([CLEARED], "!", "critical"),
        ([SEEN_LOST, WEAK], ":", "new warning"),
        ([SHELVED_LOST, SEEN_LOST], "s", "dim"),
        ([SHELVED_LOST], "z", "dim"),
    ],
)
def test_the_sign_of_what_is_to_be_seen_first(alarms: list[Alarm], letter: str, tone: str) -> None:
    assert find_sign(alarms) == (letter, tone)


def test_what_is_only_recorded_has_no_sign() -> None:
    assert find_sign([replace(LOST, priority=JOURNAL)]) is None
    assert find_sign([]) is None


def test_only_what_is_urgent_and_there_flashes() -> None:
    of_device = replace(LOST, key=AlarmKey(ProblemCode.OFFLINE, RACK))
    other = replace(CLEARED, key=LOST.key._replace(channel=2))
    hidden = replace(LOST, key=LOST.key._replace(channel=3), hidden_by=of_device.key)
    signs = find_signs(AlarmList((LOST, other, of_device, hidden)))
    assert signs.flashing == {ChannelRef(RACK, 1)}
    assert signs.by_device == {RACK: FLASHING}
    assert ChannelRef(RACK, 3) not in signs.by_channel
    assert (find_sign([SEEN_LOST]), find_sign([SHELVED_LOST])) == (SEEN, SHELVED)
