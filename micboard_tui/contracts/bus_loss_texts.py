"""What is shown and printed while nothing is heard of the program that reads the devices."""

from collections.abc import Mapping

from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.units import format_span

_LOST: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "Bus lost",
    LossReason.SILENCE: "No sign of life of the rack",
}
_CURES: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "check the network, and that `micboard-tui serve` runs there",
    LossReason.SILENCE: "look there whether `micboard-tui serve` hangs; restart it",
}


def describe_loss(loss: BusLoss, now: float) -> str:
    """One line without the cure: ``Bus lost, values 4 s old``."""
    lost = f"No sign of life of {loss.publisher}" if loss.publisher else _LOST[loss.reason]
    return f"{lost}, values {format_age(loss, now)} old"


def format_age(loss: BusLoss, now: float) -> str:
    """How old the values are: ``4 s``."""
    return format_span(max(0.0, now - loss.since))


def loss_cure(loss: BusLoss) -> str:
    """What to do about it, without a capital or full stop."""
    return _CURES[loss.reason]
