"""Which secrets are stored, as JSON; never a secret."""

from datetime import datetime

from micboard_tui.contracts.documents.json_value import SCHEMA, JsonObject
from micboard_tui.contracts.documents.timestamp import format_timestamp
from micboard_tui.contracts.secrets import ListedSecret, SecretListing
from micboard_tui.domain.sealed_secret import ListedRecipient


def secrets_document(listing: SecretListing) -> JsonObject:
    """Those that are stored, the devices that need one and have none, and who can open them in a fleet."""
    return {
        "schema": SCHEMA,
        "secrets": [_secret_entry(secret) for secret in listing.secrets],
        "missing": [
            {"device_id": device.id, "name": device.name, "host": device.host, "driver": device.driver}
            for device in listing.missing
        ],
        "recipients": [_recipient_entry(recipient) for recipient in listing.recipients],
    }


def _secret_entry(listed: ListedSecret) -> JsonObject:
    known, device = listed.known, listed.device
    return {
        "of": known.owner.kind.value,
        "owner": known.owner.name,
        "name": device.name if device else None,
        "host": device.host if device else None,
        "place": known.place.value,
        "user": known.user,
        "set_at": known.set_at and _format_moment(known.set_at),
    }


def _recipient_entry(recipient: ListedRecipient) -> JsonObject:
    return {
        "role": recipient.role,
        "name": recipient.name,
        "zone": recipient.zone or None,
        "secrets": recipient.secrets,
        "seen_at": format_timestamp(recipient.seen_at),
        "public_key": recipient.public_key,
    }


def _format_moment(stored: str) -> str | None:
    """As in every document; a person who wrote the file by hand may have written no moment."""
    try:
        return format_timestamp(datetime.fromisoformat(stored).timestamp())
    except ValueError:
        return stored
