"""``secrets``: passwords and keys of devices. They are asked for, and never shown again."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.domain.device import device_title
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.secret import OwnerKind, SecretPlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from micboard_tui.contracts.secrets import SecretListing
    from micboard_tui.contracts.services import Services

app = CommandGroup('Passwords and keys of devices: set, list, forget.\n\nmicboard-tui secrets set "Rack A"')

_OWNER_NAMES = {OwnerKind.UNKNOWN: "unknown"}
"""Kinds that tables call otherwise than the document."""
DeviceName = Annotated[
    str | None,
    typer.Argument(metavar="DEVICE", help="Its id or the start of it, its name, host or host:port."),
]
DriverName = Annotated[
    str | None, typer.Option("--driver", help="Instead of a device: all of this driver without their own.")
]


@app.command("set")
def set_secret(
    device: DeviceName = None,
    driver: DriverName = None,
    user: Annotated[
        str | None, typer.Option(help="The user of the password; left out: the device's usual one.")
    ] = None,
    place: Annotated[
        SecretPlace | None,
        typer.Option(
            "--in",
            metavar="keyring|file",
            help="Where; left out: the keyring where there is one, or the record of a fleet.",
        ),
    ] = None,
) -> None:
    """Store the password or key of a device, or of a driver.

    It is asked for, or read from a pipe. Devices that waited for it are tried again at once.

      micboard-tui secrets set "Rack A"

      micboard-tui secrets set --driver sennheiser-sscv2 < password.txt
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import ask_secret, read_piped_line

    if place is SecretPlace.ENVIRONMENT:
        raise typer.BadParameter("A variable is set in the shell: MICBOARD_SECRETS__…", param_hint="--in")

    piped = None if sys.stdin.isatty() else read_piped_line()

    async def keep_secret(services: "Services") -> str:
        need = data_of(await services.secrets.find_need(device, driver))
        value = await ask_secret(need, user) if piped is None else piped
        kept = data_of(
            await services.secrets.keep(need.owner, value, user=user, place=place, actor=current_operator())
        )
        return f"Stored the {need.kind} for {need.title} in the {kept.value}."

    print_line(run_with_services(keep_secret))


@app.command("list")
def list_secrets(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List which secrets are stored, and which are missing. Never shows a secret.

    micboard-tui secrets list

    Of several for one device the environment comes first, then the keyring, then the file; a device's
    own comes before its driver's. Of a fleet it lists, too, which collectors and hubs can open how many.
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note
    from micboard_tui.contracts.documents.secrets import secrets_document

    async def read_listing(services: "Services") -> "tuple[SecretListing, Mapping[DeviceId, str | None]]":
        devices = data_of(await services.devices.list_devices())
        own_names = {snapshot.device.id: snapshot.state.own_name for snapshot in devices}
        return data_of(await services.secrets.list_secrets()), own_names

    listing, own_names = run_with_services(read_listing)
    if as_json:
        print_json(secrets_document(listing))
        return
    _print(listing, own_names)
    print_recipients(listing)
    for device in listing.missing:
        title = device_title(device, own_names.get(device.id))
        print_note(f"{title} needs one and has none. Store it with:  micboard-tui secrets set {device.id}")


@app.command()
def forget(device: DeviceName = None, driver: DriverName = None) -> None:
    """Remove a secret, wherever it is stored.

    Nothing changes on the device.

    micboard-tui secrets forget "Rack A"
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line

    async def forget_secret(services: "Services") -> "tuple[str, Sequence[SecretPlace]]":
        owner, places = data_of(await services.secrets.forget(device, driver, actor=current_operator()))
        titles = {
            snapshot.device.id: snapshot.title for snapshot in data_of(await services.devices.list_devices())
        }
        of_device = titles.get(DeviceId(owner.name), f"device {owner.name}")
        return of_device if owner.kind is OwnerKind.DEVICE else f"driver {owner.name}", places

    owner, places = run_with_services(forget_secret)
    for place in places:
        print_line(f"Forgot the secret of {owner} in the {place.value}.")


def _print(listing: "SecretListing", own_names: "Mapping[DeviceId, str | None]") -> None:
    from micboard_tui.cli.output import format_value, print_note, print_table

    if not listing.secrets:
        print_note("No secret is stored.")
        return
    rows = []
    for secret in listing.secrets:
        known, device = secret.known, secret.device
        title = device_title(device, own_names.get(device.id)) if device else None
        kind = _OWNER_NAMES.get(known.owner.kind, known.owner.kind.value)
        stored_at = format_value(known.set_at and known.set_at[:16].replace("T", " "))
        owner = (kind, known.owner.name, format_value(title), known.place.value)
        rows.append((*owner, format_value(known.user), stored_at))
    print_table(
        ("of", "owner", "name", "stored in", "user", "stored (UTC)"), rows, spare=("stored (UTC)", "user")
    )


def print_recipients(listing: "SecretListing") -> None:
    """The collectors and hubs of a fleet for which secrets are sealed; nothing of a rack."""
    from micboard_tui.cli.output import format_value, print_line, print_table
    from micboard_tui.contracts.documents.timestamp import format_timestamp

    if not listing.recipients:
        return
    print_line("")
    rows = []
    for recipient in listing.recipients:
        seen_at = format_timestamp(recipient.seen_at)
        seen = format_value(seen_at and seen_at[:16].replace("T", " "))
        who = (recipient.role, recipient.name, format_value(recipient.zone or None))
        rows.append((*who, str(recipient.secrets), seen, recipient.public_key[:12]))
    print_table(
        ("sealed for", "name", "zone", "secrets", "seen (UTC)", "key"), rows, spare=("key", "seen (UTC)")
    )
