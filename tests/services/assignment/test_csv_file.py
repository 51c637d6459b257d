"""Performers as CSV: what is written is read again, and what cannot be read is told by line and column."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.assignment import MAX_IMPORT_BYTES
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.value_ranges import MAX_NAME, MAX_NOTE
from micboard_tui.services.assignment.csv_file import MAX_LINES, CsvRow, read_csv, write_csv


def words(limit: int) -> st.SearchStrategy[str]:
    """What a name, a role or a note may be."""
    shown = st.text(max_size=limit).map(lambda text: visible(text).strip())
    spiced = st.text("=+-@'\",;\t \N{HEBREW LETTER SHIN}漢é\uff1d", max_size=limit)
    return (shown | spiced).map(lambda text: visible(text).strip()).filter(bool)


OPTIONAL = st.none() | words(MAX_NAME)
ROWS = st.builds(
    CsvRow,
    line=st.just(0),
    name=words(MAX_NAME),
    part=OPTIONAL,
    note=st.none() | words(MAX_NOTE),
    channel=st.just("") | words(40),
    role=st.none() | st.sampled_from(Role),
)


def bare(rows: list[CsvRow]) -> list[CsvRow]:
    return [row._replace(line=0) for row in rows]


@given(st.lists(ROWS, max_size=5), st.booleans())
def test_every_name_survives_a_round_trip(rows: list[CsvRow], marked: bool) -> None:
    text = write_csv(rows)
    assert bare(read_csv(text)) == rows
    assert bare(read_csv(text.encode("utf-8-sig" if marked else "utf-8"))) == rows


@given(st.lists(ROWS, max_size=5))
def test_no_cell_that_is_written_is_a_formula(rows: list[CsvRow]) -> None:
    for cells in csv.reader(io.StringIO(write_csv(rows), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\uff1d", "\t", "\r")) for cell in cells)


ADA = CsvRow(2, "Ada", "lead", None, "Rack A/2", Role.BACKUP)


@pytest.mark.parametrize(
    "text",
    [
        "name,role,channel,use\nAda,lead,Rack A/2,backup",
        "name;role;channel;use\r\nAda;lead;Rack A/2;backup\r\n",
        "name\trole\tchannel\tuse\nAda\tlead\tRack A/2\tbackup\n",
        "\ufeffUSE, Channel ,ROLE,name\nBackup, Rack A/2 ,lead, Ada \n\n  \n",
        '"name","role","channel","use"\n"Ada","lead","Rack A/2","BACKUP"\n,,,\n',
        "name,role,channel,use\rAda,lead,Rack A/2,backup\r",
    ],
)
def test_files_of_many_programs_are_read(text: str) -> None:
    assert read_csv(text) == [ADA]
    assert read_csv(text.encode()) == [ADA]


def test_the_first_line_that_is_not_blank_names_the_columns() -> None:
    text = "\nname;role;channel;use\nAda;lead;Rack A/2;backup"
    assert read_csv(text) == [ADA._replace(line=3)]


def test_cells_that_are_left_out_say_nothing() -> None:
    assert read_csv("name,role,note\nAda\nBen,,\n=Cy,+x") == [
        CsvRow(2, "Ada", None, None, "", None),
        CsvRow(3, "Ben", None, None, "", None),
        CsvRow(4, "=Cy", "+x", None, "", None),
    ]
    assert read_csv("name\n") == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", "1", "1"),
        ("\n\n", "1", "1"),
        ("role\nlead", "1", "1"),
        ("name,colour\nAda,red", "1", "2"),
        ("name,role,Name\nAda,lead,Ada", "1", "3"),
        ("name,role\nAda,lead,more", "2", "3"),
        ("name,role\nAda,lead\n,lead", "3", "name"),
        ('name,role\n"two\nlines",lead', "2", "name"),
        ('name,note\nAda," \n"\nBen,\x1b[2J', "4", "note"),
        ("name,note\nAda,ok\n\nBen,\x1b[2J", "4", "note"),
        (f"name\n{'x' * (MAX_NAME + 1)}", "2", "name"),
        (f"name,role\nAda,{'x' * (MAX_NAME + 1)}", "2", "role"),
        (f"name,note\nAda,{'x' * (MAX_NOTE + 1)}", "2", "note"),
        ("name,use\nAda,star", "2", "use"),
        ('name,role\nAda,x\nBen,"y', "3", "2"),
        ('name,role\n"Ada"x,y', "2", "1"),
        (b"name\nAda\nZo\xeb", "3", "3"),
        (b"\xff\xfen\x00a\x00", "1", "1"),
        ('name,note\nAda,"' + "x" * 140_000 + '"', "2", "2"),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(text: str | bytes, line: str, column: str) -> None:
    with pytest.raises(MicboardError) as caught:
        read_csv(text)
    error = caught.value.info
    assert error.code is ErrorCode.INVALID_VALUE
    assert error.hint
    assert (error.details["line"], error.details["column"]) == (line, column)
    assert error.message.startswith(f"Line {line}, column ")


def test_a_file_has_an_end() -> None:
    for text in ("x" * (MAX_IMPORT_BYTES + 1), b"x" * (MAX_IMPORT_BYTES + 1), "name\n" + "A\n" * MAX_LINES):
        with pytest.raises(MicboardError) as caught:
            read_csv(text)
        assert caught.value.code is ErrorCode.INVALID_VALUE
    assert len(read_csv("name\n" + "A\n" * (MAX_LINES - 1))) == MAX_LINES - 1
    blank_lines = (" " * 90 + "\n") * (MAX_LINES - 1)
    assert read_csv("name".ljust(MAX_IMPORT_BYTES - len(blank_lines)) + blank_lines) == []
