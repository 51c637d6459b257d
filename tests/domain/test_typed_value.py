"""A value as it is typed, as the command that sets it."""

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
from micboard_tui.domain.typed_value import ControlPlace, command_of, typed_text


@pytest.mark.parametrize(
    ("kind", "text", "command"),
    [
        ("identify", "", Identify(1)),
        ("set_device_name", " Rack B ", SetDeviceName("Rack B")),
        ("set_channel_name", "Ada", SetChannelName(1, "Ada")),
        ("set_slot_name", "Ada", SetSlotName(1, 2, "Ada")),
        ("set_gain", "+12 dB", SetGain(1, 12)),
        ("set_gain", "-6", SetGain(1, -6)),
        ("set_mute", "on", SetMute(1, muted=True)),
        ("set_slot_rf", "OFF", SetSlotRf(1, 2, on=False)),
        ("set_frequency", "482.125 MHz", SetFrequency(1, 482_125)),
        ("set_frequency", "482,1", SetFrequency(1, 482_100)),
        ("set_frequency", "482", SetFrequency(1, 482_000)),
        ("set_group_channel", "6, 11", SetGroupChannel(1, 6, 11)),
    ],
)
def test_what_was_typed_becomes_a_command(kind: str, text: str, command: Command) -> None:
    assert command_of(ControlPlace(kind, 1, 2), text) == command


@pytest.mark.parametrize(
    ("kind", "text", "cure"),
    [
        ("set_gain", "loud", "Give a gain in dB, as 12 or -6"),
        ("set_gain", "1.5", "Give a gain in dB, as 12 or -6"),
        ("set_frequency", "fast", "Give a frequency in MHz, as 482.125"),
        ("set_group_channel", "6", "Give group and channel, as 6,11"),
        ("set_mute", "perhaps", "Give on or off"),
    ],
)
def test_what_is_no_value_says_how_it_is_typed(kind: str, text: str, cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        command_of(ControlPlace(kind, 1, 2), text)


@pytest.mark.parametrize(
    ("present", "typed"),
    [
        ("+12 dB", "12"),
        ("-3 dB", "-3"),
        ("482.125 MHz", "482.125"),
        ("6,11", "6,11"),
        ("Ada", "Ada"),
        (None, ""),
    ],
)
def test_the_present_value_is_given_to_be_changed(present: str | None, typed: str) -> None:
    assert typed_text(present) == typed
