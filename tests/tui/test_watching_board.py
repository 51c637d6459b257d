"""The board of a person who may only watch."""

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
from micboard_tui.domain.user import Permission
from tests.fakes.links import until
from tests.tui.scripted_rig import AllServices, ScriptedRig, device, reports, vocal
from tests.tui.test_app import open_app


class RefusedHandover:
    """As one who may only watch has it. Implements ``HandoverContract``."""

    def __init__(self) -> None:
        self.asked = 0

    async def list_notes(self) -> ServiceResult[Sequence[HandoverNote]]:
        return Success(())

    async def write(self, text: str, *, actor: str) -> ServiceResult[HandoverNote]:
        return Failure(describe_refusal(actor, Permission.WATCH, Permission.WRITE))

    async def take_new(self, *, actor: str) -> ServiceResult[Sequence[HandoverNote]]:
        self.asked += 1
        return Failure(describe_refusal(actor, Permission.WATCH, Permission.WRITE))


class WatchingRig(ScriptedRig):
    def __init__(self) -> None:
        super().__init__({"127.0.0.2": reports("A", vocal("Vox 1", 470_000, Battery(80, 4, 400)))}, device(2))
        self.refused = RefusedHandover()

    @asynccontextmanager
    async def services(self) -> AsyncGenerator[Services]:
        async with super().services() as services:
            assert isinstance(services, AllServices)
            yield replace(services, handover=self.refused)


@pytest.mark.integration
async def test_what_no_key_asked_for_is_not_refused() -> None:
    rig = WatchingRig()
    async with open_app(rig) as (app, _):
        await until(lambda: rig.refused.asked == 1)
        await anyio.sleep(0.1)
        assert not app._notifications
