"""All services of a program that keeps the sessions, as a board elsewhere has them.

What changes something or takes long is called (``call_client``). What a board reads without waiting is here:
the present in a mirror, health and the running walk test in the signs of life of that program, and its
manufacturers as it gave them when the board attached.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Protocol

import anyio

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.greet_call import greet
from micboard_tui.bus.calls.greeting import Greeting
from micboard_tui.bus.calls.remote_contracts import make_remote
from micboard_tui.bus.calls.remote_methods import METHODS
from micboard_tui.contracts.access import AccessContract
from micboard_tui.contracts.alarms import AlarmContract
from micboard_tui.contracts.assignment import AssignmentContract
from micboard_tui.contracts.audit import AuditContract
from micboard_tui.contracts.change_follower import ChangeFollower
from micboard_tui.contracts.control import ControlContract
from micboard_tui.contracts.device import DeviceContract
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.events import EventContract
from micboard_tui.contracts.forecasts import ForecastContract
from micboard_tui.contracts.handover import HandoverContract
from micboard_tui.contracts.health import HealthContract, HealthSnapshot
from micboard_tui.contracts.line_check import LineCheckContract
from micboard_tui.contracts.live import Changes, LiveContract
from micboard_tui.contracts.location import LocationContract
from micboard_tui.contracts.manufacturers import ManufacturerContract, ManufacturerInfo
from micboard_tui.contracts.recap import RecapContract
from micboard_tui.contracts.recorder import RecorderContract
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.contracts.secrets import SecretContract
from micboard_tui.contracts.services import CONTRACTS
from micboard_tui.contracts.show import ShowContract
from micboard_tui.contracts.synchronization import SynchronizationContract
from micboard_tui.contracts.thresholds import ThresholdContract
from micboard_tui.contracts.users import UserContract
from micboard_tui.contracts.walks import RunningWalk, WalkContract
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import Observation

RETRY = METHODS["SynchronizationContract.retry"]
_MADE_HERE = {"live", "synchronization", "manufacturers"}


class LifeSigns(Protocol):
    """What the program that keeps the sessions sent last of itself. Reading it never waits or fails."""

    @property
    def health(self) -> HealthSnapshot:
        """Of that program; without anything in it where that is not known."""
        ...

    @property
    def running_walk(self) -> RunningWalk | None:
        """None: no walk test runs, or it is not known."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteServices:
    """Implements ``Services``. ``make_services`` makes it."""

    greeting: Greeting
    """Version, manufacturers and rights, as that program gave them."""
    live: LiveContract
    devices: DeviceContract
    control: ControlContract
    locations: LocationContract
    assignments: AssignmentContract
    synchronization: SynchronizationContract
    health: HealthContract
    secrets: SecretContract
    events: EventContract
    alarms: AlarmContract
    shows: ShowContract
    forecasts: ForecastContract
    recorder: RecorderContract
    walks: WalkContract
    line_check: LineCheckContract
    handover: HandoverContract
    manufacturers: ManufacturerContract
    thresholds: ThresholdContract
    recaps: RecapContract
    users: UserContract
    audit: AuditContract
    access: AccessContract


async def attach_services(
    client: CallClient, live: LiveContract, signs: LifeSigns
) -> ServiceResult[RemoteServices]:
    """Ask who is there, and have its services. Fails as ``greet`` does."""
    answer = await greet(client)
    return Success(make_services(answer.data, client, live, signs)) if answer.success else answer


def make_services(
    greeting: Greeting, client: CallClient, live: LiveContract, signs: LifeSigns
) -> RemoteServices:
    """The services of the program that greeted."""
    local: Mapping[type, Mapping[str, Callable[[], object]]] = {
        HealthContract: {"snapshot": lambda: signs.health},
        WalkContract: {"running": lambda: signs.running_walk},
    }
    manufacturers = GreetedManufacturers(greeting.manufacturers)
    remote: dict[str, Any] = {
        name: make_remote(contract, client, local.get(contract, {}))
        for name, contract in CONTRACTS.items()
        if name not in _MADE_HERE
    }
    return RemoteServices(
        greeting,
        live=live,
        synchronization=RemoteSessions(client, live, manufacturers),
        manufacturers=manufacturers,
        **remote,
    )


class GreetedManufacturers:
    """Implements ``ManufacturerContract`` with what the other program has installed."""

    def __init__(self, manufacturers: Sequence[ManufacturerInfo]) -> None:
        self._by_code = {each.code: each for each in manufacturers}

    def codes(self) -> Sequence[str]:
        return sorted(self._by_code)

    def find(self, code: str) -> ServiceResult[ManufacturerInfo]:
        if (found := self._by_code.get(code)) is not None:
            return Success(found)
        return Failure(
            ErrorInfo(
                ErrorCode.MANUFACTURER_NOT_SUPPORTED,
                f"No plugin for {code!r} is installed on the computer that reads the devices",
                hint=f"Installed there: {', '.join(self.codes()) or 'none'}",
            )
        )


class RemoteSessions:
    """Implements ``SynchronizationContract`` where another process keeps the sessions."""

    def __init__(self, client: CallClient, live: LiveContract, manufacturers: ManufacturerContract) -> None:
        self._client, self._live, self._manufacturers = client, live, manufacturers
        self._manufacturer: str | None = None
        """Only devices of this one are followed; None: all are."""

    @property
    def is_running(self) -> bool:
        return False

    async def start(self, manufacturer_code: str | None = None) -> ServiceResult[int]:
        if manufacturer_code is not None:
            found = self._manufacturers.find(manufacturer_code)
            if not found.success:
                return found
        self._manufacturer = manufacturer_code
        return Success(len(self._chosen_devices()))

    async def stop(self) -> None:
        pass

    async def refresh(self) -> None:
        pass

    async def retry(self, device_id: DeviceId) -> None:
        await self._client.call(RETRY, {"device_id": device_id})

    async def read(self, device_id: DeviceId, timeout_s: float) -> bool:
        """False: this process has no session with it. ``DeviceContract.sync_device`` is called there."""
        del device_id, timeout_s
        return False

    def take_observations(self, device_id: DeviceId, observations: Sequence[Observation]) -> None:
        pass

    async def follow(self, interval_s: float = 1.0) -> AsyncIterator[Changes]:
        follower = ChangeFollower(self._live)
        while True:
            if (changes := follower.look()) is not None:
                yield self._choose(changes)
            await anyio.sleep(interval_s)

    def _choose(self, changes: Changes) -> Changes:
        if self._manufacturer is None:
            return changes
        chosen = self._chosen_devices()
        return replace(
            changes,
            channels=[each for each in changes.channels if each.device_id in chosen],
            devices=[each for each in changes.devices if each.device_id in chosen],
        )

    def _chosen_devices(self) -> AbstractSet[DeviceId]:
        devices = (snapshot.device for snapshot in self._live.snapshot())
        return {each.id for each in devices if self._manufacturer in {None, each.manufacturer}}

    async def execute(self, device_id: DeviceId, command: Command) -> Confirmation | None:
        """None: this process has no session with it. ``DeviceContract.execute`` is called there."""
        del device_id, command
        return None
