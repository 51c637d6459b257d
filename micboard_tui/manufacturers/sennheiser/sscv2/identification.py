"""Which family of devices answers, by what every device says without a password. Pure.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.article import with_article
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import PRODUCT, Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.sscv2.spectera_mapping import FIRST_SCHEMA, Spectera
from micboard_tui.manufacturers.sennheiser.sscv2.values import parse_text
from micboard_tui.protocols.sscv2.message import Json


def family_of(identity: Json, version: Json, user: str | None = None) -> Family | None:
    """The family; None for rooms' microphones and whatever else speaks SSCv2.

    The name of a base station in its identity is not known from any document, so its schema and the user that
    was configured for it count as well.
    """
    product = _normalize(_text_field(identity, "product") or "")
    if product.startswith(PRODUCT):
        return Ewdx()
    is_named = "spectera" in product or user == Spectera.user
    if is_named or _schema_of(version) >= FIRST_SCHEMA:
        return Spectera()
    return None


def unsupported_device_error(identity: Json, address: str) -> DeviceError:
    """The error for a device of no supported family."""
    product = _text_field(identity, "product")
    return DeviceError(
        ErrorCode.API_ERROR,
        f"{address} is {with_article(product or 'device without a name')}, "
        "which this driver does not support",
        hint="EW-DX receivers with firmware 4 or later and Spectera base stations are supported",
        model=product,
    )


def _normalize(product: str) -> str:
    """``ewdxem2`` of ``EW-DX EM 2``: the spelling of products differs by generation."""
    return "".join(character for character in product.lower() if character.isalnum())


def _schema_of(version: Json) -> int:
    major = (_text_field(version, "schema") or "").partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() else 0


def _text_field(resource: Json, name: str) -> str | None:
    return parse_text(resource.get(name)) if isinstance(resource, dict) else None
