"""What channels do to each other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.channel_spacing import find_spacing
from micboard_tui.domain.conflict import find_conflicts, find_pack_partner
from micboard_tui.domain.identity import ChannelRef, DeviceId, LocationId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.near_carriers import find_too_near
from micboard_tui.domain.problem import ProblemCode, find_problems

ADA = Performer(PerformerId("ada"), "Ada")
SAME, TWICE = ProblemCode.SAME_FREQUENCY, ProblemCode.PERFORMER_TWICE


def on(number: int, khz: int | None, second: int | None = None, device: str = "rack") -> ChannelState:
    facts = ChannelFacts(frequency_khz=khz, frequency2_khz=second)
    return ChannelState(DeviceId(device), number, link_state=LinkState.LIVE, facts=facts)


def given(state: ChannelState, role: Role = Role.PRIMARY, *, off: bool = False) -> ChannelState:
    return replace(state, assignment=Assignment(state.ref, ADA, role, expected_off=off))


def test_channels_that_keep_apart_are_in_no_conflict() -> None:
    assert find_conflicts([]) == {}
    assert find_conflicts([on(1, 500_000), on(2, 500_025), on(3, None), on(4, None)]) == {}


def test_two_on_one_frequency_disturb_each_other_whichever_device_they_are_of() -> None:
    found = find_conflicts([on(1, 500_000), on(2, 600_000), on(1, 500_000, device="other")])
    assert found == {ChannelRef(DeviceId("rack"), 1): (SAME,), ChannelRef(DeviceId("other"), 1): (SAME,)}


def spaced(models: dict[str, str]) -> dict[DeviceId, int]:
    return {DeviceId(name): khz for name, model in models.items() if (khz := find_spacing(model))}


@pytest.mark.parametrize(
    ("first", "second", "apart_khz", "disturbed"),
    [
        ("ULXD4Q", "ULXD4Q", 100, 2),
        ("ULXD4Q", "ULXD4Q", 125, 0),
        ("AD4D-A", "EW-DX-EM4-Dante", 275, 2),
        ("AD4D-A", "EW-DX-EM4-Dante", 300, 0),
        ("SLXD4D", "QLXD4", 575, 2),
        ("EWDX2CHS", "L 6000", 200, 2),
        ("EM 300-500 G4", "Other", 399, 2),
        ("UR4D", "P10T", 25, 0),
    ],
)
def test_carriers_keep_the_wider_spacing_of_their_systems(
    first: str, second: str, apart_khz: int, disturbed: int
) -> None:
    spacings = spaced({"rack": first, "other": second})
    states = [on(1, 500_000), on(1, 500_000 + apart_khz, device="other"), on(2, 520_000)]
    assert len(find_conflicts(states, spacings)) == disturbed
    assert find_conflicts([states[0], replace(states[1], rf_zone=LocationId("far"))]) == {}


def test_channels_that_belong_together_and_zones_apart_are_not_too_near() -> None:
    spacings = spaced({"rack": "SLXD4D"})
    primary, backup = given(on(1, 500_000)), given(on(2, 500_100), Role.BACKUP)
    assert find_conflicts([primary, backup], spacings) == {}
    assert find_conflicts([primary, replace(backup, assignment=None)], spacings).keys() == {
        primary.ref,
        backup.ref,
    }
    assert find_conflicts([on(1, 500_000, 500_100)], spacings) == {}, "both carriers of one channel"
    assert len(find_conflicts([on(1, 500_000, 510_000), on(2, 520_000, 510_100)], spacings)) == 2
    one, other = (
        replace(on(number, 500_000 + 100 * number), rf_zone=LocationId(str(number))) for number in (1, 2)
    )
    assert find_conflicts([one, other], spacings) == {}
    off = replace(on(2, 500_100), link_state=LinkState.TRANSMITTER_OFF)
    assert find_conflicts([on(1, 500_000), off], spacings) == {}
    assert set(find_conflicts([on(1, 500_000), given(on(2, 500_100), off=True)], spacings)) == {on(1, 0).ref}


def test_packs_that_share_a_carrier_by_design_do_not_disturb_each_other() -> None:
    def shared(number: int, carrier: str, device: str = "base") -> ChannelState:
        state = on(number, 500_000, device=device)
        return replace(state, facts=replace(state.facts, shared_carrier=carrier))

    assert find_conflicts([shared(1, "1"), shared(2, "1"), shared(3, "1")]) == {}
    assert set(find_conflicts([shared(1, "1"), shared(2, "2")])) == {shared(1, "").ref, shared(2, "").ref}
    assert len(find_conflicts([shared(1, "1"), shared(1, "1", "other")])) == 2
    assert len(find_conflicts([shared(1, "1"), shared(2, "1"), on(1, 500_000)])) == 3


@pytest.mark.parametrize(
    ("first", "second", "disturbed"),
    [("hall", "hall", 2), ("hall", "club", 0), ("hall", None, 2), (None, None, 2)],
)
def test_carriers_meet_within_a_zone_and_where_it_is_not_known(
    first: str | None, second: str | None, disturbed: int
) -> None:
    zones = [None if zone is None else LocationId(zone) for zone in (first, second)]
    states = [replace(on(number, 500_000), rf_zone=zone) for number, zone in enumerate(zones, 1)]
    assert len(find_conflicts(states)) == disturbed


def test_the_second_carrier_counts_too_but_no_channel_disturbs_itself() -> None:
    assert set(find_conflicts([on(1, 500_000, 510_000), on(2, 520_000, 500_000)])) == {
        on(1, 0).ref,
        on(2, 0).ref,
    }
    assert find_conflicts([on(1, 500_000, 500_000)]) == {}


def test_only_what_is_on_the_air_disturbs() -> None:
    muted = replace(on(2, 500_000), link_state=LinkState.MUTED)
    assert len(find_conflicts([on(1, 500_000), muted])) == 2
    for link in set(LinkState) - {LinkState.LIVE, LinkState.MUTED}:
        assert find_conflicts([on(1, 500_000), replace(on(2, 500_000), link_state=link)]) == {}


def test_a_whole_rack_on_one_frequency_is_told_of_each() -> None:
    states = [on(number, 500_000) for number in range(5000)]
    assert set(find_conflicts(states)) == {state.ref for state in states}


def test_three_are_all_told() -> None:
    assert len(find_conflicts([on(1, 500_000), on(2, 500_000), on(3, 500_000)])) == 3


def test_what_is_expected_to_be_off_disturbs_and_is_not_blamed() -> None:
    marked = given(on(2, 500_000), off=True)
    assert set(find_conflicts([on(1, 500_000), marked])) == {on(1, 0).ref}


def test_a_performer_is_live_twice_only_as_primary() -> None:
    first, second = given(on(1, 1)), given(on(2, 2))
    assert find_conflicts([first, second]) == {first.ref: (TWICE,), second.ref: (TWICE,)}
    assert find_conflicts([first, given(on(2, 2), Role.BACKUP)]) == {}
    assert find_conflicts([first, given(on(2, 2), off=True)]) == {}
    assert find_conflicts([first, replace(second, link_state=LinkState.MUTED)]) == {}
    nobody = replace(second, assignment=Assignment(second.ref))
    assert find_conflicts([replace(on(3, 3), assignment=Assignment(on(3, 3).ref)), nobody]) == {}


def test_conflicts_stand_among_the_problems_of_a_channel() -> None:
    state, other = given(on(1, 1)), given(on(2, 1))
    found = find_conflicts([state, other])
    assert found[state.ref] == (SAME, TWICE)
    bad = replace(state, facts=replace(state.facts, interference=True))
    assert find_problems(bad, 0.0, conflicts=found[state.ref]) == (ProblemCode.INTERFERENCE, SAME, TWICE)
    marked = given(bad, off=True)
    assert find_problems(marked, 0.0, conflicts=found[state.ref]) == ()


def shared(state: ChannelState, role: Role = Role.BACKUP) -> ChannelState:
    return replace(state, assignment=Assignment(state.ref, ADA, role, shared_pack=True))


def test_two_receivers_of_one_pack_are_no_conflict_where_one_is_marked() -> None:
    primary, backup = given(on(1, 500_000)), shared(on(2, 500_000))
    assert find_conflicts([primary, given(on(2, 500_000), Role.BACKUP)]) == {
        primary.ref: (SAME,),
        backup.ref: (SAME,),
    }
    assert find_conflicts([primary, backup]) == {}
    assert find_conflicts([primary, backup, shared(on(3, 500_000))]) == {}
    # The mark is for the channels of that performer alone.
    stranger = on(3, 500_000)
    assert set(find_conflicts([primary, backup, stranger])) == {primary.ref, backup.ref, stranger.ref}
    ben = replace(ADA, id=PerformerId("ben"))
    other = replace(stranger, assignment=Assignment(stranger.ref, ben, shared_pack=True))
    assert len(find_conflicts([primary, backup, other])) == 3
    # Two without the mark disturb each other, and not the one that has it.
    second = given(on(4, 500_000), Role.SPARE)
    assert set(find_conflicts([primary, backup, second])) == {primary.ref, second.ref}


def test_a_shared_pack_says_nothing_of_another_zone_or_of_being_primary_twice() -> None:
    primary, backup = given(on(1, 500_000)), shared(on(2, 500_000))
    far = replace(given(on(3, 500_000), Role.SPARE), rf_zone=LocationId("far"))
    here = [replace(state, rf_zone=LocationId("here")) for state in (primary, backup)]
    assert find_conflicts([*here, far]) == {}
    twice = find_conflicts([primary, shared(on(2, 500_000), Role.PRIMARY)])
    assert set(twice.values()) == {(ProblemCode.PERFORMER_TWICE,)}


def test_the_partner_has_another_role_and_the_frequency() -> None:
    primary, backup = given(on(1, 500_000)), on(2, 500_000)

    def partner(state: ChannelState, role: Role, *others: ChannelState) -> ChannelState | None:
        return find_pack_partner(state, ADA.id, role, [state, *others])

    assert partner(backup, Role.BACKUP, primary) is primary
    assert partner(backup, Role.PRIMARY, primary) is None
    assert partner(on(2, 600_000), Role.BACKUP, primary) is None
    assert partner(on(2, None), Role.BACKUP, given(on(1, None))) is None
    assert partner(backup, Role.BACKUP, on(1, 500_000)) is None
    assert find_pack_partner(backup, PerformerId("ben"), Role.BACKUP, [primary]) is None
    apart = replace(primary, rf_zone=LocationId("far"))
    assert partner(replace(backup, rf_zone=LocationId("here")), Role.BACKUP, apart) is None


ZONES = [None, LocationId("here"), LocationId("far")]
PEOPLE = [None, ADA, replace(ADA, id=PerformerId("ben"))]


@st.composite
def channels_on_the_air(
    draw: st.DrawFn, frequencies: Sequence[int] = (500_000, 600_000)
) -> list[ChannelState]:
    """Channels of three devices, each in one zone, on few frequencies."""
    zones = [draw(st.sampled_from(ZONES)) for _ in range(3)]
    refs = draw(st.sets(st.tuples(st.integers(0, 2), st.integers(1, 3)), max_size=8))
    states = []
    for device, number in sorted(refs):
        state = on(number, draw(st.sampled_from(frequencies)), device=f"rack {device}")
        facts = replace(state.facts, shared_carrier=draw(st.sampled_from([None, None, "1"])))
        assignment = Assignment(
            state.ref, draw(st.sampled_from(PEOPLE)), Role.BACKUP, shared_pack=draw(st.booleans())
        )
        states.append(replace(state, facts=facts, assignment=assignment, rf_zone=zones[device]))
    return states


def meet(one: ChannelState, other: ChannelState) -> bool:
    return one.rf_zone is None or other.rf_zone is None or one.rf_zone == other.rf_zone


def have_one_carrier(one: ChannelState, other: ChannelState) -> bool:
    name = one.facts.shared_carrier
    return one.device_id == other.device_id and name is not None and name == other.facts.shared_carrier


def have_one_performer(one: ChannelState, other: ChannelState) -> bool:
    return one.performer is not None and one.performer == other.performer


def disturb(one: ChannelState, other: ChannelState) -> bool:
    assert one.assignment is not None
    assert other.assignment is not None
    is_one_pack = one.assignment.shared_pack or other.assignment.shared_pack
    return (
        one.facts.frequency_khz == other.facts.frequency_khz
        and meet(one, other)
        and not have_one_carrier(one, other)
        and not (have_one_performer(one, other) and is_one_pack)
    )


@for_all(channels_on_the_air())
def test_who_disturbs_whom_is_what_comparing_each_with_each_gives(states: list[ChannelState]) -> None:
    disturbed = {one.ref for one in states for other in states if one is not other and disturb(one, other)}
    assert set(find_conflicts(states)) == disturbed


@for_all(
    channels_on_the_air((500_000, 500_100, 500_125, 500_300, 500_500, 501_000)),
    st.lists(st.sampled_from([0, 125, 300, 600]), min_size=3, max_size=3),
)
def test_who_is_too_near_is_what_comparing_each_with_each_gives(
    states: list[ChannelState], spacings_khz: list[int]
) -> None:
    spacings = {DeviceId(f"rack {number}"): khz for number, khz in enumerate(spacings_khz) if khz}

    def is_too_near(one: ChannelState, other: ChannelState) -> bool:
        assert one.facts.frequency_khz is not None
        assert other.facts.frequency_khz is not None
        apart_khz = abs(one.facts.frequency_khz - other.facts.frequency_khz)
        least_khz = max(spacings.get(state.device_id, 0) for state in (one, other))
        return (
            0 < apart_khz < least_khz
            and meet(one, other)
            and not have_one_carrier(one, other)
            and not have_one_performer(one, other)
        )

    pairs = [(one, other) for one in states for other in states if one is not other]
    near = {one.ref for one, other in pairs if is_too_near(one, other)}
    disturbed = {one.ref for one, other in pairs if disturb(one, other)}
    assert set(find_conflicts(states, spacings)) == near | disturbed
    by_khz: dict[int, list[ChannelState]] = {}
    for state in states:
        by_khz.setdefault(state.facts.frequency_khz or 0, []).append(state)
    # In a crowd they are counted.
    assert {state.ref for state in find_too_near(by_khz, spacings or {DeviceId("?"): 1}, 0)} == near


def test_thousands_near_each_other_are_counted_and_not_compared() -> None:
    spacings = spaced({"rack": "SLXD4D"})
    states = [on(number, 500_000 + 100 * (number % 2)) for number in range(1, 4001)]
    assert len(find_conflicts(states, spacings)) == 4000
    of_one_carrier = [replace(state, facts=replace(state.facts, shared_carrier="1")) for state in states]
    assert find_conflicts(of_one_carrier, spacings) == {}
