"""Takes what is recorded while a person walks, place by place, and keeps the figures.

A walk is between two places or at one. ``start`` makes one, between places; ``go_to`` first takes what was
recorded at the place before, and then begins a visit of the next; ``finish`` and ``cancel`` end it. ``run``
takes what was recorded once a second: the recorder keeps full rate for 75 seconds only, so that a long
visit is taken piece by piece. What was taken is remembered by the time of its end. Of visits that ended
only figures are kept, and each time one ends, the walk is stored as it is so far: a process that is killed
loses the last visit at most. ``close`` finishes a walk that runs when the program ends. ``MAX_WALK_S``
after its begin nothing more is taken; what was, stays until it is finished.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import NoReturn

import anyio

from micboard_tui.contracts.errors import ErrorCode, MicboardError, StorageError, invalid_value_error
from micboard_tui.contracts.events import EventSink
from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.recorder import RecorderContract, RecorderMode
from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.walks import MAX_CHANNELS_WALKED, RunningWalk, WalkRepository
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, channel_label
from micboard_tui.domain.recording.reading import ReadingFlag
from micboard_tui.domain.recording.sample_ring import Sample
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.thresholds import DEFAULT_THRESHOLDS
from micboard_tui.domain.walk_test import (
    MAX_PLACE_NAME,
    MAX_PLACES,
    MAX_VISIT_SAMPLES,
    MAX_WALK_NAME,
    PlaceLog,
    Walk,
    WalkResult,
    WalkSample,
    sort_results,
)
from micboard_tui.services.error_translation import translate_errors
from micboard_tui.services.events.act_event import store_act

TAKE_EVERY_S = 1.0
MAX_WALK_S = 4 * 3600.0
SHOWN_SAMPLES = 600
"""While a visit lasts, its figures are those of its last minute, so that a long one costs no more."""
DBM = ReadingFlag.ANTENNA_DBM | ReadingFlag.CHANNEL_DBM


@dataclass(slots=True)
class _WalkInProgress:
    channels: Sequence[ChannelRef]
    started_at: float
    actor: str
    names: dict[int, str]
    place: int | None = None
    place_since: float | None = None
    taken_until: float = 0.0
    number: int | None = None
    """As it is stored so far; None: it is not."""
    logs: dict[tuple[int, ChannelRef], PlaceLog] = field(default_factory=dict)


class WalkService:
    """Implements ``WalkContract``."""

    def __init__(
        self,
        walks: WalkRepository,
        recorder: RecorderContract,
        live: LiveContract,
        events: EventSink,
    ) -> None:
        self._walks, self._recorder, self._live, self._events = walks, recorder, live, events
        self._walk: _WalkInProgress | None = None
        self._lock = anyio.Lock()
        self._names: Mapping[int, str] = {}
        self._running: RunningWalk | None = None

    @property
    def running(self) -> RunningWalk | None:
        return self._running

    async def run(self) -> NoReturn:
        """Until cancelled."""
        while True:
            await anyio.sleep(TAKE_EVERY_S)
            async with self._lock:
                if self._walk is not None:
                    await self._take(self._live.now())
                    self._publish(self._walk)

    async def close(self) -> None:
        """Finish the walk that runs; the tasks have ended."""
        if self._walk is not None:
            with anyio.CancelScope(shield=True):
                await self.finish(actor=self._walk.actor)

    @translate_errors
    async def start(self, channels: Sequence[ChannelRef], *, actor: str) -> ServiceResult[RunningWalk]:
        async with self._lock:
            return Success(await self._begin(list(dict.fromkeys(channels)), actor))

    @translate_errors
    async def go_to(self, place: int | None, *, actor: str) -> ServiceResult[RunningWalk]:
        del actor
        async with self._lock:
            walk = self._require_walk()
            if place is not None and not 1 <= place <= MAX_PLACES:
                raise invalid_value_error(f"Places have the numbers 1 to {MAX_PLACES}", "Press one of them")
            now = self._live.now()
            await self._take(now)
            for log in walk.logs.values():
                log.end_visit()
            walk.place, walk.taken_until = place, now
            walk.place_since = None if place is None else now
            running = self._publish(walk)
            with suppress(StorageError):  # It is stored after the next visit; finishing it tells why not.
                await self._keep(walk, self._result(walk, now))
            return Success(running)

    @translate_errors
    async def name_place(self, place: int, name: str, *, actor: str) -> ServiceResult[RunningWalk]:
        del actor
        walk = self._require_walk()
        name = visible(" ".join(name.split()))
        if not 1 <= place <= MAX_PLACES or len(name) > MAX_PLACE_NAME:
            raise invalid_value_error(
                f"A name of a place has at most {MAX_PLACE_NAME} characters", "Choose a shorter one"
            )
        walk.names[place] = name
        return Success(self._publish(walk))

    @translate_errors
    async def finish(self, name: str = "", *, actor: str) -> ServiceResult[Walk]:
        async with self._lock:
            walk = self._require_walk()
            name = visible(" ".join(name.split()))
            if len(name) > MAX_WALK_NAME:
                raise invalid_value_error(
                    f"A name of a walk has at most {MAX_WALK_NAME} characters", "Choose a shorter one"
                )
            now = self._live.now()
            await self._take(now)
            result = replace(self._result(walk, now), name=name, actor=actor)
            if result.results:
                result = await self._keep(walk, result)
                places = len({found.place for found in result.results})
                channels = f"{len(walk.channels)} channel{'s' * (len(walk.channels) != 1)}"
                text = f"Walk test with {channels} at {places} place{'s' * (places != 1)}"
                await store_act(self._events, Event(now, EventKind.STEP, text, actor=actor))
            self._walk, self._running, self._names = None, None, result.places
            return Success(result)

    @translate_errors
    async def cancel(self, *, actor: str) -> ServiceResult[None]:
        del actor
        async with self._lock:
            walk = self._require_walk()
            if walk.number is not None:
                await self._walks.remove(walk.number)
            self._walk = self._running = None
            return Success(None)

    @translate_errors
    async def list_walks(self) -> ServiceResult[Sequence[Walk]]:
        number = None if self._walk is None else self._walk.number
        return Success([walk for walk in await self._walks.list() if number is None or walk.id != number])

    @translate_errors
    async def find_walk(self, number: int | None = None) -> ServiceResult[Walk]:
        walks = await self._walks.list()
        walk = next((walk for walk in walks if number is None or walk.id == number), None)
        if walk is None:
            about = "There is no walk yet" if number is None else f"There is no walk {number}"
            raise MicboardError(
                ErrorCode.WALK_NOT_FOUND,
                about,
                hint="'micboard-tui walk list' lists them; w on the board walks",
            )
        return Success(walk)

    async def _begin(self, chosen: Sequence[ChannelRef], actor: str) -> RunningWalk:
        if self._walk is not None:
            raise invalid_value_error("A walk runs already", "Finish it first")
        if not chosen or len(chosen) > MAX_CHANNELS_WALKED:
            raise invalid_value_error(
                f"A walk has 1 to {MAX_CHANNELS_WALKED} channels", "Mark the channels that you walk with"
            )
        recorder = await self._recorder.get_state()
        if not recorder.success or recorder.data.mode is RecorderMode.OFF:
            raise invalid_value_error(
                "Nothing is recorded here", "Walk with the board that reads the devices"
            )
        now = self._live.now()
        names = dict(await self._last_names())
        self._walk = _WalkInProgress(chosen, now, actor, names, taken_until=now)
        return self._publish(self._walk)

    async def _keep(self, walk: _WalkInProgress, result: Walk) -> Walk:
        """Store it as it is so far, where a place was walked to. Raises StorageError."""
        if not result.results:
            return result
        kept = await self._walks.keep(replace(result, id=walk.number))
        walk.number = kept.id
        return kept

    def _require_walk(self) -> _WalkInProgress:
        if self._walk is None:
            raise MicboardError(ErrorCode.WALK_NOT_RUNNING, "No walk is running", hint="Start one")
        return self._walk

    async def _last_names(self) -> Mapping[int, str]:
        if not self._names:
            walks = await self._walks.list()
            self._names = walks[0].places if walks else {}
        return self._names

    async def _take(self, until: float) -> None:
        """Put what was recorded since the last time to the place; the caller holds the lock."""
        walk = self._walk
        if walk is None or walk.place is None:
            return
        if until <= walk.taken_until:
            walk.taken_until = until  # The clock may have been set back.
            return
        if until - walk.started_at > MAX_WALK_S:
            return
        answer = await self._recorder.samples(walk.channels, walk.taken_until, until)
        if not answer.success:
            return
        for ref, samples in answer.data.items():
            # Both ends of a span belong to it; a sample at its beginning was taken with the one before.
            new = [walk_sample(sample) for sample in samples if sample.at > walk.taken_until]
            self._log(walk, walk.place, ref).add(new)
        walk.taken_until = until

    def _log(self, walk: _WalkInProgress, place: int, ref: ChannelRef) -> PlaceLog:
        log = walk.logs.get((place, ref))
        if log is None:
            state = self._live.channel(ref)
            thresholds = DEFAULT_THRESHOLDS if state is None else state.thresholds
            log = walk.logs[place, ref] = PlaceLog(thresholds.rf_low_dbm, thresholds.rf_critical_dbm)
        return log

    def _publish(self, walk: _WalkInProgress) -> RunningWalk:
        self._running = RunningWalk(
            tuple(walk.channels),
            walk.started_at,
            dict(walk.names),
            walk.place,
            walk.place_since,
            self._result(walk, self._live.now(), SHOWN_SAMPLES),
        )
        return self._running

    def _result(self, walk: _WalkInProgress, now: float, newest: int = MAX_VISIT_SAMPLES) -> Walk:
        results = [
            WalkResult(place, ref, self._title(ref), log.figures(newest))
            for (place, ref), log in walk.logs.items()
        ]
        return Walk(walk.started_at, now, walk.actor, dict(walk.names), sort_results(results))

    def _title(self, ref: ChannelRef) -> str:
        device, state = self._live.device(ref.device_id), self._live.channel(ref)
        label = channel_label(device.title if device else ref.device_id, ref.number)
        name = state.display_name if state else None
        return f"{label} {name}" if name else label


def walk_sample(sample: Sample) -> WalkSample:
    """What counts of a recorded sample: levels in dBm, and whether a carrier is received."""
    flags = sample.reading.flags
    is_lost = bool(flags & ReadingFlag.NO_CARRIER)
    if not flags & DBM:
        return WalkSample(sample.at, None, None, is_lost)
    return WalkSample(sample.at, sample.rf_a, sample.rf_b, is_lost)
