"""The first call of who attaches. It loads none of the contracts: a board has them after its first values."""

from typing import Final

import anyio

from micboard_tui.bus.calls.call_client import CallClient
from micboard_tui.bus.calls.greeting import Greeting, GreetingContract, find_version_fault
from micboard_tui.bus.calls.remote_method import RemoteMethod
from micboard_tui.contracts.call_rights import CallRight
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.result import Failure, ServiceResult, Success

GREET: Final = RemoteMethod(GreetingContract, "greet", CallRight.READ)


GREET_AGAIN_S = 0.5


async def greet_in_time(client: CallClient, within_s: float) -> ServiceResult[Greeting]:
    """``greet``, and wait so long where no program takes calls: another one may be about to."""
    until = anyio.current_time() + within_s
    while True:
        answer = await greet(client)
        if answer.success or answer.error.code is not ErrorCode.NOT_SERVED or anyio.current_time() > until:
            return answer
        await anyio.sleep(GREET_AGAIN_S)


async def greet(client: CallClient) -> ServiceResult[Greeting]:
    """Ask who is there, and have the client know what its user may do.

    NOT_SERVED, BUS_LOST, NOT_ALLOWED; VERSION_DIFFERS, with which of the two has to be updated.
    """
    answer = await client.call(GREET, {})
    if not answer.success:
        return answer
    greeting: Greeting = answer.data
    if (fault := find_version_fault(greeting)) is not None:
        return Failure(fault)
    client.permission = greeting.permission
    return Success(greeting)
