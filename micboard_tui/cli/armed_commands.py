"""Arms control for the commands to devices that one command of the shell sends, after consent."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from micboard_tui.cli.context import data_of
from micboard_tui.contracts.users import UserContract

MINUTES = 5
"""Longer than the commands to one device take."""
DISARM_S = 5.0


@asynccontextmanager
async def armed_control(users: UserContract, operator: str) -> AsyncGenerator[None]:
    """Arm it, and disarm it in the end, however that comes; what the operator armed elsewhere stays.

    Raises MicboardError: the show is locked, or this program only reads.
    """
    if data_of(await users.find_armed_end(operator)) is not None:
        yield
        return
    data_of(await users.arm_control(MINUTES, actor=operator))
    try:
        yield
    finally:
        with anyio.move_on_after(DISARM_S, shield=True):
            await users.disarm_control(actor=operator)
