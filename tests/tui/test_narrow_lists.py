"""On the smallest screen every entry of a list has one line, and its end is not lost without a sign."""

import pytest
from textual.widgets import OptionList

from tests.fakes.links import until
from tests.tui.conftest import text_of
from tests.tui.test_screens import calm, open_board

SMALLEST = (60, 15)


@pytest.mark.parametrize("keys", [("d",), ("n",), ("l",), ("f",), ("p",)], ids=lambda keys: keys[0])
async def test_every_entry_has_one_line(keys: tuple[str, ...]) -> None:
    async with open_board(calm(), SMALLEST) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        entries = app.screen.query_one(OptionList)
        assert entries.option_count > 0
        assert entries.virtual_size.height == entries.option_count


async def test_devices_say_how_they_do_on_the_smallest_screen() -> None:
    async with open_board(calm(), SMALLEST) as (app, pilot):
        await pilot.press("d")
        await pilot.pause()
        entries = app.screen.query_one(OptionList)
        for index in range(entries.option_count):
            line = str(entries.get_option_at_index(index).prompt)
            assert "online for" in line
            assert len(line) <= SMALLEST[0]


async def test_why_a_device_was_not_added_is_seen_on_the_smallest_screen() -> None:
    async with open_board(calm(), SMALLEST) as (app, pilot):
        await pilot.press("A")
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: "The address is empty" in text_of(app) and "Esc back" in text_of(app))
        await pilot.press("!", "enter")
        await until(lambda: "is not a host" in text_of(app) and "Esc back" in text_of(app))
