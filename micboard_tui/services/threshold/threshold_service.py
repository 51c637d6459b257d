"""The numbers that channels are judged by, and the active profile. Implements ``ThresholdContract``.

What is stored is the truth, of which several programs may be part. ``run`` looks every second whether the
records changed, by this program or another, or whether the show moved on to another profile. Then the
live state judges everything by the new numbers (``LiveSite.judge_by``), and ``findings`` tells the profile.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

import structlog

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.thresholds import StoredThresholds, ThresholdRepository, ThresholdTable
from micboard_tui.contracts.undo_steps import Change
from micboard_tui.domain.alarm_context import find_profile
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.show import ShowProfile
from micboard_tui.domain.threshold_preview import count_marked
from micboard_tui.domain.threshold_set import (
    SPECS,
    ChosenProfile,
    ThresholdName,
    ThresholdOverride,
    ThresholdScope,
    ThresholdSet,
    find_crossing,
    find_mistake,
    format_threshold,
    values_of,
)
from micboard_tui.domain.thresholds import Thresholds
from micboard_tui.services.device.stored_devices import StoredDevices
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.fault_log import FaultLog
from micboard_tui.services.live.live_site import LiveSite
from micboard_tui.services.live.places import Places
from micboard_tui.services.record_watch import RecordWatch
from micboard_tui.services.records import Records
from micboard_tui.services.steps import PlannedStep, Steps
from micboard_tui.services.threshold.scope_titles import ScopeTitles

LOOK_S = 1.0

log = structlog.get_logger(__name__)


class ThresholdService:
    def __init__(
        self,
        records: Records,
        thresholds: ThresholdRepository,
        live: LiveSite,
        steps: Steps,
        stored: StoredDevices,
        base: Thresholds,
    ) -> None:
        """``base``: the numbers of the settings."""
        self._records, self._thresholds, self._live = records, thresholds, live
        self._steps, self._stored, self._base = steps, stored, base
        self._watch = RecordWatch(records.devices)
        self._known = StoredThresholds()
        self._numbers = ThresholdSet(base)
        self._faults = FaultLog(log, "thresholds_not_read")

    async def run(self, interval_s: float = LOOK_S) -> NoReturn:
        """Until cancelled."""
        await self._faults.repeat(self.look, interval_s)

    async def look(self) -> None:
        """Judge by other numbers, if they or the profile changed. Raises StorageError."""
        before = self._numbers
        await self._watch.look(self._read_numbers)
        findings = self._live.findings
        profile = find_profile(findings.show, self._known.chosen, self._live.now())
        if self._numbers is not before or profile is not findings.profile:
            self._live.judge_by(self._numbers, profile)
            self._live.findings = replace(self._live.findings, profile=profile)

    async def _read_numbers(self) -> None:
        known = await self._thresholds.read()
        if list(known.overrides) != list(self._known.overrides):
            self._numbers = ThresholdSet(self._base, known.overrides)
        self._known = known

    @translate_errors
    async def list_thresholds(self) -> ServiceResult[ThresholdTable]:
        known = await self._thresholds.read()
        numbers = ThresholdSet(self._base, known.overrides)
        profile = await self._find_profile(known.chosen)
        return Success(ThresholdTable(self._base, numbers.overrides, profile, known.chosen))

    @translate_errors
    async def describe_scopes(self, scopes: Sequence[ThresholdScope]) -> ServiceResult[Sequence[str]]:
        titles = await self._read_titles()
        return Success([titles.describe(scope) for scope in scopes])

    @translate_errors
    async def change(
        self, scope: ThresholdScope, name: ThresholdName, value: float, *, actor: str
    ) -> ServiceResult[ThresholdOverride]:
        spec = SPECS[name]
        if (mistake := find_mistake(name, value)) is not None:
            raise invalid_value_error(f"{spec.title} {value:g} is not possible", f"It {mistake}")
        async with self._steps.lock:
            known = await self._thresholds.read()
            titles = await self._read_titles()
            numbers = ThresholdSet(self._base, known.overrides)
            profile = scope.profile or await self._find_profile(known.chosen)
            around = numbers.for_channel(
                scope.channel, titles.chain_of(scope), titles.wearer_of(scope), profile
            )
            if (crossed := find_crossing(name, value, values_of(around))) is not None:
                raise invalid_value_error(
                    f"{spec.title} {format_threshold(name, value)} crosses another", crossed
                )
            before = numbers.find(scope, name)
            after = ThresholdOverride(scope, name, value)
            if before != value:
                text = f"{spec.title} {format_threshold(name, value)} for {titles.describe(scope)}"
                old = None if before is None else ThresholdOverride(scope, name, before)
                await self._steps.make(PlannedStep(text, [Change(old, after)]), actor)
        await self.look()
        return Success(after)

    @translate_errors
    async def reset(
        self, scope: ThresholdScope, name: ThresholdName | None = None, *, actor: str
    ) -> ServiceResult[Sequence[ThresholdOverride]]:
        async with self._steps.lock:
            gone = [
                override
                for override in (await self._thresholds.read()).overrides
                if override.scope == scope and name in (None, override.name)
            ]
            title = "Thresholds" if name is None else SPECS[name].title
            described = (await self._read_titles()).describe(scope)
            text = f"{title} of {described} reset"
            await self._steps.make(PlannedStep(text, [Change(each, None) for each in gone]), actor)
        await self.look()
        return Success(gone)

    @translate_errors
    async def preview(
        self, scope: ThresholdScope, name: ThresholdName, value: float
    ) -> ServiceResult[int | None]:
        places = Places(await self._records.locations.all())
        devices = await self._read_devices()
        states = [
            state for device in devices for state in device.channels if _is_in(scope, state, device, places)
        ]
        is_heard = any(state.link_state is not LinkState.UNKNOWN for state in states)
        return Success(count_marked(name, value, states) if is_heard else None)

    @translate_errors
    async def choose_profile(self, profile: ShowProfile | None, *, actor: str) -> ServiceResult[ShowProfile]:
        async with self._steps.lock:
            chosen = (await self._thresholds.read()).chosen
            if chosen is not profile:
                what = "Profile no longer chosen" if profile is None else f"Profile {profile.value} chosen"
                before = None if chosen is None else ChosenProfile(chosen)
                after = None if profile is None else ChosenProfile(profile)
                step = PlannedStep(what, [Change(before, after)])
                await self._steps.make(step, actor)
        await self.look()
        return Success(await self._find_profile(profile))

    async def _find_profile(self, chosen: ShowProfile | None) -> ShowProfile:
        current = await self._records.shows.current()
        return find_profile(None if current is None else current.progress, chosen, self._live.now())

    async def _read_titles(self) -> ScopeTitles:
        return ScopeTitles(
            Places(await self._records.locations.all()),
            await self._records.assignments.performers(),
            await self._records.assignments.assignments(),
            await self._read_devices(),
        )

    async def _read_devices(self) -> Sequence[DeviceSnapshot]:
        """As they are now, or as they were stored last."""
        return self._live.snapshot() or await self._stored.query(ALL_DEVICES)


def _is_in(scope: ThresholdScope, state: ChannelState, device: DeviceSnapshot, places: Places) -> bool:
    """Whether the scope is for a channel; in which profile is another matter."""
    chain: Sequence[LocationId] = places.chain_of(device.device)
    wearer = None if state.performer is None else state.performer.id
    return (
        scope.location_id in (None, *chain)
        and scope.performer_id in (None, wearer)
        and scope.channel in (None, state.ref)
    )
