"""The tree of locations, in order, whatever a damaged database says."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.identity import LocationId
from micboard_tui.domain.location import Location, find_rf_zones, is_within, order_locations


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


def test_locations_at_the_top_are_rf_zones() -> None:
    locations = [
        place("Hall"),
        place("Stage", "Hall"),
        place("Pit", "Stage"),
        place("Club"),
        place("Lost", "?"),
    ]
    tops = {"Hall": "Hall", "Stage": "Hall", "Pit": "Hall", "Club": "Club", "Lost": "Lost"}
    assert find_rf_zones(locations) == tops
    assert find_rf_zones([]) == {}


def test_a_marked_location_is_an_rf_zone_with_all_below_it() -> None:
    def marked(location: Location) -> Location:
        return replace(location, is_rf_zone=True)

    locations = [
        marked(place("Studios")),
        place("Foyer", "Studios"),
        marked(place("Studio 1", "Studios")),
        place("Booth", "Studio 1"),
        marked(place("Cell", "Booth")),
        place("Yard", "Studios", 9),
        place("Club"),
    ]
    zones = find_rf_zones(locations)
    assert zones == {
        **dict.fromkeys(("Studios", "Foyer", "Yard"), "Studios"),
        **dict.fromkeys(("Studio 1", "Booth"), "Studio 1"),
        **{name: name for name in ("Cell", "Club")},
    }


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


@given(st.dictionaries(NAMES, st.one_of(st.none(), NAMES)), st.frozensets(NAMES))
def test_every_location_is_in_one_zone(parents: dict[str, str | None], marked: frozenset[str]) -> None:
    locations = [replace(place(name, parent), is_rf_zone=name in marked) for name, parent in parents.items()]
    zones = find_rf_zones(locations)
    assert zones.keys() == parents.keys()
    assert all(zones[zone] == zone for zone in zones.values())
    assert all(zones[LocationId(name)] == name for name in marked & parents.keys())


@given(st.dictionaries(NAMES, st.one_of(st.none(), NAMES)))
def test_every_location_is_listed_exactly_once(parents: dict[str, str | None]) -> None:
    listed = shown(*(place(name, parent) for name, parent in parents.items()))
    assert sorted(name for _, name in listed) == sorted(parents)
