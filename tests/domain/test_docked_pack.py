from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.docked_pack import OCCUPIED, Dock, KnownPack, find_docks
from micboard_tui.domain.identity import ChannelRef, DeviceId

ONE, TWO = (ChannelRef(DeviceId("rack"), number) for number in (1, 2))
CHARGER = DeviceId("charger")


def dock(number: int, serial: str | None, name: str | None, state: BayState = BayState.CHARGING) -> Dock:
    return Dock(CHARGER, "Charger 1", Bay(number, state, pack_name=name, pack_serial=serial))


def test_a_serial_number_decides() -> None:
    packs = [KnownPack(ONE, "0a1", "Lead"), KnownPack(TWO, "0A2", "Lead")]
    here = dock(1, "0A1", "Somebody")
    assert find_docks(packs, [here]) == {ONE: here}


def test_a_name_counts_when_one_channel_alone_has_it() -> None:
    here = dock(1, None, "LEAD ")
    assert find_docks([KnownPack(ONE, None, "Lead"), KnownPack(TWO, None, "Bass")], [here]) == {ONE: here}
    assert find_docks([KnownPack(ONE, None, "Lead"), KnownPack(TWO, None, "lead")], [here]) == {}


def test_another_serial_number_makes_the_same_name_another_pack() -> None:
    assert find_docks([KnownPack(ONE, "0A1", "Lead")], [dock(1, "0A9", "Lead")]) == {}
    here = dock(1, None, "Lead")
    assert find_docks([KnownPack(ONE, "0A1", "Lead")], [here]) == {ONE: here}


def test_of_two_bays_the_first_has_it() -> None:
    bays = [dock(1, None, "Lead"), dock(2, None, "Lead")]
    assert find_docks([KnownPack(ONE, None, "Lead")], bays) == {ONE: bays[0]}


@given(st.sampled_from(BayState), st.none() | st.text(), st.none() | st.text())
def test_only_a_bay_with_a_pack_in_it_has_one(state: BayState, serial: str | None, name: str | None) -> None:
    found = find_docks([KnownPack(ONE, serial, name)], [dock(1, serial, name, state)])
    assert not found or state in OCCUPIED


def test_a_pack_that_is_planned_by_its_serial_number_is_known() -> None:
    here = dock(1, "6241406927", None)
    assert find_docks([KnownPack(ONE, None, "6241406927"), KnownPack(TWO, None, "Bass")], [here]) == {
        ONE: here
    }
