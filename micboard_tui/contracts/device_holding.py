"""Which devices are this process's to speak with. On one rack all are; in a fleet collectors agree on it."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Protocol

from micboard_tui.domain.identity import DeviceId


class DeviceHolding(Protocol):
    """What may change at any moment, as when another process takes over."""

    @property
    def held(self) -> AbstractSet[DeviceId] | None:
        """Those to have a session with; None: all that are registered."""
        ...

    def may_send(self, device_id: DeviceId) -> bool:
        """Whether something may be sent to a device now: asked before every send.

        Also to one that is not ``held`` any more while it is being given away: for the goodbye.
        """
        ...

    def on_change(self, call: Callable[[], None]) -> None:
        """Call this whenever ``held`` changed. It must not wait."""
        ...


class WholeRack:
    """All devices, always. Implements ``DeviceHolding``."""

    @property
    def held(self) -> None:
        """All."""
        return None

    def may_send(self, device_id: DeviceId) -> bool:
        """Yes."""
        del device_id
        return True

    def on_change(self, call: Callable[[], None]) -> None:
        """Never."""
        del call


WHOLE_RACK = WholeRack()
