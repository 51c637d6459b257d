"""Which flow a key starts for what is selected, by the name in its action ``app.flow('name')``."""

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from micboard_tui.domain.walk_test import MAX_PLACES
from micboard_tui.tui.flows.user_ports import Selection

if TYPE_CHECKING:
    from micboard_tui.tui.flows.flow_set import FlowSet

CHANGES, DEVICE_CHANGES, MARKERS, SHOW_CALLS = "changes", "device changes", "markers", "show calls"
WALKING, EXPORTS, ACCESS, CONTROL = "walking", "exports", "access", "control"
"""Groups of workers: of the first only one runs at a time."""
RunForSelection: TypeAlias = Callable[["FlowSet", Selection], Coroutine[Any, Any, None]]


class KeyedFlow(NamedTuple):
    method: str
    """What it calls in the end, as "Contract.method": where that is refused, it does not begin."""
    run: RunForSelection
    has_dialog: bool = True
    """Whether it opens a screen, which the next keys are for."""
    group: str = CHANGES
    only_ends: "Callable[[FlowSet], bool]" = lambda _: False
    """Whether it only ends what is on now, which is never refused."""


def walk_to(place: int) -> KeyedFlow:
    """The flow of the key of a place."""
    return KeyedFlow(
        "WalkContract.go_to",
        lambda flows, selection: flows.walk.go_to(place, selection),
        has_dialog=False,
        group=WALKING,
    )


KEYED_FLOWS: Mapping[str, KeyedFlow] = {
    "assign": KeyedFlow("AssignmentContract.assign", lambda flows, selection: flows.assign.run(selection)),
    "locate": KeyedFlow(
        "LocationContract.assign_devices", lambda flows, selection: flows.locate.run(selection)
    ),
    "service": KeyedFlow(
        "DeviceContract.update", lambda flows, selection: flows.out_of_service.run(selection)
    ),
    "swap": KeyedFlow("AssignmentContract.swap", lambda flows, selection: flows.swap.run(selection)),
    "plan_pack": KeyedFlow(
        "AssignmentContract.plan_pack", lambda flows, selection: flows.plan_pack.run(selection)
    ),
    "expect_off": KeyedFlow(
        "AssignmentContract.mark",
        lambda flows, selection: flows.expected_off.run(selection),
        has_dialog=False,
    ),
    "number": KeyedFlow(
        "AssignmentContract.number_channels", lambda flows, selection: flows.number_channels.run(selection)
    ),
    "cells": KeyedFlow(
        "ForecastContract.vouch_for_cells", lambda flows, selection: flows.cells.run(selection)
    ),
    "start_line_check": KeyedFlow(
        "LineCheckContract.start", lambda flows, selection: flows.line_check.start(selection)
    ),
    "end_line_check": KeyedFlow(
        "LineCheckContract.end", lambda flows, selection: flows.line_check.end(selection)
    ),
    "tick_line": KeyedFlow(
        "LineCheckContract.tick", lambda flows, selection: flows.line_check.tick(selection), has_dialog=False
    ),
    "undo_tick": KeyedFlow(
        "LineCheckContract.undo", lambda flows, selection: flows.line_check.undo(selection), has_dialog=False
    ),
    "handover": KeyedFlow("HandoverContract.write", lambda flows, _: flows.handover.write(), group=MARKERS),
    "export_recap": KeyedFlow(
        "RecapContract.write_report",
        lambda flows, selection: flows.export_recap.run(selection),
        group=EXPORTS,
    ),
    "move_up": KeyedFlow(
        "LocationContract.move_device",
        lambda flows, selection: flows.rack_order.run(selection, -1),
        has_dialog=False,
    ),
    "move_down": KeyedFlow(
        "LocationContract.move_device",
        lambda flows, selection: flows.rack_order.run(selection, 1),
        has_dialog=False,
    ),
    "undo": KeyedFlow(
        "EventContract.remove_markers",
        lambda flows, _: flows.undo.undo(),
        has_dialog=False,
        group=DEVICE_CHANGES,
    ),
    "redo": KeyedFlow(
        "AssignmentContract.redo", lambda flows, _: flows.undo.redo(), has_dialog=False, group=DEVICE_CHANGES
    ),
    "take_back_marker": KeyedFlow(
        "EventContract.remove_markers",
        lambda flows, selection: flows.mark_moment.take_back_selected(selection),
        group=MARKERS,
    ),
    "mark_moment": KeyedFlow(
        "EventContract.add_marker", lambda flows, selection: flows.mark_moment.run(selection), group=MARKERS
    ),
    "acknowledge": KeyedFlow(
        "AlarmContract.acknowledge",
        lambda flows, selection: flows.alarms.acknowledge(selection),
        has_dialog=False,
    ),
    "acknowledge_all": KeyedFlow(
        "AlarmContract.acknowledge", lambda flows, selection: flows.alarms.acknowledge_all(selection)
    ),
    "shelve": KeyedFlow("AlarmContract.shelve", lambda flows, selection: flows.alarms.shelve(selection)),
    "note_alarm": KeyedFlow("AlarmContract.note", lambda flows, selection: flows.alarms.note(selection)),
    "undo_alarms": KeyedFlow(
        "AlarmContract.undo", lambda flows, selection: flows.alarms.undo(selection), has_dialog=False
    ),
    "next_scene": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.next_scene(), has_dialog=False, group=SHOW_CALLS
    ),
    "previous_scene": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.previous_scene(), has_dialog=False, group=SHOW_CALLS
    ),
    "take_scene_back": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.take_back(), has_dialog=False, group=SHOW_CALLS
    ),
    "go_to_scene": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.go_to_scene(), group=SHOW_CALLS
    ),
    "go_to_selected": KeyedFlow(
        "ShowContract.call", lambda flows, selection: flows.show.go_to_selected(selection), group=SHOW_CALLS
    ),
    "choose_show": KeyedFlow("ShowContract.use_show", lambda flows, _: flows.show.choose(), group=SHOW_CALLS),
    "import_plot": KeyedFlow(
        "ShowContract.apply_import", lambda flows, _: flows.import_plot.run(), group=SHOW_CALLS
    ),
    "start_show": KeyedFlow("ShowContract.call", lambda flows, _: flows.show.start(), group=SHOW_CALLS),
    "pause_show": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.pause(), has_dialog=False, group=SHOW_CALLS
    ),
    "begin_break": KeyedFlow(
        "ShowContract.call", lambda flows, _: flows.show.begin_break(), group=SHOW_CALLS
    ),
    "extend_show": KeyedFlow("ShowContract.call", lambda flows, _: flows.show.extend(), group=SHOW_CALLS),
    "end_show": KeyedFlow("ShowContract.call", lambda flows, _: flows.show.end(), group=SHOW_CALLS),
    "edit_threshold": KeyedFlow(
        "ThresholdContract.change", lambda flows, selection: flows.thresholds.edit(selection)
    ),
    "reset_threshold": KeyedFlow(
        "ThresholdContract.reset",
        lambda flows, selection: flows.thresholds.reset(selection),
        has_dialog=False,
    ),
    "choose_profile": KeyedFlow(
        "ThresholdContract.choose_profile",
        lambda flows, selection: flows.thresholds.choose_profile(selection),
    ),
    **{f"walk_to_{place}": walk_to(place) for place in range(1, MAX_PLACES + 1)},
    "walk_on": KeyedFlow(
        "WalkContract.go_to",
        lambda flows, selection: flows.walk.walk_on(selection),
        has_dialog=False,
        group=WALKING,
    ),
    "walk_name": KeyedFlow(
        "WalkContract.name_place", lambda flows, selection: flows.walk.name_place(selection), group=WALKING
    ),
    "walk_finish": KeyedFlow(
        "WalkContract.finish", lambda flows, selection: flows.walk.finish(selection), group=WALKING
    ),
    "walk_cancel": KeyedFlow(
        "WalkContract.cancel", lambda flows, selection: flows.walk.cancel(selection), group=WALKING
    ),
    "add": KeyedFlow(
        "DeviceContract.register", lambda flows, _: flows.add_device.run(), group=DEVICE_CHANGES
    ),
    "arm_control": KeyedFlow(
        "UserContract.arm_control",
        lambda flows, _: flows.arm_control.run(),
        group=CONTROL,
        only_ends=lambda flows: flows.arm_control.is_armed,
    ),
    "control": KeyedFlow(
        "ControlContract.execute", lambda flows, selection: flows.control_device.run(selection), group=CONTROL
    ),
    "control_plan": KeyedFlow(
        "ControlContract.execute_plan",
        lambda flows, selection: flows.control_plan.run(selection),
        group=CONTROL,
    ),
    "lock": KeyedFlow("AccessContract.unlock_show", lambda flows, _: flows.show_lock.run(), group=ACCESS),
}
