"""The line check: what ticks a line, and what is said to be missing."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.line_check import describe_missing
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.line_check import (
    NOTHING_SEEN,
    CheckedLine,
    HandTick,
    LineCheck,
    LinePart,
    last_tick,
    lines_to_check,
    shift_check,
    tick_by_hand,
    untick,
    watch_lines,
)
from micboard_tui.domain.link_state import LinkState

RACK = DeviceId("rack")
ONE, TWO = ChannelRef(RACK, 1), ChannelRef(RACK, 2)
PLANNED = Assignment(ONE, Performer(PerformerId("ada"), "Ada"), planned_pack="Pack 7")
RIGHT, WRONG = Transmitter("ULXD2", name="Pack 7"), Transmitter("ULXD2", name="Pack 8")
CHECK = LineCheck(100.0, "Pia")


def channel(pack: Transmitter | None = RIGHT, audio: float | None = -20.0, at: float = 110.0) -> ChannelState:
    return ChannelState(
        RACK,
        1,
        link_state=LinkState.LIVE,
        observed_at=at,
        facts=ChannelFacts(name="Lead", transmitter=pack),
        meters=Meters(audio_dbfs=audio, carrier=True),
        assignment=PLANNED,
    )


def watched(*states: ChannelState) -> CheckedLine:
    check = CHECK
    for number, state in enumerate(states):
        check = watch_lines(check, [state], 110.0 + number)
    return check.line(ONE)


def test_link_pack_and_sound_tick_a_line_and_stay_ticked() -> None:
    assert watched(channel()) == CheckedLine(110.0, 110.0, 110.0)
    gone = replace(channel(), link_state=LinkState.OFFLINE)
    assert watched(channel(audio=-80.0), channel(), gone).is_checked
    assert watched(channel(audio=-80.0)).missing == [LinePart.SOUND]
    assert watched(gone) is NOTHING_SEEN
    muted = replace(channel(), link_state=LinkState.MUTED)
    assert watched(muted).missing == [LinePart.SOUND]
    assert describe_missing(watched(muted), muted) == "muted, no sound seen yet"
    ticked = watch_lines(CHECK, [channel()], 110.0)
    assert watch_lines(ticked, [channel()], 111.0) is ticked


def test_what_was_before_the_start_or_of_a_wrong_pack_does_not_count() -> None:
    assert watched(channel(at=99.0)) is NOTHING_SEEN
    assert watched(channel(WRONG)).missing == [LinePart.PACK, LinePart.SOUND]
    spoken = replace(channel(audio=-80.0), sound_at=109.0)
    assert watched(spoken).is_checked
    assert not watched(replace(spoken, sound_at=95.0)).is_checked


def test_sound_of_another_pack_is_not_that_of_the_planned_one() -> None:
    # Both are silent now: what was heard of the wrong one is older than the right one is known.
    silent = replace(channel(audio=-80.0), sound_at=107.0)
    wrong = replace(channel(WRONG, audio=-80.0), sound_at=107.0)
    assert watched(wrong, wrong, silent).missing == [LinePart.SOUND]
    # The right one first: it has to be seen again.
    assert watched(silent, wrong).missing == [LinePart.PACK, LinePart.SOUND]
    loud_wrong = channel(WRONG)
    assert watched(silent, loud_wrong, replace(silent, sound_at=None)).missing == [LinePart.SOUND]
    # A line that was good once stays so.
    assert watched(channel(), loud_wrong).is_checked
    # Where none is planned, each sound since the start counts.
    any_pack = replace(silent, assignment=replace(PLANNED, planned_pack=None), sound_at=101.0)
    assert watched(any_pack).is_checked


@pytest.mark.parametrize(
    ("planned", "pack", "reason"),
    [
        (Assignment(ONE, planned_pack="Pack 7"), None, "no pack name reported: tick by hand"),
        (Assignment(ONE, planned_pack="Pack 7"), Transmitter("ULXD2"), "no pack name reported: tick by hand"),
        (
            Assignment(ONE, planned_pack="1234567"),
            Transmitter("ULXD2", "Pack 7"),
            "no pack serial reported: tick by hand",
        ),
        (
            Assignment(ONE, planned_model="ULXD2"),
            Transmitter(name="Pack 7"),
            "no pack model reported: tick by hand",
        ),
        (
            Assignment(ONE, planned_model="ULXD2", planned_pack="Pack 7"),
            Transmitter(name="Pack 7"),
            "no pack model reported: tick by hand",
        ),
        (
            Assignment(ONE, planned_model="ULXD2", planned_pack="Pack 7"),
            Transmitter("ULXD2"),
            "no pack name reported: tick by hand",
        ),
    ],
)
def test_a_pack_that_is_not_reported_ticks_nothing_and_says_so(
    planned: Assignment, pack: Transmitter | None, reason: str
) -> None:
    state = replace(channel(pack), assignment=planned)
    line = watched(state, state)
    assert line.missing == [LinePart.PACK, LinePart.SOUND]
    assert describe_missing(line, state) == reason
    # It may be reported later, and a person can see it at once.
    known = replace(state, facts=replace(state.facts, transmitter=Transmitter("ULXD2", "Pack 7", "1234567")))
    assert watched(state, known).is_checked
    ticked = tick_by_hand(replace(CHECK, lines={ONE: line}), [ONE], "Pia", 1.0)
    assert ticked.line(ONE).is_checked


def test_a_person_ticks_and_takes_back_the_last_ticks() -> None:
    check = tick_by_hand(CHECK, [ONE], "Pia", 1.0)
    check = tick_by_hand(check, [TWO, ChannelRef(RACK, 3)], "Ben", 2.0)
    assert check.line(ONE) == CheckedLine(by_hand=HandTick(1.0, "Pia"))
    assert check.line(ONE).is_checked
    assert last_tick(check) == [TWO, ChannelRef(RACK, 3)]
    check = untick(check, last_tick(check))
    assert last_tick(check) == [ONE]
    assert last_tick(untick(check, [ONE, ChannelRef(RACK, 9)])) == []
    assert shift_check(check, 10.0).started_at == 110.0


def test_planned_channels_are_checked_and_all_where_none_is_planned() -> None:
    device = Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202)

    def rig(*states: ChannelState, kind: DeviceKind = DeviceKind.RECEIVER) -> list[DeviceSnapshot]:
        return [DeviceSnapshot(device, DeviceState(RACK, kind=kind), states)]

    free = replace(channel(), number=2, assignment=None)
    spare = replace(free, number=3, assignment=Assignment(TWO, role=Role.SPARE))
    silent = replace(channel(), number=4, assignment=replace(PLANNED, expected_off=True))
    assert [state.number for state in lines_to_check(rig(channel(), free, spare, silent))] == [1, 3]
    assert [state.number for state in lines_to_check(rig(free, silent))] == [2]
    assert lines_to_check(rig(channel(), kind=DeviceKind.IEM_TRANSMITTER)) == []
    assert lines_to_check([replace(*rig(channel()), is_out_of_service=True)]) == []


@pytest.mark.parametrize(
    ("line", "state", "expected"),
    [
        (CheckedLine(1.0, 1.0, 1.0), channel(), ""),
        (
            NOTHING_SEEN,
            replace(channel(), link_state=LinkState.TRANSMITTER_OFF),
            "off, nothing seen yet",
        ),
        (CheckedLine(1.0), channel(WRONG), "wrong pack: Pack 8 instead of Pack 7"),
        (
            CheckedLine(1.0),
            replace(channel(), assignment=replace(PLANNED, planned_model="ULXD1")),
            "wrong pack: ULXD2 instead of ULXD1",
        ),
        (CheckedLine(1.0, 1.0), channel(audio=-80.0), "no sound yet"),
        (CheckedLine(1.0, 1.0), channel(audio=None), "no sound reported: tick by hand"),
        (CheckedLine(None, None, 1.0), channel(), "no link and no pack seen yet"),
    ],
)
def test_what_is_missing_is_said_with_its_reason(
    line: CheckedLine, state: ChannelState, expected: str
) -> None:
    assert describe_missing(line, state) == expected
