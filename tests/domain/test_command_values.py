"""The value that a command sets: now, afterwards, and in words."""

import pytest

from micboard_tui.domain.channel import ChannelFacts, ChannelState, Slot, SlotStatus
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
from micboard_tui.domain.command_values import (
    confirmed_command,
    format_value,
    present_command,
    restoring_command,
)
from micboard_tui.domain.device import Device, DeviceSnapshot, DeviceState
from micboard_tui.domain.identity import DeviceId

RACK = DeviceId("r")
FACTS = ChannelFacts(
    name="Vox",
    gain_db=-3,
    receiver_muted=False,
    frequency_khz=482_125,
    group_channel="06,11",
    slots=(Slot(1, SlotStatus.LINKED_ACTIVE, name="Ada", rf_on=True), Slot(2, SlotStatus.EMPTY)),
)


def known(facts: ChannelFacts = FACTS, own_name: str | None = "Rack") -> DeviceSnapshot:
    return DeviceSnapshot(
        Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202),
        DeviceState(RACK, own_name=own_name),
        (ChannelState(RACK, 1, facts=facts),),
    )


@pytest.mark.parametrize(
    ("command", "present", "text"),
    [
        (SetDeviceName("B"), SetDeviceName("Rack"), "Rack"),
        (SetChannelName(1, "B"), SetChannelName(1, "Vox"), "Vox"),
        (SetGain(1, 12), SetGain(1, -3), "-3 dB"),
        (SetMute(1, muted=True), SetMute(1, muted=False), "not muted"),
        (SetFrequency(1, 500_000), SetFrequency(1, 482_125), "482.125 MHz"),
        (SetGroupChannel(1, 1, 1), SetGroupChannel(1, 6, 11), "6,11"),
        (SetSlotRf(1, 1, on=False), SetSlotRf(1, 1, on=True), "RF on"),
        (SetSlotName(1, 1, "B"), SetSlotName(1, 1, "Ada"), "Ada"),
    ],
)
def test_the_value_in_force_is_the_one_that_brings_it_back(
    command: Command, present: Command, text: str
) -> None:
    assert present_command(command, known()) == restoring_command(command, known()) == present
    assert format_value(present) == text
    assert confirmed_command(command, text) == present


@pytest.mark.parametrize(
    "command",
    [
        Identify(1),
        SetDeviceName("B"),
        SetChannelName(1, "B"),
        SetGain(1, 0),
        SetGain(2, 0),
        SetMute(1, muted=True),
        SetFrequency(1, 500_000),
        SetGroupChannel(1, 1, 1),
        SetSlotRf(1, 1, on=True),
        SetSlotName(1, 1, "B"),
    ],
)
def test_what_a_device_does_not_report_is_not_known(command: Command) -> None:
    assert present_command(command, known(ChannelFacts(), None)) is None
    assert restoring_command(command, known(ChannelFacts(), None)) is None


def test_a_channel_without_a_group_goes_back_to_its_frequency() -> None:
    free = known(ChannelFacts(frequency_khz=482_125, group_channel="--,--"))
    assert restoring_command(SetGroupChannel(1, 1, 1), free) == SetFrequency(1, 482_125)


@pytest.mark.parametrize(
    ("command", "value"),
    [
        (SetGain(1, 0), "loud"),
        (SetFrequency(1, 0), "482125"),
        (SetMute(1, muted=True), "?"),
        (SetGroupChannel(1, 1, 1), "--,--"),
        (SetChannelName(1, "A"), " "),
        (Identify(1), "flashing"),
    ],
)
def test_what_cannot_be_read_of_a_confirmation_is_none(command: Command, value: str) -> None:
    assert confirmed_command(command, value) is None


def test_a_confirmed_gain_without_a_plus_is_read() -> None:
    assert confirmed_command(SetGain(1, 0), "12 dB") == SetGain(1, 12)
