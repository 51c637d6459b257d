"""The tree of locations, in order, whatever a damaged database says."""

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location, find_top_locations, is_within, order_locations


def place(name: str, parent: str | None = None, position: int = 0) -> Location:
    return Location(LocationId(name), name, LocationId(parent) if parent else None, position)


def shown(*locations: Location) -> list[tuple[int, str]]:
    return [(depth, location.name) for depth, location in order_locations(locations)]


def test_parents_come_before_children_and_siblings_by_position_then_name() -> None:
    assert shown(
        place("Balcony", "Hall", 1),
        place("Stage", "Hall", 0),
        place("Club"),
        place("Pit", "Stage"),
        place("Arena"),
        place("Hall", position=-1),
    ) == [(0, "Hall"), (1, "Stage"), (2, "Pit"), (1, "Balcony"), (0, "Arena"), (0, "Club")]


def test_every_location_lies_in_an_outermost_one() -> None:
    locations = [
        place("Hall"),
        place("Stage", "Hall"),
        place("Pit", "Stage"),
        place("Club"),
        place("Lost", "?"),
    ]
    tops = {"Hall": "Hall", "Stage": "Hall", "Pit": "Hall", "Club": "Club", "Lost": "Lost"}
    assert find_top_locations(locations) == tops
    assert find_top_locations([]) == {}


def test_a_location_whose_parent_is_missing_stands_at_the_top() -> None:
    assert shown(place("Pit", "Nowhere")) == [(0, "Pit")]


def test_locations_that_stand_within_themselves_are_not_lost() -> None:
    assert shown(place("A", "B"), place("B", "A"), place("C", "B"), place("D", "D")) == [
        (0, "A"),
        (0, "B"),
        (1, "C"),
        (0, "D"),
    ]


def test_a_location_is_within_itself_and_all_above_it() -> None:
    hall, stage, pit, club = map(LocationId, ("Hall", "Stage", "Pit", "Club"))
    parents = {hall: None, stage: hall, pit: stage, club: None}
    assert is_within(pit, hall, parents)
    assert is_within(pit, pit, parents)
    assert not is_within(hall, pit, parents)
    assert not is_within(club, hall, parents)
    assert not is_within(None, hall, parents)
    assert not is_within(pit, hall, {pit: stage, stage: pit})


NAMES = st.sampled_from("ABCDEF")


@given(st.dictionaries(NAMES, st.one_of(st.none(), NAMES)))
def test_every_location_is_listed_exactly_once(parents: dict[str, str | None]) -> None:
    listed = shown(*(place(name, parent) for name, parent in parents.items()))
    assert sorted(name for _, name in listed) == sorted(parents)
