"""A device on real sockets: several clients, faults, and clients that misbehave. Time passes by ``ticks``."""

import asyncio
from collections.abc import AsyncGenerator
from random import Random

import pytest

from micboard_tui.simulator.shure.strings.client_connection import (
    MAX_UNSENT,
    METERS_STOP_AT,
    ClientConnection,
)
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice, open_listener
from micboard_tui.simulator.shure.strings.strings_faults import Access, StringsFaults, Writes
from tests.fakes.links import until
from tests.simulator.callers import (
    Caller,
    Err,
    Rep,
    Sample,
    asked,
    calling,
    connect,
    on_air,
    receiver_of,
    said,
    ticks,
)

pytestmark = pytest.mark.integration

GAIN_FRAME = len(b"< REP 1 AUDIO_GAIN 001 >")


@pytest.fixture
async def station() -> AsyncGenerator[StringsDevice[Receiver]]:
    async with on_air(receiver_of("ULXD4D")) as station:
        yield station


@pytest.fixture
async def one(station: StringsDevice[Receiver]) -> AsyncGenerator[Caller]:
    async with calling(station) as (caller,):
        yield caller


async def refused(station: StringsDevice[Receiver]) -> bool:
    try:
        await (await connect(*station.address)).aclose()
    except ConnectionRefusedError:
        return True
    return False


# What every receiver does.


async def test_nobody_is_greeted_and_no_line_ends_follow(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    await ticks(station, 3)
    await one.ask("GET MODEL")
    assert one.raw == b"< REP MODEL {ULXD4D                          } >"


async def test_answers_go_to_the_asker_and_changes_to_all_once(station: StringsDevice[Receiver]) -> None:
    async with calling(station, 3) as (one, two, three):
        one.say("GET 1 AUDIO_GAIN", "SET 1 AUDIO_GAIN 7", "SET 1 AUDIO_GAIN 7")
        heard = await one.all_so_far()
        assert heard[1:] == [said("REP 1 AUDIO_GAIN 007")] * 2
        for other in (two, three):
            assert await other.all_so_far() == [said("REP 1 AUDIO_GAIN 007")]


async def test_the_stage_is_told_to_all_once(station: StringsDevice[Receiver]) -> None:
    async with calling(station, 2) as callers:
        air = station.unit.channels[1].air
        air.interfere(on=True)
        await ticks(station, 3)
        for each in callers:
            assert await each.all_so_far() == [said("REP 2 RF_INT_DET CRITICAL")]


async def test_two_clients_share_a_meter_rate(station: StringsDevice[Receiver]) -> None:
    async with calling(station, 2) as (one, two):
        one.say("SET 1 METER_RATE 100")
        await one.hear(1)
        assert await two.hear(1) == [said("REP 1 METER_RATE 00100")]
        await ticks(station)
        for each in (one, two):
            (sample,) = await each.all_so_far()
            assert isinstance(sample, Sample)
            assert sample.channel == 1
        two.say("SET 1 METER_RATE 0")
        await two.hear(1)
        assert await one.hear(1) == [said("REP 1 METER_RATE 00000")]
        await ticks(station, 3)
        assert await one.all_so_far() == []


async def test_whoever_comes_later_hears_the_meters_that_run(station: StringsDevice[Receiver]) -> None:
    async with calling(station) as (one,):
        one.say("SET 0 METER_RATE 200")
        await one.hear(2)
    await until(lambda: not station.connections)
    await ticks(station, 4)
    async with calling(station) as (late,):
        await ticks(station, 2)
        heard = await late.all_so_far()
        assert [each.channel for each in heard if isinstance(each, Sample)] == [1, 2]


async def test_all_meters_of_a_period_travel_in_one_segment(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    one.say("SET 0 METER_RATE 100")
    await one.hear(2)
    await ticks(station)
    chunk = await one.reader.read(65536)
    assert chunk.count(b"SAMPLE") == 2


async def test_rubbish_and_cut_frames_are_survived(station: StringsDevice[Receiver], one: Caller) -> None:
    one.writer.write(b"\r\nrubbish > < > < GET 1 AUDIO_")
    await one.hear(1)
    one.writer.write(b"GAIN >\r\n< nonsense >")
    (gain, error) = await one.hear(2)
    assert isinstance(gain, Rep)
    assert error == Err()


async def test_qlxd_says_nothing_to_what_it_does_not_know() -> None:
    async with on_air(receiver_of("QLXD4")) as station, calling(station) as (one,):
        one.say("GET MODEL", "GET 0 ALL", "SET 1 AUDIO_GAIN 999", "NONSENSE")
        assert await one.all_so_far() == []
        assert len(await one.ask("GET 1 ALL", 25)) == 25


async def test_a_device_without_clients_makes_no_samples(station: StringsDevice[Receiver]) -> None:
    asked(station.unit, "SET 1 METER_RATE 1000")
    await ticks(station, 5)
    assert station.unit.channels[0].sample_in_ms == 1000


# Clients that misbehave.


async def test_many_commands_at_once_let_others_have_their_turn(station: StringsDevice[Receiver]) -> None:
    async with calling(station, 2) as (greedy, modest):
        greedy.say(*["GET 1 AUDIO_GAIN"] * 2000)
        await greedy.hear(1)
        assert len(await modest.ask("GET DEVICE_ID")) == 1
        await greedy.hear(1999)


async def test_a_client_that_does_not_read_is_dropped_and_disturbs_nobody(
    station: StringsDevice[Receiver],
) -> None:
    async with calling(station, 2) as (deaf, fine):
        (client,) = [each for each in station.clients if peer(each) == own(deaf)]
        fine.say("SET 0 METER_RATE 100")
        await fine.hear(2)
        # Its own reader is stopped, so that the kernel fills up, and then we do.
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined] # streams hide that it is a transport
        while client in station.clients:
            deaf.say(*["GET 0 ALL"] * 20)
            await asyncio.sleep(0)
            await ticks(station)
            assert client.unsent <= MAX_UNSENT
        await ticks(station)
        await fine.all_so_far()


def peer(client: object) -> tuple[str, int]:
    address: tuple[str, int] = client._transport.get_extra_info("peername")  # type: ignore[attr-defined] # inside
    return address


def own(caller: Caller) -> tuple[str, int]:
    address: tuple[str, int] = caller.writer.get_extra_info("sockname")
    return address


async def test_meters_wait_for_a_slow_reader_and_do_not_pile_up(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    (client,) = station.clients
    station.faults.late_s = 1000.0
    one.say("SET 0 METER_RATE 100")
    await until(lambda: client.unsent > 0)
    await ticks(station, 2000)
    assert METERS_STOP_AT < client.unsent < METERS_STOP_AT + 1000
    assert client in station.clients


# The switchboard.


@pytest.mark.parametrize("writes", Writes)
async def test_however_it_is_cut_everything_arrives(
    station: StringsDevice[Receiver], one: Caller, writes: Writes
) -> None:
    whole = asked(station.unit, "GET 0 ALL")
    station.faults.writes = writes
    one.say("GET 0 ALL")
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(one.hear(len(whole)))
        while not heard.done():
            await asyncio.sleep(0)
            await ticks(station)
    assert heard.result() == whole


async def test_bytes_travel_one_by_one(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.writes = Writes.BYTES
    one.say("GET MODEL")
    sizes = [len(await one.reader.read(65536)) for _ in range(10)]
    assert max(sizes) < 10


async def test_bursts_are_held_back_and_then_sent_together(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    station.faults.writes = Writes.BURSTS
    (client,) = station.clients
    one.say(*(f"SET 1 AUDIO_GAIN {number}" for number in range(1, 4)))
    await until(lambda: client.unsent == 3 * GAIN_FRAME)
    await ticks(station, 5)
    assert (await one.reader.read(65536)).count(b"AUDIO_GAIN") == 3
    # More than a burst is not held back.
    one.say("GET 0 ALL", "GET 0 ALL")
    await one.until("REP MODEL {ULXD4D                          }")


async def test_switched_back_to_whole_nothing_is_lost_or_overtaken(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    (client,) = station.clients
    station.faults.writes = Writes.BURSTS
    one.say("SET 1 AUDIO_GAIN 1")
    await until(lambda: client.unsent > 0)
    station.faults.writes = Writes.WHOLE
    one.say("SET 1 AUDIO_GAIN 2")
    await until(lambda: client.unsent > GAIN_FRAME)
    await ticks(station)
    assert await one.hear(2) == [said("REP 1 AUDIO_GAIN 001"), said("REP 1 AUDIO_GAIN 002")]


async def test_garbage_stands_between_frames_and_never_in_them(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    whole = asked(station.unit, "GET 0 ALL")
    station.faults.garbage = True
    one.say("GET 0 ALL")
    assert await one.hear(len(whole)) == whole
    assert one.decoder.discarded_bytes > 0
    assert one.decoder.malformed == 0


async def test_line_ends_follow_every_frame(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.line_ends = True
    await one.ask("GET MODEL")
    assert one.raw.endswith(b">\r\n")


async def test_refused_connections_spare_those_that_stand(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    station.faults.refuse = True
    await ticks(station)
    assert await refused(station)
    assert len(await one.ask("GET MODEL")) == 1
    station.faults.refuse = False
    await ticks(station)
    assert not await refused(station)


async def test_a_frozen_device_keeps_its_sockets_and_says_nothing(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    one.say("SET 1 METER_RATE 100")
    await one.hear(1)
    station.faults.freeze = True
    await ticks(station)
    station.unit.channels[0].air.interfere(on=True)
    one.say("SET 1 AUDIO_GAIN 3")
    late = await connect(*station.address)
    late.say("SET 1 AUDIO_GAIN 4")
    for _ in range(20):
        await asyncio.sleep(0)
        await ticks(station)
    assert station.unit.channels[0].gain not in {3, 4}
    assert station.connections == 2
    station.faults.freeze = False
    await ticks(station)
    await one.until("REP 1 AUDIO_GAIN 003")
    await late.until("REP 1 AUDIO_GAIN 004")
    await late.aclose()


async def test_a_device_that_freezes_in_the_middle_of_its_words_goes_on_later(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    whole = asked(station.unit, "GET 0 ALL")
    station.faults.writes = Writes.BYTES
    one.say(*["GET 0 ALL"] * 50)
    (client,) = station.clients
    await until(lambda: client.unsent > 0)
    station.faults.freeze = True
    await ticks(station)
    left = client.unsent
    for _ in range(20):
        await asyncio.sleep(0)
    assert client.unsent == left > 0
    station.faults.freeze = False
    station.faults.writes = Writes.WHOLE
    await ticks(station)
    assert await one.hear(50 * len(whole)) == 50 * whole


async def test_what_is_said_late_still_arrives_in_order(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    station.faults.late_s = 0.5
    (client,) = station.clients
    one.say("SET 1 AUDIO_GAIN 1")
    await until(lambda: client.unsent > 0)
    await ticks(station, 4)
    assert client.unsent
    station.faults.late_s = 0.0
    one.say("SET 1 AUDIO_GAIN 2")
    await until(lambda: client.unsent > GAIN_FRAME)
    await ticks(station, 2)
    assert await one.hear(2) == [said("REP 1 AUDIO_GAIN 001"), said("REP 1 AUDIO_GAIN 002")]


async def test_a_storm_of_errors_drowns_every_answer(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.err_storm = True
    one.say("SET 0 METER_RATE 100", "GET MODEL")
    assert await one.hear(2) == [Err(), Err()]
    await ticks(station, 2)
    assert await one.hear(10) == [Err()] * 10


async def test_a_flood_is_bounded_by_what_is_read(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.flood = True
    (client,) = station.clients
    await ticks(station, 300)
    assert client in station.clients
    assert client.unsent < MAX_UNSENT
    heard = await one.hear(2000)
    assert all(isinstance(each, Rep) for each in heard)


async def test_a_reboot_drops_everybody_and_forgets_the_rates(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    one.say("SET 0 METER_RATE 100")
    await one.hear(2)
    station.faults.reboot(0.35)
    await ticks(station)
    assert await one.is_left()
    assert await refused(station)
    await ticks(station, 5)
    async with calling(station) as (again,):
        await ticks(station, 3)
        assert await again.all_so_far() == []
        assert await again.ask("GET 1 METER_RATE") == [said("REP 1 METER_RATE 00000")]


async def test_a_port_taken_meanwhile_is_waited_for(station: StringsDevice[Receiver]) -> None:
    station.faults.refuse = True
    await ticks(station)
    with open_listener(*station.address):
        station.faults.refuse = False
        await ticks(station, 2)
        assert station.connections == 0
    await ticks(station)
    async with calling(station) as (one,):
        await one.ask("GET MODEL")


async def test_another_controller_changes_the_rate_of_all_channels(
    station: StringsDevice[Receiver], one: Caller
) -> None:
    station.faults.change_meter_rate(5000)
    await ticks(station)
    assert await one.hear(2) == [said("REP 1 METER_RATE 05000"), said("REP 2 METER_RATE 05000")]


async def test_another_controller_of_a_qlxd_too() -> None:
    async with on_air(receiver_of("QLXD4")) as station, calling(station) as (one,):
        station.faults.change_meter_rate(5000)
        await ticks(station)
        assert await one.hear(1) == [said("REP 1 METER_RATE 05000")]


async def test_access_off_hears_and_ignores(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.access = Access.SILENT
    one.say("SET 1 AUDIO_GAIN 3", "SET 0 METER_RATE 100")
    for _ in range(20):
        await asyncio.sleep(0)
        await ticks(station)
    station.faults.access = Access.ALLOWED
    assert await one.all_so_far() == []
    assert station.unit.channels[0].gain != 3


async def test_access_off_can_refuse_as_well(station: StringsDevice[Receiver], one: Caller) -> None:
    station.faults.access = Access.REFUSED
    await ticks(station)
    assert await one.is_left()
    assert await refused(station)


async def test_half_open_peers_hear_nothing_more_while_others_are_served(
    station: StringsDevice[Receiver],
) -> None:
    async with calling(station) as (old,):
        old.say("SET 1 METER_RATE 100")
        await old.hear(1)
        station.faults.half_open()
        await ticks(station)
        before = old.raw
        async with calling(station) as (new,):
            old.say("SET 1 AUDIO_GAIN 3")
            await ticks(station, 3)
            heard = await new.all_so_far()
            assert sum(isinstance(each, Sample) for each in heard) == 3
        assert old.raw == before
        assert not old.reader.at_eof()
        assert station.unit.channels[0].gain != 3


async def test_closing_leaves_nobody_behind() -> None:
    async with on_air(receiver_of("ULXD4")) as station, calling(station, 2) as callers:
        station.faults.half_open()
        await ticks(station)
        async with calling(station) as (third,):
            await station.aclose()
            for each in (*callers, third):
                assert await each.is_left()
        assert await refused(station)


async def test_who_comes_in_while_it_closes_is_sent_away() -> None:
    async with on_air(receiver_of("ULXD4")) as station:
        await station.aclose()
        with open_listener("127.0.0.1", 0) as accepts:
            loop = asyncio.get_running_loop()
            _, client = await loop.create_connection(
                lambda: ClientConnection(station), *accepts.getsockname()
            )
            await client.gone
        assert station.connections == 0


def test_a_cleared_switchboard_is_as_new() -> None:
    faults = StringsFaults(freeze=True, garbage=True, late_s=1.0, access=Access.SILENT, writes=Writes.BYTES)
    faults.reboot()
    faults.half_open()
    faults.change_meter_rate(0)
    faults.clear()
    assert faults == StringsFaults()


def test_garbage_is_repeatable() -> None:
    faults = StringsFaults(garbage=True, line_ends=True)
    frames = [b"< REP ERR >"] * 5
    assert faults.join_frames(frames, Random(1)) == faults.join_frames(frames, Random(1))
    assert faults.join_frames(frames, Random(1)) != faults.join_frames(frames, Random(2))
