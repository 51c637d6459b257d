"""A board on a real server that is killed, loses its disk, or whose publisher is frozen."""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from micboard_tui.bus.mirror.mirror import Mirror
from micboard_tui.bus.nats_connection import BusAddress, connect
from micboard_tui.bus.wire.subjects import Subjects
from micboard_tui.domain.bus_loss import LossReason
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.link_state import LinkState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from tests.bus.publishing_process import RACK
from tests.fakes.forks import conversing_module
from tests.fakes.links import until
from tests.fakes.nats_server import NatsServer, running_server

pytestmark = pytest.mark.integration

REF = ChannelRef(RACK.id, 1)
FRESH_S = 0.5


class Board:
    """A board that shows one channel."""

    def __init__(self, mirror: Mirror, server: NatsServer, publisher_pid: int) -> None:
        self.mirror, self.server, self.publisher_pid = mirror, server, publisher_pid

    @property
    def link(self) -> LinkState | None:
        state = self.mirror.channel(REF)
        return None if state is None else state.link_state

    @property
    def loss(self) -> LossReason | None:
        lost = self.mirror.findings.lost
        return None if lost is None else lost.reason

    @property
    def is_right(self) -> bool:
        """All is known, and meters come."""
        mirror = self.mirror
        ages_s = [state.age_s(mirror.now()) for state in mirror.changed_since(0, [REF]).channels]
        is_fresh = any(age_s is not None and age_s < FRESH_S for age_s in ages_s)
        return is_fresh and self.link is LinkState.LIVE and self.loss is None

    async def until_right(self) -> None:
        await until(lambda: self.is_right)


@asynccontextmanager
async def open_board(directory: Path) -> AsyncIterator[Board]:
    async with running_server(directory) as server:
        with conversing_module("tests.bus.publishing_process", server.url) as (publisher, _, answered):
            await anyio.to_thread.run_sync(answered.readline)
            connection = await connect(BusAddress(server.url), "board", steady_s)
            mirror = Mirror(connection, Subjects(), "board", steady_s, SteadyClock())
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(mirror.run)
                board = Board(mirror, server, publisher.pid)
                await board.until_right()
                yield board
                tasks.cancel_scope.cancel()
            await connection.close()


async def test_a_server_that_is_back_after_a_second_is_only_told_as_lost_meanwhile(tmp_path: Path) -> None:
    async with open_board(tmp_path) as board:
        await board.server.kill()
        await until(lambda: board.loss is not None)
        assert (board.loss, board.link) == (LossReason.CONNECTION, LinkState.LIVE)
        await anyio.sleep(1.0)
        await board.server.start()
        await board.until_right()


@pytest.mark.no_cover
async def test_a_server_that_is_away_for_longer_and_lost_its_disk_is_told_all_again(tmp_path: Path) -> None:
    async with open_board(tmp_path) as board:
        await board.server.kill()
        await until(lambda: board.link is LinkState.UNKNOWN)
        assert board.loss is LossReason.CONNECTION
        await board.server.start(with_store=False)
        await board.until_right()


@pytest.mark.no_cover
async def test_a_frozen_publisher_is_told_as_lost_and_nothing_of_it_is_live(tmp_path: Path) -> None:
    async with open_board(tmp_path) as board:
        os.kill(board.publisher_pid, signal.SIGSTOP)
        await until(lambda: board.loss is LossReason.SILENCE)
        await until(lambda: board.link is LinkState.UNKNOWN)
        os.kill(board.publisher_pid, signal.SIGCONT)
        await board.until_right()
