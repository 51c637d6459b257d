"""Markers: at the moment of the key, of the channel or of the show."""

from functools import partial

from textual.screen import Screen

from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.event import Event, EventKind
from micboard_tui.domain.identity import ChannelRef, DeviceId
from micboard_tui.tui.screens.marker_dialog import MarkerDialog, MarkerText
from tests.fakes.links import until
from tests.tui.flows.flow_stage import FlowStage, Selected, flow_stage, two_receivers
from tests.tui.scripted_rig import ScriptedRig
from tests.tui.test_app import open_app

ONE, TWO = ChannelRef(DeviceId("rack-2"), 1), ChannelRef(DeviceId("rack-2"), 2)


async def markers(stage: FlowStage) -> list[Event]:
    answer = await stage.services.events.list_events(EventQuery(kinds=[EventKind.MARKER]))
    assert answer.success
    return list(answer.data)


def has_markers(rig: ScriptedRig, count: int) -> bool:
    return [event.kind for event in rig.events.kept].count(EventKind.MARKER) == count


async def test_a_marker_has_the_moment_of_the_key_and_who_pressed_it() -> None:
    async with flow_stage() as stage:
        pressed_at = stage.rig.live.now()

        async def think(screen: Screen[object]) -> MarkerText:
            assert isinstance(screen, MarkerDialog)
            stage.rig.manual_clock.now += 20.0
            return MarkerText("crackle", [ONE, TWO])

        stage.answer(think, MarkerText("interval", ()), None)
        await stage.flows.mark_moment.run(Selected(ONE, TWO))
        found = await markers(stage)
        assert [(marker.at, marker.ref, marker.subject, marker.actor) for marker in found] == [
            (pressed_at, ONE, "A/1", "Pia"),
            (pressed_at, TWO, "A/2", "Pia"),
        ]
        assert stage.messages.texts[-1].endswith(": crackle. u undoes it.")
        await stage.flows.mark_moment.run(Selected(ONE))
        assert (await markers(stage))[-1].ref is None
        assert "Marked the show at " in stage.messages.texts[-1]
        await stage.flows.mark_moment.run(Selected())
        assert len(await markers(stage)) == 3

        await stage.services.assignments.assign([ONE], "Mercutio", actor="Pia")
        stage.answer(MarkerText("crackle", [ONE]))
        await stage.flows.mark_moment.run(Selected(ONE))
        assert stage.messages.texts[-1].startswith("Marked Mercutio, A/1 at ")

        stage.answer(MarkerText("x" * 300, ()))
        await stage.flows.mark_moment.run(Selected())
        assert stage.messages.severities[-1] == "error"


async def test_markers_and_steps_are_taken_back_in_the_order_in_which_they_were_made() -> None:
    async with flow_stage() as stage:
        flows, assignments = stage.flows, stage.services.assignments
        stage.answer(MarkerText("crackle", [ONE, TWO]))
        await flows.mark_moment.run(Selected(ONE, TWO))
        await assignments.assign([ONE], "Mercutio", actor="Pia")
        stage.answer(MarkerText("hat", [ONE]))
        await flows.mark_moment.run(Selected(ONE))
        await assignments.assign([TWO], "Tybalt", actor="Pia")
        undone = []
        for _ in range(4):
            await flows.undo.undo()
            undone.append((stage.messages.texts[-1].partition(":")[0], len(await markers(stage))))
        assert undone == [
            ("Undone", 3),
            ("Not marked any more", 2),
            ("Undone", 2),
            ("Not marked any more", 0),
        ]

        stage.answer(MarkerText("gone meanwhile", ()))
        await flows.mark_moment.run(Selected())
        stage.rig.events.kept.clear()
        await flows.undo.undo()
        assert stage.messages.texts[-1].startswith("There is no such marker")


async def test_a_step_of_somebody_else_after_a_marker_does_not_keep_it_from_being_taken_back() -> None:
    async with flow_stage() as stage:
        flows, assignments = stage.flows, stage.services.assignments
        stage.answer(MarkerText("crackle", [ONE]))
        await flows.mark_moment.run(Selected(ONE))
        await assignments.assign([ONE], "Mercutio", actor="Ben")
        await flows.undo.undo()
        assert stage.messages.texts[-1].startswith("Not marked any more")
        await flows.undo.undo()
        assert stage.messages.texts[-1].startswith("There is no step of Pia to undo")
        assert (await assignments.undo(actor="Ben")).success


async def test_the_key_asks_for_a_text_and_enter_alone_will_do() -> None:
    rig = two_receivers()
    async with open_app(rig) as (app, pilot):
        for count, (keys, marked) in enumerate((("m", ("marker", 1)), ("mbad\t", ("bad", None))), 1):
            for key in keys:
                await pilot.press("tab" if key == "\t" else key)
                await until(lambda: isinstance(app.screen, MarkerDialog))
            await pilot.press("enter")
            await until(partial(has_markers, rig, count))
            marker = rig.events.kept[-1]
            assert (marker.kind, marker.text, marker.channel) == (EventKind.MARKER, *marked)
            await until(lambda: not isinstance(app.screen, MarkerDialog))
