"""One alarm in one line, in three, and on top of the board."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from micboard_tui.contracts.alarm_texts import AlarmText
from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.problem import ProblemCode
from micboard_tui.domain.shelf_end import ShelfEnd, ShowShelf
from micboard_tui.tui.arrange.alarm_lines import AlarmKind, AlarmLine, kind_of
from micboard_tui.tui.draw.alarm_row import (
    AlarmRow,
    alarm_cells,
    columns_for,
    describe_handling,
    explain_alarm,
    format_age,
)
from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import ASCII, BLOCKS, Glyphs

NOW = 10_000.0
KEY = AlarmKey(ProblemCode.BATTERY_CRITICAL, DeviceId("rack"), 2)
ALARM = Alarm(KEY, AlarmPriority.NOW, NOW - 13, NOW, count=3)
TEXT = AlarmText("Battery nearly empty", "7", "Mercutio", "Rack 7/2", "change it now")


def row(alarm: Alarm = ALARM, text: AlarmText = TEXT, spare: str = "", glyphs: Glyphs = BLOCKS) -> AlarmRow:
    return AlarmRow(AlarmLine(alarm, kind_of(alarm)), text, "Rack 7", spare, NOW, glyphs)


def plain(cells: list[Cell]) -> str:
    return "".join(cell.text for cell in cells)


def test_the_row_that_the_page_about_alarms_promises() -> None:
    seen = replace(ALARM, count=1, acknowledged_by="Pia", acknowledged_at=NOW - 120, note="x")
    shown = plain(columns_for(120).cells(row(seen, spare="S2 bay 3")))
    assert shown.split() == (
        [
            "!",
            "0:13",
            "Battery",
            "nearly",
            "empty",
            "7",
            "Mercutio",
            "Rack",
            "7/2",
            "seen",
            "2m",
            "Pia",
            '"',
            "->",
            "spare",
            "S2",
            "bay",
            "3",
        ]
    )


@pytest.mark.parametrize("glyphs", [BLOCKS, ASCII], ids=["blocks", "ascii"])
@pytest.mark.parametrize("width", [60, 80, 81, 100, 120, 200])
def test_a_row_is_as_wide_as_its_columns_whatever_is_in_it(width: int, glyphs: Glyphs) -> None:
    wide = AlarmText("T" * 40, "IEM 12", "演奏者" * 9, "Rack\x1b[2J" * 9, "do " * 30)
    columns = columns_for(width)
    for text in (TEXT, wide, AlarmText("T", "", "", "Rack", "")):
        for alarm in (ALARM, replace(ALARM, shelved_by="演" * 30, shelved_until=NOW + 60)):
            shown = plain(columns.cells(row(alarm, text, "演奏者" * 9, glyphs)))
            assert cell_len(shown) == columns.total
            assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "new"),
        ({"cleared_at": NOW - 60}, "cleared 1m"),
        ({"acknowledged_by": "Pia", "acknowledged_at": NOW - 120}, "seen 2m Pia"),
        ({"shelved_by": "Pia", "shelved_until": NOW + 840}, "shelved 14m Pia"),
        ({"shelved_by": "Pia", "shelved_show": ShowShelf(ShelfEnd.BREAK)}, "shelved to break Pia"),
        ({"shelved_by": "Pia"}, "shelved Pia"),
        ({"hidden_by": KEY}, "by Rack 7"),
    ],
)
def test_what_was_done_about_it(change: dict[str, object], text: str) -> None:
    alarm = replace(ALARM, **change)  # type: ignore[arg-type] # the names are those of Alarm
    assert describe_handling(AlarmLine(alarm, kind_of(alarm)), NOW, "Rack 7") == text


def test_a_past_one_says_when_it_cleared() -> None:
    past = AlarmLine(replace(ALARM, cleared_at=NOW - 3600), AlarmKind.PAST)
    assert describe_handling(past, NOW) == "cleared 1h"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0:00"), (13, "0:13"), (3599, "59:59"), (7620, "2h07"), (3 * 86400, "3d")]
)
def test_ages(seconds: float, text: str) -> None:
    assert format_age(seconds) == text


def test_three_lines_say_all_of_it() -> None:
    flapping = replace(ALARM, is_flapping=True, note="swap after the duel")
    first, cure, facts = map(plain, explain_alarm(row(flapping, spare="Spare 2"), 120, ["RF weak Rack 7/3"]))
    assert first == " ! Battery nearly empty: 7 Mercutio, Rack 7/2  now"
    assert cure == "   -> Spare 2  (change it now)"
    for part in ("3 times, flapping", "new", 'note: "swap after the duel"', "hides RF weak Rack 7/3"):
        assert part in facts
    assert "A shelves it" in plain(explain_alarm(row(flapping)._replace(is_chattering=True), 120, [])[2])
    assert all(len(plain(line)) <= 30 for line in explain_alarm(row(flapping), 30, []))


@pytest.mark.parametrize("width", range(20, 121, 10))
def test_on_top_of_the_board_it_fits_and_keeps_what_and_what_to_do(width: int) -> None:
    shown = plain(alarm_cells(ALARM, TEXT, "", NOW, width))
    assert cell_len(shown) <= width
    if width >= 50:
        assert "Battery nearly empty" in shown
        assert shown.endswith("change it now")
    cleared = replace(ALARM, cleared_at=NOW)
    assert "cleared" in plain(alarm_cells(cleared, TEXT, "", NOW, 120))
