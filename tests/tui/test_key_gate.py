"""Keys typed or pasted in one instant: each reaches the screen that the keys before it opened."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Input

from micboard_tui.tui.app import MicboardApp
from micboard_tui.tui.arrange.find import LineSearch
from micboard_tui.tui.flows.flow_set import FlowSet
from micboard_tui.tui.flows.waiting_flows import WAITING
from micboard_tui.tui.key_gate import (
    HANDLED_WITHIN_S,
    MAX_HELD,
    MAX_LINE,
    MAX_PASTE,
    OPENED_WITHIN_S,
    GateState,
    KeyGate,
    UserInput,
)
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.device_form import DeviceForm
from micboard_tui.tui.screens.devices_screen import DevicesScreen
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.help_screen import HelpScreen
from micboard_tui.tui.screens.name_picker import NamePicker
from micboard_tui.tui.screens.search_screen import SearchScreen
from micboard_tui.tui.widgets.bounded_input import MAX_SEARCH, MAX_TARGETS
from micboard_tui.tui.widgets.find_bar import FindBar
from tests.fakes.links import until
from tests.tui.flows.flow_stage import two_receivers, vox
from tests.tui.test_app import big, open_app, selected, toasts
from tests.tui.test_channel_keys import who

CHARACTERS = {"/": "slash", "?": "question_mark", ".": "full_stop", " ": "space"}


def press_at_once(app: MicboardApp, *keys: str) -> None:
    """Post them as a terminal does that has read all of them in one piece."""
    for key in keys:
        app.post_message(events.Key(CHARACTERS.get(key, key), key if len(key) == 1 else None))


def value(app: MicboardApp, field: str) -> str:
    """What stands in a field; nothing as long as the screen has none."""
    fields = app.screen.query(field).results(Input)
    return next((found.value for found in fields), "")


async def test_what_follows_the_key_that_adds_a_device_is_typed_into_its_form() -> None:
    async with open_app(big()) as (app, _):
        before = selected(app)
        press_at_once(app, "A", *"jdqDuS.example")
        await until(lambda: isinstance(app.screen, DeviceForm) and value(app, "#host") == "jdqDuS.example")
        assert selected(app) == before
        assert len(app.screen_stack) == 3
        assert toasts(app) == []


@pytest.mark.no_cover
async def test_a_text_pasted_right_after_the_key_is_pasted_into_the_form() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "A")
        app.post_message(events.Paste("192.0.2.9"))
        press_at_once(app, "0")
        await until(lambda: isinstance(app.screen, DeviceForm) and value(app, "#host") == "192.0.2.90")


async def test_a_name_and_enter_right_after_the_key_choose_that_performer() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, _):
        press_at_once(app, "n", *"Sam Lee", "enter")
        await until(lambda: who(rig, vox(1)) == "Sam Lee")
        assert isinstance(app.screen, BoardScreen)


@pytest.mark.parametrize("key", ["n", "l", "p"])
async def test_a_slow_flow_holds_the_keys_until_its_screen_is_there(key: str) -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, _):
        before = selected(app)
        press_at_once(app, key)
        for character in "jdx":
            press_at_once(app, character)
            await asyncio.sleep(0)
        await until(lambda: isinstance(app.screen, NamePicker) and value(app, "Input") == "jdx")
        assert selected(app) == before


@pytest.mark.journey
async def test_a_change_that_waits_for_an_answer_says_so_until_it_is_there() -> None:
    async with open_app(two_receivers()) as (app, _):

        async def wait(_: FlowSet) -> None:
            await until(lambda: any(WAITING in each for each in toasts(app)))
            app._notices.inform("Done.")

        app._flows.start(wait)
        await until(lambda: toasts(app) == ["Done."])


async def test_keys_for_a_dialog_that_does_not_open_reach_nothing() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, _):
        press_at_once(app, "s", *"djAq")
        await until(lambda: any("has no performer" in each for each in toasts(app)))
        assert isinstance(app.screen, BoardScreen)
        assert selected(app) == (vox(1).device_id, 1)
        press_at_once(app, "j")
        await until(lambda: selected(app) == (vox(1).device_id, 2))


async def test_the_answer_right_after_the_question_is_for_the_question() -> None:
    rig = big()
    async with open_app(rig) as (app, _):
        press_at_once(app, "D", "n", "j")
        await until(lambda: selected(app)[1] == 2)
        assert isinstance(app.screen, BoardScreen)
        press_at_once(app, "D", "y")
        await until(lambda: len(rig.records.kept) == 1)


async def test_keys_on_the_devices_screen_are_for_the_device_that_was_selected_before_them() -> None:
    async with open_app(big()) as (app, pilot):
        press_at_once(app, "d", "j", "enter", "end", *"0D")
        await until(lambda: isinstance(app.screen, DeviceForm) and value(app, "#host") == "127.0.0.30D")
        press_at_once(app, "escape", "D", "D")
        await until(lambda: isinstance(app.screen, ConfirmScreen))
        assert isinstance(app.screen_stack[-2], DevicesScreen)
        await pilot.pause()


async def test_a_search_is_typed_into_its_field() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "/", *"Vox 7", "enter", "j")
        await until(lambda: selected(app) == ("rack-2", 9))
        assert app.screen.query_one(FindBar).value == ""


@pytest.mark.parametrize("keys", [("f", "space"), ("?", "j"), ("c", "j"), ("L", "x"), ("S", "j"), ("V", "1")])
async def test_a_screen_gets_its_keys_when_it_is_complete(keys: tuple[str, str]) -> None:
    async with open_app(big()) as (app, pilot):
        press_at_once(app, *keys)
        await pilot.pause()
        assert app.crash is None


async def test_a_held_key_moves_as_often_as_it_came() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, *("j" * 25))
        await until(lambda: selected(app)[1] == 26)


class StuckWidget(Widget):
    """Takes callbacks and never runs them."""

    @property
    def ancestors_with_self(self) -> list[DOMNode]:
        return [self]

    def call_later(self, callback: Callable[..., object], *args: object, **kwargs: object) -> bool:
        return True


class StuckApp(App[None]):
    """Its focused widget is busy for ever."""

    @property
    def focused(self) -> Widget:
        return StuckWidget()


class Drops:
    """Counts how often something was dropped."""

    def __init__(self) -> None:
        self.count = 0

    def note(self) -> None:
        self.count += 1


async def test_a_queue_that_is_stuck_holds_the_keyboard_for_a_moment_only() -> None:
    now = 100.0
    forwarded: list[UserInput] = []

    async def forward(event: UserInput) -> None:
        forwarded.append(event)

    drops = Drops()
    gate = KeyGate(StuckApp(), forward, drops.note, lambda: now)
    first, second, third = (events.Key(key, key) for key in "abc")
    await gate.take(first)
    await gate.take(second)
    assert forwarded == [first]
    now += HANDLED_WITHIN_S + 0.1
    await gate.take(third)
    assert forwarded == [first, second]


async def test_a_flow_that_never_opens_its_screen_gives_the_keyboard_back() -> None:
    now = 100.0
    async with open_app(big()) as (app, _):
        forwarded: list[UserInput] = []

        async def forward(event: UserInput) -> None:
            forwarded.append(event)

        drops = Drops()
        gate = KeyGate(app, forward, drops.note, lambda: now)
        gate.expect_screen(app.run_worker(asyncio.sleep(60.0)))
        for _ in range(MAX_HELD + 10):
            await gate.take(events.Key("a", "a"))
        assert len(gate._held) == MAX_HELD
        assert drops.count == 1
        assert forwarded == []
        gate.drop_held()
        await gate.take(events.Key("a", "a"))
        assert len(gate._held) == 1
        now += OPENED_WITHIN_S + 0.1
        last = events.Key("b", "b")
        await gate.take(last)
        assert forwarded == [last]


class SlowWidget(StuckWidget):
    """Runs callbacks when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.callbacks: list[Callable[[], Awaitable[None]]] = []

    def call_later(self, callback: Callable[..., Any], *args: object, **kwargs: object) -> bool:
        self.callbacks.append(partial(callback, *args, **kwargs))
        return True


class SlowApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.slow = SlowWidget()

    @property
    def focused(self) -> Widget:
        return self.slow


async def test_a_screen_that_opens_before_its_key_is_handled_gets_one_key_at_a_time() -> None:
    app, forwarded = SlowApp(), list[UserInput]()

    async def forward(event: UserInput) -> None:
        forwarded.append(event)

    gate = KeyGate(app, forward, Drops().note)
    first, second, third = (events.Key(key, key) for key in "abc")
    await gate.take(first)
    late = app.slow.callbacks.pop()
    gate._state = GateState.OPENING
    gate.pass_to_screen()
    await gate.take(second)
    await gate.take(third)
    current = app.slow.callbacks.pop()
    for callback in (late, current):
        await callback()
        while app.slow.callbacks and len(forwarded) == 1:
            await app.slow.callbacks.pop(0)()
    assert forwarded == [first, second]
    assert len(app.slow.callbacks) == 1, "one key is followed"


async def test_one_key_is_never_held() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "j", "j", "ctrl+q")
        await until(lambda: not app.is_running)


async def test_what_is_pasted_without_brackets_into_find_is_found_once_and_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queries: list[str] = []

    def search(search: LineSearch, query: str, channels: object) -> None:
        queries.append(query)

    monkeypatch.setattr(LineSearch, "search", search)
    async with open_app(big()) as (app, pilot):
        press_at_once(app, "/", *"x" * 300, "home")
        await until(lambda: queries == ["x" * MAX_SEARCH])
        await pilot.pause()
        assert value(app, "FindBar") == "x" * MAX_SEARCH
        assert toasts(app) == [f"Only {MAX_SEARCH} characters fit here: the rest was cut."]


async def test_a_flood_leaves_the_board_no_keys_to_work_off() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, *("j" * 30))
        app.call_later(app.drop_input)
        press_at_once(app, "?")
        await until(lambda: isinstance(app.screen, HelpScreen))
        assert selected(app)[1] < 10
        assert any("not all of it was taken" in text for text in toasts(app))


async def test_a_paste_is_cut_before_it_reaches_a_field_and_told() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "S")
        await until(lambda: isinstance(app.screen, SearchScreen))
        press_at_once(app, "t")
        app.post_message(events.Paste("1" * (MAX_PASTE + 1)))
        await until(lambda: value(app, "#targets") == "1" * MAX_TARGETS)
        assert any("not all of it was taken" in text for text in toasts(app))


async def test_a_field_of_textual_itself_has_a_limit_too() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "ctrl+p")
        await until(lambda: isinstance(app.screen, CommandPalette))
        await until(lambda: app.focused is not None)
        app.post_message(events.Paste("x" * MAX_PASTE))
        press_at_once(app, "a", "b")
        await until(lambda: value(app, "Input") == "ab")
        assert app.screen.query_one(Input).max_length == MAX_LINE


@pytest.mark.no_cover
async def test_a_port_takes_its_digits_one_by_one() -> None:
    async with open_app(big()) as (app, _):
        press_at_once(app, "A")
        await until(lambda: isinstance(app.screen, DeviceForm))
        press_at_once(app, "tab", *"2a2b0c2")
        await until(lambda: value(app, "#port") == "2202")
