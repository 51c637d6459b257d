"""``serve`` as one rack: API, page and bus beside the sessions with all devices, in one process."""

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from micboard_tui.api.server import Listener
    from micboard_tui.bus.server.local_bus import LocalBusOptions
    from micboard_tui.cli.context import CommandContext
    from micboard_tui.cli.serve_api import ApiPlan
    from micboard_tui.config.api_settings import Api
    from micboard_tui.config.bus_settings import Bus
    from micboard_tui.config.paths import Paths
    from micboard_tui.contracts.services import Services
    from micboard_tui.outputs.service_manager import ServiceManager

LOOK_S = 1.0


class RackPlan(NamedTuple):
    """How one rack is served."""

    api: "ApiPlan"
    bus: "LocalBusOptions | None"
    """None: no board can attach."""


def plan_rack(api: "Api", bus: "Bus", paths: "Paths") -> RackPlan:
    """Raises StartError."""
    from micboard_tui.cli.attached import find_missing_module
    from micboard_tui.cli.serve_api import plan_api
    from micboard_tui.cli.serve_bus import plan_bus

    return RackPlan(plan_api(api), plan_bus(bus, api, paths, find_missing_module()))


async def serve_rack(context: "CommandContext", plan: RackPlan) -> int:
    """Serve until stopped; the exit code. Raises StartError."""
    from micboard_tui.api.server import open_listener
    from micboard_tui.cli.context import data_of, open_services
    from micboard_tui.cli.output import print_error, print_note
    from micboard_tui.cli.serve_bus import offer_bus
    from micboard_tui.contracts.holder_texts import as_waiting

    # Before any device is spoken to: what cannot be served needs no session.
    with closing(await open_listener(plan.api.listening)) as listener:
        osc_listen = context.settings.show.osc_listen
        async with (
            open_services(context, osc_listen=osc_listen) as services,
            offer_bus(plan.bus, services) as bus,
        ):
            started = await services.synchronization.start()
            if (holder := services.live.findings.holder) is None:
                data_of(started)
            elif not started.success:
                print_error(as_waiting(started.error, holder))
            if bus is not None:
                print_note(f"Boards attach at {bus.url}")
            await _answer(services, listener, plan.api)
    return 0


async def _answer(services: "Services", listener: "Listener", plan: "ApiPlan") -> None:
    """Answer until cancelled, and let systemd and the user know."""
    import anyio

    from micboard_tui.cli.serve_api import answer, print_where, print_without_users
    from micboard_tui.outputs.service_manager import ServiceManager

    ready, manager = anyio.Event(), ServiceManager()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_watch_over, services, manager)
        tasks.start_soon(answer, services, listener, plan.options, ready)
        await ready.wait()
        print_where(listener)
        await print_without_users(services, plan.options)
        manager.tell_ready(f"Serving {listener.listening.url}")
        try:
            await anyio.sleep_forever()
        finally:
            manager.tell_stopping()


async def _watch_over(services: "Services", manager: "ServiceManager") -> None:
    """Print what fails, and give the watchdog its sign of life, which comes only while the loop runs."""
    import anyio

    from micboard_tui.cli.context import watch_health

    health = watch_health(services)
    interval = look_interval(manager)
    while True:
        health.look()
        manager.tell_alive()
        await anyio.sleep(interval)


def look_interval(manager: "ServiceManager") -> float:
    """Seconds between two looks, so that the watchdog gets its signs of life in time."""
    return LOOK_S if manager.watchdog_s is None else min(LOOK_S, manager.watchdog_s / 3)
