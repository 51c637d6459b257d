"""Commands as plain values: each travels and comes back as it was."""

import json
from typing import get_args

import pytest

from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
    SetSlotRf,
)
from micboard_tui.domain.command_words import (
    COMMAND_KINDS,
    describe_command,
    format_command,
    kind_of,
    parse_command,
)

COMMANDS = {
    Identify(): "Identified by flashing",
    Identify(2): "Identified by flashing",
    SetDeviceName("Rack {A}"): "Device named Rack {A}",
    SetChannelName(1, "Lead Vox"): "Channel named Lead Vox",
    SetGain(2, -6): "Gain set to -6 dB",
    SetMute(1, muted=True): "Output muted",
    SetMute(1, muted=False): "Output unmuted",
    SetFrequency(1, 482_125): "Frequency set to 482.125 MHz",
    SetGroupChannel(1, 6, 11): "Tuned to group 6, channel 11",
    SetSlotRf(1, 3, on=False): "RF of slot 3 switched off",
    SetSlotName(1, 3, "Ada"): "Transmitter of slot 3 named Ada",
}


def test_every_command_has_a_word() -> None:
    assert set(COMMAND_KINDS.values()) == set(get_args(Command)) == {type(command) for command in COMMANDS}


@pytest.mark.parametrize(("command", "text"), COMMANDS.items())
def test_a_command_travels_as_json_and_is_described(command: Command, text: str) -> None:
    assert parse_command(json.loads(json.dumps(format_command(command)))) == command
    assert format_command(command)["kind"] == kind_of(command)
    assert describe_command(command) == text


def test_what_may_be_left_out_is_left_out() -> None:
    assert parse_command({"kind": "identify"}) == Identify()


@pytest.mark.parametrize(
    ("values", "mistake"),
    [
        ({}, "kind must be one of identify, set_device_name"),
        ({"kind": ["identify"]}, "kind must be one of"),
        ({"kind": "reboot"}, "kind must be one of"),
        ({"kind": "set_gain", "channel": 1}, "set_gain needs gain_db"),
        ({"kind": "set_gain", "channel": True, "gain_db": 1}, "channel must be a whole number"),
        ({"kind": "set_gain", "channel": None, "gain_db": 1}, "channel must be a whole number"),
        ({"kind": "set_gain", "channel": 1, "gain_db": 1.5}, "gain_db must be a whole number"),
        ({"kind": "set_mute", "channel": 1, "muted": 1}, "muted must be true or false"),
        ({"kind": "set_device_name", "name": 7}, "name must be a text"),
        ({"kind": "identify", "channel": "1"}, "channel must be a whole number"),
        ({"kind": "identify", "force": True}, "identify has no 'force'"),
    ],
)
def test_what_is_no_command_is_named(values: dict[str, object], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        parse_command(values)
