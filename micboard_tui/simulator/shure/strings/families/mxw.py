"""Microflex Wireless; a microphone that is not on sits in its charger.

Source: docs/reference/protocols/shure.md 10.
"""

from collections.abc import Sequence

from micboard_tui.protocols.shure_strings.codec import encode_short
from micboard_tui.protocols.shure_strings.messages import quote_text
from micboard_tui.simulator.shure.receiver_channel import Channel
from micboard_tui.simulator.shure.set_values import RefusedError, single_value
from micboard_tui.simulator.shure.strings.device_identity import DeviceIdentity
from micboard_tui.simulator.shure.strings.families import axient, shared_properties
from micboard_tui.simulator.shure.strings.families.receiver_family import Family
from micboard_tui.simulator.shure.strings.properties import (
    Property,
    fixed_property,
    format_digits,
    setting_property,
)
from micboard_tui.simulator.stage.pack import Pack

FULL_AFTER_MINUTES = 150
ON_CHARGER_MINUTES, OFF_MINUTES = 65533, 65535
FULL_MINUTES = 65534


def sample(channel: Channel) -> list[bytes]:
    """``rf aud``; in which units is not documented, so these are ours."""
    return f"{axient.rf_level(max(channel.air.rf_dbm))} {axient.peak(channel)}".encode().split()


def status(channel: Channel) -> str:
    pack = channel.air.pack
    if pack.is_on:
        return channel.settings.get("STANDBY") or ("MUTE" if pack.is_muted else "ACTIVE")
    return "OFF" if pack.battery.charge <= 0 else "ON_CHARGER"


def _set_status(channel: Channel, values: Sequence[str]) -> None:
    value = single_value(values)
    pack = channel.air.pack
    if value not in {"ACTIVE", "MUTE", "STANDBY", "OFF"} or not pack.is_on:
        raise RefusedError
    channel.settings["STANDBY"] = "STANDBY" if value == "STANDBY" else ""
    if value == "OFF":
        pack.switch(on=False)
    else:
        pack.mute(on=value == "MUTE")


def _charge(channel: Channel) -> str:
    return "255" if status(channel) == "OFF" else shared_properties.charge(channel.air.pack)


def _run_time(channel: Channel) -> str:
    minutes = {"OFF": OFF_MINUTES, "ON_CHARGER": ON_CHARGER_MINUTES}.get(status(channel))
    return shared_properties.minutes(channel.air.pack) if minutes is None else format_digits(minutes, 5)


def _time_to_full(channel: Channel) -> str:
    if status(channel) == "OFF":
        return format_digits(OFF_MINUTES, 5)
    if status(channel) != "ON_CHARGER":
        return format_digits(ON_CHARGER_MINUTES, 5)
    left = int((1 - channel.air.pack.battery.charge) * FULL_AFTER_MINUTES)
    return format_digits(left or FULL_MINUTES, 5)


def _health(channel: Channel) -> str:
    return "255" if status(channel) == "OFF" else shared_properties.health(channel.air.pack)


def _pack_name(pack: Pack) -> str:
    return quote_text(pack.name, 12)


def _device(_device: DeviceIdentity, _channels: Sequence[Channel]) -> list[Property[DeviceIdentity]]:
    return [shared_properties.model(), shared_properties.device_id(31), shared_properties.device_flash()]


def _channel(_channel: Channel) -> list[Property[Channel]]:
    return [
        shared_properties.channel_name(31),
        Property("TX_AVAILABLE", lambda channel: "YES" if channel.air.pack.is_on else "NO"),
        Property("TX_STATUS", status, _set_status),
        Property("TX_TYPE", lambda channel: channel.air.pack.model),
        Property("TX_DEVICE_ID", lambda channel: _pack_name(channel.air.pack)),
        shared_properties.audio_gain(),
        setting_property("INT_AUDIO_GAIN", "025", read_only=True),
        Property("BATT_CHARGE", _charge),
        Property("BATT_RUN_TIME", _run_time),
        Property("BATT_TIME_TO_FULL", _time_to_full),
        Property("BATT_HEALTH", _health),
        fixed_property("BUTTON_STS", "OFF"),
        Property("LED_STATUS", lambda channel: "ON OF" if channel.air.pack.is_muted else "OF ON"),
        fixed_property("BP_MIC_SELECT", "AUTO"),
        shared_properties.meter_rate(axient.MAX_RATE_MS),
        shared_properties.channel_flash(),
    ]


MXW = Family(_device, _channel, sample, encode=encode_short, lists=False)
