"""Manufacturers made for tests, with drivers that say what a test has them say."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NoReturn

import anyio
import anyio.lowlevel

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.ports import (
    Check,
    CommandCheck,
    Discover,
    Driver,
    DriverSpec,
    FoundDevice,
    Manufacturer,
    Probe,
    Report,
    SessionOptions,
)
from micboard_tui.domain.command import Command, Confirmation

Tell = Callable[[Report], Awaitable[None]]
Obey = Callable[[Command], Awaitable[Confirmation]]


class OneLook:
    """A driver that is read once, or given one command."""

    def __init__(self, tell: Tell, obey: Obey) -> None:
        self._tell, self._obey = tell, obey

    async def run(self, report: Report) -> NoReturn:
        raise AssertionError("no session is opened here")

    async def execute(self, command: Command) -> Confirmation:
        raise AssertionError("no session is open here")

    async def execute_once(self, command: Command) -> Confirmation:
        return await self._obey(command)

    async def read_once(self, report: Report) -> None:
        await self._tell(report)


async def _obedient(command: Command) -> Confirmation:
    return Confirmation(command, "done")


class Rack:
    """What stands at which host; also counts how many are looked at side by side."""

    def __init__(self, check_command: CommandCheck | None = None) -> None:
        self.check_command = check_command
        self.tells: dict[str, Tell] = {}
        self.obey: Obey = _obedient
        self.opened: list[tuple[str, int]] = []
        self.at_once = 0
        self.most_at_once = 0

    def open(self, host: str, port: int, options: SessionOptions) -> Driver:
        self.opened.append((host, port))

        async def tell(report: Report) -> None:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                await self.tells[host](report)
            finally:
                self.at_once -= 1

        return OneLook(tell, self.obey)


class ScriptedProbe:
    """A probe with devices that answer by host; records which hosts were probed, and how many at once."""

    def __init__(self, *answering: FoundDevice) -> None:
        self._answering = {each.host: each for each in answering}
        self.probed: list[str] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, host: str, port: int | None, timeout_s: float) -> FoundDevice | None:
        self.probed.append(host)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await anyio.lowlevel.checkpoint()
        self.at_once -= 1
        return self._answering.get(host)


class Announcements:
    """A ``Discover``: tells of these devices at once, and then listens to the end or is over."""

    def __init__(self, *found: FoundDevice, stays: bool = True) -> None:
        self.found = list(found)
        self._stays = stays
        self.listened: list[str | None] = []
        self.tell: Callable[[FoundDevice], None] | None = None
        """Tells of one more, while a search listens."""

    async def __call__(
        self, found: Callable[[FoundDevice], None], interface: str | None, timeout_s: float
    ) -> None:
        self.listened.append(interface)
        self.tell = found
        for device in self.found:
            found(device)
        await anyio.sleep(timeout_s if self._stays else 0)


class Checks:
    """A ``Check``: what comes of asking which host; others let us in."""

    def __init__(self, *answers: FoundDevice) -> None:
        self._answers = {each.host: each for each in answers}
        self.checked: list[str] = []

    async def __call__(self, found: FoundDevice, timeout_s: float) -> FoundDevice:
        self.checked.append(found.host)
        await anyio.lowlevel.checkpoint()
        return self._answers.get(found.host, replace(found, answered=True))


class Plugins:
    """Implements ``ManufacturerRegistry``."""

    def __init__(self, *manufacturers: Manufacturer, broken: Sequence[str] = ()) -> None:
        self._known = {each.code: each for each in manufacturers}
        self._broken = broken

    def codes(self) -> Sequence[str]:
        return sorted([*self._known, *self._broken])

    def get(self, code: str) -> Manufacturer:
        if (known := self._known.get(code)) is not None:
            return known
        raise MicboardError(
            ErrorCode.MANUFACTURER_NOT_SUPPORTED,
            f"No {code} here",
            hint="Known are: " + ", ".join(self._known),
        )


def manufacturer(
    code: str,
    rack: Rack,
    probe: Probe | None = None,
    port: int = 2202,
    *,
    discover: Discover | None = None,
    check: Check | None = None,
    other_port: int | None = None,
) -> Manufacturer:
    """A maker with one driver, ``<code>-strings``, and a second, ``<code>-web``, where it has a port."""
    ports = {"strings": port} | ({} if other_port is None else {"web": other_port})
    drivers = {
        f"{code}-{kind}": DriverSpec(f"{code}-{kind}", kind, at, rack.open, check_command=rack.check_command)
        for kind, at in ports.items()
    }
    return Manufacturer(code, code.title(), drivers, probe, discover, check)
