"""The registered devices as the ``serve`` that runs on the same data knows them now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micboard_tui.cli.attached import find_missing_module, find_serving_at, open_attached
from micboard_tui.contracts.errors import MicboardError

if TYPE_CHECKING:
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.domain.device import DeviceSnapshot

LIMIT_S = 5.0


def find_served(context: "CommandContext") -> "ServedDevices | None":
    """None: no ``serve`` runs there that can be attached to."""
    serving = find_serving_at(context.paths, context.operator)
    return None if serving is None or find_missing_module() else ServedDevices(context, serving)


class ServedDevices:
    """Implements ``KnownDevices``."""

    def __init__(self, context: "CommandContext", serving: "Attachment") -> None:
        self._context, self._serving = context, serving

    async def list_devices(self) -> "Sequence[DeviceSnapshot]":
        """None where it does not answer in time."""
        import anyio

        try:
            with anyio.fail_after(LIMIT_S):
                async with open_attached(self._context, self._serving) as services:
                    return tuple(services.live.snapshot())
        except (MicboardError, TimeoutError):
            return ()
