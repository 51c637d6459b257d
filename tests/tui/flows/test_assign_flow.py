"""Giving channels to performers, and freeing them."""

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.domain.assignment import Role
from micboard_tui.tui.flows.name_choices import ChoiceKind
from micboard_tui.tui.flows.user_ports import NoSelection
from tests.tui.flows.flow_stage import Selected, flow_stage, vox


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
        await stage.services.assignments.add_performer("Bea")
        stage.answer(None)
        await stage.flows.assign.run(Selected(vox(3)))
        question = stage.dialogs.picker._question
        assert question.title == "Who has Vox 3?"
        assert question.suggested == "Vox 3"
        assert [(choice.name, choice.hint) for choice in question.known] == [
            ("Bea", ""),
            ("Ada", "has Vox 1 and 1 more"),
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
