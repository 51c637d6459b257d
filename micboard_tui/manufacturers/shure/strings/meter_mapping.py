"""From the values of a SAMPLE to meters. Pure, and the hot path.

Source: docs/reference/protocols/shure.md 3.4, 5.5, 6.3, 12.

Values are looked up and not parsed: a level has a thousand spellings at most, and a table also says
at once which of them are no level.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from itertools import zip_longest
from typing import TypeAlias

from micboard_tui.domain.channel import Meters
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings import psm1000_mapping
from micboard_tui.manufacturers.shure.values import MAX_LEVEL

ReadSample: TypeAlias = Callable[[Sequence[bytes]], Meters | None]

SLXD_SQUELCH_DBM = -98.0
"""SLX-D tells no antenna, so a carrier is what stands out of the noise: raw 8 to 20, which is -112
to -100 dBm (docs/reference/protocols/shure.md 17.8). [inferred]"""
METERED = frozenset(
    {
        "RF_ANTENNA",
        "RX_RF_LVL",
        "AUDIO_LVL",
        "CHAN_QUALITY",
        "AUDIO_LED_BITMAP",
        "AUDIO_LEVEL_PEAK",
        "AUDIO_LEVEL_RMS",
        "ANTENNA_STATUS",
        "RSSI",
        "RSSI_LED_BITMAP",
        *psm1000_mapping.LEVELS,
    }
)
"""Properties that travel in samples, or are all there is of them; their REPs are meters, not facts.

Source: docs/reference/protocols/shure.md 8.3.
"""


def _make_levels(offset: int) -> dict[bytes, float]:
    return {b"%03d" % raw: float(raw - offset) for raw in range(MAX_LEVEL + 1)}


_RF_128 = _make_levels(128)
_AUDIO_50 = {value: level for value, level in _make_levels(50).items() if level <= 0}
_LEVEL_120 = _make_levels(120)
_QUALITY = {b"%03d" % raw: raw * 20 for raw in range(6)}
# Position 1 is antenna A, position 2 antenna B, X is dark (docs/reference/protocols/shure.md 3.4).
_ANTENNA: dict[bytes, tuple[str | None, bool | None]] = {
    b"AX": ("A", True),
    b"XB": ("B", True),
    b"AB": ("AB", True),
    b"XX": (None, False),
}
_NO_ANTENNA = (None, None)
# Blue (B) receives; red (R) is trouble on that antenna and never counts as receiving
# (docs/reference/protocols/shure.md 5.2).
_PAIRS = {
    (one + other).encode(): (
        ("A" if one == "B" else "") + ("B" if other == "B" else "") or None,
        "B" in one + other,
    )
    for one in "XRB"
    for other in "XRB"
}
# Either way of writing them; XB was measured (docs/reference/protocols/shure.md 7.1).
_SLXD_ANTENNAS = {
    **{letters: antenna for letters, (antenna, _) in _PAIRS.items()},
    **{letters: antenna for letters, (antenna, _) in _ANTENNA.items()},
}
_ANTENNA_LETTERS = frozenset("XRB")
_LETTERS = "ABCD"
_MAIN = "AB"
_AXIENT_HEAD = 4
# Bit 5 of the two digits of an antenna's LEDs (docs/reference/protocols/shure.md 5.2).
_RF_OVERLOAD = frozenset(b"%02d" % lamps for lamps in range(32, 64))
ALL_LEDS_DBM = -34.0
"""A level at which all LEDs but the one of the overload are lit (docs/reference/protocols/shure.md 5.5)."""
# Bit 7 of the audio LEDs (docs/reference/protocols/shure.md 5.2).
_OVERLOAD = frozenset(b"%03d" % leds for leds in range(128, 256))


def read_ulxd(values: Sequence[bytes]) -> Meters | None:
    """``ant rf aud``: one level for the channel, which is that of the antenna in use.

    Source: docs/reference/protocols/shure.md 3.4.
    """
    if len(values) != 3:  # noqa: PLR2004 - the three values above
        return None
    antenna, carrier = _ANTENNA.get(values[0], _NO_ANTENNA)
    rf = _RF_128.get(values[1])
    return Meters(
        rf,
        rf if antenna == "A" else None,
        rf if antenna == "B" else None,
        _AUDIO_50.get(values[2]),
        antenna,
        carrier,
    )


def slxd_reader(antennas: str = "", *_: str) -> ReadSample:
    """Reads samples of a channel whose antennas are reported apart from them, as letters."""
    antenna = _SLXD_ANTENNAS.get(antennas.encode("ascii", "replace"))
    return read_slxd if antenna is None else partial(read_slxd, antenna=antenna)


def read_slxd(values: Sequence[bytes], antenna: str | None = None) -> Meters | None:
    """``peak rms rssi``. Should a model tell more levels, the best one counts.

    Source: docs/reference/protocols/shure.md 6.3, 7.5.
    """
    if len(values) < 3:  # noqa: PLR2004 - the three values above
        return None
    rf = _LEVEL_120.get(values[2])
    for value in values[3:]:
        other = _LEVEL_120.get(value)
        if other is not None and (rf is None or other > rf):
            rf = other
    carrier = None if rf is None else rf > SLXD_SQUELCH_DBM
    return Meters(
        rf,
        None,
        None,
        _LEVEL_120.get(values[0]),
        antenna if carrier else None,
        carrier,
    )


def read_axient(values: Sequence[bytes]) -> Meters | None:
    """``quality leds peak rms``, then for each carrier its antennas and ``leds rssi`` for each.

    Source: docs/reference/protocols/shure.md 5.5.
    """
    if len(values) != 9:  # noqa: PLR2004 - one carrier, two antennas
        return _read_carriers(values)
    quality, audio_leds, peak, _, letters, leds_a, level_a, leds_b, level_b = values
    if (lit := _PAIRS.get(letters)) is None:
        return _read_carriers(values)
    antenna, carrier = lit
    rf_a, rf_b = _LEVEL_120.get(level_a), _LEVEL_120.get(level_b)
    rf = rf_a if rf_b is None or (rf_a is not None and rf_a >= rf_b) else rf_b
    if (rf is None or rf > ALL_LEDS_DBM) and not _RF_OVERLOAD.isdisjoint((leds_a, leds_b)):
        return _read_carriers(values)
    return Meters(
        rf,
        rf_a,
        rf_b,
        _LEVEL_120.get(peak),
        antenna,
        carrier,
        _QUALITY.get(quality),
        audio_leds in _OVERLOAD,
    )


def _read_carriers(values: Sequence[bytes]) -> Meters | None:
    """Read by structure: a receiver in Quadversity has four antennas a carrier, FD-C two carriers.

    Of two carriers the better one counts for each antenna.
    """
    position = _AXIENT_HEAD
    best: list[float | None] = []
    levels: list[float | None] = []
    lit: set[str] = set()
    is_known = is_overloaded = False
    while position < len(values):
        group = values[position].decode("ascii", "replace")
        end = position + 1 + 2 * len(group)
        if end > len(values) or len(group) > len(_LETTERS):
            return None
        is_known = is_known or not _ANTENNA_LETTERS.isdisjoint(group)
        lit.update(letter for letter, sign in zip(_LETTERS, group, strict=False) if sign == "B")
        carrier = [_LEVEL_120.get(value) for value in values[position + 2 : end : 2]]
        is_overloaded = is_overloaded or not _RF_OVERLOAD.isdisjoint(values[position + 1 : end : 2])
        best = [_stronger_of(*pair) for pair in zip_longest(best, carrier)]
        levels += carrier
        position = end
    if not levels:
        return None
    return Meters(
        reduce(_stronger_of, best),
        best[0],
        best[1] if len(best) >= len(_MAIN) else None,
        _LEVEL_120.get(values[2]),
        "".join(sorted(lit)) or None,
        bool(lit) if is_known else None,
        _QUALITY.get(values[0]),
        values[1] in _OVERLOAD,
        tuple(levels) if len(levels) > len(_MAIN) else (),
        rf_overload=is_overloaded,
    )


def _stronger_of(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def read_anx4(values: Sequence[bytes]) -> Meters | None:
    """As Axient Digital; as ULX-D where it should send that in its ULX-D modes, which nothing documents."""
    return read_ulxd(values) if len(values) == 3 else read_axient(values)  # noqa: PLR2004 - values of ULX-D


READERS: Mapping[Family, ReadSample] = {
    Family.ULXD: read_ulxd,
    Family.QLXD: read_ulxd,
    Family.AXIENT: read_axient,
    Family.ANX4: read_anx4,
    Family.SLXD: read_slxd,
    Family.SLXD_PLUS: read_slxd,
}
"""Those whose samples can be read."""


def meters_of_values(family: Family, values: Mapping[str, str]) -> Meters | None:
    """Meters from the metered properties of a ``GET ALL``, read as the sample they would make."""
    if family in {Family.ULXD, Family.QLXD} or (family is Family.ANX4 and "RX_RF_LVL" in values):
        names = ("RF_ANTENNA", "RX_RF_LVL", "AUDIO_LVL")
        return read_ulxd(_encode(values, names)) if any(name in values for name in names) else None
    if family is Family.PSM1000:
        return psm1000_mapping.meters_of(values)
    antennas = [number for number in "1234" if f"RSSI {number}" in values]
    levels = [values[f"RSSI {number}"] for number in antennas]
    if not levels and "RSSI" in values:
        levels = [values["RSSI"]]
    if not levels:
        return None
    if family not in {Family.AXIENT, Family.ANX4}:
        audio = _encode(values, ("AUDIO_LEVEL_PEAK", "AUDIO_LEVEL_RMS"))
        read = slxd_reader(values.get("ANTENNA_STATUS", ""))
        return read([*audio, *(level.encode("ascii", "replace") for level in levels)])
    head = _encode(values, ("CHAN_QUALITY", "AUDIO_LED_BITMAP", "AUDIO_LEVEL_PEAK", "AUDIO_LEVEL_RMS"))
    # A real unit leaves the antennas out of its answer (docs/reference/protocols/shure.md 5.6): then
    # it is not known which receives.
    letters = values.get("ANTENNA_STATUS", "")
    group = letters if len(letters) == len(levels) else "?" * len(levels)
    sample = [*head, group.encode("ascii", "replace")]
    leds = [values.get(f"RSSI_LED_BITMAP {number}", "00") for number in antennas] or ["00"]
    for lamps, level in zip(leds, levels, strict=True):
        sample += [lamps.encode("ascii", "replace"), level.encode("ascii", "replace")]
    return read_axient(sample)


def _encode(values: Mapping[str, str], names: Sequence[str]) -> list[bytes]:
    return [values.get(name, "?").encode("ascii", "replace") for name in names]
