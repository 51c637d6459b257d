"""What is shown and printed while another process reads the devices."""

from dataclasses import replace

from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.lease import LEASE_S, RENEW_INTERVAL_S
from micboard_tui.domain.local_time import format_time_of_day
from micboard_tui.domain.session_holder import SessionHolder

TAKEN_OVER = "The other program has ended: this one reads the devices now."
TAKES_OVER = (
    "What that one stored is shown. This one takes over by itself,"
    f" {RENEW_INTERVAL_S:.0f} seconds after it has ended or {LEASE_S + RENEW_INTERVAL_S:.0f} after it died"
)


def describe_waiting(holder: SessionHolder) -> str:
    """One line: who reads the devices, and what this process does meanwhile."""
    since = format_time_of_day(holder.since)
    return f"Read by {holder.user} on {holder.host} since {since}, not by this one: stored state"


def as_waiting(error: ErrorInfo, holder: SessionHolder | None) -> ErrorInfo:
    """A refusal to start with the right hint where this process waits until ``holder`` has ended."""
    return error if holder is None else replace(error, hint=TAKES_OVER)
