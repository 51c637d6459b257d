"""What is shown and printed while nothing is heard of the program that reads the devices."""

from collections.abc import Mapping

from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.units import format_span

MINUTE_S = 60.0
_LOST: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "Bus lost",
    LossReason.REFUSED: "Not let in any more",
    LossReason.SILENCE: "No sign of life of the rack",
}
_BRIEFLY: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "BUS LOST",
    LossReason.REFUSED: "NOT LET IN",
    LossReason.SILENCE: "NO SIGN OF LIFE",
}
_CURES: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "check the network and `micboard-tui serve` there",
    LossReason.REFUSED: "have a new key made there",
    LossReason.SILENCE: "restart `micboard-tui serve` there",
}


def describe_loss(loss: BusLoss, now: float) -> str:
    """What is lost, how old the values are, and the cure: ``Bus lost, values 4 s old: check ...``."""
    lost = f"No sign of life of {loss.publisher}" if loss.publisher else _LOST[loss.reason]
    return f"{lost}, values {_age(loss, now)} old: {_CURES[loss.reason]}"


def describe_loss_briefly(loss: BusLoss, now: float) -> str:
    """The same for where there is little room: ``BUS LOST 4 s``."""
    return f"{_BRIEFLY[loss.reason]} {_age(loss, now)}"


def _age(loss: BusLoss, now: float) -> str:
    age_s = max(0.0, now - loss.since)
    return f"{age_s:.0f} s" if age_s < MINUTE_S else format_span(age_s)
