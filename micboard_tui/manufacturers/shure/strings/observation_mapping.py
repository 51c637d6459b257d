"""What a device has by number, channels or bays, read as its family means it. Pure."""

from micboard_tui.domain.device import DeviceKind
from micboard_tui.domain.observation import BayHeard, FactsHeard
from micboard_tui.manufacturers.shure.families import Family
from micboard_tui.manufacturers.shure.strings import mapping, microflex_mapping, psm1000_mapping
from micboard_tui.manufacturers.shure.strings.charger_bay import bay_of
from micboard_tui.manufacturers.shure.strings.dialect import Dialect
from micboard_tui.manufacturers.shure.strings.mapping import Values


def observation_of(
    dialect: Dialect,
    number: int,
    values: Values,
    device_values: Values,
    meter_interval_s: float | None = None,
) -> FactsHeard | BayHeard:
    """All that the values say of the channel or bay with a number, whose meters we asked for so often."""
    if dialect.kind is DeviceKind.CHARGER:
        return BayHeard(bay_of(dialect, number, values))
    if dialect.kind is DeviceKind.IEM_TRANSMITTER:
        return FactsHeard(number, psm1000_mapping.facts_of(dialect, values, meter_interval_s))
    if dialect.family is Family.MXW:
        return FactsHeard(number, microflex_mapping.facts_of(dialect, values))
    return FactsHeard(number, mapping.facts_of(dialect, values, device_values, meter_interval_s))
