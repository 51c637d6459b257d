"""The families of devices that speak SSC, one module each: their addresses and what these mean."""

from micboard_tui.manufacturers.sennheiser.ssc.families.chg import CHG_70N, SPEECHLINE_CHARGER
from micboard_tui.manufacturers.sennheiser.ssc.families.digital6000 import DIGITAL_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.ewdx import EWDX
from micboard_tui.manufacturers.sennheiser.ssc.families.l6000 import L_6000
from micboard_tui.manufacturers.sennheiser.ssc.families.speechline import EW_D1, MULTI_CHANNEL, RACK
from micboard_tui.manufacturers.sennheiser.ssc.family import Family

# In this order: the first whose mark has a fitting value is it, or, of a stored product, whose name fits.
FAMILIES = (EWDX, DIGITAL_6000, MULTI_CHANNEL, RACK, EW_D1, L_6000, CHG_70N, SPEECHLINE_CHARGER)


def family_of_product(product: str) -> Family | None:
    """The family of a product that was reported before; a session asks what the device has instead.

    Source: docs/reference/protocols/sennheiser.md 10.
    """
    plain = normalize_product(product)
    return next((family for family in FAMILIES if plain.startswith(family.products)), None)


def normalize_product(product: str) -> str:
    """In small letters and without blanks and hyphens: the spelling of products differs."""
    return "".join(character for character in product.lower() if character.isalnum())
