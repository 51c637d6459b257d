"""Reads the numbers that hold now, for what is read once or from the database and not live."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from micboard_tui.contracts.location import LocationRepository
from micboard_tui.contracts.ports import WallClock
from micboard_tui.contracts.show import ShowRepository
from micboard_tui.contracts.thresholds import ThresholdRepository
from micboard_tui.domain.alarm_context import find_profile
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_set import ThresholdSet
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS, Thresholds
from micboard_tui.services.live.places import Places


class CurrentNumbers(NamedTuple):
    numbers: ThresholdSet
    profile: ShowProfile = ShowProfile.SHOW
    places: Places = Places()

    def judge(self, snapshot: DeviceSnapshot) -> DeviceSnapshot:
        """The snapshot with its numbers in the states of the device and its channels."""
        chain = self.places.chain_of(snapshot.device)
        of_device = self.numbers.for_channel(None, chain, None, self.profile)
        state = snapshot.state
        if state.thresholds is not of_device:
            state = replace(state, thresholds=of_device)
        channels = tuple(self._judge_channel(channel, chain) for channel in snapshot.channels)
        return replace(snapshot, state=state, channels=channels)

    def _judge_channel(self, channel: ChannelState, chain: Sequence[LocationId]) -> ChannelState:
        wearer = None if channel.performer is None else channel.performer.id
        numbers = self.numbers.for_channel(channel.ref, chain, wearer, self.profile)
        return channel if channel.thresholds is numbers else replace(channel, thresholds=numbers)


ReadNumbers: TypeAlias = Callable[[], Awaitable[CurrentNumbers]]


class NumbersReader:
    def __init__(
        self,
        thresholds: ThresholdRepository,
        shows: ShowRepository,
        locations: LocationRepository,
        clock: WallClock,
        base: Thresholds,
    ) -> None:
        """``base``: the numbers of the settings."""
        self._thresholds, self._shows, self._locations = thresholds, shows, locations
        self._clock, self._base = clock, base

    async def read(self) -> CurrentNumbers:
        """Without any number that a person set, nothing else is read. Raises StorageError."""
        known = await self._thresholds.read()
        if not known.overrides:
            return CurrentNumbers(ThresholdSet(self._base))
        current = await self._shows.current()
        return CurrentNumbers(
            ThresholdSet(self._base, known.overrides),
            find_profile(None if current is None else current.progress, known.chosen, self._clock()),
            Places(await self._locations.all()),
        )


async def read_defaults() -> CurrentNumbers:
    """Where no numbers are set."""
    return CurrentNumbers(ThresholdSet(DEFAULT_THRESHOLDS))
