"""The view of the board, and the keys that change it: order, groups, size, filter, and kept views."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from textual.message import Message
from textual.screen import Screen

from micboard_tui.domain.identity import ChannelRef
from micboard_tui.tui.arrange.board_layout import Layout, fitting_layout
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.filter import NO_FILTER, ChannelFilter, count_criteria
from micboard_tui.tui.arrange.kept_views import KeptViews
from micboard_tui.tui.arrange.view import Grouping, SortOrder, View, next_member
from micboard_tui.tui.board_messages import BoardMessages
from micboard_tui.tui.screens.dialogs import FilterScreen, KeepViewScreen

BRIEF_S = 2.0
DETAIL_FROM_WIDTH = 118
"""Beside the rows so wide a screen has room for the selected channel."""
_ORDERS = {
    "number": SortOrder.NUMBER,
    "name": SortOrder.NAME,
    "battery": SortOrder.BATTERY,
    "flags": SortOrder.PROBLEMS,
}


class ViewSwitcher:
    @dataclass
    class Kept(Message):
        """The views that are to be kept have changed; posted to the screen."""

        views: Mapping[str, View]
        message: str

    def __init__(
        self,
        screen: Screen[Any],
        views: KeptViews,
        presenter: BoardPresenter,
        messages: BoardMessages,
        judge: Callable[[], None],
    ) -> None:
        """``judge`` shows all channels anew."""
        self._screen, self._views, self._presenter = screen, views, presenter
        self._messages, self._judge = messages, judge

    @property
    def current(self) -> View:
        return self._views.current

    @property
    def layout(self) -> Layout:
        """What the user wants, or what fits best."""
        lines = self._presenter.contents.arrangement.lines
        return self.current.layout or fitting_layout(lines, *self._screen.size)

    @property
    def is_in_rack_order(self) -> bool:
        return self.current.sort_order is SortOrder.RACK

    def show(self, view: View) -> None:
        """Show these channels, in this order and size."""
        self._views.show(view)
        self._set_layout_classes()
        self._presenter.set_view(view, self.layout)
        self._judge()

    def fit_layout(self) -> None:
        """Show the layout that fits, where the user has not chosen one."""
        self._set_layout_classes()
        if self._presenter.contents.layout is not self.layout:
            self._presenter.set_view(self.current, self.layout)
            # What is on the screen is known when everything has its new size.
            self._screen.call_after_refresh(self._judge)

    def _set_layout_classes(self) -> None:
        """Show what belongs to the layout, and give the board the room of the rest."""
        screen, layout = self._screen, self.layout
        screen.set_class(layout is not Layout.ROWS, "-large")
        screen.set_class(layout is Layout.WALL, "-wall")
        screen.set_class(layout is Layout.ROWS and screen.size.width >= DETAIL_FROM_WIDTH, "-wide")

    def use_next_order(self) -> None:
        order = next_member(self.current.sort_order)
        self.show(replace(self.current, name="", sort_order=order))
        self._screen.notify(f"{order}.", timeout=BRIEF_S)

    def use_order_of(self, column: str) -> None:
        """Sort by the column of this name, or not any more; by some columns nothing is sorted."""
        order = _ORDERS.get(column)
        if order is not None:
            order = SortOrder.RACK if order is self.current.sort_order else order
            self.show(replace(self.current, name="", sort_order=order))
            self._screen.notify(f"{order}.", timeout=BRIEF_S)

    def use_next_layout(self) -> None:
        layout = next_member(self.layout)
        self.show(replace(self.current, name="", layout=layout))
        self._screen.notify(f"{layout.capitalize()}.", timeout=BRIEF_S)

    def use_next_grouping(self) -> None:
        grouping = next_member(self.current.grouping)
        was_sorted = "" if self.is_in_rack_order else " Rack order."
        self.show(replace(self.current, name="", grouping=grouping, sort_order=SortOrder.RACK))
        self._screen.notify(f"{grouping.description.capitalize()}.{was_sorted}", timeout=BRIEF_S)

    def ask_filter(self) -> None:
        chosen = self.current.channel_filter

        def use(wanted: ChannelFilter | None) -> None:
            if wanted is not None:
                self.show(replace(self.current, name="", channel_filter=wanted))

        presenter = self._presenter
        counts = count_criteria(presenter.judged_channels(), presenter.judged_devices(), chosen)
        self._screen.app.push_screen(FilterScreen(counts, chosen), use)

    def show_all(self) -> None:
        if self.current.channel_filter.criteria or self.current.channels:
            self.show(replace(self.current, name="", channel_filter=NO_FILTER, channels=()))

    def ask_key(self, marked: Sequence[ChannelRef]) -> None:
        """Ask on which number key the view is to be kept; with marks it is one of these channels."""
        view = self.current
        if marked:
            view = View(grouping=Grouping.NONE, layout=view.layout, channels=tuple(marked))

        def keep(wanted: tuple[str, str] | None) -> None:
            if wanted is not None:
                key, name = wanted
                named = replace(view, name=name)
                self._views.keep(key, named)
                if marked:
                    self.show(named)
                self._screen.post_message(self.Kept(self._views.by_key, f"View {key}: {named.title}."))

        self._screen.app.push_screen(KeepViewScreen(view, self._views.by_key), keep)

    def show_kept(self, number: int) -> None:
        view = self._views.find(number)
        if view is None:
            self._screen.notify(self._messages.no_view(number))
            return
        self.show(view)
        self._screen.notify(f"{number}: {view.title}.", timeout=BRIEF_S, markup=False)
