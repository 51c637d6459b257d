"""The view of the board, and the keys that change it: order, groups, size, filter, and kept views."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

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
_ORDERS = {
    "number": SortOrder.NUMBER,
    "name": SortOrder.NAME,
    "battery": SortOrder.BATTERY,
    "flags": SortOrder.PROBLEMS,
}


class ViewSwitcher:
    def __init__(
        self,
        screen: Screen[Any],
        views: KeptViews,
        presenter: BoardPresenter,
        messages: BoardMessages,
        show: Callable[[View], None],
        report_kept: Callable[[str], None],
    ) -> None:
        """``show`` shows another view, ``report_kept`` is called when other views are to be kept."""
        self._screen, self._views, self._presenter = screen, views, presenter
        self._messages, self._show, self._report_kept = messages, show, report_kept

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

    def use_next_order(self) -> None:
        order = next_member(self.current.sort_order)
        self._show(replace(self.current, name="", sort_order=order))
        self._screen.notify(f"{order}.", timeout=BRIEF_S)

    def use_order_of(self, column: str) -> None:
        """Sort by the column of this name, or not any more; by some columns nothing is sorted."""
        order = _ORDERS.get(column)
        if order is not None:
            order = SortOrder.RACK if order is self.current.sort_order else order
            self._show(replace(self.current, name="", sort_order=order))
            self._screen.notify(f"{order}.", timeout=BRIEF_S)

    def use_next_layout(self) -> None:
        layout = next_member(self.layout)
        self._show(replace(self.current, name="", layout=layout))
        self._screen.notify(f"{layout.capitalize()}.", timeout=BRIEF_S)

    def use_next_grouping(self) -> None:
        grouping = next_member(self.current.grouping)
        was_sorted = "" if self.is_in_rack_order else " Rack order."
        self._show(replace(self.current, name="", grouping=grouping, sort_order=SortOrder.RACK))
        self._screen.notify(f"{grouping.description.capitalize()}.{was_sorted}", timeout=BRIEF_S)

    def ask_filter(self) -> None:
        chosen = self.current.channel_filter

        def show(wanted: ChannelFilter | None) -> None:
            if wanted is not None:
                self._show(replace(self.current, name="", channel_filter=wanted))

        presenter = self._presenter
        counts = count_criteria(presenter.judged_channels(), presenter.judged_devices(), chosen)
        self._screen.app.push_screen(FilterScreen(counts, chosen), show)

    def show_all(self) -> None:
        if self.current.channel_filter.criteria or self.current.channels:
            self._show(replace(self.current, name="", channel_filter=NO_FILTER, channels=()))

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
                    self._show(named)
                self._report_kept(f"View {key}: {named.title}.")

        self._screen.app.push_screen(KeepViewScreen(view, self._views.by_key), keep)

    def show_kept(self, number: int) -> None:
        view = self._views.find(number)
        if view is None:
            self._screen.notify(self._messages.no_view(number))
            return
        self._show(view)
        self._screen.notify(f"{number}: {view.title}.", timeout=BRIEF_S, markup=False)
