"""How flows call channels in questions and messages."""

from collections.abc import Sequence

from micboard_tui.contracts.live import LiveContract
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.safe_text import visible

MAX_NAMED = 3


class ChannelNames:
    """Names as they are at the moment."""

    def __init__(self, live: LiveContract) -> None:
        self._live = live

    def name(self, ref: ChannelRef) -> str:
        """Its own name, else its device and number."""
        state = self._live.channel(ref)
        return visible(state.facts.name) if state and state.facts.name else self.position(ref)

    def position(self, ref: ChannelRef) -> str:
        """Its device and number: "Rack 1/1"."""
        device = self._live.device(ref.device_id)
        return visible(channel_label(device.title if device else ref.device_id, ref.number))

    def name_and_position(self, ref: ChannelRef) -> str:
        """Both, where it has a name of its own."""
        name, position = self.name(ref), self.position(ref)
        return name if name == position else f"{name}, {position}"

    def wearer(self, ref: ChannelRef) -> str:
        """As rows call it: who wears it, else its own name, else its device and number."""
        state = self._live.channel(ref)
        return visible(state.display_name) if state and state.display_name else self.position(ref)

    def wearers(self, refs: Sequence[ChannelRef]) -> str:
        """As rows call them; many by their number."""
        if len(refs) > MAX_NAMED:
            return f"{len(refs)} channels"
        return ", ".join(self.wearer(ref) for ref in refs)

    def names(self, refs: Sequence[ChannelRef]) -> str:
        """A few by name, many by their number."""
        if len(refs) > MAX_NAMED:
            return f"{len(refs)} channels"
        return ", ".join(self.name(ref) for ref in refs)
