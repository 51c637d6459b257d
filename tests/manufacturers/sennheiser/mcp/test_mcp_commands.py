"""Commands as MCP's lines."""

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.mcp.commands import prepare_command
from micboard_tui.protocols.mcp.messages import Line

EM, SR = DeviceKind.RECEIVER, DeviceKind.IEM_TRANSMITTER


@pytest.mark.parametrize(
    ("kind", "command", "line", "shown"),
    [
        (EM, SetDeviceName(" Lead Vox "), Line("Name", "Lead Vox"), "Lead Vox"),
        (EM, SetChannelName(1, "Vocal 1"), Line("Name", "Vocal 1"), "Vocal 1"),
        (EM, SetMute(1, muted=True), Line("Mute", "1"), "muted"),
        (SR, SetMute(1, muted=False), Line("Mute", "0"), "not muted"),
        (EM, SetFrequency(1, 606_500), Line("Frequency", "606500"), "606.500 MHz"),
        (EM, SetGain(1, -18), Line("AfOut", "-18"), "-18 dB"),
        (EM, SetGain(1, 24), Line("AfOut", "24"), "24 dB"),
        (SR, SetGain(1, -21), Line("Sensitivity", "-21"), "-21 dB"),
        (SR, SetGain(1, -42), Line("Sensitivity", "-42"), "-42 dB"),
        (EM, SetFrequency(1, 174_000), Line("Frequency", "174000"), "174.000 MHz"),
        (EM, SetFrequency(1, 2_000_000), Line("Frequency", "2000000"), "2000.000 MHz"),
    ],
)
def test_commands(kind: DeviceKind, command: Command, line: Line, shown: str) -> None:
    prepared = prepare_command(command, kind)
    assert prepared.line == line
    assert prepared.format_value(line.rest) == shown
    assert prepared.is_confirmed_by(line)


@pytest.mark.parametrize(
    "command",
    [
        SetChannelName(1, ""),
        SetChannelName(1, "ninechars"),
        SetChannelName(1, "Möre"),
        SetChannelName(1, "a\rb"),
        SetChannelName(2, "Vocal"),
        SetMute(0, muted=True),
        SetFrequency(1, 606_510),
        SetFrequency(1, 173_975),
        SetFrequency(1, 2_000_025),
        SetGain(1, 27),
        SetGain(1, -20),
    ],
)
def test_what_cannot_be_is_not_sent(command: Command) -> None:
    with pytest.raises(DeviceError) as caught:
        prepare_command(command, EM)
    assert caught.value.code is ErrorCode.INVALID_VALUE
    assert caught.value.info.hint


def test_a_receivers_level_is_no_sensitivity() -> None:
    with pytest.raises(DeviceError, match="3 dB"):
        prepare_command(SetGain(1, 3), SR)


@pytest.mark.parametrize(
    "command", [Identify(), Identify(1), SetGroupChannel(1, 1, 1), SetSlotRf(1, 1, on=True)]
)
def test_what_the_protocol_cannot_do(command: Command) -> None:
    with pytest.raises(DeviceError) as caught:
        prepare_command(command, EM)
    assert caught.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


def test_a_frequency_is_confirmed_by_its_khz_and_shown_whatever_comes() -> None:
    prepared = prepare_command(SetFrequency(1, 606_500), EM)
    assert prepared.is_confirmed_by(Line("Frequency", "606500 2 10"))
    assert not prepared.is_confirmed_by(Line("Frequency", "606525 2 10"))
    assert prepared.format_value("606500 2 10") == "606.500 MHz"
    assert prepared.format_value("?") == "?"
    assert prepare_command(SetMute(1, muted=True), EM).format_value("2 ") == "2"
