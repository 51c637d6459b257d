"""Which collectors are heard, what each reaches, and how each is called."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, cast

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.remote_contracts import make_remote
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.bus.connection import Connection
from micboard_tui.bus.wire.sign_of_life import COLLECTOR, SignOfLife
from micboard_tui.bus.wire.subjects import Subjects, publisher_title
from micboard_tui.contracts.bus_errors import describe_missing_collector
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.domain.device import DEFAULT_ZONE
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.near_name import suggest
from micboard_tui.domain.zone import parse_zone

RETRY = METHODS["SynchronizationContract.retry"]


class FleetView(Protocol):
    """What is heard of the collectors. ``Mirror`` has it."""

    def publisher_of(self, device_id: DeviceId) -> str:
        """Who published the device last; empty: no collector holds it, or it is not known."""
        ...

    def heard_signs(self) -> Sequence[SignOfLife]:
        """The last sign of each publisher that is heard now."""
        ...


class Collector:
    """One that is called. ``name``: among those that publish."""

    def __init__(self, name: str, connection: Connection, subjects: Subjects, user: str) -> None:
        # Where it ends, others take its devices and not its calls.
        client = CallClient(connection, subjects.at(name), user, acts_for_others=True, has_successors=False)
        self.name = name
        self.devices = cast("DeviceContract", make_remote(DeviceContract, client))
        self.recorder = cast("RecorderContract", make_remote(RecorderContract, client))
        self._client = client

    async def retry(self, device_id: DeviceId) -> None:
        """Have the session of a device opened anew."""
        await self._client.call(RETRY, {"device_id": device_id})


class Collectors:
    """Those of the site."""

    def __init__(self, view: FleetView, connection: Connection, subjects: Subjects, user: str) -> None:
        """``user``: in whose name is asked what no person does."""
        self._view, self._connection, self._subjects, self._user = view, connection, subjects, user
        self._called: dict[str, Collector] = {}

    @property
    def heard(self) -> Mapping[str, SignOfLife]:
        """By name, in the order of the names."""
        signs = {sign.publisher: sign for sign in self._view.heard_signs() if sign.role == COLLECTOR}
        return dict(sorted(signs.items()))

    def all(self) -> Sequence[Collector]:
        """All that are heard."""
        return [self._call(name) for name in self.heard]

    def zone_of(self, collector: Collector) -> str:
        """By its last sign of life."""
        sign = self.heard.get(collector.name)
        return DEFAULT_ZONE if sign is None else sign.zone

    def find_fault(self, read: Callable[[HealthSnapshot], ErrorInfo | None]) -> ErrorInfo | None:
        """A fault of a collector, by its last sign of life, with its name; None: none has one."""
        for name, sign in self.heard.items():
            if (fault := read(sign.health)) is not None:
                return replace(fault, message=f"Collector {publisher_title(name)}: {fault.message}")
        return None

    def holder_of(self, device_id: DeviceId) -> Collector | None:
        """The one that has the session with a device; None: none that is heard."""
        name = self._view.publisher_of(device_id)
        return self._call(name) if name in self.heard else None

    def by_holder(self, refs: Collection[ChannelRef]) -> Mapping[Collector, Sequence[ChannelRef]]:
        """Channels by who has the sessions with their devices; those that none has are left out."""
        found: dict[Collector, list[ChannelRef]] = {}
        for ref in refs:
            if (holder := self.holder_of(ref.device_id)) is not None:
                found.setdefault(holder, []).append(ref)
        return found

    async def reach(self, device_id: DeviceId, record: DeviceContract) -> ServiceResult[Collector]:
        """The holder of a device, else one of its zone, as ``record`` tells it.

        DEVICE_NOT_FOUND, NO_COLLECTOR, DATABASE_*.
        """
        if (holder := self.holder_of(device_id)) is not None:
            return Success(holder)
        found = await record.get_device_status(device_id)
        if not found.success:
            return found
        zone = found.data.device.zone
        near = [(sign.load, name) for name, sign in self.heard.items() if sign.zone == zone]
        return Success(self._call(min(near)[1])) if near else Failure(describe_missing_collector(zone))

    def of_zone(self, zone: str) -> ServiceResult[Collector]:
        """The one that searches a zone, always the same one; no zone: the default one, or the only one.

        NO_COLLECTOR; INVALID_VALUE: it is no name of a zone.
        """
        if (wanted := parse_zone(zone)) is None:
            message, hint = "This cannot be the name of a zone", "Use letters, digits, - and _"
            return Failure(ErrorInfo(ErrorCode.INVALID_VALUE, message, hint=hint))
        heard = self.heard
        zones = {sign.zone for sign in heard.values()}
        if not zone.strip() and len(zones) == 1:
            (wanted,) = zones
        for name, sign in heard.items():
            if sign.zone == wanted:
                return Success(self._call(name))
        info = describe_missing_collector(wanted)
        if not zones:
            return Failure(info)
        known = f"Heard are those of {', '.join(sorted(zones))}. {info.hint}"
        return Failure(replace(info, hint=suggest(known, wanted, zones)))

    def _call(self, name: str) -> Collector:
        if (found := self._called.get(name)) is None:
            found = self._called[name] = Collector(name, self._connection, self._subjects, self._user)
        return found
