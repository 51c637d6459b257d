"""How a recap is collected: its span, its events page by page, its channels a few after others."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence

import pytest

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo, MicboardError
from micboard_tui.contracts.recap import WITHOUT_SHOW_S, RecapFormat, RecapProgress, RecapQuery
from micboard_tui.contracts.result import Failure, ServiceResult
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import Device, DeviceState
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.recording.reading import ReadingFlag, link_flag
from micboard_tui.domain.recording.recorded_span import RecordedSpan
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.domain.show import Show, ShowProgress
from micboard_tui.services.assembly import build_services
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.recap.recap_collector import CHANNELS_AT_ONCE, EVENTS_AT_ONCE
from micboard_tui.services.recap.recap_service import RecapService
from micboard_tui.services.recap.recap_sources import Sources, choose_span
from micboard_tui.services.steady_clock import SteadyClock
from tests.fakes.events import InMemoryEvents
from tests.fakes.links import until
from tests.fakes.plugins import Plugins
from tests.fakes.recorded import MadeUpRecorder
from tests.fakes.repositories import InMemoryDevices
from tests.fakes.services import FakeSessions, fake_adapters, in_memory
from tests.services.results import code_of, data_of
from tests.services.stage import Clock

NOW = 1_000_000.0
RACK = DeviceId("rack")
HEARD = ChannelSummary(
    LevelSummary(-700, -700, -700, 1), flags=ReadingFlag.CHANNEL_DBM | link_flag(LinkState.LIVE), readings=1
)


class Rig:
    """One device with more channels than are read at once."""

    channels = CHANNELS_AT_ONCE + 1

    def __init__(self) -> None:
        manual = Clock(NOW)
        clock = SteadyClock(wall=manual, steady=manual)
        self.live, self.events = LiveState(clock), InMemoryEvents()
        devices = InMemoryDevices(Device(RACK, "shure", "shure-strings", "10.0.0.1", 2202, "Rack"))
        devices.states[RACK] = DeviceState(RACK)
        for number in range(1, self.channels + 1):
            devices.channels[ChannelRef(RACK, number)] = ChannelState(RACK, number)
        self.recorder = WatchedRecorder()
        adapters = fake_adapters(
            in_memory(devices), Plugins(), live=self.live, clock=clock, events=self.events
        )
        services = build_services(adapters, FakeSessions())
        sources = Sources(
            self.live, services.shows, services.devices, self.recorder, adapters.events, services.handover
        )
        self.service = RecapService(sources)


class WatchedRecorder(MadeUpRecorder):
    """Can fail, or be held."""

    def __init__(self) -> None:
        super().__init__(lambda _ref, _at: HEARD)
        self.is_read = False
        self.fault: ErrorInfo | None = None
        self.waits: asyncio.Event | None = None

    async def summaries(
        self, channels: Collection[ChannelRef], start: float, end: float, columns: int
    ) -> ServiceResult[Mapping[ChannelRef, RecordedSpan]]:
        self.is_read = True
        if self.waits is not None:
            await self.waits.wait()
        if self.fault is not None:
            return Failure(self.fault)
        return await super().summaries(channels, start, end, columns)


async def test_channels_are_read_a_few_after_others_and_events_page_by_page() -> None:
    rig = Rig()
    many = EVENTS_AT_ONCE + 5
    lost = {"link": "rf_lost", "before": "live"}
    # Several stand at the moment at which the second page begins.
    await rig.events.add(
        [
            Event(NOW - 5000 + index // 3, EventKind.LINK, "lost", RACK, 1, details=lost)
            for index in range(many)
        ]
    )
    progress: list[RecapProgress] = []
    recap = data_of(await rig.service.make_recap(RecapQuery(), report=progress.append))
    assert (recap.start, recap.end, recap.show) == (NOW - WITHOUT_SHOW_S, NOW, None)
    assert recap.channels[0].drop_outs == many
    assert {channel.margin_db for channel in recap.channels} == {25}
    assert {channel.curve for channel in recap.channels} == {None}
    assert [len(read[0]) for read in rig.recorder.reads] == [CHANNELS_AT_ONCE, 1]
    assert progress == [RecapProgress(0, 33), RecapProgress(32, 33), RecapProgress(33, 33)]


async def test_recaps_that_are_made_at_once_have_a_progress_each() -> None:
    rig = Rig()
    one: list[RecapProgress] = []
    other: list[RecapProgress] = []
    query = RecapQuery(NOW - 100, NOW)
    await asyncio.gather(
        rig.service.make_recap(query, report=one.append),
        rig.service.write_report(query, RecapFormat.CSV, report=other.append),
    )
    assert one == other == [RecapProgress(0, 33), RecapProgress(32, 33), RecapProgress(33, 33)]


@pytest.mark.no_cover
async def test_a_report_has_the_form_that_is_asked_for() -> None:
    rig = Rig()
    begins: Sequence[tuple[RecapFormat, str]] = (
        (RecapFormat.HTML, "<!doctype html>"),
        (RecapFormat.MARKDOWN, "# Recap"),
        (RecapFormat.CSV, "mic,name"),
        (RecapFormat.JSON, "{"),
    )
    query = RecapQuery(NOW - 100, NOW)
    texts = {form: data_of(await rig.service.write_report(query, form)) for form, _ in begins}
    assert all(texts[form].startswith(begin) for form, begin in begins)
    assert texts[RecapFormat.HTML].count("<figure>") == rig.channels
    assert json.loads(texts[RecapFormat.JSON])["channels"][0]["margin_db"] == 25


async def test_a_recap_is_compared_with_the_show_before_in_columns_of_one_length() -> None:
    rig = Rig()
    query = RecapQuery(NOW - 300, NOW)
    assert code_of(await rig.service.find_earlier(query)) is ErrorCode.SHOW_NOT_FOUND
    calls = ((NOW - 9000, "start"), (NOW - 5000, "end"), (NOW - 200, "start"))
    await rig.events.add(
        [Event(at, EventKind.SHOW, "x", details={"action": action, "show": "Romeo"}) for at, action in calls]
    )
    earlier = data_of(await rig.service.find_earlier(query))
    assert earlier == RecapQuery(NOW - 9000, NOW - 5000, "Romeo")
    for one, other in ((query, earlier), (earlier, query)):
        recap = data_of(await rig.service.make_recap(one, other))
        assert recap.comparison is not None
        assert (recap.comparison.start, recap.comparison.channels) == (other.since, 0)
    exact = [read[3] for read in rig.recorder.reads if len(read[0]) == 1]
    assert exact == [300, 400, 300, 400, 300, 300]


async def test_a_recap_can_be_cancelled() -> None:
    rig = Rig()
    rig.recorder.waits = asyncio.Event()
    task = asyncio.create_task(rig.service.make_recap(RecapQuery()))
    await until(lambda: rig.recorder.is_read)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_recording_that_cannot_be_read_is_no_reason_for_no_recap() -> None:
    rig = Rig()
    rig.recorder.fault = ErrorInfo(ErrorCode.DATABASE_DAMAGED, "The file is damaged", hint="Move it away")
    recap = data_of(await rig.service.make_recap(RecapQuery()))
    assert recap.not_measured[0] == "The recording could not be read: The file is damaged"
    assert recap.channels[0].outage_s is None
    assert code_of(await rig.service.make_recap(RecapQuery(NOW, NOW - 1))) is ErrorCode.INVALID_VALUE


def test_the_span_is_that_of_the_show_unless_another_is_asked_for() -> None:
    romeo = ShowProgress(Show("Romeo"), started_at=100.0)
    ended = ShowProgress(Show("Romeo"), started_at=100.0, ended_at=900.0)
    assert choose_span(romeo, RecapQuery(), 500.0) == (100.0, 500.0, "Romeo")
    assert choose_span(ended, RecapQuery(), 5000.0) == (100.0, 900.0, "Romeo")
    assert choose_span(ended, RecapQuery(None, 300.0), 5000.0) == (100.0, 300.0, "Romeo")
    assert choose_span(ended, RecapQuery(200.0), 5000.0) == (200.0, 5000.0, None)
    assert choose_span(romeo, RecapQuery(), 100.0) == (100.0, 101.0, "Romeo")
    assert choose_span(None, RecapQuery(None, 20_000.0), 5000.0)[:2] == (20_000 - WITHOUT_SHOW_S, 20_000)
    with pytest.raises(MicboardError, match="had not started"):
        choose_span(romeo, RecapQuery(None, 50.0), 5000.0)
