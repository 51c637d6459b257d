"""What the screen of thresholds lists: each number for one scope, and how many channels it marks. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from micboard_tui.contracts.thresholds import ThresholdTable
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, LocationId, channel_label
from micboard_tui.domain.location import Location, list_chain
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_preview import count_marked
from micboard_tui.domain.threshold_set import ThresholdName, ThresholdScope, ThresholdSet, values_of


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    """For whom numbers are shown, and set."""

    title: str
    scope: ThresholdScope
    """In every profile."""
    chain: Sequence[LocationId] = ()
    """What it lies in, the innermost location first."""
    states: Sequence[ChannelState] = ()
    """The channels of it."""


@dataclass(frozen=True, slots=True)
class ThresholdLine:
    name: ThresholdName
    value: float
    is_own: bool
    """Whether it was set for exactly this scope."""
    marked: int
    """How many channels of the scope it marks now."""


def list_scopes(
    devices: Sequence[DeviceSnapshot], locations: Iterable[Location], selected: ChannelRef | None
) -> list[ScopeChoice]:
    """All channels, and what the selected one belongs to: its locations, its performer, and itself."""
    states = [state for device in devices for state in device.channels]
    choices = [ScopeChoice("all channels", ThresholdScope(), (), states)]
    device = next((each for each in devices if selected and each.device.id == selected.device_id), None)
    state = next((each for each in states if each.ref == selected), None)
    if device is None or state is None or selected is None:
        return choices
    known = {location.id: location for location in locations}
    parents = {location.id: location.parent_id for location in known.values()}
    chain = list_chain(device.device.location_id, parents)
    of_device = {each.device.id: list_chain(each.device.location_id, parents) for each in devices}
    for place in reversed(range(len(chain))):
        location = known[chain[place]]
        there = [each for each in states if location.id in of_device[each.device_id]]
        scope = ThresholdScope(location_id=location.id)
        choices.append(ScopeChoice(location.name, scope, chain[place:], there))
    if (performer := state.performer) is not None:
        theirs = [each for each in states if each.performer is not None and each.performer.id == performer.id]
        choices.append(ScopeChoice(performer.name, ThresholdScope(performer_id=performer.id), chain, theirs))
    title = channel_label(device.title, selected.number)
    choices.append(ScopeChoice(title, ThresholdScope(channel=selected), chain, [state]))
    return choices


def find_scope(choices: Sequence[ScopeChoice], scope: ThresholdScope) -> int:
    """Where this scope is; where it is gone, as that of a performer who gave the mic back, the narrowest."""
    return next((i for i, choice in enumerate(choices) if choice.scope == scope), len(choices) - 1)


def arrange_thresholds(
    table: ThresholdTable, choice: ScopeChoice, profile: ShowProfile | None
) -> list[ThresholdLine]:
    """Every number as it holds for the scope in a profile; None: in the active one."""
    numbers = ThresholdSet(table.base, table.overrides)
    scope = choice.scope._replace(profile=profile)
    performer = choice.states[0].performer if scope.channel is not None and choice.states else None
    values = values_of(
        numbers.for_channel(
            scope.channel,
            choice.chain,
            scope.performer_id or (None if performer is None else performer.id),
            profile or table.profile,
        )
    )
    lines = []
    for name in ThresholdName:
        own = numbers.find(scope, name)
        value = values[name] if own is None else own
        lines.append(ThresholdLine(name, value, own is not None, count_marked(name, value, choice.states)))
    return lines
