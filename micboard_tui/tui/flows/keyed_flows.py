"""Which flow a key starts for what is selected, by the name in its action ``app.flow('name')``."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from micboard_tui.domain.walk_test import MAX_PLACES
from micboard_tui.tui.flows.user_ports import Selection

if TYPE_CHECKING:
    from micboard_tui.tui.flows.flow_set import FlowSet

CHANGES, DEVICE_CHANGES, MARKERS, SHOW_CALLS = "changes", "device changes", "markers", "show calls"
WALKING, EXPORTS = "walking", "exports"
"""Groups of workers: of the first only one runs at a time."""
RunForSelection: TypeAlias = Callable[["FlowSet", Selection], Coroutine[Any, Any, None]]


class KeyedFlow(NamedTuple):
    run: RunForSelection
    has_dialog: bool = True
    """Whether it opens a screen, which the next keys are for."""
    group: str = CHANGES


def walk_to(place: int) -> KeyedFlow:
    """The flow of the key of a place."""
    return KeyedFlow(
        lambda flows, selection: flows.walk.go_to(place, selection), has_dialog=False, group=WALKING
    )


KEYED_FLOWS: Mapping[str, KeyedFlow] = {
    "assign": KeyedFlow(lambda flows, selection: flows.assign.run(selection)),
    "locate": KeyedFlow(lambda flows, selection: flows.locate.run(selection)),
    "service": KeyedFlow(lambda flows, selection: flows.out_of_service.run(selection)),
    "swap": KeyedFlow(lambda flows, selection: flows.swap.run(selection)),
    "plan_pack": KeyedFlow(lambda flows, selection: flows.plan_pack.run(selection)),
    "expect_off": KeyedFlow(lambda flows, selection: flows.expected_off.run(selection), has_dialog=False),
    "number": KeyedFlow(lambda flows, selection: flows.number_channels.run(selection)),
    "cells": KeyedFlow(lambda flows, selection: flows.cells.run(selection)),
    "start_line_check": KeyedFlow(lambda flows, selection: flows.line_check.start(selection)),
    "end_line_check": KeyedFlow(lambda flows, selection: flows.line_check.end(selection)),
    "tick_line": KeyedFlow(lambda flows, selection: flows.line_check.tick(selection), has_dialog=False),
    "undo_tick": KeyedFlow(lambda flows, selection: flows.line_check.undo(selection), has_dialog=False),
    "handover": KeyedFlow(lambda flows, _: flows.handover.write(), group=MARKERS),
    "export_recap": KeyedFlow(lambda flows, selection: flows.export_recap.run(selection), group=EXPORTS),
    "move_up": KeyedFlow(lambda flows, selection: flows.rack_order.run(selection, -1), has_dialog=False),
    "move_down": KeyedFlow(lambda flows, selection: flows.rack_order.run(selection, 1), has_dialog=False),
    "undo": KeyedFlow(lambda flows, _: flows.undo.undo(), has_dialog=False, group=DEVICE_CHANGES),
    "redo": KeyedFlow(lambda flows, _: flows.undo.redo(), has_dialog=False, group=DEVICE_CHANGES),
    "take_back_marker": KeyedFlow(
        lambda flows, selection: flows.mark_moment.take_back_selected(selection), group=MARKERS
    ),
    "mark_moment": KeyedFlow(lambda flows, selection: flows.mark_moment.run(selection), group=MARKERS),
    "acknowledge": KeyedFlow(lambda flows, selection: flows.alarms.acknowledge(selection), has_dialog=False),
    "acknowledge_all": KeyedFlow(lambda flows, selection: flows.alarms.acknowledge_all(selection)),
    "shelve": KeyedFlow(lambda flows, selection: flows.alarms.shelve(selection)),
    "note_alarm": KeyedFlow(lambda flows, selection: flows.alarms.note(selection)),
    "undo_alarms": KeyedFlow(lambda flows, selection: flows.alarms.undo(selection), has_dialog=False),
    "next_scene": KeyedFlow(lambda flows, _: flows.show.next_scene(), has_dialog=False, group=SHOW_CALLS),
    "previous_scene": KeyedFlow(
        lambda flows, _: flows.show.previous_scene(), has_dialog=False, group=SHOW_CALLS
    ),
    "take_scene_back": KeyedFlow(lambda flows, _: flows.show.take_back(), has_dialog=False, group=SHOW_CALLS),
    "go_to_scene": KeyedFlow(lambda flows, _: flows.show.go_to_scene(), group=SHOW_CALLS),
    "go_to_selected": KeyedFlow(
        lambda flows, selection: flows.show.go_to_selected(selection), group=SHOW_CALLS
    ),
    "choose_show": KeyedFlow(lambda flows, _: flows.show.choose(), group=SHOW_CALLS),
    "import_plot": KeyedFlow(lambda flows, _: flows.import_plot.run(), group=SHOW_CALLS),
    "start_show": KeyedFlow(lambda flows, _: flows.show.start(), group=SHOW_CALLS),
    "pause_show": KeyedFlow(lambda flows, _: flows.show.pause(), has_dialog=False, group=SHOW_CALLS),
    "begin_break": KeyedFlow(lambda flows, _: flows.show.begin_break(), group=SHOW_CALLS),
    "extend_show": KeyedFlow(lambda flows, _: flows.show.extend(), group=SHOW_CALLS),
    "end_show": KeyedFlow(lambda flows, _: flows.show.end(), group=SHOW_CALLS),
    "edit_threshold": KeyedFlow(lambda flows, selection: flows.thresholds.edit(selection)),
    "reset_threshold": KeyedFlow(
        lambda flows, selection: flows.thresholds.reset(selection), has_dialog=False
    ),
    "choose_profile": KeyedFlow(lambda flows, selection: flows.thresholds.choose_profile(selection)),
    **{f"walk_to_{place}": walk_to(place) for place in range(1, MAX_PLACES + 1)},
    "walk_on": KeyedFlow(
        lambda flows, selection: flows.walk.walk_on(selection), has_dialog=False, group=WALKING
    ),
    "walk_name": KeyedFlow(lambda flows, selection: flows.walk.name_place(selection), group=WALKING),
    "walk_finish": KeyedFlow(lambda flows, selection: flows.walk.finish(selection), group=WALKING),
    "walk_cancel": KeyedFlow(lambda flows, selection: flows.walk.cancel(selection), group=WALKING),
    "add": KeyedFlow(lambda flows, _: flows.add_device.run(), group=DEVICE_CHANGES),
}
