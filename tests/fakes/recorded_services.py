"""Services made from their contracts, which note how they are called and answer what a test says."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import NamedTuple, TypeAlias, cast

from micboard_tui.bus.calls.greeting import Greeter, Greeting
from micboard_tui.contracts.health import HealthSnapshot
from micboard_tui.contracts.manufacturers import DriverInfo, ManufacturerContract, ManufacturerInfo
from micboard_tui.contracts.result import Success
from micboard_tui.contracts.services import CONTRACTS, Services
from micboard_tui.contracts.walks import RunningWalk
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.user import Permission
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock

SHURE = ManufacturerInfo("shure", "Shure", {"shure-strings": DriverInfo("shure-strings", "Strings", 2202)})

Answer: TypeAlias = Callable[..., Awaitable[object]]


class RecordedCall(NamedTuple):
    title: str
    """As "Contract.method"."""
    arguments: Mapping[str, object]


class RecordedServices:
    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self.answers: dict[str, Answer] = {}
        """By "Contract.method"; others answer None."""
        made = {name: self._make(contract) for name, contract in CONTRACTS.items()}
        made["manufacturers"] = InstalledManufacturers()
        made["live"] = LiveState(SteadyClock())
        self.services = cast("Services", SimpleNamespace(**made))

    def answer(self, title: str, value: object) -> None:
        """Let a method answer this at once."""

        async def answer(**_: object) -> object:
            return value

        self.answers[title] = answer

    def titles(self) -> list[str]:
        return [call.title for call in self.calls]

    def _make(self, contract: type) -> object:
        members = {
            name: self._method(f"{contract.__name__}.{name}", signature)
            for name, signature in _signatures_of(contract).items()
        }
        return type(contract.__name__, (), members)()

    def _method(self, title: str, signature: inspect.Signature) -> Callable[..., object]:
        async def method(*positional: object, **named: object) -> object:
            arguments = dict(signature.bind(*positional, **named).arguments)
            del arguments["self"]
            self.calls.append(RecordedCall(title, arguments))
            answer = self.answers.get(title)
            return Success(None) if answer is None else await answer(**arguments)

        return method


@cache
def _signatures_of(contract: type) -> Mapping[str, inspect.Signature]:
    """Of all methods that are waited for. To find them takes a tenth of a second for all contracts."""
    return {
        name: inspect.signature(value)
        for name, value in vars(contract).items()
        if inspect.iscoroutinefunction(value)
    }


class InstalledManufacturers:
    """One of them. Implements ``ManufacturerContract``."""

    def codes(self) -> tuple[str, ...]:
        return (SHURE.code,)

    def find(self, code: str) -> Success[ManufacturerInfo]:
        assert code == SHURE.code
        return Success(SHURE)


def greeter(permission: Permission | None = Permission.WRITE) -> Greeter:
    manufacturers: ManufacturerContract = InstalledManufacturers()
    return Greeter("2026.12.0", "rack-1", manufacturers, lambda _: permission)


class OldGreeter:
    """Of another version. Implements ``GreetingContract``."""

    def __init__(self, major: int) -> None:
        self._major = major

    async def greet(self, *, actor: str) -> Success[Greeting]:
        return Success(Greeting("2031.1.0", "rack-1", actor, None, (), self._major, 0))


class KnownSigns:
    """Implements ``LifeSigns``."""

    def __init__(self) -> None:
        self.health = HealthSnapshot()
        self.running_walk: RunningWalk | None = None


RACK_ID = DeviceId("rack-a")
