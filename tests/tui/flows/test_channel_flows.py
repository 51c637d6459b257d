"""What else a key does with selected channels: location, rack order, swap, pack, expected off, undo."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelState
from micboard_tui.domain.device import DeviceSnapshot, DeviceState
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.observation import FactsHeard, MetersHeard
from micboard_tui.tui.flows.channel_names import ChannelNames
from micboard_tui.tui.flows.known_packs import KnownPack, known_packs
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.mic_number_dialog import MicNumberDialog
from micboard_tui.tui.screens.swap_screen import SwapScreen
from tests.tui.flows.flow_stage import FULL, FlowStage, Selected, flow_stage, vox
from tests.tui.scripted_rig import CHAPEL, FACTS, METERS, SILENCE, ScriptedRig, device, reports, vocal


def confirm(questions: list[str], answer: bool) -> Callable[[ConfirmScreen], Awaitable[bool]]:
    """Answers a dialog that asks yes or no, and keeps what it asked."""

    async def decide(screen: ConfirmScreen) -> bool:
        questions.append(screen._question)
        return answer

    return decide


async def test_a_receiver_is_put_at_a_known_a_new_and_no_location() -> None:
    async with flow_stage() as stage:
        records, selection = stage.rig.records, Selected(vox(1), vox(2))
        stage.pick("Chapel")
        await stage.flows.locate.run(selection)
        assert records.kept[device(2).id].location_id == CHAPEL.id
        question = stage.dialogs.picker._question
        assert (question.title, question.suggested) == ("Where is A?", "Main Stage")
        assert [choice.name for choice in question.known] == ["Main Stage", "Chapel", "No location"]
        stage.pick("Balcony")
        await stage.flows.locate.run(selection)
        assert "Balcony" in [location.name for location in stage.rig.live.locations()]
        stage.pick(None)
        await stage.flows.locate.run(selection)
        assert records.kept[device(2).id].location_id is None
        assert stage.messages.texts == [
            "A: Chapel. u undoes it.",
            "A: Balcony. u undoes it.",
            "A: no location. u undoes it.",
        ]
        for _ in range(3):
            await stage.flows.undo.undo()
        assert records.kept[device(2).id].location_id == "stage"


async def test_several_receivers_get_one_location() -> None:
    async with flow_stage() as stage:
        stage.pick("Chapel")
        await stage.flows.locate.run(Selected(vox(1), ChannelRef(device(3).id, 1)))
        assert stage.dialogs.picker._question.title == "Where is 2 receivers?"
        assert stage.messages.texts == ["2 receivers: Chapel. u undoes it."]
        stage.answer(None)
        await stage.flows.locate.run(Selected(vox(1)))
        assert len(stage.messages.texts) == 1


async def test_a_receiver_moves_within_the_rack_order() -> None:
    rig = ScriptedRig(
        {f"127.0.0.{number}": reports(str(number), vocal("Vox", 470_400, FULL)) for number in (2, 3)},
        device(2),
        device(3),
    )
    async with flow_stage(rig) as stage:
        await stage.flows.rack_order.run(Selected(vox(1)), 1)
        assert [snapshot.device.id for snapshot in rig.live.snapshot()] == ["rack-3", "rack-2"]
        rig.records.kept.clear()
        await stage.flows.rack_order.run(Selected(vox(1)), 1)
        assert "No device has the id" in stage.messages.texts[0]


async def test_a_spare_takes_over() -> None:
    async with flow_stage() as stage:
        await stage.services.assignments.assign([vox(1)], "Ada", actor="Pia")

        async def take_second(screen: Any) -> ChannelRef:  # noqa: ANN401 - checked in the next line
            assert isinstance(screen, SwapScreen)
            assert screen._title == "Move Ada from Vox 1 to:"
            assert screen._name_of(vox(2)) == "Vox 2, A/2"
            assert vox(2) in [spare.state.ref for spare in screen._read_spares()]
            return vox(2)

        stage.answer(take_second)
        selection = Selected(vox(1))
        await stage.flows.swap.run(selection)
        assert stage.performer(vox(2)) == "Ada"
        assert stage.assignment(vox(1)).expected_off
        assert stage.swapped_to == [vox(2)]
        assert selection.changes_shown == 1
        assert stage.messages.texts[0] == "Ada is now on Vox 2. u undoes it."
        assert "Vox 1 is still live" in stage.messages.texts[1]


async def test_a_swap_that_is_left_or_refused_changes_nothing() -> None:
    async with flow_stage() as stage:
        await stage.flows.swap.run(Selected(vox(1)))
        assert stage.messages.texts == ["Vox 1 has no performer. n assigns one."]
        await stage.services.assignments.assign([vox(1)], "Ada", actor="Pia")
        stage.answer(None, vox(1))
        await stage.flows.swap.run(Selected(vox(1)))
        await stage.flows.swap.run(Selected(vox(1)))
        assert "cannot take over from itself" in stage.messages.texts[1]
        assert stage.performer(vox(1)) == "Ada"
        assert stage.swapped_to == []


async def test_a_pack_is_planned_and_the_plan_cleared() -> None:
    async with flow_stage() as stage:
        stage.pick("Vox 1")
        await stage.flows.plan_pack.run(Selected(vox(1)))
        plan = stage.assignment(vox(1))
        assert (plan.planned_pack, plan.planned_model) == ("Vox 1", "ULXD2")
        question = stage.dialogs.picker._question
        assert question.title == "Which pack is planned for Vox 1?"
        assert [choice.name for choice in question.known] == ["Vox 1"]
        stage.pick("Pack 7")
        await stage.flows.plan_pack.run(Selected(vox(1)))
        assert stage.assignment(vox(1)).planned_pack == "Pack 7"
        stage.answer(None)
        await stage.flows.plan_pack.run(Selected(vox(1)))
        stage.pick(None)
        await stage.flows.plan_pack.run(Selected(vox(1)))
        assert stage.assignment(vox(1)).planned_pack is None
        assert [choice.name for choice in stage.dialogs.picker._question.known] == ["Vox 1", "Any pack"]
        assert stage.messages.texts[-1] == "Vox 1: planned pack any. u undoes it."


async def test_a_channel_that_has_gone_gets_no_plan() -> None:
    async with flow_stage() as stage:
        await stage.flows.plan_pack.run(Selected(ChannelRef(device(9).id, 1)))
        assert stage.messages.texts == []


async def test_channels_are_expected_off_and_on_again() -> None:
    async with flow_stage() as stage:
        selection = Selected(vox(1), vox(2))
        questions: list[str] = []
        stage.answer(confirm(questions, True))
        for _ in range(2):
            await stage.flows.expected_off.run(selection)
        assert questions == ["Live now: Vox 1, Vox 2. No alarm for it until it comes back?"]
        assert not stage.assignment(vox(1)).expected_off
        assert stage.messages.texts == [
            "Vox 1, Vox 2: expected off, no alarm. u undoes it.",
            "Vox 1, Vox 2: expected on. u undoes it.",
        ]


async def test_a_receiver_or_all_of_its_location_goes_out_of_service_and_comes_back() -> None:
    async with flow_stage() as stage:
        run, live = stage.flows.out_of_service.run, stage.rig.live
        selection = Selected(vox(1))
        await run(Selected())
        stage.answer(None, 0)
        await run(selection)
        await run(selection)
        found = live.device(device(2).id)
        assert found is not None
        assert found.device.out_of_service
        await stage.services.locations.assign_devices([device(2).id], "Main Stage", actor="Pia")
        stage.answer(1)
        await run(selection)
        assert [location.name for location in live.locations() if location.out_of_service] == ["Main Stage"]
        choices: list[str] = []

        async def bring_back(screen: ListDialog) -> int:
            choices.extend(map(str, screen.lines))
            return 1

        stage.answer(bring_back)
        await run(selection)
        assert choices == [f"{found.title}: back in service", "Main Stage, all of it: back in service"]
        assert not any(location.out_of_service for location in live.locations())
        assert stage.messages.texts == [
            "No receiver is selected.",
            f"{found.title}: out of service. u undoes it.",
            "Main Stage: out of service. u undoes it.",
            "Main Stage: back in service. u undoes it.",
        ]


async def test_what_is_on_the_air_is_silenced_only_after_a_yes() -> None:
    async with flow_stage() as stage:
        stage.answer(False)
        await stage.flows.expected_off.run(Selected(vox(1)))
        assert not stage.assignment(vox(1)).expected_off
        assert stage.messages.texts == []
        stage.rig.report(2, MetersHeard(1, SILENCE))
        stage.rig.report(2, FactsHeard(1, replace(FACTS, transmitter=None, transmitter_present=False)))
        await stage.flows.expected_off.run(Selected(vox(1)))
        assert stage.assignment(vox(1)).expected_off


async def test_what_came_back_with_sound_is_told() -> None:
    async with flow_stage() as stage:
        stage.flows.expected_off.report_ended([vox(1)])
        assert stage.messages.texts == ["Vox 1: on again with sound, alarms count. u undoes it."]


@pytest.mark.parametrize("answer", [True, False])
async def test_a_channel_with_sound_on_it_is_taken_only_after_a_yes(answer: bool) -> None:
    async with flow_stage() as stage:
        await stage.services.assignments.assign([vox(1)], "Ada", actor="Pia")
        questions: list[str] = []
        stage.rig.report(2, MetersHeard(2, METERS))
        stage.answer(vox(2), confirm(questions, answer))
        await stage.flows.swap.run(Selected(vox(1)))
        assert questions == ["Vox 2, A/2 has sound on it. Move Ada there?"]
        assert stage.performer(vox(2)) == ("Ada" if answer else None)
        assert stage.swapped_to == ([vox(2)] if answer else [])


async def test_a_step_is_undone_and_redone() -> None:
    async with flow_stage() as stage:
        await stage.flows.undo.undo()
        await stage.flows.undo.redo()
        assert stage.messages.severities == ["error", "error"]
        await stage.services.assignments.assign([vox(1)], "Ada", actor="Pia")
        await stage.flows.undo.undo()
        assert stage.performer(vox(1)) is None
        await stage.flows.undo.redo()
        assert stage.performer(vox(1)) == "Ada"
        assert stage.messages.texts[2:] == [
            "Undone: Vox 1 assigned to Ada.",
            "Redone: Vox 1 assigned to Ada.",
        ]


async def test_a_channel_without_a_name_is_called_by_device_and_number() -> None:
    rig = ScriptedRig({"127.0.0.2": reports("Rack 1", vocal("", 470_400, FULL))}, device(2))
    async with flow_stage(rig):
        names = ChannelNames(rig.live)
        assert names.name(vox(1)) == "Rack 1/1"
        assert names.name_and_position(vox(1)) == "Rack 1/1"
        assert names.position(ChannelRef(device(9).id, 2)) == "rack-9/2"


def test_packs_in_chargers_are_offered_unless_another_channel_uses_them() -> None:
    bays = (
        Bay(1, BayState.READY, "SK", pack_serial="6241406927", battery=Battery(100)),
        Bay(2, BayState.CHARGING, "SKM", pack_name="Bass", battery=Battery(12)),
        Bay(3, BayState.EMPTY, pack_name="Ghost"),
        Bay(4, BayState.READY, "BA70"),
    )
    charger = DeviceSnapshot(device(4, name="Charger"), DeviceState(device(4).id, bays=bays))
    bass = ChannelState(device(2).id, 2, dock=Dock(device(4).id, "Charger", bays[1]))
    rack = DeviceSnapshot(device(2), DeviceState(device(2).id), (bass,))
    silent = ChannelState(device(2).id, 1)
    assert known_packs(silent, [rack, charger]) == {
        "6241406927": KnownPack("SK", "6241406927", "Charger bay 1, 100%")
    }
    assert list(known_packs(bass, [rack, charger])) == ["6241406927", "Bass"]
    foreign = replace(charger, device=replace(charger.device, manufacturer="sennheiser"))
    assert known_packs(silent, [rack, foreign]) == {}


def number_of(stage: FlowStage, number: int) -> str | None:
    return stage.assignment(vox(number)).mic_number


async def test_a_mic_number_is_typed_changed_and_removed() -> None:
    async with flow_stage() as stage:
        stage.answer("IEM 3")
        await stage.flows.number_channels.run(Selected(vox(1)))
        assert number_of(stage, 1) == "IEM 3"
        question = number_dialog(stage)._question
        assert (question.title, question.names, question.current) == (
            "Mic number of Vox 1",
            ["Vox 1, A/1"],
            "",
        )
        stage.answer("")
        await stage.flows.number_channels.run(Selected(vox(1)))
        assert (number_dialog(stage)._question.current, number_of(stage, 1)) == ("IEM 3", None)
        await stage.flows.undo.undo()
        stage.answer(None)
        await stage.flows.number_channels.run(Selected(vox(1)))
        assert number_of(stage, 1) == "IEM 3"
        assert stage.messages.texts[:2] == [
            "Vox 1: mic number IEM 3. u undoes it.",
            "Vox 1: no mic number. u undoes it.",
        ]


async def test_marked_channels_are_numbered_from_top_to_bottom_in_one_step() -> None:
    async with flow_stage() as stage:
        selection = Selected(vox(2), vox(3))
        stage.answer("9", "10")
        await stage.flows.number_channels.run(selection)
        question = number_dialog(stage)._question
        assert question.title == "Mic number of Vox 2, Vox 3, counting up"
        assert question.count_up("9") == ["9", "10"]
        assert question.count_up("Lead") is question.count_up("123456789") is None
        assert [number_of(stage, number) for number in (1, 2, 3)] == [None, "9", "10"]
        assert stage.messages.texts == ["Vox 2, Vox 3: mic number 9 to 10. u undoes it."]
        # Another channel that has the number is named before Enter, and warned of after it.
        await stage.flows.number_channels.run(Selected(vox(1)))
        describe_others = number_dialog(stage)._question.describe_others
        assert (describe_others(["010"]), describe_others(["11"])) == ("There already: 10 A/3", "")
        assert stage.messages.texts[-1] == "2 channels have the mic number 10: A/3, A/1"


def number_dialog(stage: FlowStage) -> MicNumberDialog:
    screen = stage.dialogs.screens[-1]
    assert isinstance(screen, MicNumberDialog)
    return screen


async def test_spares_are_listed_with_their_mic_numbers() -> None:
    async with flow_stage() as stage:
        await stage.services.assignments.assign([vox(1)], "Ada", actor="Pia")
        lines: list[str] = []

        async def read_lines(screen: SwapScreen) -> None:
            lines.extend(str(screen._line(spare)) for spare in screen._spares)

        stage.answer(read_lines)
        await stage.flows.swap.run(Selected(vox(1)))
        assert lines[0].startswith("Vox 2, A/2 ")
        await stage.services.assignments.number_channels([vox(2)], "IEM 12", actor="Pia")
        lines.clear()
        stage.answer(read_lines)
        await stage.flows.swap.run(Selected(vox(1)))
        assert lines[0].startswith("IEM 12 Vox 2, A/2 ")
        assert lines[1].startswith("       Vox 3, A/3 ")
