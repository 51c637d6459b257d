"""Keys and the wheel move in the one list of a screen, also from beside it; two clicks do what Enter does."""

from textual import on
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.widgets import Input, Static

from micboard_tui.tui.draw.cell import Cell
from micboard_tui.tui.draw.glyphs import BLOCKS
from micboard_tui.tui.themes import load_palette
from micboard_tui.tui.widgets.click_list import ClickList
from micboard_tui.tui.widgets.list_area import ListArea, MovableList
from micboard_tui.tui.widgets.row_list import RowList
from micboard_tui.tui.widgets.scrolled_rows import ScrolledRows
from tests.tui.scripted_rig import THEMES

ROWS = [f"row {number}" for number in range(20)]
PALETTE = load_palette("stage", THEMES)


class ListApp(App[None]):
    """A head, one list of six lines, and a field to type in."""

    CSS = "#list { height: 6; border: none; padding: 0; }"

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.chosen: list[str | None] = []
        self.rows = RowList[str](PALETTE, BLOCKS, self.draw, id="list", first="row 1")
        self.scrolled = ScrolledRows(PALETTE, BLOCKS, id="list")
        self.options = ClickList(*ROWS, id="list")
        lists: dict[str, MovableList] = {
            "rows": self.rows,
            "scrolled": self.scrolled,
            "options": self.options,
        }
        self.list = lists[kind]

    def compose(self) -> ComposeResult:
        assert isinstance(self.list, RowList | ScrolledRows | ClickList)
        with ListArea(self.list):
            yield Static("head", id="head")
            yield self.list
            yield Input()

    def fill(self) -> None:
        self.rows.take(ROWS)
        self.draw()
        self.scrolled.show_rows([Cell("head")], [[Cell(row)] for row in ROWS])

    def draw(self) -> None:
        self.rows.show_rows([[Cell(ROWS[index])] for index in self.rows.window.visible])

    @on(RowList.Chosen)
    def keep(self) -> None:
        self.chosen.append(self.rows.window.selected)


async def turn_wheel_beside(pilot: Pilot[None]) -> None:
    await pilot._post_mouse_events([MouseScrollDown], "#head", button=0)
    await pilot.pause()


async def test_keys_the_wheel_and_clicks_move_in_rows_that_are_drawn() -> None:
    app = ListApp("rows")
    async with app.run_test(size=(40, 10)) as pilot:
        app.fill()
        window = app.rows.window
        assert window.selected == "row 1"
        for key, selected in (
            ("j", "row 2"),
            ("k", "row 1"),
            ("pagedown", "row 6"),
            ("end", "row 19"),
            ("pageup", "row 14"),
            ("home", "row 0"),
        ):
            await pilot.press(key)
            assert window.selected == selected, key
        await turn_wheel_beside(pilot)
        assert (window.visible.start, window.selected) == (2, "row 2")
        await pilot._post_mouse_events([MouseScrollUp], "#list", button=0)
        assert (window.visible.start, window.selected) == (0, "row 2")
        await pilot.click("#list", offset=(1, 4))
        assert (window.selected, app.chosen) == ("row 4", [])
        # Two clicks at once on another row, and none below the last one.
        await pilot.click("#list", offset=(1, 5), times=2)
        assert app.chosen == ["row 5"]
        app.rows.take(ROWS[:2])
        await pilot.click("#list", offset=(1, 3), times=2)
        assert app.chosen == ["row 5"]
        assert window.selected == "row 1"


async def test_keys_that_a_field_does_not_take_move_in_the_list() -> None:
    app = ListApp("rows")
    async with app.run_test(size=(40, 10)) as pilot:
        app.fill()
        app.query_one(Input).focus()
        await pilot.press("j", "down", "home", "pagedown")
        assert app.query_one(Input).value == "j"
        assert app.rows.window.selected == "row 7"
        # A click selects, and the field keeps what is typed.
        await pilot.click("#list", offset=(1, 2))
        assert isinstance(app.focused, Input)


async def test_rows_without_a_selection_scroll_below_their_head() -> None:
    app = ListApp("scrolled")
    async with app.run_test(size=(40, 10)) as pilot:
        app.fill()
        for keys, first in (
            (["j", "j", "k"], "row 1"),
            (["pagedown"], "row 5"),
            (["end"], "row 15"),
            (["down"], "row 15"),
            (["pageup"], "row 11"),
            (["home", "up"], "row 0"),
        ):
            await pilot.press(*keys)
            assert app.scrolled.text.splitlines()[:2] == ["head", first], keys
        await turn_wheel_beside(pilot)
        assert app.scrolled.text.splitlines()[1] == "row 2"


async def test_a_list_of_options_has_the_same_keys_from_a_field_and_the_same_wheel() -> None:
    app = ListApp("options")
    async with app.run_test(size=(40, 10)) as pilot:
        app.options.highlighted = 0
        await pilot.press("j", "j", "k")
        assert app.options.highlighted == 1
        await turn_wheel_beside(pilot)
        assert (app.options.scroll_offset.y, app.options.highlighted) == (2, 1)
        app.query_one(Input).focus()
        await pilot.press("down", "pagedown", "up")
        assert app.options.highlighted == 7
        app.options.page(-1)
        assert app.options.highlighted == 1
        app.options.go_to(-1)
        assert app.options.highlighted == 19
        app.options.go_to(0)
        assert app.options.highlighted == 0
