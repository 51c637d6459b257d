"""Connects to the bus of another micboard-tui as a user does, and says what to do where that fails."""

import ssl
from collections.abc import Callable
from pathlib import Path

from micboard_tui.bus.connection import BusError
from micboard_tui.bus.nats_connection import BusAddress, NatsConnection, connect
from micboard_tui.bus.pinned_certificate import make_pinned_context
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.config.attachment import Attachment
from micboard_tui.contracts.errors import ErrorCode, StartError


async def attach_to(
    attachment: Attachment, subjects: Subjects, name: str, steady: Callable[[], float]
) -> NatsConnection:
    """Connect under this name. Raises StartError: BUS_LOST, NOT_ALLOWED, CONFIG_INVALID."""
    inbox = subjects.inbox(attachment.user)
    address = BusAddress(attachment.url, attachment.seed, _tls_of(attachment), inbox)
    try:
        return await connect(address, name, steady)
    except BusError as error:
        raise _not_connected(attachment, error) from error


def _not_connected(attachment: Attachment, error: BusError) -> StartError:
    reason = str(error)
    if "authorization" in reason.casefold():
        return StartError(
            ErrorCode.NOT_ALLOWED,
            f"{attachment.url} does not let {attachment.user} in"
            + (" without a key" if attachment.seed is None else ""),
            hint="Have a key made there, `micboard-tui users key NAME`, and give its file with --key",
        )
    return StartError(
        ErrorCode.BUS_LOST, f"No connection to {attachment.url} ({reason})", hint=_cure_of(attachment, reason)
    )


def _cure_of(attachment: Attachment, reason: str) -> str:
    if "certificate" in reason.casefold():
        return "Give the certificate that signed that of the rack with --ca, or as attach.ca in the settings"
    tls = "" if attachment.has_tls else "; where it has TLS the address is tls://…"
    return f"Check the address and the network, and that `micboard-tui serve` runs there{tls}"


def _tls_of(attachment: Attachment) -> ssl.SSLContext | None:
    """Raises StartError."""
    if not attachment.has_tls:
        return None
    try:
        return _trusting(attachment.certificate, attachment.ca)
    except OSError as error:
        file = attachment.certificate or attachment.ca
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"The certificate {file} cannot be read ({error.strerror or error})",
            hint="It is a file of PEM",
        ) from error


def _trusting(certificate: Path | None, ca: Path | None) -> ssl.SSLContext:
    if certificate is None:
        return ssl.create_default_context(cafile=ca)
    return make_pinned_context(certificate)
