"""``serve`` as a part of a fleet: the bus, and the parts of this process, each with its own connection."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio

from micboard_tui import __version__
from micboard_tui.cli.fleet_bus import FleetBus, open_fleet_bus
from micboard_tui.cli.fleet_parts import Part, run_parts
from micboard_tui.cli.record_wait import wait_for_record
from micboard_tui.cli.serve_rack import look_interval
from micboard_tui.config.fleet_settings import Role

if TYPE_CHECKING:
    from micboard_tui.api.server import Listener
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.cli.serve_api import ApiPlan
    from micboard_tui.cli.serve_plan import FleetPlan
    from micboard_tui.config.settings import Settings
    from micboard_tui.container import Options
    from micboard_tui.contracts.services import Services
    from micboard_tui.outputs.service_manager import ServiceManager

COLLECTOR_END_S, API_END_S, HUB_END_S = 4.0, 3.0, 2.5
"""So long each may take to end in order. With the connections and our own server it takes 10 s at most."""


@dataclass(frozen=True, slots=True)
class _Process:
    """What the parts of this process share."""

    context: "CommandContext"
    options: "Options"
    plan: "FleetPlan"
    bus: FleetBus

    async def collect(self, ready: Callable[[], None]) -> None:
        from micboard_tui.bus.ownership.ownership_records import CollectorIdentity
        from micboard_tui.cli.output import print_note
        from micboard_tui.collector import run_collector

        plan = self.plan
        identity = CollectorIdentity(plan.name, plan.zone, __version__, uuid4().hex[:8])
        async with self.bus.connect("collector") as connection:
            print_note(f"Collector {plan.name} reads devices of the zone {plan.zone}")
            await run_collector(
                self.options, self.context.paths, connection, plan.subjects, identity, ready=ready
            )

    async def judge(self, ready: Callable[[], None]) -> None:
        from micboard_tui.cli.output import print_note
        from micboard_tui.hub import run_hub

        plan = self.plan

        def tell(is_active: bool) -> None:
            print_note("Hub: this one is active" if is_active else "Hub: waits to be the active one")
            ready()

        async with self.bus.connect("hub") as connection:
            await run_hub(
                self.options, self.context.paths, connection, plan.subjects, name=plan.name, active=tell
            )

    async def answer(self, api: "ApiPlan", listener: "Listener", ready: Callable[[], None]) -> None:
        from micboard_tui.api.late_application import LateApplication
        from micboard_tui.api.server import serve
        from micboard_tui.cli.output import print_note
        from micboard_tui.cli.serve_api import prepare, print_where, print_without_users
        from micboard_tui.console import open_program
        from micboard_tui.contracts.bus_errors import describe_missing_service

        application, taken = LateApplication(describe_missing_service()), anyio.Event()
        async with self.bus.connect("api") as connection, anyio.create_task_group() as tasks:
            tasks.start_soon(serve, application, listener, taken)
            services_of = open_program(
                connection,
                self.plan.subjects,
                self.context.operator,
                lambda error: print_note(f"API: waits for a hub ({error.code})"),
            )
            # A hub may come later, or be on another machine.
            ready()
            async with services_of as services:
                tasks.start_soon(_watch, services)
                application.use(await prepare(services, api.options))
                await taken.wait()
                print_where(listener)
                await print_without_users(services, api.options)
                await anyio.sleep_forever()


async def serve_fleet(context: "CommandContext", settings: "Settings", plan: "FleetPlan") -> int:
    """Serve until stopped; the exit code. Raises StartError, StorageError, and what a part ends with."""
    from dataclasses import replace

    from micboard_tui.cli.context import container_options
    from micboard_tui.config.logs import log_to_stderr, mask_crashes

    options = replace(container_options(settings), osc_listen=settings.show.osc_listen)
    level = settings.log.level
    log_to_stderr("warning" if level == "info" else level, options.mask)
    mask_crashes(options.mask)
    # Before any device is spoken to: what cannot be served needs no session.
    async with AsyncExitStack() as stack:
        listener = None if plan.api is None else await _open_listener(plan.api)
        if listener is not None:
            stack.callback(listener.close)
        if plan.roles != {Role.API}:
            await wait_for_record(options, context.paths)
        bus = await stack.enter_async_context(open_fleet_bus(context, options, plan))
        await _run(_Process(context, options, plan, bus), listener)
    return 0


async def _run(process: _Process, listener: "Listener | None") -> None:
    """Until cancelled, or a part ends."""
    from micboard_tui.outputs.service_manager import ServiceManager

    manager, status = ServiceManager(), _status(process.plan)
    alive = asyncio.create_task(_tell_alive(manager), name="signs of life")
    try:
        await run_parts(list(_list_parts(process, listener)), lambda: manager.tell_ready(status))
    finally:
        manager.tell_stopping()
        alive.cancel()


async def _open_listener(api: "ApiPlan") -> "Listener":
    from micboard_tui.api.server import open_listener

    return await open_listener(api.listening)


def _list_parts(process: _Process, listener: "Listener | None") -> Iterator[Part]:
    """In the order in which they end: collectors say goodbye to devices while all else still hears it."""
    roles, api = process.plan.roles, process.plan.api
    if Role.COLLECTOR in roles:
        yield Part("collector", process.collect, COLLECTOR_END_S)
    if api is not None and listener is not None:
        yield Part("api", lambda ready: process.answer(api, listener, ready), API_END_S)
    if Role.HUB in roles:
        yield Part("hub", process.judge, HUB_END_S)


def _status(plan: "FleetPlan") -> str:
    return f"{', '.join(sorted(plan.roles))} of {plan.subjects.site}, zone {plan.zone}"


async def _tell_alive(manager: "ServiceManager") -> None:
    """Give the watchdog its sign of life, which comes only while the loop runs."""
    interval = look_interval(manager)
    while True:
        manager.tell_alive()
        await asyncio.sleep(interval)


async def _watch(services: "Services") -> None:
    """Print what fails or works again."""
    from micboard_tui.cli.context import watch_health
    from micboard_tui.cli.serve_rack import LOOK_S

    health = watch_health(services)
    while True:
        health.look()
        await anyio.sleep(LOOK_S)
