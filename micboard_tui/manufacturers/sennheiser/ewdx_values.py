"""How an EW-DX is shown alike, whichever protocol tells of it. Pure.

Source: docs/reference/protocols/sennheiser.md 2, 6.3.
"""

_KINDS = {"factory": "b", "user": "u"}
"""As an EM 6000 writes its own banks (docs/reference/protocols/sennheiser.md 3.1)."""


def preset(kind: str, bank: object, channel: object) -> str | None:
    """``b3,12`` of the factory's banks, ``u1,4`` of the user's; None for a frequency dialled by hand."""
    letter = _KINDS.get(kind.lower())
    return None if letter is None else f"{letter}{bank},{channel}"


def pack_model(kind: str | None) -> str | None:
    """``SKM`` and ``EW_DX_SKM`` are the same; its charger writes it as we do.

    Source: docs/reference/protocols/sennheiser.md 2.7, 6.3.
    """
    if kind is None:
        return None
    plain = kind.replace("_", " ").removeprefix("EW DX ")
    return plain if plain.upper().startswith("EW-DX") else f"EW-DX {plain}"
