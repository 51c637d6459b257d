"""From the alarms of this process to what each output is given."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import pytest

from micboard_tui.contracts.alarm_outputs import AlarmNotice, OutputOptions, SendNotice
from micboard_tui.domain.alarm_list import AlarmList
from micboard_tui.outputs.announcer import AlarmAnnouncer, build_outputs
from micboard_tui.services.live.state import LiveState
from micboard_tui.services.steady_clock import SteadyClock, steady_s
from tests.outputs.notices import ALARM, notice

pytestmark = pytest.mark.virtual_time


class Kept:
    """Keeps what it is given. Implements ``AlarmOutput``."""

    name = "kept"

    def __init__(self) -> None:
        self.notices: list[AlarmNotice] = []
        self.standing: Sequence[AlarmNotice] | None = None
        """None: it was not opened."""

    @asynccontextmanager
    async def open(self, standing: Sequence[AlarmNotice]) -> AsyncGenerator[SendNotice]:
        self.standing = standing

        async def send(notice: AlarmNotice) -> None:
            self.notices.append(notice)

        yield send


async def test_every_output_is_given_what_is_due() -> None:
    live = LiveState(SteadyClock())
    first, second = Kept(), Kept()
    announcer = AlarmAnnouncer(live, (first, second), steady_s, lambda: True)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(announcer.run)
        await anyio.sleep(1)
        live.findings = replace(live.findings, alarms=AlarmList((ALARM,)))
        await anyio.sleep(1)
        live.findings = replace(live.findings, alarms=AlarmList())
        await anyio.sleep(1)
        tasks.cancel_scope.cancel()
    assert [each.kind.value for each in first.notices] == ["raised", "ended"]
    assert first.notices == second.notices
    assert first.notices[0].text.place == "rack 1/2"


async def test_nothing_is_opened_or_announced_before_this_process_judges() -> None:
    live = LiveState(SteadyClock())
    output, judges = Kept(), anyio.Event()
    announcer = AlarmAnnouncer(live, [output], steady_s, judges.is_set)
    seen = replace(ALARM, acknowledged_at=ALARM.raised_at, acknowledged_by="Pia")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(announcer.run)
        live.findings = replace(live.findings, alarms=AlarmList((seen,)))
        await anyio.sleep(10)
        assert (output.standing, output.notices) == (None, [])
        judges.set()
        await anyio.sleep(1)
        tasks.cancel_scope.cancel()
    # It is from before the start, and was announced then.
    assert output.standing is not None
    assert [(each.kind.value, each.alarm) for each in output.standing] == [("acknowledged", seen)]
    assert output.notices == []


async def test_without_an_output_nothing_runs() -> None:
    assert build_outputs(OutputOptions()) == []
    await AlarmAnnouncer(LiveState(SteadyClock()), (), steady_s, lambda: True).run()
    options = OutputOptions("http://192.0.2.1/", "192.0.2.1:8000", "mqtt://192.0.2.1")
    assert [output.name for output in build_outputs(options)] == ["webhook", "osc", "mqtt"]


def test_a_notice_as_json() -> None:
    assert notice().as_document() == {
        "schema": 1,
        "kind": "raised",
        "id": "rf_lost/rack-1/2",
        "priority": "now",
        "cause": "rf_lost",
        "title": "RF lost",
        "number": "7",
        "name": "Mercutio",
        "place": "Rack 1/2",
        "cure": "check pack and antenna",
        "count": 1,
        "raised_at": "1970-01-12T13:46:40.000Z",
        "at": "1970-01-12T13:46:41.500Z",
        "acknowledged_by": None,
        "note": "cable",
    }
