"""Keeping views between two starts."""

from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.board_options import NO_VIEWS
from micboard_tui.tui.flows.user_ports import Notices
from micboard_tui.tui.flows.view_keeping import ViewKeeper
from micboard_tui.tui.key_overrides import build_keymap
from tests.tui.flows.flow_stage import InMemoryViews, Messages


async def test_views_are_read_and_saved_and_what_is_no_view_stays_as_it_was() -> None:
    store, messages = InMemoryViews({"1": View(name="Act 1").as_json(), "2": "rubbish"}), Messages()
    keeper = ViewKeeper(store, Notices(messages, build_keymap({})))
    assert keeper.load() == {"1": View(name="Act 1")}
    await keeper.save_and_report({"3": View(name="Act 3")}, "View 3: Act 3.")
    assert store.views == {"2": "rubbish", "3": View(name="Act 3").as_json()}
    assert messages.texts == ["View 3: Act 3."]


async def test_views_that_cannot_be_saved_say_why() -> None:
    messages = Messages()
    keeper = ViewKeeper(InMemoryViews({}, "The disk is full. Make room"), Notices(messages, build_keymap({})))
    await keeper.save_and_report({}, "View 1: everything.")
    assert messages.texts == ["The disk is full. Make room"]
    assert messages.severities == ["error"]


def test_without_a_store_nothing_is_kept() -> None:
    keeper = ViewKeeper(NO_VIEWS, Notices(Messages(), build_keymap({})))
    assert keeper.save({"1": View()}) is None
    assert keeper.load() == {}
