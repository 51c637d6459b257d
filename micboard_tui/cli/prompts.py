"""What only a person can give: a password, or the word that a certificate is the right one.

Nothing is ever asked on stdout, and no secret is ever an argument of a command.
"""

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from micboard_tui.cli.context import data_of
from micboard_tui.cli.output import note, say
from micboard_tui.container import Container
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.secrets import SecretNeed
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import grouped

LONGEST_LINE = 4096


def ask_secret(need: SecretNeed, user: str | None) -> str:
    """Typed unseen at a terminal, else the first line of what is piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")
    whose = f" of {user or need.user}" if user or need.user else ""
    with _interruptible():
        return getpass.getpass(
            f"{need.kind[:1].upper()}{need.kind[1:]}{whose} for {need.title}: ", sys.stderr
        )


async def complete(container: Container, device: Device, *, interactive: bool) -> None:
    """After a device was registered: ask for what it needs, or say how to give it later."""
    spec = container.manufacturers.get(device.manufacturer).drivers[device.driver]
    if spec.secret is not None:
        await _give_secret(container, device, interactive=interactive)
    if spec.has_certificate and device.fingerprint is None:
        if interactive:
            await _offer_trust(container, device)
        else:
            note(f"It proves itself by a certificate. Look at it and accept it:  {_trust(device)}")


async def trust(container: Container, device: Device, fingerprint: str | None) -> None:
    """Accept a certificate: the one that is given, or the one that is shown, after a question."""
    if fingerprint is None:
        fingerprint = data_of(await container.devices.certificate(device.id))
        _show(device, fingerprint)
        if not sys.stdin.isatty():
            raise MicboardError(
                ErrorCode.INVALID_VALUE,
                "Nothing was changed: nobody could be asked",
                hint=f"If it is the right one: {_trust(device)} --fingerprint {fingerprint}",
            )
        if not _is_trusted():
            raise MicboardError(
                ErrorCode.INVALID_VALUE,
                "Nothing was changed",
                hint="Compare it with the device's own display",
            )
    trusted = data_of(await container.devices.trust(device.id, fingerprint))
    say(f"Trusted {trusted.name or trusted.host} by {grouped(trusted.fingerprint or '')}.")


async def _give_secret(container: Container, device: Device, *, interactive: bool) -> None:
    listing = data_of(await container.secrets.listing())
    if all(each.id != device.id for each in listing.missing):
        return
    need = data_of(await container.secrets.need(device.id, None))
    value = ask_secret(need, None) if interactive else ""
    if value:
        place = data_of(await container.secrets.keep(need.owner, value))
        note(f"Kept in the {place.value}.")
    else:
        note(f"It needs a {need.kind}. Give it with:  micboard-tui secrets set {device.id}")


async def _offer_trust(container: Container, device: Device) -> None:
    shown = await container.devices.certificate(device.id)
    if not shown.success:
        note(f"Its certificate could not be read: {shown.error.message}. Later:  {_trust(device)}")
        return
    _show(device, shown.data)
    if _is_trusted():
        data_of(await container.devices.trust(device.id, shown.data))
    else:
        note(f"It will not be talked to before its certificate is accepted:  {_trust(device)}")


def _is_trusted() -> bool:
    with _interruptible():
        return typer.confirm("Is it the device's own, and do you trust it from now on?", err=True)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl+C end a question at once; the event loop would only note it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _show(device: Device, fingerprint: str) -> None:
    note(f"{device.host}:{device.port} shows a certificate with the SHA-256 fingerprint")
    note(f"  {grouped(fingerprint)}")
    if device.fingerprint is not None and device.fingerprint != fingerprint:
        note("It is another one than before. After a reset or an exchange that is right, else it is not:")
        note(f"  {grouped(device.fingerprint)}")


def _trust(device: Device) -> str:
    return f"micboard-tui devices trust {device.id}"
