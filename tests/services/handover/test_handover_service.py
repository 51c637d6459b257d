"""Hand-over notes: written with a name, shown once, bounded, and stored."""

from pathlib import Path
from shutil import copyfile

import pytest

from micboard_tui.contracts.errors import ErrorCode
from micboard_tui.domain.handover import MAX_HANDOVER_NOTES, MAX_HANDOVER_TEXT, HandoverNote, clean_lines
from micboard_tui.services.handover.handover_service import HandoverService
from micboard_tui.storage.database import open_database, sqlite_url
from tests.fakes.events import RecordedEvents
from tests.fakes.handover import InMemoryHandover


async def test_a_note_is_shown_once_and_kept() -> None:
    notes, events = InMemoryHandover(), RecordedEvents()
    service = HandoverService(notes, events, lambda: 5.0)
    written = await service.write("  Pack 7\tis slow \n\nSpare 2: new cells\x1b ", actor="Pia")
    assert written.success
    assert written.data == HandoverNote(5.0, "Pia", "Pack 7    is slow\n\nSpare 2: new cells␛", None, 1)
    await service.write("second", actor="Ben")
    assert [(event.text, event.actor) for event in events.events] == [
        ("Hand-over note written", "Pia"),
        ("Hand-over note written", "Ben"),
    ]
    new = await service.take_new(actor="Ben")
    assert new.success
    assert [note.text for note in new.data][1] == "second"
    assert (await service.take_new(actor="Ben")).data == []
    listed = await service.list_notes()
    assert listed.success
    assert [(note.actor, note.shown_at) for note in listed.data] == [("Ben", 5.0), ("Pia", 5.0)]


async def test_a_note_that_is_kept_does_not_fail_because_of_its_event() -> None:
    notes, events = InMemoryHandover(), RecordedEvents()
    events.is_full = True
    answer = await HandoverService(notes, events, lambda: 5.0).write("once", actor="Pia")
    assert answer.success
    assert [note.text for note in await notes.notes()] == ["once"]
    assert [event.actor for event in events.events] == ["Pia"]  # It waits.


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_HANDOVER_TEXT + 1)])
async def test_an_empty_note_and_one_that_is_too_long_are_refused(text: str) -> None:
    answer = await HandoverService(InMemoryHandover(), RecordedEvents(), lambda: 5.0).write(text, actor="Pia")
    assert not answer.success
    assert answer.error.code is ErrorCode.INVALID_VALUE


async def test_notes_are_stored_and_the_oldest_go(tmp_path: Path, empty_database: Path) -> None:
    file = copyfile(empty_database, tmp_path / "test.db")
    async with open_database(sqlite_url(file)) as database:
        for number in range(MAX_HANDOVER_NOTES + 1):
            await database.handover.add(HandoverNote(float(number), "Pia", f"note {number}"))
        added = await database.handover.add(HandoverNote(float(MAX_HANDOVER_NOTES + 1), "Pia", "last"))
        await database.handover.mark_shown([added.id or 0], 9.0)
    async with open_database(sqlite_url(file)) as database:
        kept = await database.handover.notes()
    assert len(kept) == MAX_HANDOVER_NOTES
    assert kept[0] == HandoverNote(float(MAX_HANDOVER_NOTES + 1), "Pia", added.text, 9.0, added.id)
    assert kept[-1].text == "note 2"


def test_lines_stay_and_blanks_go() -> None:
    assert clean_lines("a  \r\n b\n\n") == "a\n b"
