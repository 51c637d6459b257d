"""The link state of a channel: whether its audio gets through, and if not, why."""

from enum import StrEnum


class LinkState(StrEnum):
    """Worst first; ``severity`` and ``letter`` make the order and the sign on the screen."""

    REFUSED = "refused"
    OFFLINE = "offline"
    RF_LOST = "rf_lost"
    TRANSMITTER_OFF = "transmitter_off"
    MUTED = "muted"
    DOCKED = "docked"
    LIVE = "live"
    UNKNOWN = "unknown"

    # These are keys wherever channels are counted and drawn, and Enum's own hash is written in Python.
    __hash__ = str.__hash__

    @property
    def severity(self) -> int:
        """0 is the worst."""
        return _ORDER[self]

    @property
    def letter(self) -> str:
        """The sign that stands for the state where colour cannot; live needs none."""
        return _LETTERS[self]

    @property
    def text(self) -> str:
        """What it is called, wherever people read it."""
        return _TEXTS[self]


ON_AIR = frozenset({LinkState.LIVE, LinkState.MUTED})
"""A carrier of the channel's pack is received; a muted pack transmits too."""
WITHOUT_CARRIER = frozenset({LinkState.RF_LOST, LinkState.TRANSMITTER_OFF, LinkState.DOCKED})
"""The device answers and receives nothing of the channel's pack, so what it says of the pack is past."""
OUT_OF_REACH = frozenset({LinkState.OFFLINE, LinkState.REFUSED})
"""The device cannot be read, so that nothing is known of the channel's present."""

_ORDER = {state: rank for rank, state in enumerate(LinkState)}
_LETTERS = {
    LinkState.REFUSED: "R",
    LinkState.OFFLINE: "X",
    LinkState.RF_LOST: "L",
    LinkState.TRANSMITTER_OFF: "-",
    LinkState.MUTED: "M",
    LinkState.DOCKED: "D",
    LinkState.LIVE: "",
    LinkState.UNKNOWN: "?",
}
_TEXTS = {
    LinkState.REFUSED: "refused",
    LinkState.OFFLINE: "offline",
    LinkState.RF_LOST: "RF lost",
    LinkState.TRANSMITTER_OFF: "off",
    LinkState.MUTED: "muted",
    LinkState.DOCKED: "docked",
    LinkState.LIVE: "live",
    LinkState.UNKNOWN: "not heard",
}


def judge_link_state(*, transmitter: bool | None, carrier: bool | None, muted: bool) -> LinkState:
    """Judge a channel of a device that answers.

    ``transmitter``: the device says that one is there (``None``: it does not say).
    ``carrier``: an antenna receives it (``None``: not heard yet). ``muted``: its audio does not
    get through although the carrier is there.
    """
    if transmitter is False:
        return LinkState.TRANSMITTER_OFF
    if transmitter is None and carrier is not True:
        return LinkState.UNKNOWN if carrier is None else LinkState.TRANSMITTER_OFF
    if carrier is False:
        return LinkState.RF_LOST
    return LinkState.MUTED if muted else LinkState.LIVE
