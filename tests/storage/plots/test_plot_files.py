"""Mic plots are read from every file in which people have them, and nonsense is refused with a reason."""

import os
import sys
from datetime import date, time, timedelta
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.contracts.show import MAX_PLOT_BYTES
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.mic_plot_table import TableForm, read_plot_table
from micboard_tui.storage.plots import theatremix
from micboard_tui.storage.plots.plot_files import FileFormats
from micboard_tui.storage.plots.sheet_program import format_cell, main, read_sheets
from micboard_tui.storage.plots.spreadsheet import read_spreadsheet
from tests.fakes.links import until
from tests.storage.plots.made_files import make_database, make_ods, make_xlsx

ROWS = (("Scene", "Mic 1", "Mic 2"), ("1", "Zoë", ""), ("2", "Zoë", "Bea / Cy"))
PLOT = MicPlot(
    (PlotScene("1"), PlotScene("2")),
    (
        PlotEntry(0, "1", "Zoë"),
        PlotEntry(1, "1", "Zoë"),
        PlotEntry(1, "2", "Bea"),
        PlotEntry(1, "2", "Cy"),
    ),
)


def text_of(separator: str, blank: str = "") -> str:
    return "".join(separator.join(f'{blank}"{cell}"' for cell in row) + "\r\n" for row in ROWS)


@pytest.mark.parametrize(
    "content",
    [
        text_of(",").encode(),
        text_of(",", " ").encode("utf-8-sig"),
        text_of(";").encode("latin-1"),
        text_of("\t").encode("utf-16"),
        text_of("|").encode("utf-16-le"),
        ("sep=;\r\n" + text_of(";")).encode("cp1252"),
        ("sep=\\t\n" + text_of("\t")).encode(),
        text_of(",").replace('"', "").encode(),
    ],
)
def test_separated_text_is_read_in_any_encoding_and_with_any_separator(content: bytes) -> None:
    table = FileFormats().read(content)
    assert (table.plot, table.mistakes) == (PLOT, ())


SHEETS = (make_xlsx(ROWS), make_ods(ROWS), make_xlsx((ROWS[0], (1.0, "Zoë"), (2.0, *ROWS[2][1:]))))


def test_the_cells_of_spreadsheets_are_those_that_were_written() -> None:
    for content in SHEETS:
        (sheet,) = read_sheets(content)
        assert read_plot_table(sheet).plot == PLOT


@pytest.mark.integration
def test_spreadsheets_are_read() -> None:
    for content in SHEETS[:2]:
        assert FileFormats().read(content).plot == PLOT
    with pytest.raises(MicboardError) as caught:
        FileFormats().read(make_xlsx(ROWS)[:300])
    assert (caught.value.code, bool(caught.value.info.hint)) == (ErrorCode.INVALID_VALUE, True)


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"])
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_sheets(content)


@pytest.mark.integration
def test_a_spreadsheet_without_its_library_names_the_cure() -> None:
    without = f"import sys; sys.modules['python_calamine'] = None; from {main.__module__} import main; main()"
    with pytest.raises(MicboardError, match="python-calamine is not installed") as caught:
        read_spreadsheet(make_ods(ROWS), (sys.executable, "-c", without))
    assert "micboard-tui[sheets]" in caught.value.info.hint


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit the memory of a process")
def test_a_cell_far_away_ends_no_program_of_ours() -> None:
    """The library makes room for all cells before it: 500 GB."""
    with pytest.raises(MicboardError, match="more memory or time") as caught:
        FileFormats().read(make_xlsx(ROWS, far_cell="XFD1048576"))
    assert caught.value.code is ErrorCode.INVALID_VALUE


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(MicboardError, match="larger than"):
        FileFormats().read(b"x" * (MAX_PLOT_BYTES + 1))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7"),
        (1.5, "1.5"),
        ("", ""),
        (True, "1"),
        (False, ""),
        (time(0, 3, 30), "3:30"),
        (timedelta(hours=1, minutes=15), "75:00"),
        (date(2026, 5, 1), "2026-05-01"),
    ],
)
def test_values_are_written_as_people_write_them(value: object, text: str) -> None:
    assert format_cell(value) == text


SHOW = """
CREATE TABLE cues (number INTEGER, point INTEGER, name TEXT, dca01Channels TEXT, dca12Channels TEXT,
  channelProfiles TEXT, qLabCue TEXT, skip INTEGER);
CREATE TABLE profiles (id INTEGER, channel INTEGER, name TEXT, "default" INTEGER);
CREATE TABLE actors (channel INTEGER, name TEXT, active INTEGER);
INSERT INTO cues VALUES (0, 1, 'Checks', '1,2', '', '', '', 0);
INSERT INTO cues VALUES (2, 10, '> The duel', '1', '3', '1=11', NULL, NULL);
INSERT INTO cues VALUES (2, 1, 'Street', '2,1', '-1', '', 'M01', 0);
INSERT INTO cues VALUES (3, 0, 'Cut', '1', '', '', '', 1);
INSERT INTO profiles VALUES (1, 1, 'Romeo', 1), (11, 1, 'Romeo hat', 0), (2, 2, 'Julia', 1);
INSERT INTO actors VALUES (1, 'Ann', 1), (1, 'Bea', 0), (2, 'Cy', 0), (2, 'Dee', 0);
"""


def test_a_show_of_theatremix_is_read() -> None:
    table = FileFormats().read(make_database(SHOW))
    assert (table.form, table.ignored) == (TableForm.SCENE_ROWS, ("2 cues that check lines or are skipped",))
    assert table.plot == MicPlot(
        (PlotScene("2.1", name="Street", cue="M01"), PlotScene("2.10", name="The duel")),
        (
            PlotEntry(0, "1", "Ann", "Romeo"),
            PlotEntry(0, "2", None, "Julia"),
            PlotEntry(1, "1", "Ann", "Romeo hat"),
        ),
    )
    assert [mistake.message for mistake in table.mistakes] == ["channel 3 has neither an actor nor a profile"]


def test_an_old_show_without_actors_and_profiles_is_read_as_far_as_it_goes() -> None:
    cue = "CREATE TABLE cues (number, point); INSERT INTO cues VALUES (1, 0), ('x', NULL);"
    assert FileFormats().read(make_database(cue)).plot == MicPlot((PlotScene("1"),))


@pytest.mark.parametrize(
    "content",
    [
        make_database("CREATE TABLE songs (name)"),
        make_database(SHOW)[:5000],
        b"SQLite format 3\0 and no more",
        text_of(",").encode("utf-16")[:-1],
        b"\x81\x00\xff\xfe\x00",
        b'"' + b"x" * 200_000 + b'"',
    ],
)
def test_what_is_no_plot_is_refused_with_a_cure(content: bytes) -> None:
    with pytest.raises(MicboardError) as caught:
        FileFormats().read(content)
    assert (caught.value.code, bool(caught.value.info.hint)) == (ErrorCode.INVALID_VALUE, True)


def test_a_database_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theatremix, "MAX_STEPS", 1000)
    monkeypatch.setattr(theatremix, "STEPS_BETWEEN_LOOKS", 100)
    endless = (
        "CREATE TABLE cues (number);"
        " INSERT INTO cues WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)"
        " SELECT x FROM n;"
    )
    with pytest.raises(MicboardError, match="interrupted"):
        FileFormats().read(make_database(endless))


@pytest.mark.integration
async def test_a_spreadsheet_that_is_not_wanted_any_more_is_not_read_on(tmp_path: Path) -> None:
    place = tmp_path / "process"
    note = f"pathlib.Path({str(place)!r}).write_text(str(os.getpid()))"
    sleeper = f"import os, pathlib, time; {note}; time.sleep(60)"
    with anyio.fail_after(15):
        async with anyio.create_task_group() as group:
            group.start_soon(
                anyio.to_thread.run_sync, read_spreadsheet, b"PK", (sys.executable, "-c", sleeper)
            )
            await until(lambda: place.exists() and bool(place.read_text()))
            group.cancel_scope.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(int(place.read_text()), 0)
