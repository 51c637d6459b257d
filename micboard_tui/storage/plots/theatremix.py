"""A show of TheatreMix, ``.tmix``, which is an SQLite database (docs/explanation/mic-plot.md).

It is read from memory: the program may have the file open, and what is in it is not ours to run. Columns are
asked for by name, since releases have others, and what is missing is empty.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple, TypeAlias

from micboard_tui.contracts.errors import invalid_value_error
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.mic_plot_builder import MAX_TEXT, TableMistake
from micboard_tui.domain.mic_plot_table import MAX_TABLE_ROWS, PlotTable, TableForm
from micboard_tui.domain.safe_text import visible

MAX_STEPS = 50_000_000
"""Of SQLite's machine; a show takes some thousands."""
STEPS_BETWEEN_LOOKS = 1_000_000
DCAS = 12

Row: TypeAlias = Mapping[str, object]


class _Names(NamedTuple):
    actors: Mapping[int, str]
    """Who is on a channel: the active one, or the only one."""
    characters: Mapping[int, str]
    """The default profile of a channel, which is its name."""
    profiles: Mapping[int, str]
    """By the profile's own number."""


def read_theatremix(content: bytes) -> PlotTable:
    """The plot of a show: a scene a cue, a mic a channel in a DCA. Raises MicboardError INVALID_VALUE."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(content)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(_count_steps(), STEPS_BETWEEN_LOOKS)
            return _read(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise invalid_value_error(
            f"The TheatreMix show cannot be read ({error})", "Save it anew with TheatreMix"
        ) from error


def _count_steps() -> Callable[[], bool]:
    looks = iter(range(MAX_STEPS // STEPS_BETWEEN_LOOKS))
    return lambda: next(looks, None) is None


def _read(connection: sqlite3.Connection) -> PlotTable:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "cues" not in tables:
        raise invalid_value_error("This database is no show of TheatreMix", "Give a .tmix file")

    def rows_of(table: str) -> Sequence[Row]:
        if table not in tables:
            return []
        found = connection.execute(f'SELECT * FROM "{table}" LIMIT {MAX_TABLE_ROWS}')  # noqa: S608 - a name of ours
        return [dict(row) for row in found]

    names = _read_names(rows_of("actors"), rows_of("profiles"))
    scenes: list[PlotScene] = []
    entries: list[PlotEntry] = []
    mistakes: list[TableMistake] = []
    skipped = 0
    cues = sorted(rows_of("cues"), key=lambda cue: (_number(cue.get("number")), _number(cue.get("point"))))
    for row, cue in enumerate(cues, 1):
        # Cues 0.x check lines before the show.
        if _number(cue.get("number")) == 0 or _number(cue.get("skip")):
            skipped += 1
            continue
        for mic, profile in _channels_of(cue):
            character = names.profiles.get(profile or -1) or names.characters.get(mic)
            performer = names.actors.get(mic)
            if performer or character:
                entries.append(PlotEntry(len(scenes), str(mic), performer, character))
            else:
                mistakes.append(TableMistake(row, 1, f"channel {mic} has neither an actor nor a profile"))
        scenes.append(_scene_of(cue))
    ignored = (f"{skipped} cues that check lines or are skipped",) if skipped else ()
    return PlotTable(
        MicPlot(tuple(scenes), tuple(dict.fromkeys(entries))),
        TableForm.SCENE_ROWS,
        has_marks=True,
        ignored=ignored,
        mistakes=tuple(mistakes),
    )


def _read_names(actors: Sequence[Row], profiles: Sequence[Row]) -> _Names:
    by_channel: dict[int, list[Row]] = {}
    for actor in actors:
        by_channel.setdefault(_number(actor.get("channel")), []).append(actor)
    chosen: dict[int, str] = {}
    for channel, candidates in by_channel.items():
        active = [actor for actor in candidates if _number(actor.get("active"))]
        if active or len(candidates) == 1:
            chosen[channel] = _text((active or candidates)[0].get("name"))
    return _Names(
        {channel: name for channel, name in chosen.items() if name},
        {
            _number(profile.get("channel")): _text(profile.get("name"))
            for profile in profiles
            if _number(profile.get("default"))
        },
        {_number(profile.get("id")): _text(profile.get("name")) for profile in profiles},
    )


def _channels_of(cue: Row) -> Iterator[tuple[int, int | None]]:
    """The channels in a DCA, with their profile where it is not the default; aux inputs are no mics."""
    pairs = (part.partition("=") for part in str(cue.get("channelProfiles") or "").split(","))
    profiles = {_number(channel): _number(profile) for channel, _, profile in pairs}
    channels: dict[int, None] = {}
    for number in range(1, DCAS + 1):
        for part in str(cue.get(f"dca{number:02d}Channels") or "").split(","):
            if (channel := _number(part)) > 0:
                channels[channel] = None
    for channel in sorted(channels):
        yield channel, profiles.get(channel)


def _scene_of(cue: Row) -> PlotScene:
    """A point is no fraction: 0.1 and 0.10 are two cues. A name that is indented begins with ``>``."""
    number, point = _number(cue.get("number")), _number(cue.get("point"))
    name = _text(str(cue.get("name") or "").lstrip("> "))
    cue_number = f"{number}.{point}" if point else str(number)
    return PlotScene(cue_number, name=name or None, cue=_text(cue.get("qLabCue")) or None)


def _number(value: object) -> int:
    """0 where it is none: no channel, cue or profile of a show has this number."""
    try:
        return int(str(value).strip())
    except ValueError:
        return 0


def _text(value: object) -> str:
    return visible(" ".join(str(value or "").split()))[:MAX_TEXT]
