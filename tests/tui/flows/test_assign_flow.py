"""Giving channels to performers, and freeing them."""

from dataclasses import replace

import pytest

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.assignment import Role
from micboard_tui.domain.observation import FactsHeard
from micboard_tui.tui.flows.name_choices import ChoiceKind
from micboard_tui.tui.flows.user_ports import NoSelection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.name_picker import PickedName
from tests.tui.flows.flow_stage import FULL, Selected, flow_stage, vox
from tests.tui.scripted_rig import ScriptedRig, device, reports, vocal


async def test_a_channel_is_given_to_a_performer_in_the_chosen_role() -> None:
    async with flow_stage() as stage:
        selection = Selected(vox(2))
        stage.pick("Ada", Role.BACKUP)
        await stage.flows.assign.run(selection)
        assert stage.performer(vox(2)) == "Ada"
        assert stage.assignment(vox(2)).role is Role.BACKUP
        assert stage.messages.texts == ["Ada has Vox 2. u undoes it."]
        assert selection.changes_shown == 1


async def test_leaving_the_dialog_changes_nothing() -> None:
    async with flow_stage() as stage:
        selection = Selected(vox(1))
        stage.answer(None)
        await stage.flows.assign.run(selection)
        assert stage.performer(vox(1)) is None
        assert stage.rig.assignments.steps == []
        assert stage.messages.texts == []
        assert selection.changes_shown == 0


async def test_the_question_suggests_the_name_of_the_channel_and_offers_performers() -> None:
    async with flow_stage() as stage:
        stage.pick("Ada")
        await stage.flows.assign.run(Selected(vox(1), vox(2)))
        await stage.services.assignments.add_performer("Bea", actor="Pia")
        stage.answer(None)
        await stage.flows.assign.run(Selected(vox(3)))
        question = stage.dialogs.picker._question
        assert question.title == "Who has Vox 3?"
        assert question.suggested == "Vox 3"
        assert [(choice.name, choice.hint) for choice in question.known] == [
            ("Bea", ""),
            ("Ada", "has Vox 1 and 1 more"),
            ("Spare for all", "for any performer"),
        ]


async def test_a_free_channel_can_be_a_spare_for_all_and_an_ordinary_one_again() -> None:
    async with flow_stage() as stage:
        stage.answer(PickedName(None, Role.SPARE), PickedName(None, None))
        await stage.flows.assign.run(Selected(vox(1)))
        assert (stage.performer(vox(1)), stage.assignment(vox(1)).role) == (None, Role.SPARE)
        await stage.flows.assign.run(Selected(vox(1)))
        assert stage.dialogs.picker._question.known[-1].name == "No spare"
        assert stage.assignment(vox(1)).role is Role.PRIMARY
        assert stage.messages.texts == [
            "Vox 1: spare for all. u undoes it.",
            "Vox 1: no performer. u undoes it.",
        ]


async def test_an_assigned_channel_can_be_freed() -> None:
    async with flow_stage() as stage:
        stage.pick("Ada", Role.SPARE)
        await stage.flows.assign.run(Selected(vox(1)))
        stage.pick(None)
        await stage.flows.assign.run(Selected(vox(1)))
        question = stage.dialogs.picker._question
        assert question.title == "Who has Vox 1? (now Ada, live)"
        assert (question.suggested, question.role) == ("Ada", Role.SPARE)
        assert question.known[-1].kind is ChoiceKind.NONE
        assert stage.performer(vox(1)) is None
        assert stage.messages.texts[1:] == [
            "Vox 1: no performer. u undoes it.",
            "Vox 1 is live and was Ada's",
        ]


async def test_many_channels_are_counted_and_a_conflict_is_warned_of() -> None:
    async with flow_stage() as stage:
        refs = [state.ref for device in stage.rig.live.snapshot() for state in device.channels]
        stage.pick("Choir")
        await stage.flows.assign.run(Selected(*refs))
        assert stage.messages.texts[0] == "Choir has 5 channels. u undoes it."
        assert "live on another primary" in stage.messages.texts[1]
        assert stage.messages.severities == ["information", "warning"]
        stage.answer(None)
        await stage.flows.assign.run(Selected(*refs))
        assert stage.dialogs.picker._question.known[-1].hint == "frees the channels"


async def test_a_name_that_cannot_be_shown_is_refused_with_the_reason() -> None:
    async with flow_stage() as stage:
        selection = Selected(vox(1))
        stage.pick("\x1b[31m")
        await stage.flows.assign.run(selection)
        assert "cannot be shown" in stage.messages.texts[0]
        assert "\x1b" not in stage.messages.texts[0]
        assert stage.messages.severities == ["error"]
        assert selection.changes_shown == 0


async def test_without_performers_to_read_nothing_is_asked() -> None:
    async with flow_stage() as stage:
        broken = StorageError(ErrorCode.DATABASE_ERROR, "The disk is gone", hint="Look for it")

        async def fail() -> None:
            raise broken

        stage.rig.assignments.performers = fail  # type: ignore[method-assign, assignment] # a disk that is gone
        await stage.flows.assign.run(Selected(vox(1)))
        assert stage.messages.texts == ["The disk is gone. Look for it"]


async def test_messages_name_the_key_that_the_user_chose() -> None:
    async with flow_stage(keys={"undo": "f9"}) as stage:
        stage.pick("Ada")
        await stage.flows.assign.run(Selected(vox(1)))
        assert stage.messages.texts == ["Ada has Vox 1. f9 undoes it."]


async def test_without_a_selection_every_flow_says_so() -> None:
    async with flow_stage() as stage:
        flows, nothing = stage.flows, NoSelection()
        for run in (flows.assign.run, flows.swap.run, flows.plan_pack.run, flows.expected_off.run):
            await run(nothing)
        await flows.locate.run(nothing)
        await flows.rack_order.run(nothing, 1)
        assert stage.messages.texts == 4 * [
            "No channel on the screen is selected. An arrow key selects one."
        ] + 2 * ["No receiver is selected."]
        nothing.show_change()


def on_one_frequency() -> ScriptedRig:
    """Three channels, the first two on one frequency."""
    channels = [vocal(f"Vox {number}", 470_000 + number * 400, FULL) for number in (1, 2, 3)]
    second = replace(channels[1][0], frequency_khz=channels[0][0].frequency_khz)
    return ScriptedRig({"127.0.0.2": [*reports("A", *channels), FactsHeard(2, second)]}, device(2))


@pytest.mark.parametrize("answer", [True, False, None])
async def test_a_backup_on_the_frequency_of_the_primary_asks_whether_both_receive_one_pack(
    answer: bool | None,
) -> None:
    async with flow_stage(on_one_frequency()) as stage:
        stage.pick("Ada", Role.PRIMARY)
        await stage.flows.assign.run(Selected(vox(1)))
        stage.pick("ada", Role.BACKUP)
        stage.answer(answer)
        await stage.flows.assign.run(Selected(vox(2)))
        asked = stage.dialogs.screens[-1]
        assert isinstance(asked, ConfirmScreen)
        assert asked._question == (
            "Vox 2, A/2 and Vox 1, A/1 are on one frequency. Do both receive one pack of Ada?"
        )
        assert stage.assignment(vox(2)).shared_pack is (answer is True)
        assert stage.assignment(vox(2)).role is Role.BACKUP
        # Another frequency, another performer and the same role ask nothing.
        stage.pick("Ada", Role.BACKUP)
        await stage.flows.assign.run(Selected(vox(3)))
        stage.pick("Ben", Role.BACKUP)
        await stage.flows.assign.run(Selected(vox(2)))
        stage.pick("Ada", Role.PRIMARY)
        await stage.flows.assign.run(Selected(vox(2)))
        assert not stage.assignment(vox(2)).shared_pack


async def test_a_shared_pack_is_chosen_with_the_role() -> None:
    async with flow_stage(on_one_frequency()) as stage:
        stage.pick("Ada", Role.PRIMARY)
        await stage.flows.assign.run(Selected(vox(1)))
        stage.answer(PickedName("Ada", Role.BACKUP, shared_pack=True))
        await stage.flows.assign.run(Selected(vox(2), vox(3)))
        assert [stage.assignment(vox(number)).shared_pack for number in (1, 2, 3)] == [False, True, True]
        stage.answer(None)
        await stage.flows.assign.run(Selected(vox(2)))
        picker = stage.dialogs.picker
        assert (picker._question.role, picker._question.shared_pack) == (Role.BACKUP, True)
        await stage.flows.undo.undo()
        assert not stage.assignment(vox(2)).shared_pack
