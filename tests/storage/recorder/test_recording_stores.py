"""The flight recorder in a file and on a server: what was written is read again, and it is bounded."""

import asyncio
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.recording_store import RecordedStep, RecordingStore, SecondRecord, WindowRecord
from micboard_tui.domain.alarm_rules import AlarmKey
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.recording.chunk import STEPS_S, Chunk, ClosedChunk, Tiers
from micboard_tui.domain.recording.recorded_span import WindowTitle
from micboard_tui.domain.recording.sample_ring import SampleBlock
from micboard_tui.domain.recording.second_codec import ChannelOrder
from micboard_tui.domain.recording.second_summary import ChannelSummary, LevelSummary
from micboard_tui.domain.recording.span_columns import series_of_chunks
from micboard_tui.domain.recording.summary_columns import columns_of
from micboard_tui.services.recorder.span_reader import OpenChunks, SpanReader
from micboard_tui.storage.database import BUSY_TIMEOUT_MS, sqlite_url
from micboard_tui.storage.database_engine import make_engine, parse_address
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.recorder import chunk_recovery, recorder_retention
from micboard_tui.storage.recorder.recorder_file import RecorderFile
from micboard_tui.storage.recorder.recorder_schema import KEPT_DAMAGED
from micboard_tui.storage.recorder.recorder_server import RecorderServer
from micboard_tui.storage.recorder.recorder_tables import schema_of
from tests.fakes.full_disk import full_disk
from tests.storage.records import run_in_transaction

DEVICE = DeviceId("rack")
REFS = tuple(ChannelRef(DEVICE, number) for number in range(1, 4))
ORDER = ChannelOrder(REFS)
LOST = AlarmKey(ProblemCode.RF_LOST, DEVICE, 1)


class Evening:
    """Records seconds of three channels, as the service does."""

    def __init__(
        self, make_store: Callable[[], RecordingStore], url: URL | str, schema: str = "micboard_recorder"
    ) -> None:
        self.make_store, self.url, self.schema = make_store, url, schema
        self.tiers, self.order = Tiers(), ORDER
        self.store = make_store()

    def alter(self, *statements: str) -> None:
        """Change what is stored behind our back."""
        schema = "" if isinstance(self.url, URL) else f"SET LOCAL search_path TO {self.schema}"

        def run(connection: Connection) -> None:
            for statement in filter(None, (schema, *statements)):
                connection.execute(text(statement))

        asyncio.run(run_in_transaction(self.url, run))

    def record(self, start: int, end: int, batch: int = 300) -> None:
        steps = []
        for at in range(start, end):
            columns = columns_of([summary_of(at)] * len(self.order.refs))
            steps.append(
                RecordedStep(SecondRecord(at, self.order, columns), self.tiers.add(at, columns, self.order))
            )
            if len(steps) == batch or at == end - 1:
                self.store.write(steps, [])
                steps = []


def summary_of(at: int) -> ChannelSummary:
    return ChannelSummary(audio=LevelSummary(-at % 500, -at % 500, -at % 500, 1), readings=1)


def evening_in(file: Path) -> Evening:
    return Evening(partial(RecorderFile, file), sqlite_url(file))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "recorder.db"


@pytest.fixture
def evening_in_file(file: Path) -> Iterator[Evening]:
    evening = evening_in(file)
    assert evening.store.open() is None
    yield evening
    evening.store.close()


MakeServer = Callable[[str], RecorderServer]


@pytest.fixture
def make_server(postgres_url: str) -> Iterator[MakeServer]:
    """Makes the recording of a process by its name."""
    translator = ErrorTranslator("the server", None, is_server=True)

    async def make() -> AsyncEngine:
        engine = make_engine(parse_address(postgres_url), BUSY_TIMEOUT_MS)
        assert isinstance(engine, AsyncEngine)
        return engine

    with start_blocking_portal() as portal:
        engine = portal.call(make)
        yield lambda writer: RecorderServer(engine, translator, portal.call, writer)
        portal.call(engine.dispose)


@pytest.fixture
def evening_on_server(postgres_url: str, make_server: MakeServer) -> Iterator[Evening]:
    evening = Evening(lambda: make_server(""), postgres_url)
    assert evening.store.open() is None
    yield evening
    evening.store.close()


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.integration)])
def evening(request: pytest.FixtureRequest) -> Evening:
    """A recording of each kind, open."""
    opened: Evening = request.getfixturevalue(
        f"evening_{'in_file' if request.param == 'file' else 'on_server'}"
    )
    return opened


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_recovery, "PAUSE_S", 0.0)


def readings_of(store: RecordingStore, step_s: int, ref: ChannelRef, end: int) -> dict[float, int]:
    series = series_of_chunks(step_s, store.read_chunks(step_s, [ref], 0, end)[ref])
    found: dict[float, int] = {}
    for at, readings in zip(series.starts, series.columns[15], strict=True):
        found[at] = found.get(at, 0) + readings
    return found


def test_what_was_written_is_read_again_by_any_process(evening: Evening) -> None:
    evening.record(6000, 7300)
    reader = evening.make_store()
    assert reader.find_newest() == 7299.0
    series = reader.read_seconds(REFS, 6100.5, 6105)[REFS[1]]
    assert (series.starts, series.columns[15]) == ([6100, 6101, 6102, 6103, 6104], [1] * 5)
    assert series.columns[8][0] == -6100 % 500
    assert len(reader.read_seconds(REFS, 6100, 6400)[REFS[0]].starts) == 300
    assert set(readings_of(reader, 10, REFS[0], 9999).values()) == {10}
    with pytest.raises(StorageError) as refused:
        reader.open()
    assert refused.value.code is ErrorCode.ALREADY_RUNNING
    evening.store.close()
    assert reader.open() is None
    reader.close()


@pytest.mark.parametrize("column_s", [1, 10, 60])
def test_all_up_to_the_newest_second_is_read_at_any_moment_also_by_another_process(
    evening: Evening, column_s: int
) -> None:
    """Chunks of channels end one after the other, and at first some channels have none."""
    start, end, reader = 6000, 7920, evening.make_store()
    for now in range(start, end, 120):
        evening.record(now, now + 120)
        stores: list[tuple[RecordingStore, OpenChunks]] = [(reader, {})]
        if column_s < 60:  # Its own newest 10 s have not come to the minutes yet.
            stores.append((evening.store, open_chunks_of(evening)))
        for store, open_chunks in stores:
            span = SpanReader(store, REFS, start, end, open_chunks, []).read((end - start) // column_s)
            for ref in REFS:
                readings = [column.readings for column in span[ref].columns]
                assert readings == [
                    column_s if start + index * column_s < now + 120 else 0 for index in range(len(readings))
                ]


def open_chunks_of(evening: Evening) -> OpenChunks:
    return {(step_s, ref): evening.tiers.open_chunks(ref, step_s) for step_s in STEPS_S for ref in REFS}


def test_where_one_tier_begins_later_than_another_nothing_is_missing(evening: Evening) -> None:
    """The chunks of 10 s of each channel begin at another time, where older ones were removed."""
    evening.record(6000, 9600)
    evening.store.write([RecordedStep(None, evening.tiers.close())], [])
    evening.alter("DELETE FROM second", "DELETE FROM chunk_10 WHERE start < 7195")
    evening.store.close()
    start, end = 6000, 9000
    span = SpanReader(evening.make_store(), REFS, start, end, {}, []).read(300)
    for ref in REFS:
        assert all(column.readings for column in span[ref].columns), ref


def test_the_file_is_private_and_is_not_made_by_reading(evening_in_file: Evening, file: Path) -> None:
    missing = RecorderFile(file.with_name("none.db"))
    assert missing.read_seconds(REFS, 0, 99) == {}
    assert missing.find_newest() is None
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.integration
def test_a_writer_whose_place_was_taken_while_it_was_frozen_writes_nothing_more(
    evening_on_server: Evening,
) -> None:
    evening_on_server.record(0, 20)
    evening_on_server.alter("UPDATE writer SET seen_at = seen_at - interval '1 minute'")
    other = Evening(evening_on_server.make_store, evening_on_server.url)
    assert other.store.open() is None
    other.record(20, 30)
    with pytest.raises(StorageError) as late:
        evening_on_server.record(30, 40)
    assert late.value.code is ErrorCode.ALREADY_RUNNING
    assert other.store.read_seconds(REFS, 0, 99)[REFS[0]].starts == [*range(30)]
    other.store.close()


@pytest.mark.no_cover
def test_the_next_start_makes_the_chunks_that_a_killed_program_left_open(evening: Evening) -> None:
    evening.record(6000, 7865)
    evening.store.close()  # Closing writes nothing.
    later = Evening(evening.make_store, evening.url)
    for _ in range(2):
        assert later.store.open() is None
        for ref in REFS:
            tens = readings_of(later.store, 10, ref, 99_999)
            assert tens == dict.fromkeys(range(6000, 7860, 10), 10) | {7860: 5}
            minutes = readings_of(later.store, 60, ref, 99_999)
            assert minutes == dict.fromkeys(range(6000, 7860, 60), 60) | {7860: 5}
        later.store.close()
    later.store.open()
    later.order = ChannelOrder(REFS[::-1])
    later.record(7870, 7890)
    later.store.close()
    last = evening.make_store()
    last.open()
    assert readings_of(last, 10, REFS[0], 99_999)[7870] == 10
    assert readings_of(last, 60, REFS[0], 99_999)[7860] == 25
    last.close()


def test_windows_of_alarms_are_found_by_alarm_channel_and_time(evening: Evening) -> None:
    block = SampleBlock({REFS[0]: (0, 2)}, [940.0, 941.5], [-600, -610], [0, 0], [0, 0], [1, 2], [1, 1])
    keys = [LOST, AlarmKey(ProblemCode.OFFLINE, DEVICE), AlarmKey(ProblemCode.RF_LOST, DEVICE, 2)]
    network = AlarmKey(ProblemCode.NETWORK_LOST, location_id=LocationId("stage"))
    for number, key in enumerate([*keys, network]):
        at = 1000.0 + number
        window = WindowRecord(WindowTitle(key, at, at - 60, at + 15), REFS[:2], [block])
        evening.store.write([], [window])
    kept = evening.store.read_window(LOST, 1000.0)
    assert kept is not None
    assert [(sample.at, sample.rf_a) for sample in kept.samples[REFS[0]]] == [(940.0, -60.0), (941.5, -61.0)]
    assert (kept.samples[REFS[1]], kept.title.end) == ([], 1015.0)
    assert evening.store.read_window(LOST, 1001.0) is None

    def listed(
        *channels: ChannelRef, since: float = 0, until: float | None = None, limit: int = 9
    ) -> list[float]:
        titles = evening.store.list_windows(since, until, channels, limit)
        return [title.raised_at - 1000 for title in titles]

    assert listed() == [0, 1, 2, 3]
    assert listed(REFS[0]) == [0, 1, 3]
    assert listed(ChannelRef(DeviceId("other"), 1)) == [3]
    assert listed(since=1001, until=1002) == [1, 2]
    assert listed(limit=2) == [2, 3]
    evening.alter("UPDATE alarm_window SET cause = 'haunted' WHERE raised_at = 1003.0")
    assert listed(limit=2) == [1, 2]


@pytest.mark.no_cover
def test_each_tier_is_kept_for_its_time_and_no_longer(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_retention, "SECONDS_KEPT", 100)
    monkeypatch.setattr(recorder_retention, "KEPT_S", {10: 1200, 60: 7200, 300: 7200})
    monkeypatch.setattr(recorder_retention, "WINDOWS_KEPT", 1)
    windows = [WindowRecord(WindowTitle(LOST, at, at - 60, at + 15), [], []) for at in (9000.0, 9001.0)]
    evening.store.write([], windows)
    evening.record(6900, 10_000, batch=60)
    seconds = evening.store.read_seconds(REFS, 0, 99_999)[REFS[0]].starts
    assert (seconds[-1], len(seconds)) == (9999, 140)  # Once a minute.
    assert min(readings_of(evening.store, 10, REFS[0], 99_999)) >= 9999 - 1200 - 600
    assert min(readings_of(evening.store, 60, REFS[0], 99_999)) == 6900
    assert [title.raised_at for title in evening.store.list_windows(0, None, [], 9)] == [9001.0]
    evening.record(100, 160)  # The clock was set back: nothing that is newer goes.
    assert len(evening.store.list_windows(0, None, [], 9)) == 1


def test_a_file_that_is_too_large_loses_its_oldest_chunks(file: Path) -> None:
    small = Evening(partial(RecorderFile, file, max_bytes=1), sqlite_url(file))
    small.store.open()
    small.record(0, 1000)
    small.store.write([RecordedStep(SecondRecord(10_100, ORDER, columns_of([summary_of(1)] * 3)))], [])
    assert readings_of(small.store, 10, REFS[0], 99_999) == {}
    small.store.close()


DAY = 86_400


def minutes_of(start: int, hours: int) -> list[ClosedChunk]:
    """Chunks of minutes of two channels that end at other times than whole hours, and one minute is a gap."""
    dice = random.Random(start)
    chunks: list[ClosedChunk] = []
    for ref, offset in ((REFS[0], 0), (REFS[1], 23)):
        edges = [0, *range(offset or 60, hours * 60, 60), hours * 60]
        for begin, end in pairwise(edges):
            levels = [dice.randrange(-800, -400) for _ in range(begin, end)]
            rf = [LevelSummary(low, 600 * (low + 50), low + 100, 600) for low in levels]
            summaries = [ChannelSummary(level, level, level, 80, 70, 1, 600) for level in rf]
            if begin == 0:
                summaries[7] = ChannelSummary()
            chunks.append(ClosedChunk(ref, Chunk(start + begin * 60, 60, columns_of(summaries))))
    return chunks


def test_minutes_are_thinned_when_they_are_two_weeks_old_and_nothing_is_lost(evening: Evening) -> None:
    evenings = [day * DAY + 72_000 + 120 for day in range(1, 19)]
    for start in evenings:
        evening.store.write([RecordedStep(None, minutes_of(start, 6))], [])
    evening.alter("UPDATE chunk_60 SET data = substr(data, 1, 1) WHERE id = 20")
    before = [readings_of(evening.store, 60, ref, 40 * DAY) for ref in REFS[:2]]
    now = 20 * DAY
    for second in range(now, now + 3600, 60):
        evening.store.write([RecordedStep(SecondRecord(second, ORDER, columns_of([summary_of(1)] * 3)))], [])
    for ref, minutes in zip(REFS, before, strict=False):
        kept, thinned = (readings_of(evening.store, step_s, ref, 40 * DAY) for step_s in (60, 300))
        expected: dict[float, int] = {}
        for at, readings in minutes.items():
            expected[at - at % 300] = expected.get(at - at % 300, 0) + readings
        assert thinned == {at: readings for at, readings in expected.items() if at in thinned}
        assert kept == {at: readings for at, readings in minutes.items() if at - at % 300 not in thinned}
        assert now - 14 * DAY - 6 * 3600 <= min(kept) <= max(thinned) + 300 + DAY
        assert max(thinned) < now - 14 * DAY
    # Who asks is given all of it, whatever is thinned yet.
    start, end = evenings[4] - 120, evenings[7] - 120  # Whole five minutes, as the columns are.
    span = SpanReader(evening.store, REFS[:2], start, end, {}, []).read(72)
    whole = [sum(readings for at, readings in each.items() if start <= at < end) for each in before]
    assert [sum(column.readings for column in span[ref].columns) for ref in REFS[:2]] == whole


def test_a_damaged_file_is_put_aside_and_a_new_one_begun(evening_in_file: Evening, file: Path) -> None:
    evening = evening_in_file
    evening.record(0, 30)
    evening.store.close()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError) as damaged:
        evening.store.read_seconds(REFS, 0, 99)
    assert damaged.value.code is ErrorCode.DATABASE_DAMAGED
    note = evening.store.open()
    (aside,) = file.parent.glob("recorder-damaged-*.db")
    assert note == f"The recording was damaged and is kept as {aside}: a new one was begun"
    assert aside.read_bytes().startswith(b"no database")
    Evening.record(evening, 100, 110)
    assert len(evening.store.read_seconds(REFS, 0, 999)[REFS[0]].starts) == 10


def test_a_few_damaged_files_stay_and_each_is_whole(evening_in_file: Evening, file: Path) -> None:
    for number in range(KEPT_DAMAGED + 2):
        evening_in_file.store.close()
        file.write_bytes(b"no database %d" % number * 1000)
        os.utime(file, (number, number))
        evening_in_file.store.open()
    kept = file.parent.glob("recorder-damaged-*.db")
    assert sorted(each.read_bytes()[12:13] for each in kept) == [b"2", b"3", b"4"]


def test_a_blob_that_is_damaged_is_a_gap(evening: Evening) -> None:
    evening.record(0, 1300)
    evening.alter(
        "UPDATE second SET data = substr(data, 1, 1) WHERE at = 1203",
        "UPDATE chunk_10 SET data = substr(data, 1, 20)",
        "UPDATE channel_order SET refs = '7'",
    )
    evening.store.close()
    reader = evening.make_store()
    assert reader.read_seconds(REFS, 1200, 1206)[REFS[0]].starts == []
    assert reader.read_chunks(10, REFS, 0, 9999)[REFS[0]] == []
    assert reader.open() is None
    reader.close()


def test_a_recording_of_a_newer_version_is_left_alone(evening: Evening, file: Path) -> None:
    evening.store.close()
    if isinstance(evening.url, str):
        evening.alter("UPDATE writer SET version = 2")
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA user_version = 3")
    for action in (evening.store.open, lambda: evening.store.read_window(LOST, 1.0)):
        with pytest.raises(StorageError) as newer:
            action()
        assert newer.value.code is ErrorCode.DATABASE_NEWER


def test_a_file_that_cannot_be_written_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the directory should be")
    store = RecorderFile(tmp_path / "data" / "recorder.db")
    with pytest.raises(StorageError) as refused:
        store.open()
    assert refused.value.code is ErrorCode.DIRECTORY_NOT_WRITABLE
    assert "goes on by itself" in refused.value.info.hint
    with pytest.raises(StorageError):
        store.write([], [])


def test_a_full_disk_is_told_and_writing_works_again_when_there_is_room(evening_in_file: Evening) -> None:
    evening = evening_in_file
    evening.record(0, 5)
    for action in (lambda: evening.record(5, 400), evening.store.open):
        with full_disk(), pytest.raises(StorageError) as full:
            action()
        assert full.value.code is ErrorCode.DISK_FULL
        assert "goes on by itself" in full.value.info.hint
    assert evening.store.open() is None
    evening.record(400, 410)
    starts = evening.store.read_seconds(REFS, 0, 999)[REFS[0]].starts
    assert starts == [*range(5), *range(400, 410)]


def block_at(at: float) -> SampleBlock:
    return SampleBlock({REFS[0]: (0, 1)}, [at], [-600], [0], [0], [1], [1])


@pytest.mark.integration
def test_collectors_that_record_side_by_side_are_read_as_one(
    postgres_url: str, make_server: MakeServer
) -> None:
    first, second = (Evening(partial(make_server, name), postgres_url) for name in ("left", "it's ? right"))
    for evening in (first, second):
        assert evening.store.open() is None
    # The channels went from the first to the second, with a second that both have.
    first.record(0, 660)
    second.record(659, 700)
    reader = make_server("")
    starts = reader.read_seconds(REFS, 0, 1000)[REFS[0]].starts
    assert starts == [*range(659), 659, 659, *range(660, 700)]
    assert reader.find_newest() == 699
    assert dict.fromkeys(range(0, 580, 10), 10).items() <= readings_of(reader, 10, REFS[1], 1000).items()
    window = WindowRecord(WindowTitle(LOST, 630.0, 620.0, 640.0), REFS, [])
    later = WindowRecord(WindowTitle(LOST, 690.0, 680.0, 700.0), REFS, [])
    second.store.write([], [later])
    first.store.write([], [window])
    # Both had channels of the location, or the same channel one after the other.
    first.store.write([], [later._replace(blocks=[block_at(691.0)])])
    second.store.write([], [later._replace(blocks=[block_at(692.0)])])
    joined = reader.read_window(LOST, 690.0)
    assert joined is not None
    assert [sample.at for sample in joined.samples[REFS[0]]] == [691.0, 692.0]
    assert reader.list_windows(0, None, (), 10) == [window.title, later.title]
    assert reader.list_windows(0, None, (), 1) == [later.title]
    assert reader.read_window(LOST, 690.0) is not None
    for evening in (first, second):
        evening.store.close()


@pytest.mark.integration
def test_one_of_a_name_records_and_others_take_what_a_gone_one_left_away(
    postgres_url: str, make_server: MakeServer
) -> None:
    names = ("gone", "other")
    gone, other = (Evening(partial(make_server, name), postgres_url, schema_of(name)) for name in names)
    for evening in (gone, other):
        evening.store.open()
    with pytest.raises(StorageError, match="Another micboard-tui records"):
        make_server("gone").open()
    gone.record(0, 700)
    assert make_server("").read_chunks(10, REFS[:1], 0, 1000)[REFS[0]]

    def set_seen(days: int) -> None:
        gone.alter(f"UPDATE writer SET seen_at = now() - {days} * interval '1 day'")  # noqa: S608 - a number

    day_later = 700 + 2 * 86_400
    other.record(day_later, day_later + 1)
    assert make_server("").read_chunks(10, REFS[:1], 0, 1000)[REFS[0]]
    set_seen(1)
    other.record(day_later + 100, day_later + 101)
    assert not make_server("").read_chunks(10, REFS[:1], 0, 1000)[REFS[0]]
    assert make_server("").read_seconds(REFS[:1], 0, 1000)[REFS[0]].starts
    set_seen(100)
    other.record(day_later + 200, day_later + 201)
    assert make_server("").read_seconds(REFS[:1], 0, 1000)[REFS[0]].starts == []
    other.store.close()
