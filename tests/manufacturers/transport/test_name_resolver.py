"""A name server that hangs holds up names, and nothing else."""

import asyncio
import socket
import threading

import anyio
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.manufacturers.transport.name_resolver import (
    MAX_WAITING,
    THREADS,
    Address,
    Addresses,
    NameResolver,
    is_literal,
)
from tests.fakes.links import until

FOUND: list[Address] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 2202))]


class NameServer:
    """Hangs for names under ``hangs`` until it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: set[int] = set()
        self.may_answer = threading.Event()

    def look_up(self, host: str, port: int, kind: int) -> Addresses:
        self.threads.add(threading.get_ident())
        self.asked.append(host)
        if host.startswith("hangs"):
            self.may_answer.wait(10)
        if host == "nobody.test":
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [] if host == "empty.test" else FOUND


async def give_up(resolver: NameResolver, server: NameServer) -> None:
    """Ask for a name that hangs, until it is looked up."""
    async with anyio.create_task_group() as group:
        group.start_soon(resolver.find_addresses, "hangs.test", 1, socket.SOCK_STREAM)
        await until(lambda: bool(server.asked))
        group.cancel_scope.cancel()


async def test_an_address_is_found_although_every_name_hangs() -> None:
    server = NameServer()
    resolver = NameResolver(server.look_up)
    async with anyio.create_task_group() as group:
        for index in range(THREADS + 2):
            group.start_soon(resolver.find_addresses, f"hangs{index}.test", 1, socket.SOCK_STREAM)
        await until(lambda: len(server.asked) == THREADS)
        for host, family in (("192.0.2.9", socket.AF_INET), ("::1", socket.AF_INET6)):
            ((found, *_, address),) = await resolver.find_addresses(host, 2202, socket.SOCK_DGRAM)
            assert (found, address[:2]) == (family, (host, 2202))
        server.may_answer.set()
    assert len(server.asked) == THREADS + 2
    assert len(server.threads) == THREADS


async def test_a_name_server_that_hangs_has_an_error_of_its_own() -> None:
    server = NameServer()
    resolver = NameResolver(server.look_up)
    with pytest.raises(DeviceError) as silent:
        await resolver.find_addresses("hangs.test", 1, socket.SOCK_STREAM, timeout_s=0.01)
    assert silent.value.code is ErrorCode.NAME_SERVICE_SILENT
    assert "hangs.test" in str(silent.value)
    server.may_answer.set()


async def test_a_limited_number_of_names_waits_for_a_thread() -> None:
    server = NameServer()
    resolver = NameResolver(server.look_up)
    async with anyio.create_task_group() as group:
        for index in range(THREADS):
            group.start_soon(resolver.find_addresses, f"hangs{index}.test", 1, socket.SOCK_STREAM)
        await until(lambda: len(server.asked) == THREADS)
        for index in range(MAX_WAITING):
            group.start_soon(resolver.find_addresses, f"waits{index}.test", 1, socket.SOCK_STREAM)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(DeviceError) as caught:
            await resolver.find_addresses("one-more.test", 1, socket.SOCK_STREAM)
        assert caught.value.code is ErrorCode.NAME_SERVICE_SILENT
        server.may_answer.set()
    assert "one-more.test" not in server.asked


async def test_what_nobody_waits_for_any_more_is_not_looked_up() -> None:
    server = NameServer()
    resolver = NameResolver(server.look_up)
    async with anyio.create_task_group() as group:
        for index in range(THREADS):
            group.start_soon(resolver.find_addresses, f"hangs{index}.test", 1, socket.SOCK_STREAM)
        await until(lambda: len(server.asked) == THREADS)
        with pytest.raises(DeviceError):
            await resolver.find_addresses("late.test", 1, socket.SOCK_STREAM, timeout_s=0.01)
        server.may_answer.set()
    assert await resolver.find_addresses("next.test", 1, socket.SOCK_STREAM) == FOUND
    assert "late.test" not in server.asked


@pytest.mark.parametrize("host", ["nobody.test", "empty.test"])
async def test_a_name_without_an_address_is_unknown(host: str) -> None:
    with pytest.raises(DeviceError) as unknown:
        await NameResolver(NameServer().look_up).find_addresses(host, 1, socket.SOCK_STREAM)
    assert unknown.value.code is ErrorCode.HOST_NOT_RESOLVED


def test_an_answer_that_comes_after_the_event_loop_is_closed_harms_nothing() -> None:
    server = NameServer()
    resolver = NameResolver(server.look_up)

    asyncio.run(give_up(resolver, server))
    server.may_answer.set()

    async def ask_again() -> Addresses:
        return await resolver.find_addresses("next.test", 1, socket.SOCK_STREAM)

    assert asyncio.run(ask_again()) == FOUND


def test_the_threads_of_names_keep_no_program_from_ending() -> None:
    server = NameServer()
    asyncio.run(give_up(NameResolver(server.look_up), server))
    assert [thread.daemon for thread in threading.enumerate() if thread.ident in server.threads] == [True]
    server.may_answer.set()


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("10.0.0.1", True), ("fe80::1%lo", True), ("::1", True), ("rack.local", False), ("[::1", False)],
)
def test_addresses_and_names(host: str, is_one: bool) -> None:
    assert is_literal(host) is is_one
