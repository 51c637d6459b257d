"""What is shown and printed while the programs that read the devices, or one of them, are not heard."""

from collections.abc import Mapping

from micboard_tui.contracts.bus_errors import describe_lost_connection
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.domain.device import DeviceFault
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
    LossReason.HUB: "HUB LOST",
}
_CURES: Mapping[LossReason, str] = {
    LossReason.CONNECTION: "check the network and `micboard-tui serve` there",
    LossReason.REFUSED: "have a new key made there",
    LossReason.SILENCE: "restart `micboard-tui serve` there",
}


def describe_loss(loss: BusLoss, now: float) -> str:
    """What is lost, how old the values are, and the cure: ``Bus lost, values 4 s old: check ...``."""
    return loss_text(loss, _age(loss, now))


def describe_first_wait(loss: BusLoss, now: float) -> str:
    """The same where nothing has been heard yet, so that there are no values: ``Nothing heard for 9 s``."""
    if loss.is_partial:
        return describe_loss(loss, now)
    return f"Nothing heard for {_age(loss, now)}: {_CURES[loss.reason]}"


def loss_text(loss: BusLoss, age: str) -> str:
    """The same with the age as it is given."""
    if loss.is_partial:
        return f"{_describe_part(loss, age)}; {_start(loss.host)}"
    return f"{_LOST[loss.reason]}, values {age} old: {_CURES[loss.reason]}"


def describe_loss_briefly(loss: BusLoss, now: float) -> str:
    """The same for where there is little room: ``BUS LOST 4 s``."""
    lost = f"{loss.collector} LOST" if loss.reason is LossReason.COLLECTOR else _BRIEFLY[loss.reason]
    return f"{lost} {_age(loss, now)}"


def find_error_of_loss(loss: BusLoss, now: float) -> ErrorInfo:
    """The same as an error, for programs without a board."""
    if not loss.is_partial:
        return describe_lost_connection()
    is_hub = loss.reason is LossReason.HUB
    code = ErrorCode.HUB_LOST if is_hub else ErrorCode.COLLECTOR_LOST
    start = _start(loss.host)
    takes_over = "a second hub" if is_hub else "another collector of its zone"
    hint = f"{start[:1].upper()}{start[1:]}; {takes_over} takes over by itself"
    return ErrorInfo(code, _describe_part(loss, _age(loss, now)), hint=hint)


def find_fault_of_lost_collector(name: str, host: str, zone: str) -> DeviceFault:
    """Why nothing is heard of a device whose collector is not heard."""
    on_host = f" on {host}" if host else ""
    return DeviceFault(
        ErrorCode.COLLECTOR_LOST,
        f"Its collector {name}{on_host} is not heard",
        f"Start {name} again; another collector of zone {zone} takes over by itself",
    )


def find_fault_of_free_device(zone: str) -> DeviceFault:
    """Why nothing is heard of a device that no collector holds."""
    return DeviceFault(
        ErrorCode.NO_COLLECTOR,
        f"No collector of zone {zone} holds it",
        f"Start one there: micboard-tui serve --roles collector --zone {zone}",
    )


def _describe_part(loss: BusLoss, age: str) -> str:
    if loss.reason is LossReason.HUB:
        return f"Hub not heard for {age}: changes wait, values go on"
    channels = f"{loss.channels} channel{'s' * (loss.channels != 1)}"
    others = f", and {loss.others} more" if loss.others else ""
    return f"Collector {loss.collector}{others} not heard for {age}: {channels}"


def _start(host: str) -> str:
    return f"start it on {host}" if host else "start it again"


def _age(loss: BusLoss, now: float) -> str:
    age_s = max(0.0, now - loss.since)
    return f"{age_s:.0f} s" if age_s < MINUTE_S else format_span(age_s)
