"""Chargers that tell everything in arrays, one entry a bay: CHG 70N-C, CHG 2N and CHG 4N.

docs/reference/protocols/sennheiser.md 2.7 and 2.8; shapes that are not certain are read leniently
(docs/reference/protocols/sennheiser.md 11).
"""

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.device import DeviceKind
from micboard_tui.manufacturers.sennheiser.ssc.address_values import Words
from micboard_tui.manufacturers.sennheiser.ssc.families.speechline import bars
from micboard_tui.manufacturers.sennheiser.ssc.family import (
    DEVICE_NAME,
    IDENTITY,
    Controls,
    Family,
    Flash,
    Group,
    below,
)
from micboard_tui.manufacturers.sennheiser.ssc.values import (
    flag,
    item,
    percent,
    shown,
    size,
    text,
    tokens,
    whole,
)
from micboard_tui.protocols.ssc.messages import Json, Value

FULL_PERCENT = 100
MAX_MINUTES = 100 * 60
MAX_CYCLES = 100_000
_TYPE = "/bays/device_type"
_BATTERY = below("/bays", "bat_gauge", "bat_timetofull", "bat_health", "bat_cycles")
_CHG_70N = (_TYPE, *_BATTERY, *below("/bays", "state", "version", "serial", "warnings", "sync_error"))
_SPEECHLINE = (
    _TYPE,
    *_BATTERY,
    *below("/bays", "bat_bars", "active", "charging", "serial", "version", "linkdate", "state"),
)
_WARNINGS = {
    "batterycomerror": "The battery does not answer",
    "batterynotchargeable": "The battery cannot be charged",
    "batterynotdischargeable": "The battery cannot be discharged",
    "overcurrentdetected": "Too much current",
    "batterytempoutofrange": "The battery is too hot or too cold",
}
_ERROR_BITS = (
    "The transmitter does not answer",
    "The firmware update failed",
    "Too much current",
    "The charging voltage is missing",
)
_KINDS = {0: None, 1: "Handheld", 2: "Bodypack"}
_UPDATING = frozenset({"update", "dfumode"})


def _raw(words: Words, addresses: tuple[str, ...], index: int) -> tuple[tuple[str, str], ...]:
    told = [(each, words.get(each)) for each in addresses if index < size(words.get(each))]
    return tuple(sorted((address, shown(_scalar(item(value, index)))) for address, value in told))


def _scalar(value: Json) -> Value:
    return str(value) if isinstance(value, dict) else value


def _battery(words: Words, index: int) -> Battery:
    gauge, _, health, cycles = (item(words.get(address), index) for address in _BATTERY)
    return Battery(
        percent=percent(gauge), health_percent=percent(health), cycles=whole(cycles, 0, MAX_CYCLES)
    )


def _minutes_to_full(words: Words, index: int) -> int | None:
    return whole(item(words.get("/bays/bat_timetofull"), index), 0, MAX_MINUTES)


def _is_full(battery: Battery, minutes_to_full: int | None) -> bool:
    return battery.percent == FULL_PERCENT or (minutes_to_full == 0 and battery.percent is not None)


def _bays_70n(words: Words) -> tuple[Bay, ...]:
    return tuple(_bay_70n(words, index) for index in range(size(words.get(_TYPE))))


def _bay_70n(words: Words, index: int) -> Bay:
    kind = text(item(words.get(_TYPE), index))
    raw = _raw(words, _CHG_70N, index)
    if kind == "NONE":
        # Whatever the numbers of an empty bay say, null or 0: nothing is in it.
        return Bay(index + 1, BayState.EMPTY, raw=raw)
    battery, to_full = _battery(words, index), _minutes_to_full(words, index)
    warnings = tokens(item(words.get("/bays/warnings"), index)) or frozenset()
    state = tokens(item(words.get("/bays/state"), index)) or frozenset()
    error = _error_70n(state, warnings)
    return Bay(
        index + 1,
        _state(error=error, is_full=_is_full(battery, to_full), is_charging=battery.percent is not None),
        pack_model=None if kind == "UNKNOWN" else kind,
        pack_serial=text(item(words.get("/bays/serial"), index)),
        battery=battery,
        minutes_to_full=to_full,
        error=error or ("Its firmware is being updated" if state & _UPDATING else None),
        raw=raw,
    )


def _error_70n(state: frozenset[str], warnings: frozenset[str]) -> str | None:
    if warnings:
        return ", ".join(sorted(_WARNINGS.get(each, each) for each in warnings))
    return "The charger reports an error" if "error" in state else None


def _state(*, error: str | None, is_full: bool, is_charging: bool) -> BayState:
    if error:
        return BayState.FAULT
    if is_full:
        return BayState.READY
    return BayState.CHARGING if is_charging else BayState.UNKNOWN


def _bays_speechline(words: Words) -> tuple[Bay, ...]:
    return tuple(_bay_speechline(words, index) for index in range(size(words.get(_TYPE))))


def _bay_speechline(words: Words, index: int) -> Bay:
    raw = _raw(words, _SPEECHLINE, index)
    kind = item(words.get(_TYPE), index)
    active = flag(item(words.get("/bays/active"), index))
    if active is False or (active is None and kind == 0):
        return Bay(index + 1, BayState.EMPTY, raw=raw)
    battery, to_full = _battery(words, index), _minutes_to_full(words, index)
    if battery.percent is None:
        told = item(words.get("/bays/bat_bars"), index)
        battery = Battery(
            bars=bars(_scalar(told)), health_percent=battery.health_percent, cycles=battery.cycles
        )
    charging = flag(item(words.get("/bays/charging"), index)) is True
    error = _error_speechline(words.get("/bays/state"), index)
    return Bay(
        index + 1,
        _state(error=error, is_full=_is_full(battery, to_full), is_charging=charging),
        pack_model=_KINDS.get(kind) if isinstance(kind, int) else text(kind),
        pack_serial=text(item(words.get("/bays/serial"), index)),
        battery=battery,
        minutes_to_full=to_full,
        error=error,
        raw=raw,
    )


def _error_speechline(raw: Value, index: int) -> str | None:
    """Two arrays: states, and bitmaps of errors."""
    states, bitmaps = item(raw, 0), item(raw, 1)
    bitmap = whole(_entry(bitmaps, index), 0, 255) or 0
    errors = [text for bit, text in enumerate(_ERROR_BITS) if bitmap >> bit & 1]
    if errors:
        return ", ".join(errors)
    in_error = 2
    return "The charger reports an error" if _entry(states, index) == in_error else None


def _entry(array: Json, index: int) -> Json:
    return item(array, index) if isinstance(array, list) else None


def _marks_70n(value: Value) -> bool:
    """Both have this array; only CHG 70N-C writes words into it."""
    return isinstance(value, list) and any(isinstance(each, str) for each in value)


CHG_70N = Family(
    title="CHG 70N-C",
    kind=DeviceKind.CHARGER,
    mark=_TYPE,
    marks=_marks_70n,
    counted=(),
    count=lambda words: size(words.get(_TYPE)),
    groups=lambda _: (
        Group(
            0, (DEVICE_NAME, *below("/device", "location", "storage_mode", "warnings", "cascade")), IDENTITY
        ),
        Group(0, _CHG_70N),
    ),
    bays=_bays_70n,
    controls=Controls(
        device_name=DEVICE_NAME,
        flash_device=Flash("/device/identification/visual"),
        # null leaves the bays before it as they are (docs/reference/protocols/sennheiser.md 2.7).
        flash_unit=lambda n: Flash("/bays/identify", [*[None] * (n - 1), True], [*[None] * (n - 1), False]),
    ),
)
SPEECHLINE_CHARGER = Family(
    title="SpeechLine charger",
    kind=DeviceKind.CHARGER,
    mark=_TYPE,
    marks=lambda value: isinstance(value, list),
    counted=(),
    count=lambda words: size(words.get(_TYPE)),
    groups=lambda _: (Group(0, (DEVICE_NAME, "/device/state"), IDENTITY), Group(0, _SPEECHLINE)),
    bays=_bays_speechline,
)
