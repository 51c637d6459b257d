"""Control of devices: what is offered and shown, what is done, and what undo takes back."""

import anyio
import pytest

from micboard_tui.contracts.control import PlannedCommand, PlanPurpose, PlanResult
from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.contracts.events import EventQuery
from micboard_tui.domain.command import (
    Command,
    Identify,
    SetChannelName,
    SetDeviceName,
    SetFrequency,
    SetGain,
    SetGroupChannel,
    SetMute,
    SetSlotName,
)
from micboard_tui.domain.command_effects import CommandClass
from micboard_tui.domain.device import Device
from micboard_tui.domain.event import Event
from micboard_tui.domain.identity import ChannelRef, DeviceId
from tests.services.control.controlled_rack import FACTS, ControlledRack
from tests.services.results import code_of, data_of, error_of, warning_of
from tests.services.stage import RACK, SPARE

pytestmark = pytest.mark.virtual_time

EWDX = Device(DeviceId("ewdx"), "sennheiser", "sennheiser-ssc", "127.0.0.4", 45, position=3)


async def test_controls_are_listed_with_their_values_and_why_some_are_missing() -> None:
    rack = ControlledRack()
    listed = data_of(await rack.control.list_controls(RACK.id, 1))
    assert [(each.title, each.present, each.refusal is None) for each in listed] == [
        ("Mute", "not muted", True),
        ("Gain", "+9 dB", True),
        ("Name", "Vox", True),
        ("Frequency", "482.125 MHz", True),
        ("Group, channel", None, True),
        ("RF of slot 1", None, False),
        ("Identify", None, True),
    ]
    assert listed[1].cure == "Use -18 to 42 dB"
    assert listed[2].cure == "Use 1 to 8 plain letters, digits or signs"
    assert "ULX-D cannot change a transmitter over the network" in (listed[5].refusal or "")
    assert rack.sessions.sent == []


async def test_of_a_linked_pack_rf_and_name_are_offered() -> None:
    listed = data_of(await ControlledRack().control.list_controls(SPARE.id, 1))
    assert [(each.title, each.slot, each.present) for each in listed if each.slot and not each.refusal] == [
        ("RF of slot 1", 1, "RF on"),
        ("Name of slot 1", 1, "old"),
    ]


async def test_a_device_as_a_whole_has_a_name_and_flashes() -> None:
    listed = data_of(await ControlledRack().control.list_controls(RACK.id))
    assert [each.title for each in listed] == ["Identify", "Device name"]
    assert code_of(await ControlledRack().control.list_controls(RACK.id, 9)) is ErrorCode.CHANNEL_NOT_FOUND


async def test_a_preview_has_the_text_that_is_sent_both_values_and_the_effect() -> None:
    preview = data_of(await ControlledRack().control.preview(RACK.id, SetGain(1, 12)))
    assert preview.messages == ("< SET 1 AUDIO_GAIN 030 >",)
    assert (preview.subject, preview.title, preview.present, preview.new) == (
        "127.0.0.2/1",
        "Gain",
        "+9 dB",
        "+12 dB",
    )
    assert (preview.command_class, preview.confirmations, preview.can_undo) == (CommandClass.SOUND, 1, True)


async def test_what_an_offline_device_reported_last_is_not_shown_as_present() -> None:
    rack = ControlledRack()
    rack.lose(RACK)
    preview = data_of(await rack.control.preview(RACK.id, SetGain(1, 12)))
    assert (preview.present, preview.can_undo, preview.confirmations) == (None, False, 2)


async def test_a_command_is_a_step_that_undo_sends_back_and_redo_again() -> None:
    rack = ControlledRack()
    result = await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")
    assert (data_of(result).value, result.warning) == ("+12 dB", None)
    assert rack.steps == ["127.0.0.2/1: gain set to +12 dB"]
    undone = data_of(await rack.services.assignments.undo(actor="Pia"))
    assert undone.text == "127.0.0.2/1: gain set to +12 dB"
    await rack.services.assignments.redo(actor="Pia")
    assert rack.sessions.sent == [SetGain(1, 12), SetGain(1, 9), SetGain(1, 12)]
    assert code_of(await rack.services.assignments.undo(actor="Ben")) is ErrorCode.NOTHING_TO_UNDO


@pytest.mark.parametrize(
    ("command", "back"),
    [
        (SetChannelName(1, "Ada"), SetChannelName(1, "Vox")),
        (SetMute(1, muted=True), SetMute(1, muted=False)),
        (SetFrequency(1, 500_000), SetFrequency(1, 482_125)),
    ],
)
async def test_each_value_goes_back(command: Command, back: Command) -> None:
    rack = ControlledRack()
    await rack.control.execute(RACK.id, command, actor="Pia")
    await rack.services.assignments.undo(actor="Pia")
    assert rack.sessions.sent == [command, back]


async def test_a_value_that_the_device_chose_is_what_undo_expects() -> None:
    rack = ControlledRack()
    rack.sessions.adapted[SetGain(1, 13)] = SetGain(1, 12)
    result = await rack.control.execute(RACK.id, SetGain(1, 13), actor="Pia")
    assert result.warning == "The device has +12 dB instead"
    await rack.services.assignments.undo(actor="Pia")
    assert rack.sessions.sent[-1] == SetGain(1, 9)


async def test_undo_sends_nothing_when_the_device_has_another_value_by_now() -> None:
    rack = ControlledRack()
    await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")
    rack.sessions.report(RACK.id, SetGain(1, 0))
    error = error_of(await rack.services.assignments.undo(actor="Pia"))
    assert error.code is ErrorCode.CHANGED_SINCE
    assert "now reports gain +0 dB, and not +12 dB" in error.message
    assert rack.sessions.sent == [SetGain(1, 12)]
    assert code_of(await rack.services.assignments.undo(actor="Pia")) is ErrorCode.NOTHING_TO_UNDO


async def test_undo_needs_armed_control_and_then_goes_on() -> None:
    rack = ControlledRack()
    await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")
    rack.armed.clear()
    assert code_of(await rack.services.assignments.undo(actor="Pia")) is ErrorCode.CONTROL_NOT_ARMED
    rack.armed.add("Pia")
    assert (await rack.services.assignments.undo(actor="Pia")).success


async def test_undo_waits_for_a_device_that_is_offline() -> None:
    rack = ControlledRack()
    await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")
    rack.lose(RACK)
    assert code_of(await rack.services.assignments.undo(actor="Pia")) is ErrorCode.DEVICE_UNREACHABLE
    assert len(rack.steps) == 1


async def test_arrangements_are_undone_beside_commands_in_their_order() -> None:
    rack = ControlledRack()
    assignments = rack.services.assignments
    await assignments.add_performer("Ada", actor="Pia")
    await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")
    await assignments.add_performer("Ben", actor="Pia")
    texts = [data_of(await assignments.undo(actor="Pia")).text for _ in range(3)]
    assert texts[1] == "127.0.0.2/1: gain set to +12 dB"
    assert rack.sessions.sent[-1] == SetGain(1, 9)
    assert data_of(await assignments.list_performers()) == []


@pytest.mark.parametrize("command", [Identify(1), Identify()])
async def test_flashing_is_no_step(command: Command) -> None:
    rack = ControlledRack()
    result = await rack.control.execute(RACK.id, command, actor="Pia")
    assert (result.success, result.warning, rack.steps) == (True, None, [])


async def test_what_cannot_be_undone_says_so() -> None:
    rack = ControlledRack()
    result = await rack.control.execute(RACK.id, SetDeviceName("Rack B"), actor="Pia")
    assert warning_of(result) == "It cannot be undone: the value before is not known"
    assert rack.steps == []


async def test_a_group_is_taken_back_to_the_frequency_that_was_before() -> None:
    rack = ControlledRack()
    await rack.control.execute(RACK.id, SetGroupChannel(1, 6, 11), actor="Pia")
    records = rack.adapters.records.assignments
    (change,) = records.steps[0].changes  # type: ignore[attr-defined]
    assert (change.before.command, change.after.command) == (
        SetFrequency(1, 482_125),
        SetGroupChannel(1, 6, 11),
    )


async def test_what_the_device_refuses_is_no_step() -> None:
    rack = ControlledRack()
    rack.sessions.refused.add(SetGain(1, 12))
    assert code_of(await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia")) is (
        ErrorCode.DEVICE_REFUSED
    )
    assert rack.steps == []


async def named_rack() -> ControlledRack:
    """No sessions read the record here: the live state is given it by hand."""
    rack = ControlledRack()
    for ref, name in (
        (ChannelRef(RACK.id, 1), "Zoë"),
        (ChannelRef(SPARE.id, 1), "Anna Schmidt"),
        (ChannelRef(SPARE.id, 2), "Vox"),
    ):
        assert (await rack.services.assignments.assign([ref], name, actor="Pia")).success
    records = rack.adapters.records.assignments
    rack.live.cast(await records.performers(), await records.assignments())
    return rack


async def test_names_from_the_show_say_how_they_are_shortened_and_what_is_left_out() -> None:
    rack = await named_rack()
    plan = data_of(await rack.control.preview_plan(PlanPurpose.NAMES))
    lines = [(line.subject, line.title, line.preview and line.preview.new, line.note) for line in plan.lines]
    assert lines == [
        ("127.0.0.2/1", "Name", "Zoe", "in plain letters, from 'Zoë'"),
        ("127.0.0.2/2", "Name", None, "has no performer"),
        ("127.0.0.3/1", "Name", "Anna Sch", "shortened from 'Anna Schmidt'"),
        ("127.0.0.3/1", "Name of slot 1", "Anna Sch", "shortened from 'Anna Schmidt'"),
        ("127.0.0.3/2", "Name", None, "is so already"),
    ]
    assert [each.command for each in plan.commands] == [
        SetChannelName(1, "Zoe"),
        SetChannelName(1, "Anna Sch"),
        SetSlotName(1, 1, "Anna Sch"),
    ]


async def test_a_preview_is_of_the_value_that_is_sent() -> None:
    rack = ControlledRack(EWDX)
    rack.hear(EWDX, "EWDXEM2", FACTS)
    preview = data_of(await rack.control.preview(EWDX.id, SetChannelName(1, "new")))
    assert (preview.new, preview.command) == ("NEW", SetChannelName(1, "NEW"))
    assert preview.messages == ('{"rx1":{"name":"NEW"}}',)
    done = await rack.control.execute(EWDX.id, preview.command, actor="Pia")
    assert (data_of(done).adapted, done.warning) == (False, None)


async def test_a_name_that_is_in_force_in_capitals_is_not_sent_again() -> None:
    rack = ControlledRack(EWDX)
    rack.hear(EWDX, "EWDXEM2", FACTS)
    refs = [ChannelRef(EWDX.id, 1)]
    assert (await rack.services.assignments.assign(refs, "Maya", actor="Pia")).success
    records = rack.adapters.records.assignments
    rack.live.cast(await records.performers(), await records.assignments())
    plan = data_of(await rack.control.preview_plan(PlanPurpose.NAMES, refs))
    assert [line.preview and line.preview.new for line in plan.lines] == ["MAYA"]
    assert data_of(await rack.control.execute_plan(plan.commands, actor="Pia")).error is None
    (line,) = data_of(await rack.control.preview_plan(PlanPurpose.NAMES, refs)).lines
    assert (line.preview, line.note) == (None, "is so already")


async def test_a_plan_is_one_step_and_tells_how_far_it_is() -> None:
    rack = await named_rack()
    plan = data_of(await rack.control.preview_plan(PlanPurpose.NAMES))
    progress: list[PlanResult] = []
    result = data_of(await rack.control.execute_plan(plan.commands, progress.append, actor="Pia"))
    assert [(len(each.done), each.left) for each in progress] == [(1, 2), (2, 1), (3, 0)]
    assert (len(result.done), result.failed, result.left) == (3, None, 0)
    assert rack.steps[-1] == "127.0.0.2/1: name set to Zoe, and 2 changes more"
    sent = len(rack.sessions.sent)
    await rack.services.assignments.undo(actor="Pia")
    assert rack.sessions.sent[sent:] == [
        SetSlotName(1, 1, "old"),
        SetChannelName(1, "Vox"),
        SetChannelName(1, "Vox"),
    ]


async def test_a_plan_stops_at_the_first_failure_and_what_was_done_can_be_undone() -> None:
    rack = ControlledRack()
    rack.sessions.refused.add(SetMute(2, muted=True))
    commands = [PlannedCommand(RACK.id, SetMute(number, muted=True)) for number in (1, 2)]
    commands.append(PlannedCommand(SPARE.id, SetMute(1, muted=True)))
    result = data_of(await rack.control.execute_plan(commands, actor="Pia"))
    assert (len(result.done), result.failed, result.left) == (1, "127.0.0.2/2", 1)
    assert result.error is not None
    assert result.error.code is ErrorCode.DEVICE_REFUSED
    await rack.services.assignments.undo(actor="Pia")
    assert rack.sessions.sent == [SetMute(1, muted=True), SetMute(1, muted=False)]


async def test_a_plan_of_which_nothing_was_done_fails() -> None:
    rack = ControlledRack()
    rack.sessions.refused.add(SetMute(1, muted=True))
    answer = await rack.control.execute_plan([PlannedCommand(RACK.id, SetMute(1, muted=True))], actor="Pia")
    assert code_of(answer) is ErrorCode.DEVICE_REFUSED


async def test_nothing_of_a_plan_is_sent_when_a_part_is_not_possible() -> None:
    rack = ControlledRack()
    commands = [
        PlannedCommand(RACK.id, SetMute(1, muted=True)),
        PlannedCommand(RACK.id, SetChannelName(1, "much too long")),
    ]
    assert code_of(await rack.control.execute_plan(commands, actor="Pia")) is ErrorCode.INVALID_VALUE
    assert rack.sessions.sent == []


async def test_a_selection_is_muted_but_for_what_is_muted_or_offline() -> None:
    rack = ControlledRack()
    rack.sessions.report(RACK.id, SetMute(1, muted=True))
    rack.lose(SPARE)
    refs = [ChannelRef(RACK.id, 1), ChannelRef(RACK.id, 2), ChannelRef(SPARE.id, 1)]
    plan = data_of(await rack.control.preview_plan(PlanPurpose.MUTE, refs))
    assert [(line.subject, line.note) for line in plan.lines] == [
        ("127.0.0.2/1", "is so already"),
        ("127.0.0.2/2", ""),
        ("127.0.0.3/1", "not online"),
    ]
    assert plan.confirmations == 1


async def test_a_plan_of_too_many_channels_is_refused() -> None:
    refs = [ChannelRef(RACK.id, number) for number in range(501)]
    assert code_of(await ControlledRack().control.preview_plan(PlanPurpose.MUTE, refs)) is (
        ErrorCode.INVALID_VALUE
    )


async def test_an_undo_that_stopped_half_way_goes_on_with_the_rest() -> None:
    rack = ControlledRack()
    commands = [PlannedCommand(RACK.id, SetMute(number, muted=True)) for number in (1, 2)]
    await rack.control.execute_plan(commands, actor="Pia")
    rack.sessions.refused.add(SetMute(1, muted=False))
    assert code_of(await rack.services.assignments.undo(actor="Pia")) is ErrorCode.DEVICE_REFUSED
    rack.sessions.refused.clear()
    assert (await rack.services.assignments.undo(actor="Pia")).success
    assert rack.sessions.sent[2:] == [SetMute(2, muted=False), SetMute(1, muted=False)]


async def test_a_plan_stops_when_control_is_armed_no_more() -> None:
    rack = ControlledRack()
    commands = [PlannedCommand(RACK.id, SetMute(number, muted=True)) for number in (1, 2)]
    answer = await rack.control.execute_plan(commands, lambda _: rack.armed.clear(), actor="Pia")
    result = data_of(answer)
    assert result.error is not None
    assert (result.error.code, len(result.done)) == (ErrorCode.CONTROL_NOT_ARMED, 1)
    assert rack.sessions.sent == [SetMute(1, muted=True)]


async def test_what_a_cancelled_plan_has_done_is_a_step() -> None:
    rack = ControlledRack()
    commands = [PlannedCommand(RACK.id, SetMute(number, muted=True)) for number in (1, 2)]
    with anyio.CancelScope() as scope:
        await rack.control.execute_plan(commands, lambda _: scope.cancel(), actor="Pia")
    assert rack.steps == ["127.0.0.2/1: mute set to muted"]


async def test_a_command_is_an_event_with_who_gave_it_and_what_came_of_it() -> None:
    rack = ControlledRack()
    rack.sessions.adapted[SetGain(1, 12)] = SetGain(1, 10)
    await rack.control.execute(RACK.id, SetGain(1, 12), actor="Pia\x1b")
    await rack.control.execute(RACK.id, Identify(), actor="Ben")
    rack.sessions.unconfirmed = True
    answer = await rack.control.execute(RACK.id, SetMute(1, muted=True), actor="Ben")
    assert code_of(answer) is ErrorCode.COMMAND_UNCONFIRMED
    assert [(each.text, each.actor, each.channel, each.details) for each in await events_of(rack)] == [
        (
            "Gain set to 12 dB; the device has +10 dB",
            "Pia\u241b",
            1,
            {"command": "set_gain", "value": "+10 dB", "step": "made"},
        ),
        ("Identified by flashing", "Ben", None, {"command": "identify", "value": "flashing"}),
        ("Output muted, not confirmed", "Ben", 1, {"command": "set_mute"}),
    ]


async def test_each_command_of_a_plan_and_of_its_undo_is_an_event_and_the_plan_is_one_step() -> None:
    rack = ControlledRack()
    commands = [PlannedCommand(RACK.id, SetMute(number, muted=True)) for number in (1, 2)]
    await rack.control.execute_plan(commands, actor="Pia")
    await rack.services.assignments.undo(actor="Pia")
    assert [(each.text, each.details.get("step")) for each in await events_of(rack)] == [
        ("Output muted", None),
        ("Output muted", None),
        ("127.0.0.2/1: mute set to muted, and 1 change more", "made"),
        ("Output unmuted", None),
        ("Output unmuted", None),
        ("Undone: 127.0.0.2/1: mute set to muted, and 1 change more", "undone"),
    ]


async def events_of(rack: ControlledRack) -> list[Event]:
    """The oldest first."""
    return [*data_of(await rack.adapters.events.list_events(EventQuery()))]
