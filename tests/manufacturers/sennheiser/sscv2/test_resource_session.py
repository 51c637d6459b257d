from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import anyio
import httpx
import pytest

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.domain.observation import Alive, DeviceHeard, Observation
from micboard_tui.manufacturers.sennheiser.sscv2.change_tracker import ChangeTracker
from micboard_tui.manufacturers.sennheiser.sscv2.ewdx_mapping import Ewdx
from micboard_tui.manufacturers.sennheiser.sscv2.resource_session import (
    RETRY_S,
    ResourceSession,
    SessionState,
)
from micboard_tui.protocols.sscv2.message import Closed, News, Opened, read_paths
from micboard_tui.protocols.sscv2.path import session, session_addition
from tests.manufacturers.sennheiser.sscv2.scripted_device import client, signed_in

pytestmark = pytest.mark.virtual_time

UUID = "31875a94"


class Device:
    """One channel, in a dictionary; ``refuses`` says what it answers to a list of paths."""

    def __init__(self) -> None:
        self.now = 0.0
        self.resources: dict[str, object] = {"/api/channel/0": {"name": "A", "mates": ["TX1"]}}
        self.lists: list[list[str]] = []
        self.asked: list[str] = []
        """Resources, one request each."""
        self.is_known = True
        self.bad: dict[str, httpx.Response] = {}
        self.reported: list[Observation] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.startswith(session(UUID)):
            if not self.is_known:
                return httpx.Response(422)
            return (
                self._list(read_paths(request.content))
                if path == session_addition(UUID)
                else httpx.Response(200, json=[])
            )
        self.asked.append(path)
        if path in self.resources:
            return httpx.Response(200, json=self.resources[path])
        return httpx.Response(404)

    def _list(self, paths: list[str]) -> httpx.Response:
        self.lists.append(paths)
        return next((self.bad[path] for path in paths if path in self.bad), httpx.Response(200))

    def report(self, observations: Sequence[Observation]) -> None:
        self.reported += observations

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[ResourceSession]:
        async with client(self) as opened:
            tracker = ChangeTracker(Ewdx(), self.report, lambda: self.now, promised_s=2.0, interval_s=0.1)
            made = ResourceSession(signed_in(opened), tracker, lambda: self.now, has_meters=False)
            made.handle_event(Opened(UUID))
            yield made

    def listed(self, path: str) -> int:
        return sum(path in paths for paths in self.lists)


def named(path: str, error: int, status: int = 400) -> httpx.Response:
    return httpx.Response(status, json={"path": path, "error": error})


async def test_lists_have_four_paths_at_most() -> None:
    device = Device()
    async with device.session() as resources:
        await resources.read_everything()
        await resources.subscribe()

    assert max(map(len, device.lists)) == 4
    assert resources.tracker.numbers == [1]
    assert isinstance(device.reported[0], DeviceHeard)


async def test_a_path_named_as_bad_is_left_out_and_never_asked_for_again() -> None:
    device = Device()
    device.bad["/api/rf"] = named("/api/rf", 404)
    async with device.session() as resources:
        await resources.read_everything()
        await resources.subscribe()
        await resources.subscribe()

    assert device.listed("/api/rf") == 1
    # The first list without it, and the whole again with the second subscription.
    assert device.listed("/api/device/site") >= 2


async def test_where_no_path_is_named_each_is_tried_alone() -> None:
    device = Device()
    device.bad["/api/rf"] = httpx.Response(400, content=b"no")
    async with device.session() as resources:
        await resources.read_everything()
        await resources.subscribe()

    assert ["/api/rf"] in device.lists
    assert ["/api/device/site"] in device.lists


async def test_a_transmitter_that_is_not_linked_is_tried_again_but_not_at_once() -> None:
    device = Device()
    battery = "/api/transmitters/0/battery"
    device.bad[battery] = named(battery, 422, 422)
    async with device.session() as resources:
        await resources.read_everything()
        await resources.subscribe()
        tried = device.listed(battery)
        await resources.keep_up()
        assert device.listed(battery) == tried
        device.now += RETRY_S
        del device.bad[battery]
        device.resources[battery] = {"gauge": 50}
        await resources.keep_up()
        assert device.listed(battery) == tried + 1
        assert battery in resources.tracker.tree


@pytest.mark.parametrize("path", ["/api/channel/0/warnings", "/api/transmitters/0/battery"])
async def test_what_cannot_be_subscribed_but_is_there_is_asked_for_now_and_then(path: str) -> None:
    device = Device()
    device.resources |= {"/api/channel/0/warnings": [], "/api/transmitters/0/battery": {"gauge": 50}}
    device.bad[path] = named(path, 403)
    async with device.session() as resources:
        await resources.read_everything()
        await resources.subscribe()
        await resources.keep_up()
        device.resources[path] = ["LowSignal"]
        await resources.keep_up()
        assert resources.tracker.tree.get(path) != ["LowSignal"]
        device.now += RETRY_S
        await resources.keep_up()
        assert resources.tracker.tree.get(path) == ["LowSignal"]
    assert device.listed(path) == 1


async def test_a_session_that_the_device_does_not_know_is_lost() -> None:
    device = Device()
    async with device.session() as resources:
        await resources.read_everything()
        device.is_known = False
        with pytest.raises(DeviceError) as raised:
            await resources.subscribe()
        assert resources.state is SessionState.ENDED
        await resources.end()

    assert raised.value.code is ErrorCode.DEVICE_UNREACHABLE
    assert "closed the session" in str(raised.value)


async def test_a_receiver_without_a_channel_is_no_receiver() -> None:
    device = Device()
    device.resources.clear()
    async with device.session() as resources:
        with pytest.raises(DeviceError) as raised:
            await resources.read_everything()

    assert raised.value.code is ErrorCode.API_ERROR


async def test_nothing_is_reported_before_everything_was_read() -> None:
    device = Device()
    async with device.session() as resources:
        resources.handle_event(News((("/api/channel/0", {"name": "B"}),)))
        resources.handle_event(Closed(UUID))
        resources.tracker.mark_alive()
        resources.tracker.report_levels()
        assert device.reported == []
        await resources.read_everything()
        resources.handle_event(News((("/api/channel/0", {"gain": 12}),)))
        resources.handle_event(News((("/api/nothing", 1),)))

    assert device.reported[-1] == Alive()
    assert resources.tracker.silence_s == 0


async def test_every_channel_that_answers_is_one() -> None:
    device = Device()
    device.resources |= {f"/api/channel/{index}": {"name": str(index)} for index in range(20)}
    async with device.session() as resources:
        await resources.count_channels()

    assert resources.tracker.counted_numbers == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_command_that_waits_for_its_answer_does_not_keep_the_goodbye_waiting() -> None:
    device, ended = Device(), anyio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            await ended.wait()
        elif request.method == "DELETE":
            ended.set()
        return device(request)

    async with client(answer) as opened, anyio.create_task_group() as group:
        tracker = ChangeTracker(Ewdx(), device.report, lambda: 0.0, promised_s=2.0, interval_s=0.1)
        one = ResourceSession(signed_in(opened), tracker, lambda: 0.0, has_meters=False)
        one.handle_event(Opened(UUID))
        group.start_soon(lambda: one.requests.send("PUT", "/api/channel/0", {"gain": 3}))
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(0.5):
            await one.end()


async def test_levels_that_a_device_does_not_have_are_asked_for_again_but_not_at_once() -> None:
    device = Device()
    async with device.session() as resources:
        await resources.read_everything()
        device.asked.clear()
        for _ in range(10):
            await resources.request_levels([1])
        assert len(device.asked) == len(set(device.asked)) == 4
        device.now += RETRY_S
        for _ in range(10):
            await resources.request_levels([1])
        assert len(device.asked) == 8
        level = "/api/channel/0/level"
        device.resources[level] = {"value": -20.0}
        device.now += RETRY_S
        device.asked.clear()
        for _ in range(10):
            await resources.request_levels([1])
        # One that is there is asked for whenever no event tells it.
        assert device.asked.count(level) == 10 - 3
