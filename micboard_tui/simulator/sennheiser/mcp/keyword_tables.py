"""The keywords of each kind of device (docs/reference/protocols/sennheiser.md 5.6). Pure."""

from micboard_tui.protocols.mcp.messages import Code
from micboard_tui.simulator.device.frequency_band import FREQUENCY_STEP_KHZ, NoPresetError
from micboard_tui.simulator.sennheiser.mcp.attributes import Attribute, RefusedError, check_step
from micboard_tui.simulator.sennheiser.mcp.mcp_unit import McpUnit

NAME_WIDTH = 8
"""Real units pad to it."""
USER_BANK, LAST_BANK = 21, 26
BANK_CHANNELS = 64
MIN_SQUELCH_DB, MAX_SQUELCH_DB = 5, 25
MIN_AF_OUT_DB, MAX_STEPPED_AF_OUT_DB, MAX_AF_OUT_DB = -24, 18, 24
_BANDS_OF_EQUALIZER = 6
_WITH_PRESET = 3


def _set_name(unit: McpUnit, rest: str) -> None:
    if not rest.isascii() or not rest.isprintable():
        raise RefusedError(Code.INVALID_PARAMETER)
    unit.name = rest.rstrip()[:NAME_WIDTH]


def _set_frequency(unit: McpUnit, values: list[int]) -> None:
    """The kHz win; a preset that they do not belong to goes to U1.0, and ``0 0`` is the answer."""
    khz = values[0]
    if not unit.band.holds(khz):
        raise RefusedError(Code.OUT_OF_RANGE)
    bank, channel = values[1:] if len(values) == _WITH_PRESET else (0, 0)
    unit.preset = (bank, channel) if _khz_of(unit, bank, channel) == khz else (0, 0)
    unit.frequency_khz = khz
    if unit.air is not None:
        unit.air.tune(khz)


def _khz_of(unit: McpUnit, bank: int, channel: int) -> int:
    """0 where there is no such preset."""
    if not (1 <= bank < USER_BANK and 1 <= channel <= BANK_CHANNELS):
        return 0
    try:
        return unit.band.frequency_of(bank, channel)
    except NoPresetError:
        return 0


def _bank(unit: McpUnit, bank: int) -> str:
    """Unused channels are 0, those at the end are left out."""
    check_step(bank, 1, LAST_BANK)
    listed = [_khz_of(unit, bank, channel) for channel in range(1, BANK_CHANNELS + 1)]
    while listed and not listed[-1]:
        listed.pop()
    return " ".join(map(str, listed))


def _set_squelch(unit: McpUnit, values: list[int]) -> None:
    unit.squelch_db = values[0] and check_step(values[0], MIN_SQUELCH_DB, MAX_SQUELCH_DB, 2)


def _set_af_out(unit: McpUnit, values: list[int]) -> None:
    unit.af_out_db = check_step(values[0], MIN_AF_OUT_DB, MAX_AF_OUT_DB, 3)


def _set_mute(unit: McpUnit, values: list[int]) -> None:
    unit.muted = bool(check_step(values[0], 0, 1))


def _set_equalizer(unit: McpUnit, values: list[int]) -> None:
    unit.equalizer = [check_step(values[0], 0, 3)]


def _set_bands(unit: McpUnit, values: list[int]) -> None:
    bands = [check_step(band, -5, 5) for band in values[1:]] or unit.equalizer[1:]
    unit.equalizer = [check_step(values[0], 0, 1), *bands]


def _set_sensitivity(unit: McpUnit, values: list[int]) -> None:
    unit.sensitivity_db = check_step(values[0], -42, 0, 3)


def _set_mode(unit: McpUnit, values: list[int]) -> None:
    unit.mode = check_step(values[0], 0, 1)


_COMMON: tuple[Attribute[McpUnit], ...] = (
    Attribute("Name", lambda unit: f"{unit.name:<{NAME_WIDTH}}", write_text=_set_name),
    Attribute(
        "Frequency",
        lambda unit: f"{unit.frequency_khz} {unit.preset[0]} {unit.preset[1]}",
        _set_frequency,
        counts=(1, 3),
        now=lambda unit: unit.frequency_khz,
        step=FREQUENCY_STEP_KHZ,
    ),
    Attribute("Mute", lambda unit: str(int(unit.muted)), _set_mute),
    Attribute("FirmwareRevision", lambda unit: unit.firmware),
    Attribute("RfConfig", lambda unit: f"{unit.band.low_khz} {unit.band.high_khz} {FREQUENCY_STEP_KHZ}"),
    Attribute("BankList", lambda _: "", look_up=_bank),
)
_OF_EM: tuple[Attribute[McpUnit], ...] = (
    Attribute(
        "Squelch", lambda unit: str(unit.squelch_db), _set_squelch, now=lambda unit: unit.squelch_db, step=2
    ),
    Attribute(
        "AfOut",
        lambda unit: str(unit.af_out_db),
        _set_af_out,
        now=lambda unit: unit.af_out_db,
        step=3,
        highest_by_steps=MAX_STEPPED_AF_OUT_DB,
    ),
    Attribute("Equalizer", lambda unit: str(unit.equalizer[0]), _set_equalizer),
)
_OF_SR: tuple[Attribute[McpUnit], ...] = (
    Attribute(
        "Sensitivity",
        lambda unit: str(unit.sensitivity_db),
        _set_sensitivity,
        now=lambda unit: unit.sensitivity_db,
        step=3,
    ),
    Attribute("Mode", lambda unit: str(unit.mode), _set_mode),
    Attribute(
        "Equalizer",
        lambda unit: " ".join(map(str, unit.equalizer)),
        _set_bands,
        counts=(1, _BANDS_OF_EQUALIZER),
    ),
)
EM = {attribute.keyword: attribute for attribute in (*_COMMON, *_OF_EM)}
SR = {attribute.keyword: attribute for attribute in (*_COMMON, *_OF_SR)}
EM_SETTINGS = ("Name", "Frequency", "Squelch", "AfOut", "Equalizer", "Mute")
SR_SETTINGS = ("Name", "Frequency", "Sensitivity", "Mode", "Equalizer", "Mute")
