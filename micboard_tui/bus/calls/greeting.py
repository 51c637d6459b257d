"""What a program that keeps the sessions tells a board when it attaches: versions, manufacturers and rights.

A later major version that still hears calls of this one answers with its own, so that a board can tell which
of the two has to be updated. So the record may only grow.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from micboard_tui.bus.wire.subjects import WIRE_MAJOR
from micboard_tui.contracts.bus_errors import describe_newer_program, describe_older_program
from micboard_tui.contracts.errors import ErrorInfo
from micboard_tui.contracts.manufacturers import ManufacturerContract, ManufacturerInfo
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.domain.user import Permission

WIRE_MINOR = 0
"""Grows with what is added; programs with different ones understand each other."""


class Greeting(NamedTuple):
    version: str
    """Of the program."""
    host: str
    """The computer it runs on."""
    user: str
    """Who asked, as the bus knows them."""
    permission: Permission | None
    """What they may do; None: it is not known."""
    manufacturers: Sequence[ManufacturerInfo] = ()
    major: int = WIRE_MAJOR
    minor: int = WIRE_MINOR


class GreetingContract(Protocol):
    async def greet(self, *, actor: str) -> ServiceResult[Greeting]:
        """Tell who is there, and what ``actor`` may do."""
        ...


class Greeter:
    """Implements ``GreetingContract``. ``find_permission`` gives that of a user; None: it is not known."""

    def __init__(
        self,
        version: str,
        host: str,
        manufacturers: ManufacturerContract,
        find_permission: Callable[[str], Permission | None],
    ) -> None:
        self._version, self._host = version, host
        self._manufacturers, self._find_permission = manufacturers, find_permission

    async def greet(self, *, actor: str) -> ServiceResult[Greeting]:
        found = [self._manufacturers.find(code) for code in self._manufacturers.codes()]
        infos = tuple(result.data for result in found if result.success)
        permission = self._find_permission(actor)
        # Not left to the defaults, which are not sent: a reader of another version would take its own.
        return Success(Greeting(self._version, self._host, actor, permission, infos, WIRE_MAJOR, WIRE_MINOR))


def find_version_fault(greeting: Greeting) -> ErrorInfo | None:
    """Why the program there and this one do not understand each other; None: they do."""
    if greeting.major == WIRE_MAJOR:
        return None
    if greeting.major < WIRE_MAJOR:
        return describe_older_program(greeting.version, greeting.host)
    return describe_newer_program(greeting.version)
