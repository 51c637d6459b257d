"""What each driver refuses by the stored model of a device, before there is a connection."""

from collections.abc import Sequence

import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import CommandCheck
from micboard_tui.domain.command import (
    Command,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotRf,
)
from micboard_tui.domain.value_ranges import MAX_CHANNELS
from micboard_tui.manufacturers import sennheiser, shure

DRIVERS = {**shure.MANUFACTURER.drivers, **sennheiser.MANUFACTURER.drivers}
STRINGS, UHFR, SYSTEM_API = "shure-strings", "shure-uhfr", "shure-system-api"
SSC, SSCV2, MCP = "sennheiser-ssc", "sennheiser-sscv2", "sennheiser-mcp"
ANY_CHANNEL = range(1, MAX_CHANNELS + 1)
RANGE = "is out of range"
STEP = "is between two steps"


def check_of(driver: str) -> CommandCheck:
    check = DRIVERS[driver].check_command
    assert check is not None
    return check


@pytest.mark.parametrize(
    ("driver", "model", "gain_db", "message", "cure"),
    [
        (STRINGS, "ULXD4D", 43, RANGE, "Use -18 to 42 dB"),
        (STRINGS, "QLXD4", -19, RANGE, "Use -18 to 42 dB"),
        (STRINGS, "P10T", 1, RANGE, "Use -67 to 0 dB"),
        (STRINGS, "MXWAPT4", 36, RANGE, "Use -25 to 35 dB"),
        (UHFR, "UR4D", 1, RANGE, "Use -32 to 0 dB"),
        (SSC, "EWDX2CH", 43, RANGE, "Use -3 to 42 dB"),
        (SSC, "SLDW4CH", 13, RANGE, "Use -24 to 12 dB"),
        (SSC, "SLDW", 18, RANGE, "Use -24 to 12 dB in steps of 6 dB"),
        (SSC, "SLDW", -23, STEP, "Use -24 to 12 dB in steps of 6 dB"),
        (SSCV2, "EW-DX EM 4 Dante", -4, RANGE, "Use -3 to 42 dB in steps of 3 dB"),
        (SSCV2, "EW-DX EM 2", 13, STEP, "Use -3 to 42 dB in steps of 3 dB"),
        (MCP, "EM", 27, RANGE, "Use -24 to 24 dB in steps of 3 dB"),
        (MCP, "EM", -20, STEP, "Use -24 to 24 dB in steps of 3 dB"),
        (MCP, "SR IEM", 3, RANGE, "Use -42 to 0 dB in steps of 3 dB"),
    ],
)
def test_a_gain_is_held_against_the_range_and_steps_of_the_model(
    driver: str, model: str, gain_db: int, message: str, cure: str
) -> None:
    with pytest.raises(DeviceError) as refused:
        check_of(driver)(SetGain(1, gain_db), model, ANY_CHANNEL)
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert (refused.value.info.message, refused.value.info.hint) == (
        f"A gain of {gain_db} dB {message}",
        cure,
    )


@pytest.mark.parametrize(
    ("driver", "model", "command"),
    [
        (STRINGS, "SBC240", SetDeviceName("Charger")),
        (STRINGS, "ULXD4D", SetGain(1, 42)),
        (STRINGS, "AD4Q", SetSlotRf(4, 8, on=False)),
        (UHFR, "UR4D", SetGain(2, -32)),
        (SYSTEM_API, "SystemAPI", SetGain(1, 60)),
        (SYSTEM_API, "SystemAPI", SetMute(9, muted=True)),
        (SYSTEM_API, "SystemAPI", SetChannelName(1, "Lead Vox")),
        (SSC, "EW-DX EM 2", SetGain(1, 13)),
        (SSC, "SLDW", SetGain(1, -18)),
        (SSCV2, "EW-DX EM 2", SetFrequency(1, 470_200)),
        (MCP, "SR IEM", SetGain(1, -42)),
    ],
)
def test_what_the_model_allows_is_left_to_the_device(driver: str, model: str, command: Command) -> None:
    check_of(driver)(command, model, ANY_CHANNEL)


@pytest.mark.parametrize(
    ("driver", "model"),
    [(STRINGS, "SBC220"), (STRINGS, "SBC840"), (SSC, "L6000"), (SSC, "CHG 70N-C")],
)
def test_a_charger_has_no_channels_and_takes_a_name(driver: str, model: str) -> None:
    check_of(driver)(SetDeviceName("Charger"), model, ())


@pytest.mark.parametrize(
    ("driver", "model", "command"),
    [
        (STRINGS, "QLXD4", SetMute(1, muted=True)),
        (STRINGS, "ULXD4D", SetSlotRf(1, 1, on=True)),
        (UHFR, "UR4S", SetDeviceName("Rack")),
        (SYSTEM_API, "SystemAPI", SetFrequency(1, 500_000)),
        (SSC, "SLDW", SetChannelName(1, "Vox")),
        (SSC, "L6000", SetGain(1, 0)),
        (SSC, "ew D1", SetGain(1, 0)),
        (SSC, "CHG 70N-C", SetMute(1, muted=True)),
        (SSC, "CHG 4N", SetDeviceName("Charger")),
        (SSC, "EM6000-Dante", SetGain(1, 0)),
        (SSCV2, "EW-DX EM 2", SetChannelName(1, "Vox")),
        (SSCV2, "Spectera Base Station", SetGain(1, 0)),
        (MCP, "EM", SetGroupChannel(1, 1, 1)),
    ],
)
def test_what_the_model_cannot_do_is_refused(driver: str, model: str, command: Command) -> None:
    with pytest.raises(DeviceError) as refused:
        check_of(driver)(command, model, ANY_CHANNEL)
    assert refused.value.code is ErrorCode.COMMAND_NOT_SUPPORTED


def test_a_name_that_no_channel_behind_a_server_takes_is_refused() -> None:
    with pytest.raises(DeviceError) as refused:
        check_of(SYSTEM_API)(SetChannelName(1, "x" * 32), "SystemAPI", ANY_CHANNEL)
    assert refused.value.info.hint == "Use 1 to 31 letters, digits or signs"


@pytest.mark.parametrize("driver", [STRINGS, SSC, SSCV2, MCP])
@pytest.mark.parametrize("model", [None, "", "XYZ 1"])
@pytest.mark.parametrize("command", [SetGain(1, 99), SetGroupChannel(1, 1, 1), SetDeviceName("Rack")])
def test_of_an_unknown_model_nothing_is_refused(driver: str, model: str | None, command: Command) -> None:
    check_of(driver)(command, model, ANY_CHANNEL)


@pytest.mark.parametrize(
    ("driver", "model", "channels"),
    [(STRINGS, "ULXD4D", [1, 2]), (UHFR, "UR4D", [1, 2]), (SSC, "EM6000", [1, 2]), (MCP, "EM", [1])],
)
def test_a_channel_that_is_not_there_is_refused(driver: str, model: str, channels: Sequence[int]) -> None:
    with pytest.raises(DeviceError) as refused:
        check_of(driver)(SetFrequency(3, 500_000), model, channels)
    assert refused.value.info.message == "There is no channel 3"
