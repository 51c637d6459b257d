"""Carries a command to the device and waits until the device itself says what is in force."""

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.command import Command, Confirmation
from micboard_tui.manufacturers.command_errors import unconfirmed_error
from micboard_tui.manufacturers.sennheiser.sscv2.prepared_command import PreparedCommand
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import ResourceSession
from micboard_tui.protocols.sscv2.message import Json

CONFIRMATION_READS = 5
"""A device may take a moment until it reports the value that it was sent."""
READ_EVERY_S = 0.2


async def execute(session: ResourceSession, command: Command) -> Confirmation:
    """Raises DeviceError as ``Driver.execute`` does."""
    prepared = session.prepare_command(command)
    answer = await session.requests.send(*prepared.request, may_forbid=True)
    session.tracker.mark_alive()
    if not httpx.codes.is_success(answer.status):
        raise DeviceError(
            ErrorCode.DEVICE_REFUSED,
            f"The device refuses {prepared.field} {prepared.value} (HTTP {answer.status})",
            hint="The value is out of its range, or the device is locked or busy",
            status=answer.status,
        )
    in_force = await _read_value_in_force(session, prepared)
    wanted = f"{prepared.field} {prepared.value}"
    if in_force is None:
        raise unconfirmed_error(wanted)
    if isinstance(prepared.value, bool) and in_force is not prepared.value:
        raise unconfirmed_error(wanted, prepared.format_value(in_force))
    return Confirmation(command, prepared.format_value(in_force), adapted=in_force != prepared.value)


async def _read_value_in_force(session: ResourceSession, prepared: PreparedCommand) -> Json:
    """The value that the device reports last; it may have set another value than the one wanted."""
    value: Json = None
    for _ in range(CONFIRMATION_READS):
        resource = await session.requests.get(prepared.confirmation_path)
        if resource is not None:
            session.tracker.apply_answer(prepared.confirmation_path, resource)
        value = resource.get(prepared.field) if isinstance(resource, dict) else None
        if value == prepared.value:
            break
        await anyio.sleep(READ_EVERY_S)
    return value
