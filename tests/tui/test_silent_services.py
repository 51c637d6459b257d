"""The board goes on where its services are in another program, which may be silent for seconds."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.permission_texts import describe_refusal
from micboard_tui.contracts.result import Failure, ServiceResult, Success
from micboard_tui.contracts.services import Services
from micboard_tui.domain.battery import Battery
from micboard_tui.domain.handover import HandoverNote
from micboard_tui.domain.identity import ChannelRef
from micboard_tui.domain.show_calls import ShowCall
from micboard_tui.domain.user import Permission
from micboard_tui.tui.flows.flow_starter import LOOK_S
from micboard_tui.tui.screens.help_screen import HelpScreen
from tests.fakes.links import until
from tests.tui.scripted_rig import AllServices, ScriptedRig, device, reports, vocal
from tests.tui.test_app import open_app

WAIT_S = 15.0


class SilentCalls:
    """Answers never what is asked for again and again."""

    def __init__(self) -> None:
        self.asked = 0

    async def take_ended(self, *, actor: str) -> ServiceResult[Sequence[ChannelRef]]:
        return await self._wait()

    async def take_jump(self, *, actor: str) -> ServiceResult[ShowCall | None]:
        return await self._wait()

    async def _wait(self) -> Failure:
        self.asked += 1
        await anyio.sleep_forever()
        raise AssertionError


class RefusedHandover:
    """As one who may only watch has it. Implements ``HandoverContract``."""

    async def list_notes(self) -> ServiceResult[Sequence[HandoverNote]]:
        return Success(())

    async def write(self, text: str, *, actor: str) -> ServiceResult[HandoverNote]:
        return Failure(describe_refusal(actor, Permission.WATCH, Permission.WRITE))

    async def take_new(self, *, actor: str) -> ServiceResult[Sequence[HandoverNote]]:
        return Failure(describe_refusal(actor, Permission.WATCH, Permission.WRITE))


class SilentRig(ScriptedRig):
    def __init__(self) -> None:
        super().__init__({"127.0.0.2": reports("A", vocal("Vox 1", 470_000, Battery(80, 4, 400)))}, device(2))
        self.silent = SilentCalls()

    @asynccontextmanager
    async def services(self) -> AsyncGenerator[Services]:
        async with super().services() as services:
            assert isinstance(services, AllServices)
            silent, refused = self.silent, RefusedHandover()
            yield replace(services, silences=silent, remote_calls=silent, handover=refused)


@pytest.mark.integration
async def test_keys_work_while_services_are_silent_and_what_no_key_asked_for_is_not_refused() -> None:
    rig = SilentRig()
    async with open_app(rig) as (app, pilot):
        await until(lambda: rig.silent.asked == 2, WAIT_S)
        await pilot.press("?")
        await until(lambda: isinstance(app.screen, HelpScreen), WAIT_S)
        await anyio.sleep(LOOK_S * 1.2)
        assert rig.silent.asked == 2
        assert not app._notifications
