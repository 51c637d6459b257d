"""The lease, and what a collector knows of the others and of the records, by value."""

import pytest

from micboard_tui.bus.connection import Entry
from micboard_tui.bus.ownership.collector_view import CollectorView
from micboard_tui.bus.ownership.holdings import Holdings
from micboard_tui.bus.ownership.owner_view import OwnerEntry, OwnerView
from micboard_tui.bus.ownership.ownership_records import (
    CollectorIdentity,
    CollectorSign,
    OwnerRecord,
    epoch_after,
    fencing_token,
    write_owner,
    write_sign,
)
from micboard_tui.bus.ownership.send_lease import HOLD_S, LIFETIME_S, SendLease
from micboard_tui.bus.wire.subjects import device_key
from micboard_tui.domain.identity import DeviceId

D = DeviceId("d")
NOW_S = 1_800_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


# The lease.


def test_a_lease_lasts_from_when_the_renewal_was_sent(clock: Clock) -> None:
    lease = SendLease(clock)
    assert not lease.is_valid
    clock.now = 101
    lease.extend(100)
    clock.now = 100 + HOLD_S - 0.01
    assert lease.is_valid
    clock.now = 100 + HOLD_S
    assert not lease.is_valid


def test_an_answer_that_comes_too_late_renews_nothing(clock: Clock) -> None:
    lease = SendLease(clock)
    clock.now = 103
    lease.extend(100)
    assert not lease.is_valid
    assert not lease.is_renewed


def test_what_was_held_before_a_lapse_stays_void_after_the_next_renewal(clock: Clock) -> None:
    holdings = Holdings(lease := SendLease(clock))
    lease.extend(clock.now)
    holdings.hold(D, OwnerEntry(OwnerRecord("me"), 5, 0), lease.generation)
    assert holdings.may_send(D)
    clock.now += 10
    lease.extend(clock.now)
    assert lease.is_valid
    assert not holdings.may_send(D)
    assert holdings.owned == {}
    assert holdings.drop_lapsed()
    assert not holdings.drop_lapsed()


def test_a_device_that_was_asked_for_before_a_lapse_is_not_held_after_it(clock: Clock) -> None:
    holdings = Holdings(lease := SendLease(clock))
    lease.extend(clock.now)
    generation = lease.generation
    clock.now += 10
    lease.extend(clock.now)
    holdings.hold(D, OwnerEntry(OwnerRecord("me"), 5, 0), generation)
    assert not holdings.may_send(D)


def test_a_lease_that_lapsed_cannot_be_kept_alone(clock: Clock) -> None:
    lease = SendLease(clock)
    lease.extend(clock.now)
    clock.now += 2
    lease.stay_alone()
    clock.now += 2
    assert lease.is_valid
    assert not lease.is_renewed
    clock.now += 2
    lease.stay_alone()
    assert not lease.is_valid


# The other collectors.


def view_of(clock: Clock) -> CollectorView:
    view = CollectorView("me", clock)
    view.begin()
    view.complete()
    return view


def see(view: CollectorView, collector: str, number: int = 1) -> None:
    view.take(Entry(collector, write_sign(CollectorSign(collector, "main", "1", number)), number))


def renew(view: CollectorView, clock: Clock, number: int) -> None:
    view.note_sent(number, clock.now)
    see(view, "me", number)


def test_a_collector_is_gone_when_its_sign_ended_and_a_newer_view_says_so(clock: Clock) -> None:
    view = view_of(clock)
    see(view, "other")
    clock.now += LIFETIME_S
    renew(view, clock, 1)
    assert not view.is_gone("other", 0), "its sign is there"
    view.take(Entry("other", None, 9))
    assert view.is_gone("other", 0)
    assert not view.is_gone("other", clock.now + 0.1), "the record that names it is newer than the view"


def test_a_sign_that_ended_too_early_by_the_clock_of_the_server_changes_nothing(clock: Clock) -> None:
    view = view_of(clock)
    see(view, "other")
    view.take(Entry("other", None, 9))
    clock.now += LIFETIME_S - 0.1
    renew(view, clock, 1)
    assert not view.is_gone("other", 0)
    assert not view.may_be_gone("other")
    clock.now += 0.1
    assert view.may_be_gone("other")
    assert not view.is_gone("other", 0), "old news: it may have been renewed since"
    renew(view, clock, 2)
    assert view.is_gone("other", 0)


def test_one_that_is_missing_in_a_new_view_is_not_gone_yet(clock: Clock) -> None:
    view = view_of(clock)
    see(view, "other")
    clock.now += 10
    view.begin()
    assert set(view.signs) == {"other"}, "as it was, until all have come"
    view.complete()
    renew(view, clock, 1)
    assert not view.is_gone("other", 0)
    clock.now += LIFETIME_S
    renew(view, clock, 2)
    assert view.is_gone("other", 0)


def test_one_that_is_missing_in_a_new_view_may_be_alive_until_it_would_have_written_its_sign(
    clock: Clock,
) -> None:
    view = view_of(clock)
    see(view, "other")
    clock.now += 10
    for number in range(3):
        # A server that is started again and again knows nothing.
        view.begin()
        view.complete()
        clock.now += LIFETIME_S - 0.1
        renew(view, clock, number)
        assert set(view.signs) == {"me"}
        assert set(view.possible_signs) == {"me", "other"}
    clock.now += 0.1
    renew(view, clock, 9)
    assert set(view.possible_signs) == {"me"}
    view.begin()
    view.complete()
    assert set(view.possible_signs) == {"me"}


def test_one_that_says_goodbye_is_not_possible_any_more(clock: Clock) -> None:
    view = view_of(clock)
    see(view, "other")
    view.begin()
    view.complete()
    view.take(Entry("other", None, 9))
    assert view.possible_signs == {}


def test_what_cannot_be_read_is_no_sign(clock: Clock) -> None:
    view = view_of(clock)
    view.take(Entry("other", b"\xc1", 1))
    assert view.signs == {}


def test_collectors_that_are_long_gone_are_forgotten(clock: Clock) -> None:
    view = view_of(clock)
    for number in range(100):
        see(view, f"run{number}")
        view.take(Entry(f"run{number}", None, 1))
        clock.now += 1
        renew(view, clock, number)
    assert len(view._seen_at) < 10


def test_names_of_any_kind_make_different_tokens() -> None:
    names = ["foh rack", "foh.rack", "foh/rack", ""]
    tokens = {CollectorIdentity(name, "main", "1", "r1").token for name in names}
    assert len(tokens) == len(names)
    assert all(" " not in token and "/" not in token for token in tokens)


# The records.


def test_tokens_follow_the_revision_and_start_above_all_seen_in_a_store_that_went_back(clock: Clock) -> None:
    view = OwnerView(clock, lambda: NOW_S)
    view.complete()
    assert view.next_epoch(D) == NOW_S
    write(view, OwnerRecord("a", epoch=NOW_S), 900)
    assert view.next_epoch(D) == NOW_S, "the revision grows"
    greatest = view.entries[D].token

    view.begin()
    write(view, OwnerRecord("b", epoch=NOW_S), 7)
    view.complete()
    assert fencing_token(view.next_epoch(D), 8) > greatest

    view.begin()
    view.complete()
    assert fencing_token(view.next_epoch(D), 1) > greatest
    assert fencing_token(epoch_after(greatest), 0) > greatest


def test_what_is_missing_or_older_than_it_was_says_nothing_for_a_while(clock: Clock) -> None:
    view = OwnerView(clock, lambda: NOW_S)
    view.begin()
    view.complete()
    assert not view.is_settled(D)
    clock.now += LIFETIME_S
    assert view.is_settled(D)
    write(view, OwnerRecord("a"), 9)
    view.begin()
    write(view, OwnerRecord(""), 8)
    view.complete()
    assert not view.is_settled(D)


def test_old_news_of_a_record_and_foreign_keys_change_nothing(clock: Clock) -> None:
    view = OwnerView(clock, lambda: NOW_S)
    view.complete()
    write(view, OwnerRecord("a"), 9)
    assert write(view, OwnerRecord("b"), 8) is None
    assert view.take(Entry("layout", b"", 1)) is None
    assert view.entries[D].holder == "a"
    assert view.take(Entry(device_key(D), None, 10)) == D
    assert view.entries == {}


def write(view: OwnerView, record: OwnerRecord, revision: int) -> DeviceId | None:
    return view.take(Entry(device_key(D), write_owner(record), revision))
