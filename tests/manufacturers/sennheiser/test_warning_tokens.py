"""What the warnings of Sennheiser's devices mean, in every spelling of the reference."""

import pytest

from micboard_tui.domain.channel import DeviceWarning
from micboard_tui.manufacturers.sennheiser.warning_tokens import device_warnings_of, parse_tokens


@pytest.mark.parametrize(
    ("terms", "warnings"),
    [
        # EW-DX, receiver and pack.
        (["LowSignal", "RfPeak", "AfPeak"], {"low_signal", "rf_overload", "audio_peak"}),
        (["LowBattery"], {"low_battery"}),
        (["Aes256Error", "NoLink"], set()),
        # Digital 6000.
        (["RFPeak", "AFPeak", "LowBattery"], {"rf_overload", "audio_peak", "low_battery"}),
        (["BadClock"], {"clock"}),
        (["NoClock"], {"clock"}),
        (["AnTxYBNCShorted"], {"antenna"}),
        (["AnT1ABNCShorted"], {"antenna"}),
        # SpeechLine.
        (["Low Bat"], {"low_battery"}),
        (["Bad Link"], {"low_signal"}),
        ("HW Failure", {"hardware"}),
        ([""], set()),
        # MCP.
        (["Low_Battery", "Low_RF_Signal", "AF_Peak"], {"low_battery", "low_signal", "audio_peak"}),
        (["TX_Mute", "RF_Mute", "RX_Mute", "OK"], set()),
        (["SomethingNew"], set()),
        (None, set()),
    ],
)
def test_warnings_in_every_spelling(terms: object, warnings: set[str]) -> None:
    assert device_warnings_of(parse_tokens(terms)) == {DeviceWarning(name) for name in warnings}


def test_warnings_of_the_receiver_and_of_its_pack_are_one_set() -> None:
    both = device_warnings_of(parse_tokens(["LowSignal"]), None, parse_tokens(["LowBattery"]))
    assert both == {DeviceWarning.LOW_SIGNAL, DeviceWarning.LOW_BATTERY}
