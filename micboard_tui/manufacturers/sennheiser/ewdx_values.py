"""EW-DX values that mean the same in both protocols, SSC and SSCv2. Pure.

Source: docs/reference/protocols/sennheiser.md 2, 6.3.
"""

# The guide gives -107 to 0 dBm and -138.5 to 0 dBFS; a little more is still a level.
RF_RANGE_DBM = (-150.0, 20.0)
AUDIO_RANGE_DBFS = (-150.0, 20.0)
MIN_GAIN_DB, MAX_GAIN_DB = -3, 42
GAIN_STEP_DB = 3
MIN_FREQUENCY_KHZ, MAX_FREQUENCY_KHZ = 470_200, 1_999_000
"""What any variant can be tuned to; the device knows its own band and refuses the rest.

Source: docs/reference/protocols/sennheiser.md 2.2.
"""
MAX_TRIM_DB = 60
ANTENNAS = {0: None, 1: "A", 2: "B"}
"""By the diversity indicator: which antenna is in use (docs/reference/protocols/sennheiser.md 2.4)."""
_BANK_LETTERS = {"factory": "b", "user": "u"}
"""As an EM 6000 writes its own banks (docs/reference/protocols/sennheiser.md 3.1)."""


def format_preset(kind: str, bank: object, channel: object) -> str | None:
    """``b3,12`` of the factory's banks, ``u1,4`` of the user's; None for a frequency dialled by hand."""
    letter = _BANK_LETTERS.get(kind.lower())
    return None if letter is None else f"{letter}{bank},{channel}"


def pack_model_of(kind: str | None) -> str | None:
    """``EW-DX SKM``, from ``SKM`` of SSC, ``EW_DX_SKM`` of SSCv2, or the full name that a charger gives.

    Source: docs/reference/protocols/sennheiser.md 2.7, 6.3.
    """
    if kind is None:
        return None
    plain = kind.replace("_", " ").removeprefix("EW DX ")
    return plain if plain.upper().startswith("EW-DX") else f"EW-DX {plain}"
