"""How many channels an ANX4 has, which depends on its licence and its mode. Pure.

Source: docs/reference/protocols/shure.md 5.8. Nothing of it was seen on a device: what is missing or reads
otherwise leaves the channels as they are listed.
"""

import re
from collections.abc import Iterable

from micboard_tui.manufacturers.shure.strings.dialect import ANX4, ANX4_ULXD, Dialect
from micboard_tui.manufacturers.shure.strings.mapping import Values
from micboard_tui.manufacturers.shure.values import parse_number
from micboard_tui.protocols.shure_strings.messages import unquote_text

AXIENT_CHANNELS = 16
"""At most, in the modes of Axient Digital."""
AXIENT_MODE = "AD_"
LAYOUT_PROPERTIES = ("TRANSMISSION_MODE", "AVAILABLE_CHANNELS", "NUMBER_CHANNELS_LICENSED")
"""When one of these changes, it has other channels than before."""
_LIST = re.compile(r"[0-9]{1,2}(?:[ ,]+[0-9]{1,2})*")


def usable_channels(values: Values) -> frozenset[int]:
    """The channels that it may have: those that it calls available, else as many as are licensed."""
    most = ANX4.max_channels
    if values.get("TRANSMISSION_MODE", "").startswith(AXIENT_MODE):
        most = AXIENT_CHANNELS
    available = _text_of(values, "AVAILABLE_CHANNELS")
    if _LIST.fullmatch(available):
        return frozenset(map(int, re.findall("[0-9]+", available))) & {*range(1, most + 1)}
    licensed = parse_number(_text_of(values, "NUMBER_CHANNELS_LICENSED"), most)
    return frozenset(range(1, (most if licensed is None else licensed) + 1))


def dialect_of_channels(channels: Iterable[Values]) -> Dialect:
    """How it describes its transmitters: in the terms of ULX-D only where it uses no others."""
    names = {name for values in channels for name in (ANX4.tx_model, ANX4_ULXD.tx_model) if name in values}
    return ANX4_ULXD if names == {ANX4_ULXD.tx_model} else ANX4


def _text_of(values: Values, name: str) -> str:
    return unquote_text(values.get(name, "")).strip()
