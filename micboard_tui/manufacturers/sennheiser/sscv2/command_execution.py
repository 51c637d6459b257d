"""Carries a command to the device and waits until the device itself says what is in force."""

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import Order
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import Session
from micboard_tui.protocols.sscv2.message import Json

LOOKS = 5
LOOK_EVERY_S = 0.2


async def execute(session: Session, command: Command) -> Confirmation:
    """Raises DeviceError as ``Driver.execute`` does."""
    ready = session.talk.family.order(command, session.numbers)
    answer = await session.desk.call("PUT", ready.path, {ready.field: ready.wanted}, may_forbid=True)
    session.talk.heard()
    if not httpx.codes.is_success(answer.status):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"The device refuses {ready.field} {ready.wanted} (HTTP {answer.status})",
            hint="The value is out of its range, or the device is locked or busy",
            status=answer.status,
        )
    told = await _told(session, ready)
    if told is None or (isinstance(ready.wanted, bool) and told is not ready.wanted):
        in_force = "" if told is None else f"; in force is {ready.shown(told)}"
        raise DeviceError(
            ErrorCode.COMMAND_UNCONFIRMED,
            f"The device did not confirm {ready.field} {ready.wanted}{in_force}",
            hint="Look at the device before trying again",
        )
    return Confirmation(command, ready.shown(told), adapted=told != ready.wanted)


async def _told(session: Session, ready: Order) -> Json:
    """The value in force. A device may take a moment, and may take another value than was wanted."""
    told: Json = None
    for _ in range(LOOKS):
        resource = await session.desk.get(ready.answer_path)
        if resource is not None:
            session.talk.answered(ready.answer_path, resource)
        told = resource.get(ready.field) if isinstance(resource, dict) else None
        if told == ready.wanted:
            break
        await anyio.sleep(LOOK_EVERY_S)
    return told
