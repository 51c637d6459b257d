"""Tables of a mic plot in every form that people draw them, what misleads in them, and our own long form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Role
from micboard_tui.domain.mic_plot import MicPlot, PlotEntry, PlotScene
from micboard_tui.domain.mic_plot_table import PlotTable, TableForm, read_plot_table, write_plot_table

TEXTS = st.text("abcXYZ äé-1", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
SOME_TEXTS = st.none() | TEXTS
MINUTES = st.none() | st.integers(0, 2400).map(lambda quarters: quarters / 4)
MIC_NUMBERS = st.integers(1, 40).map(str) | st.integers(1, 9).map("IEM {}".format)


@st.composite
def plots(draw: st.DrawFn) -> MicPlot:
    number = st.text("123.aB", min_size=1, max_size=4)
    keys = draw(
        st.lists(
            st.tuples(number, st.sampled_from(["1", "2", None])),
            max_size=5,
            unique_by=lambda key: (key[0].lower(), key[1]),
        )
    )
    scenes = [
        PlotScene(*key, draw(SOME_TEXTS), draw(SOME_TEXTS), draw(SOME_TEXTS), draw(MINUTES)) for key in keys
    ]
    entries: list[PlotEntry] = []
    for scene in range(len(scenes)):
        mics = draw(st.lists(MIC_NUMBERS, max_size=4, unique=True))
        for mic in mics:
            people = draw(st.tuples(SOME_TEXTS, SOME_TEXTS).filter(any))
            entries.append(PlotEntry(scene, mic, *people, draw(st.sampled_from(Role)), draw(SOME_TEXTS)))
    return MicPlot(tuple(scenes), tuple(entries))


def table(text: str) -> list[list[str]]:
    """Lines with | between cells; ~ is a line break within a cell."""
    return [
        [cell.strip().replace("~", "\n") for cell in line.split("|")] for line in text.strip().split("\n")
    ]


def uses_of(result: PlotTable) -> list[tuple[str, str, str]]:
    scenes = result.plot.scenes
    return [(scenes[entry.scene].number, entry.mic_number, entry.wearer) for entry in result.plot.entries]


def places_of(result: PlotTable) -> list[tuple[int, int]]:
    return [(mistake.row, mistake.column) for mistake in result.mistakes]


@given(plots())
def test_our_long_form_comes_back_as_it_was(plot: MicPlot) -> None:
    result = read_plot_table(write_plot_table(plot))
    assert (result.plot, result.form, result.mistakes) == (plot, TableForm.LONG, ())


@given(
    st.lists(
        st.lists(st.sampled_from(["", "1", "2", "x", "Mic 1", "Scene", "Mic", "Ann", "A\nB"]), max_size=5)
    )
)
def test_any_table_is_answered_and_its_mistakes_are_in_it(rows: list[list[str]]) -> None:
    result = read_plot_table(rows)
    height, width = len(rows), max(map(len, rows), default=0)
    assert all(
        1 <= row <= max(height, 1) and 1 <= column <= max(width, 1) for row, column in places_of(result)
    )
    assert all(entry.scene < len(result.plot.scenes) and entry.wearer for entry in result.plot.entries)


def test_marks_below_people() -> None:
    result = read_plot_table(
        table("""
        Nine Lives | | | |
        Comment | Page | Cue # | Dolly~Jane | Roz~Kim
        opening | 1 | 10 | * | x
        | 1 | 10.5 | | *
        | 1 | 20 | * |
        """)
    )
    assert (result.form, result.has_marks, result.are_mics_counted) == (TableForm.SCENE_ROWS, True, True)
    assert uses_of(result) == [
        ("10", "1", "Jane"),
        ("10", "2", "Kim"),
        ("10.5", "2", "Kim"),
        ("20", "1", "Jane"),
    ]
    assert result.plot.entries[0].character == "Dolly"
    assert [(scene.page, scene.act) for scene in result.plot.scenes] == [("1", None)] * 3
    assert (result.mistakes, result.ignored) == ((), ("Comment",))


def test_a_one_is_a_mark_only_in_a_column_without_other_numbers() -> None:
    result = read_plot_table(
        table("""
        Scene | Sheet | Ann | Bea
        A | 1 | 1 |
        B | 1 | | 1
        C | 2 | 1 | 1
        """)
    )
    assert uses_of(result) == [("A", "1", "Ann"), ("B", "2", "Bea"), ("C", "1", "Ann"), ("C", "2", "Bea")]
    assert result.ignored == ("Sheet",)


def test_a_mic_without_a_mark_is_counted_too() -> None:
    result = read_plot_table(table("Cue | Ann | Bea | Cy\n1 | * | | *\n2 | | | *"))
    assert uses_of(result) == [("1", "1", "Ann"), ("1", "3", "Cy"), ("2", "3", "Cy")]


def test_names_among_marks_say_who_else_has_the_mic() -> None:
    result = read_plot_table(
        table("""
        Cue # | Violet~Kerry | Doctor~Stephen
        1 | * | *
        2 | * | Richard
        3 | * | Richard
        """)
    )
    assert [wearer for _, mic, wearer in uses_of(result) if mic == "2"] == ["Stephen", "Richard", "Richard"]
    assert (result.mistakes, result.ignored) == ((), ())


def test_names_in_rows_of_mics() -> None:
    result = read_plot_table(
        table("""
        Mic | 1.1 | 1.2~The Inn | 2.1
        Mic 2 | Ann | Bea / Cy | Ann
        1 | | Roz~Kim |
        """)
    )
    assert (result.form, result.has_marks, result.are_mics_counted) == (TableForm.MIC_ROWS, False, False)
    assert uses_of(result) == [
        ("1.1", "2", "Ann"), ("1.2", "2", "Bea"), ("1.2", "2", "Cy"), ("2.1", "2", "Ann"), ("1.2", "1", "Kim")
    ]  # fmt: skip
    assert [scene.act for scene in result.plot.scenes] == ["1", "1", "2"]
    assert result.plot.scenes[1].name == "The Inn"


def test_marks_in_rows_of_mics() -> None:
    result = read_plot_table(
        table("""
        Mic | Character | Actor | 1 | 2
        7 | Dolly | Jane | x |
        8 | | Kim | x | x
        """)
    )
    assert (result.form, result.has_marks) == (TableForm.MIC_ROWS, True)
    assert uses_of(result) == [("1", "7", "Jane"), ("1", "8", "Kim"), ("2", "8", "Kim")]


def test_people_without_mic_numbers_are_counted() -> None:
    result = read_plot_table(table("Actor | I | II\nJane | x |\nKim | | x"))
    assert result.are_mics_counted
    assert uses_of(result) == [("I", "1", "Jane"), ("II", "2", "Kim")]


def test_names_in_rows_of_scenes() -> None:
    result = read_plot_table(
        table("""
        Scene | Title | Minutes | Location | Ch 1 | Ch 2
        ACT I | | | | |
        1 | Dawn | 3:30 | Inn | Ann | Bea
        ACT II | | | | |
        1 | Dusk | 4,5 | Hall | Cy |
        """)
    )
    assert (result.form, result.has_marks) == (TableForm.SCENE_ROWS, False)
    assert result.plot.scenes == (
        PlotScene("1", "I", "Dawn", minutes=3.5),
        PlotScene("1", "II", "Dusk", minutes=4.5),
    )
    assert [entry.wearer for entry in result.plot.entries] == ["Ann", "Bea", "Cy"]
    assert (result.ignored, result.mistakes) == (("Location",), ())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("| Mic 1 | Mic 2\n1 | Ann | Bea\n2 | Cy | Bea", TableForm.SCENE_ROWS),
        ("| 1 | 2\nMic 1 | Ann | Cy\nMic 2 | Bea | Bea", TableForm.MIC_ROWS),
        ("| 1 | 2 | 3\n1 | Ann | Ann | Cy\n2 | Bea | Bea | Bea", TableForm.MIC_ROWS),
        ("| 1 | 2\n1 | Ann | Bea\n2 | Ann | Bea\n3 | Cy | Bea", TableForm.SCENE_ROWS),
        ("| Ann | Bea\n1 | x | \n2 | | x", TableForm.SCENE_ROWS),
        ("| Inn | Hall\n1 | Ann | Cy\n2 | Bea | Bea", TableForm.MIC_ROWS),
    ],
)
def test_a_corner_that_says_nothing(text: str, form: TableForm) -> None:
    result = read_plot_table(table(text))
    assert (result.form, result.mistakes) == (form, ())
    assert "Ann" in [entry.wearer for entry in result.plot.entries]


def test_a_grid_without_heads_is_counted() -> None:
    result = read_plot_table(table("Dewey | Dewey | Marcy\n | Roz | Roz\n | | 44"))
    assert (result.form, result.are_mics_counted, result.ignored) == (TableForm.MIC_ROWS, True, ())
    assert uses_of(result) == [
        ("1", "1", "Dewey"), ("2", "1", "Dewey"), ("3", "1", "Marcy"), ("2", "2", "Roz"), ("3", "2", "Roz")
    ]  # fmt: skip
    assert places_of(result) == [(3, 3)]
    turned = read_plot_table(table("Ann | Ann | Bea\nAnn | | Bea\nAnn | | Bea"))
    assert turned.form is TableForm.SCENE_ROWS
    assert uses_of(turned)[:3] == [("1", "1", "Ann"), ("1", "2", "Ann"), ("1", "3", "Bea")]


def test_the_long_form_of_others() -> None:
    result = read_plot_table(
        table("""
        Mic No. | Scene | Part | Person | Use
        Mic 3 | 1 | Dolly | Jane | backup
        3 | 2 | | Kim |
        """)
    )
    assert result.form is TableForm.LONG
    assert result.plot.entries == (
        PlotEntry(0, "3", "Jane", "Dolly", Role.BACKUP),
        PlotEntry(1, "3", "Kim"),
    )


def test_pages_may_be_the_scenes() -> None:
    result = read_plot_table(table("Page | Ann | Bea\n4 | * |\n4 | | *\n5 | * |"))
    assert [scene.number for scene in result.plot.scenes] == ["4", "5"]
    assert (len(result.plot.entries), result.mistakes) == (3, ())


def test_all_mistakes_of_a_long_form_have_their_place() -> None:
    result = read_plot_table(
        table(f"""
        scene | minutes | mic | performer | role
        1 | soon | 1 | Ann | lead
        | | 1 | Ann |
        2 | 9999 | | Ann |
        3 | | 4 | |
        3 | | much too long | Ann |
        3 | | 5 | {"a" * 121} | | beyond
        """)
    )
    places = [(2, 2), (2, 5), (3, 1), (4, 2), (4, 3), (5, 3), (6, 3), (7, 3), (7, 4), (7, 6)]
    assert places_of(result) == places
    assert uses_of(result) == [("1", "1", "Ann")]


def test_all_mistakes_of_a_grid_have_their_place() -> None:
    scenes = read_plot_table(
        table("""
        Scene | Mic 1~Ann | Mic 2
        1 | x | x
        1 | x |
        | x |
        2 | x | x
        3 | 44 |
        """)
    )
    assert places_of(scenes) == [(2, 3), (3, 1), (4, 1), (5, 3), (6, 2)]
    mics = read_plot_table(table("Mic | 1 | 1 | 2\n1 | Ann | | 44\n | Bea | |"))
    assert places_of(mics) == [(1, 3), (2, 4), (3, 1)]


@pytest.mark.parametrize("rows", [[], [[]], [["a show"]], [["Scene"]], [["x"] * 501], [["a", "b"]] * 10_001])
def test_what_is_no_plot_is_one_mistake(rows: list[list[str]]) -> None:
    result = read_plot_table(rows)
    assert (result.plot, result.form, len(result.mistakes)) == (MicPlot(), None, 1)
