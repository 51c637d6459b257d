"""What is the matter, in the room there is."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.problem_texts import (
    FAULT_TEXTS,
    FLAG_TEXTS,
    LINK_STATE_TEXTS,
    NO_LETTER,
    PROBLEM_FLAGS,
    PROBLEM_TEXTS,
    ChannelFlag,
    find_problem_text,
    problem_letter,
)
from micboard_tui.domain.battery import BatteryLevel
from micboard_tui.domain.channel import ChannelFacts, ChannelState, Encryption, Lock, Transmitter
from micboard_tui.domain.device import Device, DeviceFault, DeviceSnapshot, DeviceState, DeviceStatus
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ONLY_OF_DEVICES, ProblemCode
from micboard_tui.tui.draw import formats, status_lines


def test_there_is_a_text_for_everything() -> None:
    assert set(LINK_STATE_TEXTS) == set(formats.STATE_TONES) == set(LinkState)
    assert set(PROBLEM_TEXTS) == set(ProblemCode)
    assert set(formats.LEVEL_TONES) == set(BatteryLevel)


def test_what_is_wrong_and_what_to_do_take_eight_words() -> None:
    for what, cure in PROBLEM_TEXTS.values():
        assert len(f"{what} {cure}".split()) <= 8, what


def test_why_a_device_cannot_be_read_takes_eight_words_too() -> None:
    for fault in FAULT_TEXTS.values():
        assert len(f"{fault.title} {fault.cure}".split()) <= 8, fault
        assert len(f"{fault.title}: {fault.short_cure}") <= 31, f"a row of 80 cells has no more room: {fault}"


def refused(code: str | None, link: LinkState = LinkState.REFUSED) -> ChannelState:
    return ChannelState(DeviceId("a"), 1, link_state=link, link_since=900.0, fault_code=code)


@pytest.mark.parametrize(
    ("state", "width", "words"),
    [
        (refused("CREDENTIALS_NEEDED"), 60, "password missing 1m: enter it in Devices"),
        (refused("CREDENTIALS_NEEDED"), 31, "password missing 1m: enter it"),
        (refused("CERTIFICATE_UNKNOWN"), 31, "certificate unknown: trust it"),
        (refused("CERTIFICATE_CHANGED"), 26, "certificate changed 1m"),
        (refused("CERTIFICATE_CHANGED"), 18, "certificate changed"),
        (refused("DEVICE_REFUSED"), 31, "refused 1m: allow access"),
        (refused(None), 31, "refused 1m: allow access"),
        (refused("DEVICE_SILENT", LinkState.OFFLINE), 31, "offline 1m: check power, cable"),
        (refused("HOST_NOT_RESOLVED", LinkState.OFFLINE), 31, "host unknown 1m: check its name"),
        (refused("PORT_TAKEN", LinkState.OFFLINE), 31, "port taken: close other program"),
        (refused(None, LinkState.UNKNOWN), 31, "not heard 1m"),
        (replace(refused(None, LinkState.UNKNOWN), meters_at=959.0), 31, "carrier not reported"),
        (refused("CREDENTIALS_NEEDED", LinkState.RF_LOST), 31, "RF lost 1m: check pack"),
    ],
)
def test_a_channel_that_is_not_heard_says_why_in_the_room_there_is(
    state: ChannelState, width: int, words: str
) -> None:
    assert status_lines.channel_trouble(state, 960.0, width) == words


def test_the_cure_follows_the_fault_only_where_the_device_is_the_problem() -> None:
    state = refused("CERTIFICATE_CHANGED")
    assert find_problem_text(ProblemCode.REFUSED, state) == (
        "Certificate changed",
        "compare it in Devices",
    )
    assert find_problem_text(ProblemCode.STALE, state) == PROBLEM_TEXTS[ProblemCode.STALE]
    assert status_lines.worst_problem(ProblemCode.REFUSED, state, "Rack A", 60.0) == (
        "Certificate changed 1m: Rack A/1 \N{EN DASH} compare it in Devices"
    )


def test_the_worst_problem_gives_up_where_before_what_to_do() -> None:
    state = ChannelState(DeviceId("a"), 1, facts=ChannelFacts(name="Lead Vox"))
    lines = [
        status_lines.worst_problem(ProblemCode.RF_LOST, state, "Rack A", 75.0, width)
        for width in (80, 60, 50, 30)
    ]
    assert lines == [
        "RF lost 1m: Lead Vox, Rack A/1 – check pack and antenna",
        "RF lost 1m: Lead Vox, Rack A/1 – check pack and antenna",
        "RF lost 1m: Lead Vox – check pack and antenna",
        "RF lost: check pack and antenna",
    ]


def test_the_worst_problem_says_who_also_where_the_name_is_too_long() -> None:
    state = ChannelState(DeviceId("a"), 1, facts=ChannelFacts(name="The second soprano of the upper choir"))
    assert status_lines.worst_problem(ProblemCode.RF_LOST, state, "Rack A", 75.0, 60) == (
        "RF lost: The second soprano of the… – check pack and antenna"
    )


@pytest.mark.parametrize(
    ("facts", "letters"),
    [
        (ChannelFacts(transmitter=Transmitter(lock=Lock.ALL)), "l"),
        (
            ChannelFacts(
                transmitter=Transmitter(lock=Lock.NONE, is_talk_switch_on=False), receiver_lock=Lock.NONE
            ),
            "",
        ),
        (ChannelFacts(transmitter=Transmitter(is_talk_switch_on=True)), "k"),
        (ChannelFacts(receiver_lock=Lock.MENU), "p"),
        (ChannelFacts(), ""),
    ],
)
def test_locks_and_a_pressed_talk_switch_are_flags(facts: ChannelFacts, letters: str) -> None:
    state = ChannelState(DeviceId("a"), 1, link_state=LinkState.LIVE, facts=facts)
    assert "".join(cell.text for cell in status_lines.flag_cells(state, (), 5)) == letters


def test_every_problem_has_a_letter_and_no_two_letters_of_a_row_are_alike() -> None:
    flags = [*PROBLEM_FLAGS.values(), *FLAG_TEXTS.values()]
    states = [link.letter for link in LinkState if link.letter]
    letters = [*states, *(flag.letter for flag in flags)]
    assert len(set(letters)) == len(letters)
    codes = set(ProblemCode) - NO_LETTER.keys()
    assert NO_LETTER.keys() == ONLY_OF_DEVICES | ONLY_OF_ALARMS
    assert {problem_letter(code) for code in codes} <= set(letters)
    assert len({problem_letter(code) for code in codes}) == len(codes)
    assert set(FLAG_TEXTS) == set(ChannelFlag)
    assert all(len(letter) == 1 for letter in letters)


def test_flags_are_the_worst_first_in_the_colour_of_their_severity() -> None:
    state = replace(
        ChannelState(DeviceId("a"), 1, link_state=LinkState.LIVE),
        facts=ChannelFacts(receiver_muted=True, encryption=Encryption.ON),
    )
    problems = (ProblemCode.BATTERY_CRITICAL, ProblemCode.AUDIO_CLIP, ProblemCode.QUALITY_LOW)
    cells = [tuple(cell)[:2] for cell in status_lines.flag_cells(state, problems, 5)]
    assert cells == [("B", "critical"), ("CQ", "warning"), ("me", "dim")]
    cells = [tuple(cell)[:2] for cell in status_lines.flag_cells(state, problems, 3)]
    assert cells == [("B", "critical"), ("C", "warning"), ("+", "dim")]
    assert status_lines.flag_cells(state, (ProblemCode.RF_LOST,), 5)[0].text == "me"


def test_a_cure_that_is_too_long_ends_at_its_semicolon_before_it_is_replaced() -> None:
    fault = DeviceFault("DEVICE_REFUSED", "It refuses", "Check the port; on SLX-D: Controller Access")
    device = DeviceSnapshot(
        Device(DeviceId("d"), "shure", "shure-strings", "10.0.0.7", 2202),
        DeviceState(DeviceId("d"), status=DeviceStatus.REFUSED, fault=fault),
    )
    whole = "Refused: 10.0.0.7 \N{EN DASH} Check the port; on SLX-D: Controller Access"
    short = "Refused: 10.0.0.7 \N{EN DASH} Check the port"
    shortest = "Refused: 10.0.0.7 \N{EN DASH} allow access"
    lines = {width: status_lines.device_trouble(device, 0.0, width) for width in (len(whole), 60, len(short))}
    assert lines == {len(whole): whole, 60: short, len(short): short}
    assert status_lines.device_trouble(device, 0.0, len(short) - 1) == shortest
