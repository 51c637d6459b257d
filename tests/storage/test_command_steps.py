"""Commands to devices as steps: the same holds in memory and in the database."""

import pytest

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import Change, CommandChange, CommandStep, CommandValue, Step
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.command import SetChannelName, SetFrequency, SetGain, SetGroupChannel, SetSlotName
from micboard_tui.domain.identity import DeviceId, PerformerId
from tests.storage.conftest import Store

RACK = DeviceId("rack")
BEFORE, AFTER = CommandValue(RACK, SetGain(1, 9)), CommandValue(RACK, SetGain(1, 12))
OTHER = CommandValue(RACK, SetGain(2, 0)), CommandValue(RACK, SetGain(2, 3))


async def keep(store: Store, *changes: Change, at: float = 1.0, actor: str = "Pia") -> None:
    await store.records.make(Step("Gain set", at, actor), changes)


async def test_a_step_of_commands_is_answered_and_left_to_the_devices(store: Store) -> None:
    moved = CommandValue(RACK, SetFrequency(1, 482_125)), CommandValue(RACK, SetGroupChannel(1, 6, 11))
    named = CommandValue(RACK, SetSlotName(1, 2, "Ada")), CommandValue(RACK, SetSlotName(1, 2, "Bé"))
    await keep(store, Change(BEFORE, AFTER), Change(*moved), Change(*named))
    assert await store.records.undo("Pia") == await store.records.undo("Pia")
    step = await store.records.undo("Pia")
    assert isinstance(step, CommandStep)
    assert (step.text, step.actor) == ("Gain set", "Pia")
    assert step.changes == (CommandChange(BEFORE, AFTER), CommandChange(*moved), CommandChange(*named))
    await store.records.turn_commands(step, "Pia", undone=True)
    with pytest.raises(StorageError) as nothing:
        await store.records.undo("Pia")
    assert nothing.value.code is ErrorCode.NOTHING_TO_UNDO
    again = await store.records.redo("Pia")
    assert isinstance(again, CommandStep)
    await store.records.turn_commands(again, "Pia", undone=False)
    assert isinstance(await store.records.undo("Pia"), CommandStep)


async def test_a_dropped_step_names_who_changed_the_same_since(store: Store) -> None:
    await keep(store, Change(BEFORE, AFTER))
    await keep(store, Change(*OTHER), actor="Ben")
    await keep(store, Change(AFTER, BEFORE), actor="Ada", at=5.0)
    step = await store.records.undo("Pia")
    assert isinstance(step, CommandStep)
    later = await store.records.drop_commands(step, "Pia", is_redo=False)
    assert later is not None
    assert (later.actor, later.at) == ("Ada", 5.0)
    with pytest.raises(StorageError):
        await store.records.undo("Pia")


async def test_a_step_that_cannot_be_redone_goes_with_those_after_it(store: Store) -> None:
    await keep(store, Change(BEFORE, AFTER))
    await store.records.make(Step("P added", 2.0, "Pia"), [Change(None, Performer(PerformerId("p"), "P"))])
    await store.records.undo("Pia")
    step = await store.records.undo("Pia")
    assert isinstance(step, CommandStep)
    await store.records.turn_commands(step, "Pia", undone=True)
    again = await store.records.redo("Pia")
    assert isinstance(again, CommandStep)
    assert await store.records.drop_commands(again, "Pia", is_redo=True) is None
    with pytest.raises(StorageError) as nothing:
        await store.records.redo("Pia")
    assert nothing.value.code is ErrorCode.NOTHING_TO_REDO


async def test_names_of_commands_are_no_records(store: Store) -> None:
    change = Change(CommandValue(RACK, SetChannelName(1, "A")), CommandValue(RACK, SetChannelName(1, "B")))
    await keep(store, change)
    assert list(await store.records.performers()) == []
