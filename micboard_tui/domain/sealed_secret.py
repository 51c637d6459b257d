"""Secrets in the database, sealed for those who may open them: who that is, and what has to be sealed.

A secret of a device is for the collectors of its zone and for the hubs, which seal it for collectors that
come later; one of a driver is for the zones that have a device of it. Each of them has a box of its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from micboard_tui.domain.device import Device
from micboard_tui.domain.secret import SecretOwner, owner_device, owner_driver


class RecipientRole(StrEnum):
    HUB = "hub"
    COLLECTOR = "collector"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who can open boxes: the holder of the private key that belongs to ``public_key``."""

    public_key: str
    name: str
    role: RecipientRole
    zone: str
    """Of a collector; a hub is of no zone, and this is empty."""
    seen_at: float | None = None
    """Its last sign of life in the database, seconds since the epoch; None: it gave none yet."""


@dataclass(frozen=True, slots=True)
class ListedRecipient:
    """A collector or hub as it may be listed, in plain values."""

    name: str
    role: str
    """"hub", "collector"."""
    zone: str
    """Of a collector; empty for a hub."""
    public_key: str
    secrets: int
    """So many it can open."""
    seen_at: float | None = None
    """Its last sign of life in the database, seconds since the epoch; None: it gave none yet."""


class BoxPlacement(NamedTuple):
    """That a secret is sealed for a recipient."""

    owner: SecretOwner
    public_key: str
    """Of the recipient."""
    user: str | None
    set_at: str
    """When the secret was given, RFC 3339: the same in all of its boxes."""


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A box with a secret in it."""

    placement: BoxPlacement
    box: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """All recipients, and what is sealed for them."""

    recipients: Sequence[Recipient]
    placements: Sequence[BoxPlacement]


@dataclass(frozen=True, slots=True)
class BoxPlan:
    """What has to be done so that everyone who may open a secret, and nobody else, has a box."""

    missing: tuple[tuple[SecretOwner, Recipient], ...]
    surplus: tuple[BoxPlacement, ...]
    """Of recipients that may not open it any more, where a hub has a box of the same secret."""


def choose_recipients(
    owner: SecretOwner, devices: Iterable[Device], recipients: Iterable[Recipient]
) -> list[Recipient]:
    """Those who may open the secret of ``owner``."""
    zones = _find_zones(devices).get(owner, set())
    return [recipient for recipient in recipients if _may_open(recipient, zones)]


def plan_boxes(record: SealedRecord, devices: Iterable[Device]) -> BoxPlan:
    """Compare the boxes that there are with those that there should be.

    A box of a recipient that may not open it any more stays as long as no hub has one: it may be the last.
    """
    zones = _find_zones(devices)
    recipients = {recipient.public_key: recipient for recipient in record.recipients}
    placed: dict[SecretOwner, set[str]] = {}
    for placement in record.placements:
        placed.setdefault(placement.owner, set()).add(placement.public_key)
    hubs = {key for key, recipient in recipients.items() if recipient.role is RecipientRole.HUB}
    missing = [
        (owner, recipient)
        for owner, keys in placed.items()
        for key, recipient in recipients.items()
        if key not in keys and _may_open(recipient, zones.get(owner, set()))
    ]
    surplus = [
        placement
        for placement in record.placements
        if not hubs.isdisjoint(placed[placement.owner])
        and (recipient := recipients.get(placement.public_key)) is not None
        and not _may_open(recipient, zones.get(placement.owner, set()))
    ]
    return BoxPlan(tuple(missing), tuple(surplus))


def _may_open(recipient: Recipient, zones: Collection[str]) -> bool:
    """``zones``: those of the devices that the secret is for."""
    return recipient.role is RecipientRole.HUB or recipient.zone in zones


def _find_zones(devices: Iterable[Device]) -> Mapping[SecretOwner, set[str]]:
    zones: dict[SecretOwner, set[str]] = {}
    for device in devices:
        for owner in (owner_device(device.id), owner_driver(device.driver)):
            zones.setdefault(owner, set()).add(device.zone)
    return zones
