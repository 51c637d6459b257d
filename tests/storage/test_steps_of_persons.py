"""Each person undoes and redoes their own steps: the same holds in memory and in the database."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from micboard_tui.contracts.assignment import AssignmentRepository
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.undo_steps import MAX_ALL_STEPS, MAX_STEPS, Change, Step, TurnedStep
from micboard_tui.domain.assignment import Performer
from micboard_tui.domain.identity import PerformerId
from micboard_tui.domain.local_time import format_minute
from micboard_tui.storage import step_store
from micboard_tui.storage.tables import METADATA
from tests.fakes.assignments import InMemoryAssignments
from tests.fakes.repositories import InMemoryDevices
from tests.storage.conftest import Store

PERSONS = ("Ada", "Ben")


def performer(number: int, part: str | None = None) -> Performer:
    return Performer(PerformerId(str(number)), f"P{number}", part)


async def add(records: AssignmentRepository, number: int, actor: str | None) -> None:
    """A step that adds a performer."""
    await records.make(Step(f"P{number} added", 1.0, actor), [Change(None, performer(number))])


async def code_of_undo(records: AssignmentRepository, actor: str) -> ErrorCode:
    with pytest.raises(StorageError) as caught:
        await records.undo(actor)
    return caught.value.code


async def names(records: AssignmentRepository) -> list[str]:
    return sorted(each.name for each in await records.performers())


async def test_two_persons_in_turn_undo_and_redo_their_own(store: Store) -> None:
    records = store.records
    for number, actor in enumerate(("Ada", "Ben", "Ada", "Ben")):
        await add(records, number, actor)
    assert [(await records.undo("Ada")).text, (await records.undo("Ada")).text] == ["P2 added", "P0 added"]
    assert await names(records) == ["P1", "P3"]
    assert (await records.undo("Ben")).text == "P3 added"
    assert await code_of_undo(records, "Ada") is ErrorCode.NOTHING_TO_UNDO
    assert (await records.redo("Ada")).text == "P0 added"
    assert (await records.redo("Ben")).text == "P3 added"
    assert (await records.redo("Ada")).text == "P2 added"
    assert await names(records) == ["P0", "P1", "P2", "P3"]


async def test_a_new_step_ends_what_that_person_can_redo_and_not_what_others_can(store: Store) -> None:
    records = store.records
    await add(records, 0, "Ada")
    await add(records, 1, "Ben")
    await records.undo("Ada")
    await records.undo("Ben")
    await add(records, 2, "Ada")
    with pytest.raises(StorageError) as caught:
        await records.redo("Ada")
    assert caught.value.code is ErrorCode.NOTHING_TO_REDO
    assert (await records.redo("Ben")).text == "P1 added"
    assert await names(records) == ["P1", "P2"]


async def test_what_another_person_has_changed_since_is_not_undone_and_that_one_is_named(
    store: Store,
) -> None:
    records = store.records
    await add(records, 0, "Ada")
    await add(records, 1, "Ada")
    lead = performer(1, "lead")
    await records.make(Step("P1 leads", 2.0, "Ben"), [Change(performer(1), lead)])
    await add(records, 2, "Cy")
    with pytest.raises(StorageError) as caught:
        await records.undo("Ada")
    refusal = caught.value.info
    assert refusal.code is ErrorCode.CHANGED_SINCE
    assert refusal.message == (
        "The step 'P1 added' cannot be undone:"
        f" the same was changed by Ben on {format_minute(2.0)} (P1 leads)"
    )
    assert refusal.details == {"changed_by": "Ben", "changed_at": "2.0"}
    assert lead in await records.performers()
    # It is out of the way: the next undo goes on to the one before.
    assert (await records.undo("Ada")).text == "P0 added"
    assert (await records.redo("Ada")).text == "P0 added"
    assert (await records.undo("Ben")).text == "P1 leads"


async def test_what_cannot_be_redone_any_more_leaves_the_steps_of_others_alone(store: Store) -> None:
    records = store.records
    await add(records, 0, "Ada")
    await records.undo("Ada")
    await add(records, 1, "Ben")
    await records.undo("Ben")
    await add(records, 0, "Cy")
    for code in (ErrorCode.CHANGED_SINCE, ErrorCode.NOTHING_TO_REDO):
        with pytest.raises(StorageError) as caught:
            await records.redo("Ada")
        assert caught.value.code is code
    assert (await records.redo("Ben")).text == "P1 added"


async def test_a_step_of_an_unknown_person_is_anyones_until_one_has_undone_it(store: Store) -> None:
    records = store.records
    await add(records, 0, None)
    await add(records, 1, "Ada")
    undone = await records.undo("Ben")
    assert isinstance(undone, TurnedStep)
    assert (undone.text, undone.at, undone.actor) == ("P0 added", 1.0, None)
    assert [each.after for each in undone.changes] == [None]
    assert await code_of_undo(records, "Ben") is ErrorCode.NOTHING_TO_UNDO
    with pytest.raises(StorageError) as caught:
        await records.redo("Ada")
    assert caught.value.code is ErrorCode.NOTHING_TO_REDO
    await add(records, 2, "Ada")
    assert (await records.redo("Ben")).text == "P0 added"
    assert await names(records) == ["P0", "P1", "P2"]


async def test_a_busy_person_displaces_no_step_of_another() -> None:
    records = InMemoryAssignments(InMemoryDevices())
    await add(records, 1000, "Ada")
    for number in range(MAX_STEPS + 1):
        await add(records, number, "Ben")
    assert (await records.undo("Ada")).text == "P1000 added"
    for _ in range(MAX_STEPS):
        await records.undo("Ben")
    assert await code_of_undo(records, "Ben") is ErrorCode.NOTHING_TO_UNDO
    assert await names(records) == ["P0"]


@pytest.mark.parametrize(
    ("made", "gone"),
    [
        (["Ada"] + (MAX_STEPS + 1) * ["Ben"], 1),
        ([f"Person {number}" for number in range(MAX_ALL_STEPS + 1)], 0),
    ],
    ids=["of one person", "of all"],
)
async def test_the_steps_that_are_kept_are_bounded(made: Sequence[str], gone: int) -> None:
    texts = [f"{number}" for number in range(len(made))]
    kept = [*texts[:gone], *texts[gone + 1 :]]
    records = InMemoryAssignments(InMemoryDevices())
    engine = create_engine("sqlite://")
    METADATA.create_all(engine, [step_store.STEPS])
    with engine.begin() as connection:
        for text, actor in zip(texts, made, strict=True):
            step_store.add_step(connection, Step(text, 1.0, actor), [])
            await records.make(Step(text, 1.0, actor), [])
        stored = connection.execute(select(step_store.STEPS.c.words).order_by(step_store.STEPS.c.id))
        assert stored.scalars().all() == kept
    assert [each.step.text for each in records.steps] == kept


Act = tuple[str, str, int]
"""Who does what, and to which performer."""


async def act(records: AssignmentRepository, do: Act, turn: int) -> str:
    """What came of it: the text of the step, or the code of the refusal."""
    actor, what, number = do
    known = {each.id: each for each in await records.performers()}
    before = known.get(PerformerId(str(number)))
    try:
        if what == "undo":
            return (await records.undo(actor)).text
        if what == "redo":
            return (await records.redo(actor)).text
        after = None if what == "remove" and before else performer(number, f"part {turn}")
        step = Step(f"{turn}", float(turn), actor)
        await records.make(step, [Change(before, after)])
    except StorageError as refusal:
        return refusal.code.value
    return step.text


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.no_cover
async def test_the_database_does_what_the_memory_does(store: Store, seed: int) -> None:
    choose = random.Random(seed)
    memory = InMemoryAssignments(InMemoryDevices())
    for turn in range(60):
        do = (choose.choice(PERSONS), choose.choice(("set", "remove", "undo", "undo", "redo")), turn % 3)
        assert await act(store.records, do, turn) == await act(memory, do, turn)
        assert sorted(await store.records.performers(), key=lambda each: each.id) == sorted(
            await memory.performers(), key=lambda each: each.id
        )


ACTS = st.lists(
    st.tuples(
        st.sampled_from(PERSONS), st.sampled_from(("set", "remove", "undo", "redo")), st.integers(0, 2)
    ),
    max_size=40,
)


@given(ACTS)
async def test_in_any_order_a_person_never_touches_the_steps_of_another(acts: Sequence[Act]) -> None:
    records = InMemoryAssignments(InMemoryDevices())
    for turn, do in enumerate(acts):
        actor = do[0]
        others = [replace(each) for each in records.steps if each.step.actor != actor]
        before = dict(records.people)
        answer = await act(records, do, turn)
        assert [(each.step, each.undone) for each in records.steps if each.step.actor != actor] == [
            (each.step, each.undone) for each in others
        ]
        if not answer.isdecimal():
            assert records.people == before
        for person in PERSONS:
            states = [each.undone for each in records.steps if each.step.actor == person]
            assert states == sorted(states)
