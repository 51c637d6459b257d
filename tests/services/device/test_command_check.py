"""What can be said of a command without asking the device."""

from collections.abc import Collection

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode, MicboardError
from micboard_tui.domain.bay import Bay
from micboard_tui.domain.channel import ChannelState
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
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.services.device import command_check
from tests.services.stage import RACK

KNOWN = DeviceSnapshot(RACK, DeviceState(RACK.id), tuple(ChannelState(RACK.id, n) for n in (1, 2, 3, 4)))


def leave_to_device(_command: Command, _model: str | None, _channels: Collection[int], /) -> None:
    """The check of a driver that has none of its own."""


def check_command(command: Command, known: DeviceSnapshot) -> None:
    command_check.check_command(command, known, leave_to_device)


@pytest.mark.parametrize(
    "command",
    [
        Identify(),
        Identify(4),
        SetDeviceName("Rack 1"),
        SetChannelName(1, "Vox"),
        SetGain(1, -25),
        SetGain(1, 60),
        SetMute(1, muted=True),
        SetFrequency(1, 482_125),
        SetGroupChannel(1, 1, 12),
        SetSlotRf(1, 8, on=False),
    ],
)
def test_what_a_device_might_do_is_left_to_it(command: Command) -> None:
    check_command(command, KNOWN)


@pytest.mark.parametrize(
    ("command", "message", "cure"),
    [
        (SetDeviceName("  "), "A device needs a name", "at least one"),
        (SetChannelName(1, "a\x1bb"), "cannot be shown", "Use letters"),
        (SetGain(1, 500), "A gain of 500 dB is not possible", "Use -60 to 60 dB"),
        (SetFrequency(1, 3_000), "3.000 MHz is no frequency of a microphone", "as 482.125"),
        (SetFrequency(1, 482_130), "482.130 MHz is no frequency", "multiple of 25 kHz"),
        (SetGroupChannel(1, 0, 3), "A group of 0", "Use 1 to 999"),
        (SetGroupChannel(1, 3, 1000), "A channel of a group of 1000", "Use 1 to 999"),
        (SetSlotRf(1, 9, on=True), "A slot of 9", "Use 1 to 8"),
    ],
)
def test_what_no_device_can_do_is_refused_with_its_range(command: Command, message: str, cure: str) -> None:
    with pytest.raises(MicboardError) as caught:
        check_command(command, KNOWN)
    assert caught.value.info.code is ErrorCode.INVALID_VALUE
    assert message in caught.value.info.message
    assert cure in caught.value.info.hint


def test_channels_that_are_not_there_are_refused() -> None:
    for known, hint in (
        (KNOWN, "It has 1 to 4"),
        (DeviceSnapshot(RACK, DeviceState(RACK.id)), "It has 1 to 64"),
        (DeviceSnapshot(RACK, DeviceState(RACK.id, kind=DeviceKind.CHARGER, bays=(Bay(1),))), "See all"),
    ):
        with pytest.raises(MicboardError) as caught:
            check_command(SetMute(65, muted=True), known)
        assert caught.value.info.code is ErrorCode.CHANNEL_NOT_FOUND
        assert hint in caught.value.info.hint
    check_command(SetMute(64, muted=True), DeviceSnapshot(RACK, DeviceState(RACK.id)))


def test_a_driver_is_asked_with_what_is_stored_and_its_own_range_is_the_cure() -> None:
    asked: list[tuple[str | None, list[int]]] = []

    def check_by_driver(command: Command, model: str | None, channels: Collection[int], /) -> None:
        asked.append((model, list(channels)))
        raise DeviceError(ErrorCode.INVALID_VALUE, "Out of range", hint="Use -18 to 42 dB")

    heard = DeviceSnapshot(RACK, DeviceState(RACK.id, model="ULXD4D"), KNOWN.channels)
    for known in (heard, DeviceSnapshot(RACK, DeviceState(RACK.id))):
        with pytest.raises(MicboardError) as caught:
            command_check.check_command(SetGain(1, 99), known, check_by_driver)
        assert caught.value.info.hint == "Use -18 to 42 dB"
    assert asked == [("ULXD4D", [1, 2, 3, 4]), (None, list(range(1, 65)))]
