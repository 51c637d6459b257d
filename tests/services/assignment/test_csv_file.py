"""Performers as CSV: what is written is read again, and what cannot be read is told by line and column."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.contracts.assignment import MAX_IMPORT_BYTES
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.value_ranges import MAX_NAME, MAX_NOTE
from micboard_tui.services.assignment.csv_file import (
    MAX_LINES,
    CsvFile,
    CsvRow,
    raise_mistakes,
    read_csv,
    write_csv,
)
from micboard_tui.services.field_validation import single_blanks


def words(limit: int) -> st.SearchStrategy[str]:
    """What a name, a role or a note may be."""
    shown = st.text(max_size=limit).map(lambda text: visible(text).strip())
    spiced = st.text("=+-@'\",;\t \N{HEBREW LETTER SHIN}漢é\uff1d", max_size=limit)
    return (shown | spiced).map(lambda text: visible(text).strip()).filter(bool)


OPTIONAL = st.none() | words(MAX_NAME)
ROWS = st.builds(
    CsvRow,
    line=st.just(0),
    name=words(MAX_NAME).map(single_blanks),
    part=OPTIONAL,
    note=st.none() | words(MAX_NOTE),
    channel=st.just("") | words(40),
    role=st.none() | st.sampled_from(Role),
    mic_number=st.none() | st.sampled_from(["7", "IEM 3", "=1", "-2", "主 1"]),
    shared_pack=st.none() | st.just(value=True),
)


def bare(rows: Sequence[CsvRow]) -> list[CsvRow]:
    return [row._replace(line=0) for row in rows]


@given(st.lists(ROWS, max_size=5), st.booleans())
def test_every_name_survives_a_round_trip(rows: list[CsvRow], marked: bool) -> None:
    text = write_csv(rows)
    assert bare(read_csv(text).rows) == rows
    assert bare(read_csv(text.encode("utf-8-sig" if marked else "utf-8")).rows) == rows
    assert bare(read_csv(text.encode("utf-16")).rows) == rows


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
        "name,role,channel,use,,\nAda,lead,Rack A/2,backup,,\n",
        ",name,,role,channel,use\n,Ada,,lead,Rack A/2,backup\n",
    ],
)
def test_files_of_many_programs_are_read(text: str) -> None:
    assert read_csv(text) == CsvFile([ADA], (), [])
    assert read_csv(text.encode()).rows == [ADA]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nname;role;channel;use\nAda;lead;Rack A/2;backup",
        '"SEP=,"\r\nname,role,channel,use\r\nAda,lead,Rack A/2,backup',
        "sep=\t\nname\trole\tchannel\tuse\nAda\tlead\tRack A/2\tbackup",
        "Romeo, Juliet, and others;;\nname;role;channel;use\nAda;lead;Rack A/2;backup",
        ",,,\nname,role,channel,use\nAda,lead,Rack A/2,backup",
    ],
)
def test_a_line_above_the_columns_is_a_title_or_names_the_separator(text: str) -> None:
    for content in (text, text.encode(), text.encode("utf-16"), text.encode("utf-16-be")):
        assert read_csv(content) == CsvFile([ADA._replace(line=3)], (), [])


def test_columns_of_others_are_ignored_and_named() -> None:
    text = "Colour,name,role,Shoe\nsize,,channel,use\n".replace("Shoe\nsize", '"Shoe\nsize"')
    file = read_csv(text + "7,Ada,lead,42,x,Rack A/2,backup")
    assert file == CsvFile([ADA._replace(line=3)], ("Colour", "Shoe size"), [])


def test_a_line_break_in_a_cell_is_a_blank() -> None:
    text = 'name,role,note\n"Ada\r\nLovelace","lead \n vocals","\none\n\ntwo\n"'
    assert read_csv(text).rows == [CsvRow(2, "Ada Lovelace", "lead vocals", "one two", "", None)]


def test_all_mistakes_are_told_by_line() -> None:
    file = read_csv("name,use\nAda,star\nBen,spare\n,spare\nCy,moon")
    assert [row.name for row in file.rows] == ["Ben"]
    with pytest.raises(MicboardError) as caught:
        raise_mistakes(file.mistakes)
    assert caught.value.info.message == (
        "The file has 3 mistakes. Line 2, column 'use': 'star' is not a role of a channel;"
        " Line 4, column 'name': A performer needs a name;"
        " Line 5, column 'use': 'moon' is not a role of a channel"
    )
    assert caught.value.info.details == {"line": "2", "column": "use"}
    many = read_csv("name,use\n" + "Ada,star\n" * 25)
    with pytest.raises(MicboardError, match=r"25 mistakes.*Line 21, .*; and 5 more$") as caught:
        raise_mistakes(many.mistakes)
    assert caught.value.info.hint == "Write primary, backup or spare"


def test_no_cell_begins_within_another_where_the_separator_is_a_different_one() -> None:
    text = write_csv([CsvRow(0, "x;=cmd()", 'y";=cmd()', "\uff1bz", "a\t=b", None)])
    assert text.splitlines()[1] == '"x;=cmd()","y"";=cmd()","\uff1bz","a\t=b","","",""'


def test_the_first_line_that_is_not_blank_names_the_columns() -> None:
    text = "\nname;role;channel;use\nAda;lead;Rack A/2;backup"
    assert read_csv(text).rows == [ADA._replace(line=3)]


def test_cells_that_are_left_out_say_nothing() -> None:
    assert read_csv("name,role,note\nAda\nBen,,\n=Cy,+x").rows == [
        CsvRow(2, "Ada", None, None, "", None),
        CsvRow(3, "Ben", None, None, "", None),
        CsvRow(4, "=Cy", "+x", None, "", None),
    ]
    assert read_csv("name\n").rows == []


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", "1", "1"),
        ("\n\n", "1", "1"),
        ("role\nlead", "1", "1"),
        ("name,role,Name\nAda,lead,Ada", "1", "3"),
        ("name,role\nAda,lead,more", "2", "3"),
        ("name,role\nAda,lead\n,lead", "3", "name"),
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
        ("name\nAda\n".encode("utf-16-le") + b"\x00\xd8", "3", "1"),
        ('name,note\nAda,"' + "x" * 140_000 + '"', "2", "2"),
    ],
)
def test_what_cannot_be_read_is_told_by_line_and_column(text: str | bytes, line: str, column: str) -> None:
    with pytest.raises(MicboardError) as caught:
        raise_mistakes(read_csv(text).mistakes)
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
    assert len(read_csv("name\n" + "A\n" * (MAX_LINES - 1)).rows) == MAX_LINES - 1
    blank_lines = (" " * 90 + "\n") * (MAX_LINES - 1)
    assert read_csv("name".ljust(MAX_IMPORT_BYTES - len(blank_lines)) + blank_lines).rows == []


@pytest.mark.parametrize("title", ["mic", "Mic number", "MIC NO.", "mic #", "no", "No.", "#", "nr"])
def test_the_mic_number_has_the_column_that_people_give_it(title: str) -> None:
    (row,) = read_csv(f"{title},name,channel\n7,Ada,Rack/1\n").rows
    assert (row.name, row.mic_number) == ("Ada", "7")


def test_numbers_of_lines_are_no_mic_numbers() -> None:
    file = read_csv("#,mic,name,channel\n1,7,Ada,Rack/1\n")
    assert (file.rows[0].mic_number, file.ignored) == ("7", ("#",))
    file = read_csv("no,name\n1,Ada\n")
    assert (file.rows[0].mic_number, file.ignored) == (None, ("no",))
    file = read_csv("no,name,channel\n1,Ada,\n")
    assert (file.rows[0].mic_number, file.ignored) == (None, ())


@pytest.mark.parametrize(
    ("cell", "value"), [("yes", True), ("X", True), ("1", True), ("no", False), ("FALSE", False), ("", None)]
)
def test_a_shared_pack_is_yes_or_no(cell: str, value: bool | None) -> None:
    (row,) = read_csv(f"name,channel,shared pack\nAda,Rack/1,{cell}\n").rows
    assert row.shared_pack is value
