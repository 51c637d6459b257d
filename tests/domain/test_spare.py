"""Which channel takes over best."""

from dataclasses import replace

from micboard_tui.domain.assignment import Assignment, Performer, Role
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.bay import Bay, BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState, DeviceWarning, Meters, Transmitter
from micboard_tui.domain.device import Device, DeviceKind, DeviceSnapshot, DeviceState
from micboard_tui.domain.docked_pack import Dock
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.spare import is_ready, rank_spares

NOW = 1000.0
FULL = Battery(minutes=250)
ADA = Performer(PerformerId("ada"), "Ada")
BEN = Performer(PerformerId("ben"), "Ben")
WANTED = ChannelRef(DeviceId("rack"), 1)


def channel(
    number: int,
    battery: Battery = FULL,
    rf_dbm: float | None = -50.0,
    link: LinkState = LinkState.LIVE,
    device: str = "rack",
) -> ChannelState:
    return ChannelState(
        DeviceId(device),
        number,
        link_state=link,
        facts=ChannelFacts(transmitter=Transmitter(battery=battery)),
        meters=Meters(rf_dbm, audio_dbfs=-60.0),
        observed_at=NOW,
        expected_period_s=0.1,
    )


def said(state: ChannelState, performer: Performer | None = None, role: Role = Role.SPARE) -> ChannelState:
    return replace(state, assignment=Assignment(state.ref, performer, role))


def rack(*states: ChannelState, band: str | None = "G51", name: str = "rack") -> DeviceSnapshot:
    device = Device(DeviceId(name), "shure", "shure-strings", "127.0.0.2", 2202)
    return DeviceSnapshot(device, DeviceState(device.id, rf_band=band), states)


def order(*states: ChannelState) -> list[int]:
    failing = said(channel(1), ADA, Role.PRIMARY)
    return [each.state.number for each in rank_spares(WANTED, [rack(failing, *states)], NOW)]


def test_spares_come_before_what_nobody_has_and_what_somebody_has_never() -> None:
    assert order(
        channel(2), said(channel(3)), said(channel(4), BEN), said(channel(5), BEN, Role.PRIMARY)
    ) == [
        3,
        2,
    ]


def test_the_performers_own_backup_is_theirs_to_take_and_their_other_primary_is_not() -> None:
    mine = said(channel(3), ADA, Role.BACKUP)
    assert order(said(channel(2)), mine, said(channel(4), ADA, Role.PRIMARY)) == [3, 2]
    (best, *_) = rank_spares(WANTED, [rack(said(channel(1), ADA, Role.PRIMARY), mine)], NOW)
    assert best.reasons == ("own backup", "live", "battery 4:10", "RF -50 dBm", "same band")


def test_what_is_ready_comes_before_what_is_not() -> None:
    off = said(channel(2, link=LinkState.TRANSMITTER_OFF))
    muted = said(channel(3, link=LinkState.MUTED))
    weak = said(channel(4, rf_dbm=-90.0))
    unheard = said(channel(5, rf_dbm=None))
    low = said(channel(6, Battery(minutes=20)))
    unknown = said(channel(7, Battery()))
    ready = said(channel(8))
    dying = said(channel(9, Battery(percent=5)))
    assert order(off, muted, weak, unheard, low, unknown, dying, ready) == [8, 4, 5, 6, 7, 9, 3, 2]


def test_the_fuller_battery_wins_in_whatever_form_it_is_told() -> None:
    assert order(
        channel(2, Battery(bars=4)), channel(3, Battery(percent=95)), channel(4, Battery(minutes=500))
    ) == [4, 3, 2]


def test_what_cannot_be_reached_or_is_to_be_silent_does_not_take_over() -> None:
    marked = replace(channel(4), assignment=Assignment(channel(4).ref, expected_off=True))
    assert order(
        channel(2, link=LinkState.OFFLINE), channel(3, link=LinkState.REFUSED), marked, channel(5)
    ) == [5]


def test_the_same_band_is_preferred_and_an_unknown_one_is_not_the_same() -> None:
    here, there = channel(2), channel(1, device="far")
    found = rank_spares(WANTED, [rack(there, band="H50", name="far"), rack(channel(1), here)], NOW)
    assert [each.state for each in found] == [here, there]
    assert ["same band" in each.reasons for each in found] == [True, False]
    found = rank_spares(WANTED, [rack(there, band=None, name="far"), rack(channel(1), here, band=None)], NOW)
    assert ["same band" in each.reasons for each in found] == [False, False]


def test_ready_is_only_what_is_known_to_be_fine_now() -> None:
    assert is_ready(channel(1), NOW)
    assert not is_ready(channel(1), NOW + 10)
    assert not is_ready(channel(1, Battery()), NOW)
    assert not is_ready(channel(1, rf_dbm=None), NOW)
    assert not is_ready(channel(1, link=LinkState.MUTED), NOW)


def test_a_pack_whose_device_warns_of_its_battery_is_not_ready() -> None:
    state = channel(1)
    warned = replace(state.facts, device_warnings=frozenset({DeviceWarning.LOW_BATTERY}))
    assert not is_ready(replace(state, facts=warned), NOW)


def test_reasons_say_what_is_not_known() -> None:
    bare = replace(channel(2, rf_dbm=None, link=LinkState.TRANSMITTER_OFF), facts=ChannelFacts())
    (found,) = rank_spares(WANTED, [rack(channel(1), bare, band=None)], NOW)
    assert found.reasons == ("off", "battery –")
    packs = [channel(2, Battery(percent=80)), channel(3, Battery(bars=3))]
    reasons = {each.state.number: each.reasons[1] for each in rank_spares(WANTED, [rack(*packs)], NOW)}
    assert reasons == {2: "battery 80%", 3: "battery 3/5"}


def test_a_full_pack_in_a_charger_comes_before_one_that_is_merely_off() -> None:
    def docked(number: int, state: BayState, percent: int) -> ChannelState:
        dock = Dock(DeviceId("charger"), "Charger", Bay(number, state, battery=Battery(percent)))
        off = replace(channel(number, link=LinkState.DOCKED), facts=ChannelFacts())
        return said(replace(off, dock=dock))

    off = said(replace(channel(2, link=LinkState.TRANSMITTER_OFF), facts=ChannelFacts()))
    full, half = docked(3, BayState.READY, 100), docked(4, BayState.CHARGING, 50)
    assert order(off, half, full, said(channel(5))) == [5, 3, 4, 2]
    best, other = rank_spares(WANTED, [rack(full, half)], NOW)
    assert best.reasons[:3] == ("spare", "charged in Charger bay 3", "battery 100%")
    assert other.reasons[1] == "docked in Charger bay 4"
    assert not best.is_ready


def test_a_level_in_percent_of_a_scale_is_enough_when_it_is_high() -> None:
    strong = replace(channel(2), meters=Meters(rf_a_percent=7, rf_b_percent=64, audio_dbfs=-60.0))
    assert is_ready(strong, NOW)
    assert not is_ready(replace(strong, meters=Meters(rf_a_percent=7, audio_dbfs=-60.0)), NOW)


def test_an_in_ear_transmitter_is_no_spare_for_a_microphone() -> None:
    failing = said(channel(1), ADA, Role.PRIMARY)
    ear = rack(channel(2, device="ear"), name="ear")
    ear = replace(ear, state=replace(ear.state, kind=DeviceKind.IEM_TRANSMITTER))
    found = rank_spares(WANTED, [rack(failing, channel(3)), ear], NOW)
    assert [each.state.number for each in found] == [3]


def test_what_is_out_of_service_is_no_spare() -> None:
    failing = rack(said(channel(1), ADA, Role.PRIMARY), said(channel(2)))
    closed = replace(rack(said(channel(3, device="pit")), name="pit"), is_out_of_service=True)
    bay = Bay(1, BayState.READY)
    charger = replace(rack(name="charger"), is_out_of_service=True)
    docked = replace(
        said(channel(4, link=LinkState.DOCKED, device="foh")),
        dock=Dock(charger.device.id, "Charger", bay),
    )
    other = rack(docked, name="foh")
    found = rank_spares(WANTED, [failing, closed, other, charger], NOW)
    assert [each.state.number for each in found] == [2]
    charger = replace(charger, is_out_of_service=False)
    found = rank_spares(WANTED, [failing, replace(closed, is_out_of_service=False), other, charger], NOW)
    assert [each.state.number for each in found] == [2, 3, 4]
    found = rank_spares(WANTED, [replace(failing, is_out_of_service=True), closed], NOW)
    assert found == []


def test_a_reading_that_is_old_comes_after_a_fresh_one_however_full_its_battery_was() -> None:
    old = replace(said(channel(2, Battery(minutes=500))), observed_at=NOW - 60)
    assert order(old, said(channel(3, Battery(minutes=100)))) == [3, 2]
    (fresh,) = rank_spares(WANTED, [rack(channel(1), channel(3))], NOW)
    assert fresh.is_ready is True


def test_of_two_that_are_muted_the_stronger_signal_wins() -> None:
    weak = said(channel(2, Battery(minutes=500), rf_dbm=-90.0, link=LinkState.MUTED))
    assert order(weak, said(channel(3, rf_dbm=-50.0, link=LinkState.MUTED))) == [3, 2]


def test_bars_are_compared_with_percent_as_a_share_of_five() -> None:
    packs = (channel(2, Battery(percent=79)), channel(3, Battery(bars=4)), channel(4, Battery(percent=81)))
    assert order(*packs) == [4, 3, 2]


def test_of_two_that_are_alike_the_first_in_the_rack_wins() -> None:
    assert order(channel(2), channel(3), channel(4)) == [2, 3, 4]


def test_a_pack_that_the_charger_calls_ready_comes_before_one_that_charges_though_its_charge_is_unknown() -> (
    None
):
    def docked(number: int, bay: Bay) -> ChannelState:
        off = replace(channel(number, link=LinkState.DOCKED), facts=ChannelFacts())
        return said(replace(off, dock=Dock(DeviceId("charger"), "Charger", bay)))

    charging = docked(2, Bay(1, BayState.CHARGING, battery=Battery(percent=50)))
    assert order(charging, docked(3, Bay(2, BayState.READY, battery=Battery()))) == [3, 2]


def test_a_channel_that_the_receiver_calls_spare_is_one_unless_somebody_has_it() -> None:
    named = replace(channel(3), facts=replace(channel(3).facts, name="Spare 3"))
    assert order(channel(2), named) == [3, 2]
    assert order(channel(2), said(named, BEN)) == [2]


def test_a_pack_that_left_its_charger_is_described_by_its_link_and_not_by_the_bay() -> None:
    bay = Bay(1, BayState.READY, battery=Battery(percent=100))
    live = replace(channel(2), dock=Dock(DeviceId("charger"), "Charger", bay))
    lost = channel(3, link=LinkState.RF_LOST)
    found = rank_spares(WANTED, [rack(channel(1), live, lost)], NOW)
    assert [candidate.reasons[0] for candidate in found] == ["live", "RF lost"]


def test_of_two_that_are_not_ready_the_stronger_signal_wins() -> None:
    low = Battery(minutes=20)
    weak, strong = channel(2, low, rf_dbm=-86.0), channel(3, low, rf_dbm=-84.0)
    assert order(weak, strong) == [3, 2]
    assert order(channel(2, low, rf_dbm=None), strong) == [3, 2]


def test_what_has_sound_on_it_is_not_ready_and_comes_last() -> None:
    loud = said(replace(channel(2), audio_peak_dbfs=-20.0))
    assert not is_ready(loud, NOW)
    assert is_ready(replace(channel(2), audio_peak_dbfs=-60.0), NOW)
    assert order(loud, channel(3), channel(4, Battery())) == [3, 4, 2]
    (found, *_) = rank_spares(WANTED, [rack(channel(1), loud)], NOW)
    assert found.reasons == ("spare", "live", "sound on it", "battery 4:10", "RF -50 dBm", "same band")


def test_what_reports_no_audio_level_is_ready_only_when_it_was_put_aside() -> None:
    unheard = replace(channel(2), meters=Meters(-50.0))
    spare = said(replace(channel(4), meters=Meters(-50.0)))
    assert [is_ready(state, NOW) for state in (unheard, spare)] == [False, True]
    weak = channel(5, rf_dbm=None)
    assert order(unheard, channel(3), spare, weak) == [4, 3, 5, 2]
    assert order(channel(6, link=LinkState.MUTED), unheard) == [2, 6]
    found = rank_spares(WANTED, [rack(channel(1), unheard)], NOW)
    assert found[0].reasons == ("live", "sound –", "battery 4:10", "RF -50 dBm", "same band")


def test_what_was_silent_for_longer_comes_first_and_what_just_had_sound_is_not_ready() -> None:
    never, long_ago = channel(2), replace(channel(3), sound_at=NOW - 600)
    a_while_ago, just_now = replace(channel(4), sound_at=NOW - 60), replace(channel(5), sound_at=NOW - 5)
    sounding = replace(channel(6), audio_peak_dbfs=-10.0, sound_at=NOW)
    put_aside = replace(said(channel(7)), sound_at=NOW - 8)
    assert order(sounding, put_aside, just_now, a_while_ago, long_ago, never) == [2, 3, 4, 7, 5, 6]
    assert [is_ready(state, NOW) for state in (a_while_ago, just_now, sounding)] == [True, False, False]
    (best, *_) = rank_spares(WANTED, [rack(channel(1), long_ago)], NOW)
    assert "last sound 10m ago" in best.reasons
