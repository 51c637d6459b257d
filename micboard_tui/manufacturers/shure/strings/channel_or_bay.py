"""What a device has by number, channels or bays, read as its family means it. Pure."""

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, FactsHeard
from micboard_tui.manufacturers.shure.strings import mapping, microflex_mapping, psm1000_mapping
from micboard_tui.manufacturers.shure.strings.charger_bay import bay
from micboard_tui.manufacturers.shure.strings.dialect import Dialect, Family
from micboard_tui.manufacturers.shure.strings.mapping import Words


def part(dialect: Dialect, number: int, words: Words, of_device: Words) -> FactsHeard | BayHeard:
    """All that the words say of the channel or bay with a number."""
    if dialect.kind is DeviceKind.CHARGER:
        return BayHeard(bay(dialect, number, words))
    if dialect.kind is DeviceKind.IEM_TRANSMITTER:
        return FactsHeard(number, psm1000_mapping.facts(dialect, words))
    if dialect.family is Family.MXW:
        return FactsHeard(number, microflex_mapping.facts(dialect, words))
    return FactsHeard(number, mapping.facts(dialect, words, of_device))
