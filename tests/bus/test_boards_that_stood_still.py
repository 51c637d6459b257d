"""A board that stood still for a while, as on a computer that slept: it takes nothing old for current."""

import asyncio

import pytest

from micboard_tui.bus.mirror.publisher_watch import PAST_AFTER_S
from micboard_tui.domain.bus_loss import LossReason
from micboard_tui.domain.link_state import LinkState
from tests.bus.attached_site import attached, settle
from tests.bus.test_mirror import REF, open_rack
from tests.fakes.virtual_time import loop_time

pytestmark = pytest.mark.virtual_time

STILL_S = PAST_AFTER_S + 3.0


async def test_what_is_read_first_is_shown_as_past() -> None:
    async with attached() as at:
        board = at.site.mirror("other")
        work = asyncio.create_task(board.run())
        open_rack(at.site)
        await settle()
        assert [state.link_state for state in board.changed_since(0, [REF]).channels] == [LinkState.LIVE]
        # None of its tasks runs any more.
        work.cancel()
        await settle(STILL_S)
        assert [state.link_state for state in board.changed_since(0, [REF]).channels] == [LinkState.UNKNOWN]


async def test_signs_that_waited_meanwhile_are_no_signs_of_life() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.board.freeze()
        await settle(2.0)
        at.rack.cut()
        woken_at = loop_time() + STILL_S
        await settle(STILL_S)
        at.board.thaw()
        while loop_time() < woken_at + 2.0:
            await settle(0.1)
            assert at.mirror.findings.lost is not None
            assert at.mirror.findings.lost.reason is LossReason.SILENCE
            state = at.mirror.channel(REF)
            assert state is not None
            assert state.link_state is LinkState.UNKNOWN


async def test_signs_that_are_late_by_less_are_signs_of_life() -> None:
    async with attached() as at:
        open_rack(at.site)
        await settle()
        at.board.freeze()
        await settle(2.0)
        at.board.thaw()
        await settle(0.1)
        assert at.mirror.findings.lost is None
