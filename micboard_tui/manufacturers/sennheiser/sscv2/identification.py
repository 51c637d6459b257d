"""Which kind of device answers, by what it tells to anybody. Pure.

Source: docs/reference/protocols/sennheiser.md 6.1.
"""

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import PRODUCT, Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.family import Family
from micboard_tui.manufacturers.sennheiser.sscv2.spectera_mapping import FIRST_SCHEMA, Spectera
from micboard_tui.manufacturers.sennheiser.sscv2.values import word
from micboard_tui.protocols.sscv2.message import Json


def family_of(identity: Json, version: Json, user: str | None = None) -> Family | None:
    """Its family; None for rooms' microphones and whatever else speaks SSCv2.

    The name of a base station in its identity is not known from any document, so its schema and
    the user that was given for it count as well.
    """
    product = (word(identity.get("product")) if isinstance(identity, dict) else None) or ""
    if product.upper().startswith(PRODUCT):
        return Ewdx()
    is_named = "spectera" in product.lower() or user == Spectera.user
    if is_named or _schema(version) >= FIRST_SCHEMA:
        return Spectera()
    return None


def unknown(identity: Json, address: str) -> DeviceError:
    product = word(identity.get("product")) if isinstance(identity, dict) else None
    return DeviceError(
        ErrorCode.API_ERROR,
        f"{address} is a {product or 'device without a name'}, which this driver does not speak to",
        hint="EW-DX receivers with firmware 4 or later and Spectera base stations are supported",
        model=product,
    )


def _schema(version: Json) -> int:
    told = word(version.get("schema")) if isinstance(version, dict) else None
    major = (told or "").partition(".")[0]
    return int(major) if major.isascii() and major.isdigit() else 0
