"""Which channels a device has, as far as that is known. Pure."""

from collections.abc import Sequence

from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.device_problem import is_channel_count_known
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.value_ranges import MAX_CHANNELS
from micboard_tui.services.not_found import channel_not_found


def possible_channels(known: DeviceSnapshot) -> Sequence[int]:
    """A device that was never heard may have any channel; from then on it has those that it reports."""
    if is_channel_count_known(known.state.kind, len(known.channels)):
        return [state.number for state in known.channels]
    return range(1, MAX_CHANNELS + 1)


def require_channel(known: DeviceSnapshot, number: int) -> None:
    """Raises MicboardError CHANNEL_NOT_FOUND."""
    if not (numbers := possible_channels(known)):
        raise channel_not_found(f"{visible(known.title)} is a charger and has no channels")
    if number not in numbers:
        raise channel_not_found(
            f"{visible(known.title)} has no channel {number}", f"It has {min(numbers)} to {max(numbers)}"
        )
