"""Faults of a device with command strings, switched while clients are connected."""

import asyncio
from random import Random

import pytest

from micboard_tui.simulator.shure.strings.client_connection import (
    MAX_UNSENT,
)
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import StringsDevice, open_listener
from micboard_tui.simulator.shure.strings.strings_faults import Access, StringsFaults, Writes
from tests.fakes.links import until
from tests.simulator.strings_clients import (
    Err,
    Rep,
    Sample,
    StringsClient,
    answers_to,
    connect,
    connected_clients,
    is_refused,
    message_of,
    opened,
    pass_ticks,
    receiver_of,
)

pytestmark = pytest.mark.integration

GAIN_FRAME = len(b"< REP 1 AUDIO_GAIN 001 >")


@pytest.mark.parametrize("writes", Writes)
async def test_everything_arrives_however_it_is_cut(
    simulated: StringsDevice[Receiver], one: StringsClient, writes: Writes
) -> None:
    whole = answers_to(simulated.unit, "GET 0 ALL")
    simulated.faults.writes = writes
    one.say("GET 0 ALL")
    async with asyncio.TaskGroup() as group:
        heard = group.create_task(one.hear(len(whole)))
        while not heard.done():
            await asyncio.sleep(0)
            await pass_ticks(simulated)
    assert heard.result() == whole


async def test_bytes_travel_one_by_one(simulated: StringsDevice[Receiver], one: StringsClient) -> None:
    simulated.faults.writes = Writes.BYTES
    one.say("GET MODEL")
    sizes = [len(await one.reader.read(65536)) for _ in range(10)]
    assert max(sizes) < 10


async def test_bursts_are_held_back_and_then_sent_together(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.writes = Writes.BURSTS
    (client,) = simulated.clients
    one.say(*(f"SET 1 AUDIO_GAIN {number}" for number in range(1, 4)))
    await until(lambda: client.unsent == 3 * GAIN_FRAME)
    await pass_ticks(simulated, 5)
    assert (await one.reader.read(65536)).count(b"AUDIO_GAIN") == 3
    # More than a burst is not held back.
    one.say("GET 0 ALL", "GET 0 ALL")
    await one.until("REP MODEL {ULXD4D                          }")


async def test_switched_back_to_whole_nothing_is_lost_or_overtaken(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    (client,) = simulated.clients
    simulated.faults.writes = Writes.BURSTS
    one.say("SET 1 AUDIO_GAIN 1")
    await until(lambda: client.unsent > 0)
    simulated.faults.writes = Writes.WHOLE
    one.say("SET 1 AUDIO_GAIN 2")
    await until(lambda: client.unsent > GAIN_FRAME)
    await pass_ticks(simulated)
    assert await one.hear(2) == [message_of("REP 1 AUDIO_GAIN 001"), message_of("REP 1 AUDIO_GAIN 002")]


async def test_garbage_stands_between_frames_and_never_in_them(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    whole = answers_to(simulated.unit, "GET 0 ALL")
    simulated.faults.garbage = True
    one.say("GET 0 ALL")
    assert await one.hear(len(whole)) == whole
    assert one.decoder.discarded_bytes > 0
    assert one.decoder.malformed == 0


async def test_line_ends_follow_every_frame(simulated: StringsDevice[Receiver], one: StringsClient) -> None:
    simulated.faults.line_ends = True
    await one.ask("GET MODEL")
    assert one.raw.endswith(b">\r\n")


async def test_refusing_connections_keeps_those_that_are_open(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.refuse = True
    await pass_ticks(simulated)
    assert await is_refused(simulated)
    assert len(await one.ask("GET MODEL")) == 1
    simulated.faults.refuse = False
    await pass_ticks(simulated)
    assert not await is_refused(simulated)


async def test_a_frozen_device_keeps_its_sockets_and_sends_nothing(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    one.say("SET 1 METER_RATE 100")
    await one.hear(1)
    simulated.faults.freeze = True
    await pass_ticks(simulated)
    simulated.unit.channels[0].air.interfere(on=True)
    one.say("SET 1 AUDIO_GAIN 3")
    late = await connect(*simulated.address)
    late.say("SET 1 AUDIO_GAIN 4")
    for _ in range(20):
        await asyncio.sleep(0)
        await pass_ticks(simulated)
    assert simulated.unit.channels[0].gain not in {3, 4}
    assert simulated.connections == 2
    simulated.faults.freeze = False
    await pass_ticks(simulated)
    await one.until("REP 1 AUDIO_GAIN 003")
    await late.until("REP 1 AUDIO_GAIN 004")
    await late.aclose()


async def test_a_device_that_freezes_in_the_middle_of_a_frame_goes_on_later(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    whole = answers_to(simulated.unit, "GET 0 ALL")
    simulated.faults.writes = Writes.BYTES
    one.say(*["GET 0 ALL"] * 50)
    (client,) = simulated.clients
    await until(lambda: client.unsent > 0)
    simulated.faults.freeze = True
    await pass_ticks(simulated)
    left = client.unsent
    for _ in range(20):
        await asyncio.sleep(0)
    assert client.unsent == left > 0
    simulated.faults.freeze = False
    simulated.faults.writes = Writes.WHOLE
    await pass_ticks(simulated)
    assert await one.hear(50 * len(whole)) == 50 * whole


async def test_what_is_sent_late_arrives_in_order(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.late_s = 0.5
    (client,) = simulated.clients
    one.say("SET 1 AUDIO_GAIN 1")
    await until(lambda: client.unsent > 0)
    await pass_ticks(simulated, 4)
    assert client.unsent
    simulated.faults.late_s = 0.0
    one.say("SET 1 AUDIO_GAIN 2")
    await until(lambda: client.unsent > GAIN_FRAME)
    await pass_ticks(simulated, 2)
    assert await one.hear(2) == [message_of("REP 1 AUDIO_GAIN 001"), message_of("REP 1 AUDIO_GAIN 002")]


async def test_in_a_storm_of_errors_every_answer_is_an_error(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.err_storm = True
    one.say("SET 0 METER_RATE 100", "GET MODEL")
    assert await one.hear(2) == [Err(), Err()]
    await pass_ticks(simulated, 2)
    assert await one.hear(10) == [Err()] * 10


async def test_a_flood_is_bounded_by_what_is_read(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.flood = True
    (client,) = simulated.clients
    await pass_ticks(simulated, 300)
    assert client in simulated.clients
    assert client.unsent < MAX_UNSENT
    heard = await one.hear(2000)
    assert all(isinstance(each, Rep) for each in heard)


async def test_a_reboot_drops_all_clients_and_forgets_the_rates(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    one.say("SET 0 METER_RATE 100")
    await one.hear(2)
    simulated.faults.reboot(0.35)
    await pass_ticks(simulated)
    assert await one.is_left()
    assert await is_refused(simulated)
    await pass_ticks(simulated, 5)
    async with connected_clients(simulated) as (again,):
        await pass_ticks(simulated, 3)
        assert await again.all_so_far() == []
        assert await again.ask("GET 1 METER_RATE") == [message_of("REP 1 METER_RATE 00000")]


async def test_a_port_taken_meanwhile_is_waited_for(simulated: StringsDevice[Receiver]) -> None:
    simulated.faults.refuse = True
    await pass_ticks(simulated)
    with open_listener(*simulated.address):
        simulated.faults.refuse = False
        await pass_ticks(simulated, 2)
        assert simulated.connections == 0
    await pass_ticks(simulated)
    async with connected_clients(simulated) as (one,):
        await one.ask("GET MODEL")


async def test_another_controller_changes_the_rate_of_all_channels(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.change_meter_rate(5000)
    await pass_ticks(simulated)
    assert await one.hear(2) == [message_of("REP 1 METER_RATE 05000"), message_of("REP 2 METER_RATE 05000")]


async def test_another_controller_of_a_qlxd_too() -> None:
    async with opened(receiver_of("QLXD4")) as simulated, connected_clients(simulated) as (one,):
        simulated.faults.change_meter_rate(5000)
        await pass_ticks(simulated)
        assert await one.hear(1) == [message_of("REP 1 METER_RATE 05000")]


async def test_with_access_off_commands_are_ignored(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.access = Access.SILENT
    one.say("SET 1 AUDIO_GAIN 3", "SET 0 METER_RATE 100")
    for _ in range(20):
        await asyncio.sleep(0)
        await pass_ticks(simulated)
    simulated.faults.access = Access.ALLOWED
    assert await one.all_so_far() == []
    assert simulated.unit.channels[0].gain != 3


async def test_with_access_off_connections_can_be_refused(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    simulated.faults.access = Access.REFUSED
    await pass_ticks(simulated)
    assert await one.is_left()
    assert await is_refused(simulated)


async def test_half_open_clients_receive_nothing_more_while_others_are_served(
    simulated: StringsDevice[Receiver],
) -> None:
    async with connected_clients(simulated) as (old,):
        old.say("SET 1 METER_RATE 100")
        await old.hear(1)
        simulated.faults.half_open()
        await pass_ticks(simulated)
        before = old.raw
        async with connected_clients(simulated) as (new,):
            old.say("SET 1 AUDIO_GAIN 3")
            await pass_ticks(simulated, 3)
            heard = await new.all_so_far()
            assert sum(isinstance(each, Sample) for each in heard) == 3
        assert old.raw == before
        assert not old.reader.at_eof()
        assert simulated.unit.channels[0].gain != 3


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
