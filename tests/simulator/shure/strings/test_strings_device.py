"""A device on real sockets: several clients, and clients that misbehave. Time passes by ``pass_ticks``."""

import asyncio
import socket
from contextlib import suppress

import pytest

from micboard_tui.simulator.shure.strings import strings_device
from micboard_tui.simulator.shure.strings.client_connection import (
    MAX_UNSENT,
    TCP_STATE,
    ClientConnection,
)
from micboard_tui.simulator.shure.strings.receiver import Receiver
from micboard_tui.simulator.shure.strings.strings_device import METERS_STOP_AT, StringsDevice, open_listener
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


# What every receiver does.


async def test_a_new_client_gets_no_greeting_and_no_line_ends(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    await pass_ticks(simulated, 3)
    await one.ask("GET MODEL")
    assert one.raw == b"< REP MODEL {ULXD4D                          } >"


async def test_answers_go_to_the_asker_and_changes_to_all_once(simulated: StringsDevice[Receiver]) -> None:
    async with connected_clients(simulated, 3) as (one, two, three):
        one.say("GET 1 AUDIO_GAIN", "SET 1 AUDIO_GAIN 7", "SET 1 AUDIO_GAIN 7")
        heard = await one.all_so_far()
        assert heard[1:] == [message_of("REP 1 AUDIO_GAIN 007")] * 2
        for other in (two, three):
            assert await other.all_so_far() == [message_of("REP 1 AUDIO_GAIN 007")]


async def test_changes_on_the_stage_go_to_all_clients_once(simulated: StringsDevice[Receiver]) -> None:
    async with connected_clients(simulated, 2) as callers:
        air = simulated.unit.channels[1].air
        air.interfere(on=True)
        await pass_ticks(simulated, 3)
        for caller in callers:
            assert await caller.all_so_far() == [message_of("REP 2 RF_INT_DET CRITICAL")]


async def test_two_clients_share_a_meter_rate(simulated: StringsDevice[Receiver]) -> None:
    async with connected_clients(simulated, 2) as (one, two):
        one.say("SET 1 METER_RATE 100")
        await one.hear(1)
        assert await two.hear(1) == [message_of("REP 1 METER_RATE 00100")]
        await pass_ticks(simulated)
        for client in (one, two):
            (sample,) = await client.all_so_far()
            assert isinstance(sample, Sample)
            assert sample.channel == 1
        two.say("SET 1 METER_RATE 0")
        await two.hear(1)
        assert await one.hear(1) == [message_of("REP 1 METER_RATE 00000")]
        await pass_ticks(simulated, 3)
        assert await one.all_so_far() == []


async def test_a_later_client_gets_the_meters_that_run(simulated: StringsDevice[Receiver]) -> None:
    async with connected_clients(simulated) as (one,):
        one.say("SET 0 METER_RATE 200")
        await one.hear(2)
    await until(lambda: not simulated.connections)
    await pass_ticks(simulated, 4)
    async with connected_clients(simulated) as (late,):
        await pass_ticks(simulated, 2)
        heard = await late.all_so_far()
        assert [each.channel for each in heard if isinstance(each, Sample)] == [1, 2]


async def test_all_meters_of_a_period_travel_in_one_segment(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    one.say("SET 0 METER_RATE 100")
    await one.hear(2)
    await pass_ticks(simulated)
    chunk = await one.reader.read(65536)
    assert chunk.count(b"SAMPLE") == 2


async def test_rubbish_and_cut_frames_are_survived(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    one.writer.write(b"\r\nrubbish > < > < GET 1 AUDIO_")
    await one.hear(1)
    one.writer.write(b"GAIN >\r\n< nonsense >")
    (gain, error) = await one.hear(2)
    assert isinstance(gain, Rep)
    assert error == Err()


async def test_a_qlxd_does_not_answer_what_it_does_not_know() -> None:
    async with opened(receiver_of("QLXD4")) as simulated, connected_clients(simulated) as (one,):
        one.say("GET MODEL", "GET 0 ALL", "SET 1 AUDIO_GAIN 999", "NONSENSE")
        assert await one.all_so_far() == []
        assert len(await one.ask("GET 1 ALL", 25)) == 25


async def test_a_device_without_clients_makes_no_samples(simulated: StringsDevice[Receiver]) -> None:
    answers_to(simulated.unit, "SET 1 METER_RATE 1000")
    await pass_ticks(simulated, 5)
    assert simulated.unit.channels[0].sample_in_ms == 1000


# Clients that misbehave.


async def test_many_commands_at_once_let_others_have_their_turn(simulated: StringsDevice[Receiver]) -> None:
    async with connected_clients(simulated, 2) as (greedy, modest):
        greedy.say(*["GET 1 AUDIO_GAIN"] * 2000)
        await greedy.hear(1)
        assert len(await modest.ask("GET DEVICE_ID")) == 1
        await greedy.hear(1999)


async def test_more_clients_than_it_has_room_for_are_disconnected(
    simulated: StringsDevice[Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strings_device, "MAX_CLIENTS", 3)
    async with connected_clients(simulated, 3) as callers:
        extra = await connect(*simulated.address)
        with suppress(ConnectionResetError):
            assert await extra.reader.read() == b""
        assert simulated.connections == 3
        for caller in callers:
            assert len(await caller.ask("GET MODEL")) == 1
        await extra.aclose()
    await until(lambda: not simulated.connections)
    async with connected_clients(simulated) as (later,):
        assert len(await later.ask("GET MODEL")) == 1


async def test_a_client_that_does_not_read_is_dropped_and_does_not_disturb_others(
    simulated: StringsDevice[Receiver],
) -> None:
    async with connected_clients(simulated, 2) as (deaf, fine):
        (client,) = [each for each in simulated.clients if peer(each) == own(deaf)]
        fine.say("SET 0 METER_RATE 100")
        await fine.hear(2)
        # Its own reader is stopped, so that the kernel fills up, and then we do. It would keep megabytes.
        for transport, buffer in (
            (client._transport, socket.SO_SNDBUF),
            (deaf.writer.transport, socket.SO_RCVBUF),
        ):
            assert transport is not None
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, 4096)
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined] # streams hide that it is a transport
        while client in simulated.clients:
            deaf.say(*["GET 0 ALL"] * 20)
            await asyncio.sleep(0)
            await pass_ticks(simulated)
            assert client.unsent <= MAX_UNSENT
        await pass_ticks(simulated)
        await fine.all_so_far()


def peer(client: object) -> tuple[str, int]:
    address: tuple[str, int] = client._transport.get_extra_info("peername")  # type: ignore[attr-defined] # inside
    return address


def own(caller: StringsClient) -> tuple[str, int]:
    address: tuple[str, int] = caller.writer.get_extra_info("sockname")
    return address


async def test_meters_wait_for_a_slow_reader_and_do_not_pile_up(
    simulated: StringsDevice[Receiver], one: StringsClient
) -> None:
    (client,) = simulated.clients
    simulated.faults.late_s = 1000.0
    one.say("SET 0 METER_RATE 100")
    await until(lambda: client.unsent > 0)
    await pass_ticks(simulated, 2000)
    assert METERS_STOP_AT < client.unsent < METERS_STOP_AT + 1000
    assert client in simulated.clients


async def test_closing_leaves_no_client_behind() -> None:
    async with opened(receiver_of("ULXD4")) as simulated, connected_clients(simulated, 2) as callers:
        simulated.faults.half_open()
        await pass_ticks(simulated)
        async with connected_clients(simulated) as (third,):
            await simulated.aclose()
            for client in (*callers, third):
                assert await client.is_left()
        assert await is_refused(simulated)


async def test_a_client_that_connects_while_it_closes_is_dropped() -> None:
    async with opened(receiver_of("ULXD4")) as simulated:
        await simulated.aclose()
        with open_listener("127.0.0.1", 0) as accepts:
            loop = asyncio.get_running_loop()
            _, client = await loop.create_connection(
                lambda: ClientConnection(simulated), *accepts.getsockname()
            )
            await client.gone
        assert simulated.connections == 0


@pytest.mark.skipif(TCP_STATE is None, reason="only Linux tells")
async def test_who_left_before_the_next_came_is_no_client_although_that_is_read_late(
    simulated: StringsDevice[Receiver],
) -> None:
    with socket.create_connection(simulated.address) as first:
        await until(lambda: simulated.connections == 1)
        first.sendall(b"< GET 1 CHAN_NAME >")
    with socket.create_connection(simulated.address) as second:
        # All of this is read only now.
        await until(lambda: simulated.accepted == 2 and simulated.connections == 1)
        assert (simulated.most_connections, simulated.commands_of_former) == (1, 0)
        with socket.create_connection(simulated.address):
            await until(lambda: simulated.accepted == 3)
            second.sendall(b"< GET 1 CHAN_NAME >")
            await until(lambda: simulated.commands_of_former == 1)
            assert simulated.most_connections == 2
