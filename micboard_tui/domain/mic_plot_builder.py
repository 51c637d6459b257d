"""Collects the scenes and entries of a mic plot from the cells of a table, and mistakes by place. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.mic_number import MAX_CELLS, cell_width
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.mic_plot_titles import parse_mic_number
from micboard_tui.domain.safe_text import fold_name, visible

MAX_TEXT = 120
"""Characters of a name or a note."""
MAX_SHOWN = 40
MAX_MINUTES = 600.0
_MINUTES = re.compile(r"(?P<minutes>\d{1,4})(?::(?P<seconds>[0-5]\d)|[.,](?P<part>\d+))?", re.ASCII)
_BETWEEN_PEOPLE = re.compile(r"\s*[/;+]\s*")


class TableMistake(NamedTuple):
    """A cell that cannot be understood; it is left out."""

    row: int
    """From 1, as a spreadsheet counts."""
    column: int
    message: str


class Wearer(NamedTuple):
    performer: str | None
    character: str | None


class PlotBuilder:
    """Takes a table cell by cell, with rows and columns from 0."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = rows
        self._scenes: list[PlotScene] = []
        self._positions: dict[tuple[str, str], int] = {}
        self._entries: dict[PlotEntry, None] = {}
        self.mistakes: list[TableMistake] = []

    def plot(self) -> MicPlot:
        """All that was understood."""
        return MicPlot(tuple(self._scenes), tuple(self._entries))

    def cell(self, row: int, column: int | None) -> str:
        """The raw text of a cell; empty where a row is shorter, or the column is not there."""
        cells = self._rows[row]
        return cells[column].strip() if column is not None and column < len(cells) else ""

    def text(self, row: int, column: int | None) -> str | None:
        """A cell in one line; None: it is empty, or too long."""
        return None if column is None else self.one_line(self.cell(row, column), row, column)

    def one_line(self, text: str, row: int, column: int) -> str | None:
        """``text`` without line breaks and what cannot be printed; None: it is empty, or too long."""
        line = visible(" ".join(text.split()))
        if len(line) > MAX_TEXT:
            self.add_mistake(row, column, f"this is longer than {MAX_TEXT} characters")
            return None
        return line or None

    def add_mistake(self, row: int, column: int | None, message: str) -> None:
        """``column`` None: the row as a whole, which is named by its first column."""
        self.mistakes.append(TableMistake(row + 1, (column or 0) + 1, message))

    def find_scene(self, scene: PlotScene) -> int | None:
        """The position of a scene that is there already; None: it is new."""
        return self._positions.get(_scene_key(scene))

    def add_scene(self, scene: PlotScene) -> int:
        """The position of the scene, which is added where it is new.

        What the first row leaves open may be filled in by a later row of the same scene.
        """
        position = self._positions.setdefault(_scene_key(scene), len(self._scenes))
        if position == len(self._scenes):
            self._scenes.append(scene)
        else:
            known = self._scenes[position]
            self._scenes[position] = known._replace(
                name=scene.name if known.name is None else known.name,
                page=scene.page if known.page is None else known.page,
                cue=scene.cue if known.cue is None else known.cue,
                minutes=scene.minutes if known.minutes is None else known.minutes,
            )
        return position

    def add_entry(self, entry: PlotEntry) -> None:
        """The same entry twice is one."""
        self._entries.setdefault(entry)

    def mic_number(self, text: str, row: int, column: int) -> str | None:
        """A mic number without "Mic" before it; None: it is empty, or too long."""
        number = parse_mic_number(text) or self.one_line(text, row, column)
        if number is not None and cell_width(number) > MAX_CELLS:
            shown = visible(number[:MAX_SHOWN])
            self.add_mistake(row, column, f"'{shown}' is too long for a mic number, at most {MAX_CELLS}")
            return None
        return number

    def people(self, text: str, row: int, column: int) -> Sequence[Wearer]:
        """Who a cell names: "Ann", "Ann / Bea", or a character and below it the actor."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > 1:
            character = self.one_line(lines[0], row, column)
            return [Wearer(self.one_line(" ".join(lines[1:]), row, column), character)]
        names = [self.one_line(name, row, column) for name in _BETWEEN_PEOPLE.split(text)]
        return [Wearer(name, None) for name in names if name]

    def minutes(self, row: int, column: int | None) -> float | None:
        """As in "3", "3.5", "3,5" or "3:30"; None: it is not known."""
        if not (text := self.cell(row, column)):
            return None
        if (match := _MINUTES.fullmatch(text)) is not None:
            whole = f"{match['minutes']}.{match['part'] or 0}"
            minutes = float(whole) + int(match["seconds"] or 0) / 60
            if math.isfinite(minutes) and minutes <= MAX_MINUTES:
                return minutes
        self.add_mistake(row, column, f"'{visible(text[:MAX_SHOWN])}' is not a number of minutes")
        return None

    def role(self, row: int, column: int | None) -> Role:
        """The role of a channel, primary where nothing is given."""
        if not (text := self.cell(row, column)):
            return Role.PRIMARY
        try:
            return Role(text.lower())
        except ValueError:
            shown = visible(text[:MAX_SHOWN])
            self.add_mistake(row, column, f"'{shown}' is not a role: primary, backup or spare")
            return Role.PRIMARY

    def scene(self, row: int, indices: Mapping[str, int], number: str, act: str | None) -> PlotScene:
        """The scene that a row is about."""
        name, page, cue = (self.text(row, indices.get(column)) for column in ("name", "page", "cue"))
        return PlotScene(number, act, name, page, cue, self.minutes(row, indices.get("minutes")))


def _scene_key(scene: PlotScene) -> tuple[str, str]:
    return fold_name(scene.act or ""), fold_name(scene.number)
