"""What only a person can give: consent, a password, or trust in a certificate.

Nothing is ever asked on stdout, and no secret is ever an argument of a command.
"""

import sys
from typing import TYPE_CHECKING

from micboard_tui.cli.context import current_operator, data_of
from micboard_tui.cli.output import print_line, print_note
from micboard_tui.cli.typed_line import ask_line, ask_unseen_line
from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.secrets import SecretNeed
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.domain.show_lock import MAX_PIN, MIN_PIN

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services

LONGEST_LINE = 4096
_PIPE_PIN = "Pipe the PIN in with --pin-stdin"
_NO_TERMINAL = "Nothing was changed: there is no terminal to ask in"


async def ask_secret(need: SecretNeed, user: str | None) -> str:
    """Typed unseen at a terminal. Raises MicboardError INVALID_VALUE."""
    whose = f" of {user or need.user}" if user or need.user else ""
    return await ask_unseen_line(f"{need.kind[:1].upper()}{need.kind[1:]}{whose} for {need.title}: ")


async def ask_new_password(name: str) -> str:
    """Typed unseen twice at a terminal. Raises MicboardError INVALID_VALUE."""
    return await _ask_twice(f"Password for {name}: ", "Pipe the password in with --password-stdin")


async def ask_new_pin() -> str:
    """The same for a PIN that locks the show."""
    return await _ask_twice(f"PIN of {MIN_PIN} to {MAX_PIN} digits: ", _PIPE_PIN)


async def ask_pin() -> str:
    """The PIN that the show was locked with, typed unseen. Raises MicboardError INVALID_VALUE."""
    return await _ask_unseen("PIN: ", _PIPE_PIN)


async def _ask_twice(prompt: str, without_terminal: str) -> str:
    typed = await _ask_unseen(prompt, without_terminal)
    if await _ask_unseen("The same again: ", without_terminal) != typed:
        raise invalid_value_error("Nothing was changed: the two differ", "Type it again")
    return typed


async def _ask_unseen(prompt: str, without_terminal: str) -> str:
    if not sys.stdin.isatty():
        raise invalid_value_error(_NO_TERMINAL, without_terminal)
    return await ask_unseen_line(prompt)


def read_piped_line() -> str:
    """The first line of what is piped in. It may take a while, so read it before a connection is opened."""
    return sys.stdin.readline(LONGEST_LINE).rstrip("\r\n")


async def complete_registration(services: "Services", device: Device, *, interactive: bool) -> None:
    """Ask for the secret and the trust that a new device needs, or print how to give them later."""
    spec = data_of(services.manufacturers.find(device.manufacturer)).drivers[device.driver]
    if spec.secret is not None:
        await _ask_for_secret(services, device, interactive=interactive)
    if spec.has_certificate and device.fingerprint is None:
        if interactive:
            await _offer_trust(services, device)
        else:
            print_note(f"Compare its certificate and accept it:  {_trust_command(device)}")


async def accept_certificate(services: "Services", device: Device, fingerprint: str | None) -> None:
    """Accept a certificate: the one that is given, or the one that is shown, after a question."""
    if fingerprint is None:
        fingerprint = data_of(await services.devices.fetch_certificate(device.id))
        _print_certificate(device, fingerprint)
        if not sys.stdin.isatty():
            raise invalid_value_error(
                _NO_TERMINAL,
                f"If it is the right one: {_trust_command(device)} --fingerprint {fingerprint}",
            )
        if not await _ask_for_trust():
            raise invalid_value_error(
                "Nothing was changed",
                "Compare it with the device's own display",
            )
    trusted = data_of(await services.devices.trust(device.id, fingerprint, actor=current_operator()))
    title = data_of(await services.devices.get_device_status(device.id)).title
    print_line(f"Trusted {title} by {format_fingerprint(trusted.fingerprint or '')}.")


async def _ask_for_secret(services: "Services", device: Device, *, interactive: bool) -> None:
    listing = data_of(await services.secrets.list_secrets())
    if all(missing.id != device.id for missing in listing.missing):
        return
    need = data_of(await services.secrets.find_need(device.id, None))
    value = await ask_secret(need, None) if interactive else ""
    if value:
        place = data_of(await services.secrets.keep(need.owner, value, actor=current_operator()))
        print_note(f"Stored in the {place.value}.")
    else:
        print_note(f"It needs its {need.kind}. Store it with:  micboard-tui secrets set {device.id}")


async def _offer_trust(services: "Services", device: Device) -> None:
    shown = await services.devices.fetch_certificate(device.id)
    if not shown.success:
        print_note(
            f"Its certificate could not be read: {shown.error.message}. Later:  {_trust_command(device)}"
        )
        return
    _print_certificate(device, shown.data)
    if await _ask_for_trust():
        data_of(await services.devices.trust(device.id, shown.data, actor=current_operator()))
    else:
        print_note(f"It is not connected before its certificate is accepted:  {_trust_command(device)}")


async def _ask_for_trust() -> bool:
    return await _ask_yes_or_no("Is it the device's own, and do you trust it from now on?")


async def require_consent(question: str, *, yes: bool) -> None:
    """Return only when the user agrees. Raises MicboardError; without a terminal --yes is needed."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise invalid_value_error(_NO_TERMINAL, "Use --yes to go on")
    if not await _ask_yes_or_no(f"{question}?"):
        raise invalid_value_error("Nothing was changed", "Answer yes to go on")


async def _ask_yes_or_no(question: str) -> bool:
    """Enter alone is a no."""
    while True:
        typed = (await ask_line(f"{question} [y/N]: ")).strip().lower()
        if typed in {"y", "yes"}:
            return True
        if typed in {"", "n", "no"}:
            return False
        print_note("Type y or n.")


def _print_certificate(device: Device, fingerprint: str) -> None:
    print_note(f"{device.host}:{device.port} shows a certificate with the SHA-256 fingerprint")
    print_note(f"  {format_fingerprint(fingerprint)}")
    if device.fingerprint is not None and device.fingerprint != fingerprint:
        print_note(
            "It differs from the accepted one. After a reset or an exchange that is normal, else it is not:"
        )
        print_note(f"  {format_fingerprint(device.fingerprint)}")


def _trust_command(device: Device) -> str:
    return f"micboard-tui devices trust {device.id}"
