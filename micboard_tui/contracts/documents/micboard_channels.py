"""A channel in the words of micboard, the program for a browser by karlcswanson: its ``tx`` entries.

Where we know nothing it has to have a number all the same: 255 for battery, offset and quality, and 0 for
levels. Levels are on its scales of 0 to 100, and the charge is in bars of five.

Source: karlcswanson/micboard, py/mic.py, py/iem.py, py/channel.py and js/channelview.js.
"""

import re
from math import ceil

from micboard_tui.contracts.documents.json_value import JsonObject
from micboard_tui.domain.battery import BARS, Battery
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceKind, DeviceSnapshot, DeviceStatus
from micboard_tui.domain.link_state import ON_AIR
from micboard_tui.domain.problem import is_clipping

UNKNOWN = 255
NO_FREQUENCY = "000000"
REMEMBERED_S = 30 * 60.0
"""For so long it shows the last battery of a pack that went off."""
IEM_TYPE = "p10t"
OTHER_TYPE = "ulxd"
"""It draws nothing for a type that it does not know, and its scales for this one fit most receivers."""
_TYPES = {"AD4": "axtd", "ADX5": "axtd", "ANX4": "axtd", "ULXD": "ulxd", "QLXD": "qlxd", "UR4": "uhfr"}
_GOOD_BARS, _REPLACE_BARS = 4, 3
_NAME_WITH_ID = re.compile(r"[A-Za-z]*-?[0-9]")
_PERCENT = 100
_AUDIO_FLOOR_DBFS = -50.0
_AXIENT_AUDIO_FLOOR_DBFS = -100.0
_RF_RANGES_DBM = {"axtd": (-120.0, 115.0), "uhfr": (-100.0, 80.0)}
_RF_RANGE_DBM = (-128.0, 115.0)


def device_type(device: DeviceSnapshot) -> str:
    """One of the types that it knows; of another maker the one that is drawn alike."""
    if device.state.kind is DeviceKind.IEM_TRANSMITTER:
        return IEM_TYPE
    model = (device.state.model or "").upper().replace("-", "")
    return next((type_ for start, type_ in _TYPES.items() if model.startswith(start)), OTHER_TYPE)


def channel_entry(device: DeviceSnapshot, state: ChannelState, slot: int, now: float) -> JsonObject:
    """An entry of ``tx``, without the raw properties. ``slot``: its number on the page, from 1."""
    mic_id, name = _split_name(state)
    khz = state.facts.frequency_khz
    entry: JsonObject = {
        "id": mic_id,
        "name": name,
        "name_raw": state.facts.name or f"SLOT {slot}",
        "channel": state.number,
        "slot": slot,
        "type": device_type(device),
        "frequency": NO_FREQUENCY if khz is None else f"{khz / 1000:07.3f}",
        **levels(device, state),
    }
    if device.state.kind is DeviceKind.IEM_TRANSMITTER:
        return {**entry, "status": "UNASSIGNED" if device.state.is_online else "RX_COM_ERROR"}
    pack = state.facts.transmitter
    return {
        **entry,
        "antenna": _antennas(state.meters.antenna or ""),
        "battery": _current_bars(state),
        "runtime": _runtime(state),
        "tx_offset": UNKNOWN if pack is None or pack.offset_db is None else pack.offset_db,
        "quality": _bars(state.meters.quality_percent),
        "status": channel_status(device, state, now),
    }


def levels(device: DeviceSnapshot, state: ChannelState) -> JsonObject:
    """Its levels of RF and audio from 0 to 100; 0 where they are not known."""
    type_, dbfs = device_type(device), state.meters.audio_dbfs
    floor_dbfs = _AXIENT_AUDIO_FLOOR_DBFS if type_ == "axtd" else _AUDIO_FLOOR_DBFS
    audio = 0 if dbfs is None else _scale(dbfs - floor_dbfs, -floor_dbfs)
    if type_ == IEM_TYPE:
        return {"audio_level_l": audio, "audio_level_r": audio}
    return {"audio_level": audio, "rf_level": _rf_level(type_, state)}


def channel_status(device: DeviceSnapshot, state: ChannelState, now: float) -> str:
    """One of its words. A battery that is not known is never GOOD."""
    if device.state.status is not DeviceStatus.ONLINE:
        return "RX_COM_ERROR"
    if state.link_state in ON_AIR and is_clipping(state):
        return "AUDIO_PEAK"
    if (bars := _current_bars(state)) != UNKNOWN:
        return _charge_word(bars)
    if state.expected_off:
        return "UNASSIGNED"
    past = state.past_battery
    if past is not None and now - past.observed_at < REMEMBERED_S:
        bars = _battery_bars(past.battery)
        if bars != UNKNOWN:
            return f"PREV_{_charge_word(bars)}"
    return "TX_COM_ERROR"


def _charge_word(bars: int) -> str:
    if bars >= _GOOD_BARS:
        return "GOOD"
    return "REPLACE" if bars == _REPLACE_BARS else "CRITICAL"


def _current_bars(state: ChannelState) -> int:
    """Of the pack that is received; a receiver without a carrier repeats what it received last."""
    if state.battery is None or state.past_battery is not None:
        return UNKNOWN
    return _battery_bars(state.battery)


def _battery_bars(battery: Battery) -> int:
    if battery.bars is not None:
        return battery.bars
    return _bars(battery.percent)


def _bars(percent: int | None) -> int:
    return UNKNOWN if percent is None else ceil(percent * BARS / _PERCENT)


def _runtime(state: ChannelState) -> str:
    """As H:MM; empty: not known."""
    if state.battery is None or state.past_battery is not None or state.battery.minutes is None:
        return ""
    hours, minutes = divmod(state.battery.minutes, 60)
    return f"{hours}:{minutes:02}"


def _antennas(letters: str) -> str:
    """Both antennas, X for one that does not receive."""
    return "".join(letter if letter in letters else "X" for letter in "AB")


def _rf_level(type_: str, state: ChannelState) -> int:
    dbm, percent = state.meters.rf_dbm, state.meters.rf_percent
    if dbm is None:
        return percent or 0
    weakest_dbm, range_db = _RF_RANGES_DBM.get(type_, _RF_RANGE_DBM)
    return _scale(dbm - weakest_dbm, range_db)


def _scale(value: float, full: float) -> int:
    return min(_PERCENT, max(0, int(_PERCENT * value / full)))


def _split_name(state: ChannelState) -> tuple[str, str]:
    """The number of the mic, and who has it: as people said, else as the name of the channel says both."""
    name = state.display_name or ""
    if state.mic_number is not None:
        return state.mic_number, name
    first, _, rest = name.partition(" ")
    return (first, rest) if _NAME_WITH_ID.match(first) and state.performer is None else ("", name)
