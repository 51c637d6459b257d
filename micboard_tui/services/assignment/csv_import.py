"""What a file of performers would change, and what it says of those that are there. Pure."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from micboard_tui.contracts.assignment import Change, ImportPlan
from micboard_tui.contracts.errors import ErrorCode, MicboardError
from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.device import DeviceSnapshot
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.safe_text import folded, visible
from micboard_tui.services.assignment.assignment_changes import given, said
from micboard_tui.services.assignment.assignment_snapshot import MAX_PERFORMERS, Book
from micboard_tui.services.assignment.csv_file import Row, at
from micboard_tui.services.device.lookup import found


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import would do, for people and for the journal."""

    plan: ImportPlan
    changes: Sequence[Change]
    words: str


def planned(rows: Sequence[Row], book: Book, now: float) -> Planned:
    """What ``rows`` would change; what they do not name stays.

    Raises MicboardError INVALID_VALUE, with the line and the column.
    """
    people = _people(rows, book)
    added = [each for each in people.values() if each.id not in book.people]
    changed = [each for each in people.values() if each != book.people.get(each.id, each)]
    if len(book.people) + len(added) > MAX_PERFORMERS:
        raise MicboardError(
            ErrorCode.INVALID_VALUE, f"That makes more than {MAX_PERFORMERS} performers", hint="Remove some"
        )
    changes = [Change(book.people.get(each.id), each) for each in (*added, *changed)]
    assigned = []
    for after in _assigned(rows, people, book, now):
        if news := said(book.said.get(after.channel), after, now):
            assigned.append(_words(after, book))
            changes += news
    plan = ImportPlan(
        tuple(each.name for each in added),
        {each.name: _difference(book.people[each.id], each) for each in changed},
        tuple(assigned),
        unchanged=len(people) - len(added) - len(changed),
    )
    words = f"Import: {len(added)} added, {len(changed)} changed, {len(assigned)} channels"
    return Planned(plan, changes, words)


def listed(book: Book) -> Iterator[Row]:
    """Everybody with their channels, by name."""
    theirs: dict[PerformerId, list[Assignment]] = {}
    for given_now in book.said.values():
        if given_now.performer is not None:
            theirs.setdefault(given_now.performer.id, []).append(given_now)
    order = {device_id: place for place, device_id in enumerate(book.devices)}
    names: dict[DeviceId, str] = {}
    for performer in sorted(book.people.values(), key=lambda each: folded(each.name)):
        channels = theirs.get(performer.id, [])
        channels.sort(key=lambda each: (order[each.channel.device_id], each.channel.number))
        head = (0, performer.name, performer.role, performer.note)
        if not channels:
            yield Row(*head, "", None)
        for each in channels:
            key = each.channel.device_id
            name = names.get(key) or _name(book.devices[key], book)
            names[key] = name
            yield Row(*head, f"{name}/{each.channel.number}", each.role)


def channel_of(words: str, book: Book, known: dict[str, DeviceId] | None = None) -> ChannelRef:
    """The channel that ``words`` name, as in "Rack A/2"; ``known`` remembers the devices found.

    Raises MicboardError INVALID_VALUE, DEVICE_NOT_FOUND, CHANNEL_NOT_FOUND.
    """
    known = {} if known is None else known
    name, _, number = (part.strip() for part in words.rpartition("/"))
    if not (name and number.isascii() and number.isdecimal()):
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"'{visible(words[:80])}' is no channel",
            hint="Write a device and a number, as in Rack A/2 or 192.168.1.20/2",
        )
    if name not in known:
        known[name] = found(list(book.devices.values()), name).id
    ref = ChannelRef(known[name], int(number[:6]))
    book.of(ref)
    return ref


def _people(rows: Sequence[Row], book: Book) -> dict[str, Performer]:
    """Everybody in the file as they would be, by folded name."""
    known = {folded(each.name): each for each in book.people.values()}
    told: dict[str, Row] = {}
    for row in rows:
        key = folded(row.name)
        told[key] = _together(told[key], row) if key in told else row
    return {key: _person(row, known.get(key)) for key, row in told.items()}


def _person(row: Row, known: Performer | None) -> Performer:
    if known is None:
        return Performer(PerformerId(secrets.token_hex(4)), row.name, row.role, row.note)
    return replace(known, name=row.name, role=row.role or known.role, note=row.note or known.note)


def _together(first: Row, row: Row) -> Row:
    """Whoever stands on several lines is one person, and stands there with different channels."""
    for column, old, new in (("role", first.role, row.role), ("note", first.note, row.note)):
        if old is not None and new is not None and old != new:
            raise at(
                row.line, column, f"another {column} than on line {first.line}", "Write the same, or nothing"
            )
    if not row.channel:
        message = f"'{visible(row.name)}' stands on line {first.line} already"
        raise at(row.line, "name", message, "Leave one out, or give it a channel")
    return first._replace(role=first.role or row.role, note=first.note or row.note)


def _assigned(
    rows: Sequence[Row], people: dict[str, Performer], book: Book, now: float
) -> Iterator[Assignment]:
    lines: dict[ChannelRef, int] = {}
    known: dict[str, DeviceId] = {}
    for row in rows:
        if not row.channel:
            if row.use is not None:
                raise at(
                    row.line, "channel", "a use without a channel", "Name the channel, or leave the use out"
                )
            continue
        try:
            ref = channel_of(row.channel, book, known)
        except MicboardError as error:
            raise at(row.line, "channel", error.info.message, error.info.hint) from error
        if ref in lines:
            raise at(row.line, "channel", f"it is given on line {lines[ref]} already", "Leave one out")
        lines[ref] = row.line
        yield _given(book.of(ref), people[folded(row.name)], row.use, now)


def _given(before: Assignment, performer: Performer, use: Role | None, now: float) -> Assignment:
    """Who has the channel already keeps all else that is said of it."""
    if before.performer is not None and before.performer.id == performer.id:
        return replace(before, performer=performer, role=use or before.role)
    return given(before, performer, use or Role.PRIMARY, None, now)


def _words(after: Assignment, book: Book) -> str:
    worn, before = after.performer, book.of(after.channel).performer
    whose = worn.name if worn else ""
    was = f" (now {before.name}'s)" if before and worn and before.id != worn.id else ""
    device = book.devices[after.channel.device_id]
    return f"{whose}: {device.title} {after.channel.number}, {after.role.value}{was}"


def _difference(before: Performer, after: Performer) -> str:
    pairs = (
        ("name", before.name, after.name),
        ("role", before.role, after.role),
        ("note", before.note, after.note),
    )
    return ", ".join(
        f"{what}: {old or 'none'} \N{RIGHTWARDS ARROW} {new}" for what, old, new in pairs if old != new
    )


def _name(device: DeviceSnapshot, book: Book) -> str:
    """What names this very device in a file: its title where that is possible."""
    where = device.device
    for words in (device.title, where.host, f"{where.host}:{where.port}"):
        if visible(words) == words.strip() and _means(words, device, book):
            return words
    return where.id


def _means(words: str, device: DeviceSnapshot, book: Book) -> bool:
    try:
        return found(list(book.devices.values()), words).id == device.device.id
    except MicboardError:
        return False
