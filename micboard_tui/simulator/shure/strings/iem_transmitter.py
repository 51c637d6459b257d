"""A transmitter for in-ears: nothing reaches it over the air, so it moves its own voices. Pure."""

from collections.abc import Sequence

from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.stage.air import Air


class IemTransmitter(Receiver):
    """A PSM1000."""

    @property
    def airs(self) -> Sequence[Air]:
        return ()

    def step(self, seconds: float) -> list[bytes]:
        """Let time pass; what has changed on the panel."""
        for channel in self.channels:
            channel.air.voice.step(seconds)
        return super().step(seconds)
