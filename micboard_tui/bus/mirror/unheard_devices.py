"""Makes past what is not heard any more, and says why.

A device is heard while its publisher is. When another one has taken it, or none, it has ``PAST_AFTER_S`` from
then: so nothing flashes while a device goes from one collector to the next. What is past stays so until its
publisher is heard and, after a lost connection, its entry was read again.
"""

from collections.abc import Iterable

from micboard_tui.bus.mirror.mirrored_device import MirroredDevice
from micboard_tui.bus.mirror.mirrored_devices import MirroredDevices
from micboard_tui.bus.mirror.past_values import HEARD, Silence
from micboard_tui.bus.mirror.publisher_watch import PAST_AFTER_S, PublisherWatch
from micboard_tui.bus.wire.device_entry import FREE_PUBLISHER
from micboard_tui.bus.wire.subjects import publisher_title
from micboard_tui.contracts.bus_loss_texts import find_fault_of_free_device, find_fault_of_lost_collector
from micboard_tui.domain.bus_loss import BusLoss


class UnheardDevices:
    def __init__(self, devices: MirroredDevices, publishers: PublisherWatch) -> None:
        self._devices, self._publishers = devices, publishers

    def look(
        self, devices: Iterable[MirroredDevice], now: float, loss: BusLoss | None, *, is_connected: bool
    ) -> None:
        """``now``: seconds that only grow; ``loss``: what is not heard at this moment."""
        heard, limit = self._publishers.find_heard(), now - PAST_AFTER_S
        is_all_lost = loss is not None and not loss.is_partial
        for device in devices:
            if device.publisher in heard:
                is_past = device.is_past and not (is_connected and device.is_read_anew)
            else:
                is_past = device.is_past or device.claimed_at < limit
            silence = self._find_silence(device, is_all_lost=is_all_lost) if is_past else HEARD
            if is_past is not device.is_past or silence.cause != device.silence.cause:
                self._devices.set_past(device, silence, is_past=is_past)

    def _find_silence(self, device: MirroredDevice, *, is_all_lost: bool) -> Silence:
        """Why a device is past; that nothing is heard at all is told above all devices."""
        name, record = device.publisher, device.entry.device
        if name == FREE_PUBLISHER:
            since = self._publishers.when(device.claimed_at) if device.claimed_at > 0.0 else None
            return Silence((name, record.zone), find_fault_of_free_device(record.zone), since)
        if is_all_lost or not self._publishers.is_lost(name):
            return HEARD
        known = self._publishers.find(name)
        host = "" if known is None else known.host
        since = None if known is None else self._publishers.when(known.heard_at)
        fault = find_fault_of_lost_collector(publisher_title(name), host, record.zone)
        return Silence((name, record.zone), fault, since)
