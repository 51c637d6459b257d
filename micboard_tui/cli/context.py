"""What commands share: settings, directories, the services, and an end that cleans up."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from micboard_tui.config.stop_signals import STOP_SIGNALS, exit_code_of
from micboard_tui.contracts.errors import ErrorCode, MicboardError, StartError
from micboard_tui.contracts.health_watch import HealthWatch
from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.wire import DIRECT, Wire
from micboard_tui.domain.thresholds import READ_INTERVAL_S

if TYPE_CHECKING:
    from micboard_tui.config.attachment import Attachment
    from micboard_tui.config.paths import Paths
    from micboard_tui.config.settings import Settings
    from micboard_tui.container import Options
    from micboard_tui.contracts.services import Services

T = TypeVar("T")

_IS_READ_ONLY: ContextVar[bool] = ContextVar("is_read_only", default=False)
"""Whether the command line asks for it."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The directories and settings of this process."""

    paths: "Paths"
    settings: "Settings"

    @property
    def operator(self) -> str:
        """Who acts with this command."""
        from micboard_tui.config.operator_name import find_operator

        return find_operator(self.settings.operator)


def let_only_read() -> None:
    """Let this command, or board, change nothing, also where the settings allow it."""
    _IS_READ_ONLY.set(True)


def is_read_only() -> bool:
    """Whether the command line says so."""
    return _IS_READ_ONLY.get()


def current_operator() -> str:
    """Who acts with this command. Raises StartError."""
    return load_context().operator


@contextmanager
def translated_config_errors() -> Iterator[None]:
    """Turn what the config package raises into our common form."""
    from micboard_tui.config.start_error import ConfigError

    try:
        yield
    except ConfigError as error:
        raise StartError(ErrorCode(error.code), str(error), hint=error.hint) from error


def load_context() -> CommandContext:
    """Settings and directories; the directories exist afterwards. Raises StartError."""
    from micboard_tui.config.paths import find_paths, make_directories
    from micboard_tui.config.settings import load_settings

    with translated_config_errors():
        paths = find_paths()
        settings = load_settings(paths)
        if is_read_only():
            settings = settings.model_copy(update={"read_only": True})
        make_directories(paths)
    return CommandContext(paths, settings)


def container_options(settings: "Settings", read_interval_s: float = READ_INTERVAL_S) -> "Options":
    """What the container needs of the settings; ``read_interval_s``: how often devices are read."""
    from micboard_tui.config.threshold_settings import thresholds_of
    from micboard_tui.container import Options
    from micboard_tui.contracts.alarm_outputs import OutputOptions
    from micboard_tui.contracts.ports import SessionOptions

    metering = settings.metering
    session = SessionOptions(
        meter_interval_s=None if metering.interval_ms is None else metering.interval_ms / 1000,
        connect_timeout_s=metering.connect_timeout_s,
        silence_limit_s=metering.silence_limit_s,
        read_interval_s=read_interval_s,
    )
    return Options(
        settings.database_url,
        session,
        settings.storage.interval_s,
        thresholds_of(settings.thresholds),
        OutputOptions(settings.alarms.webhook_url, settings.alarms.osc_address, settings.alarms.mqtt_url),
        is_read_only=settings.read_only,
    )


@asynccontextmanager
async def open_services(
    context: CommandContext,
    *,
    read_interval_s: float = READ_INTERVAL_S,
    wire: Wire = DIRECT,
    osc_listen: str | None = None,
) -> AsyncGenerator["Services"]:
    """The services on the user's database. Logs go to stderr. Raises StorageError.

    ``osc_listen``: the address at which they take calls of show control; None: they take none.
    """
    from micboard_tui.cli.output import as_sentence, print_error, print_note
    from micboard_tui.config.logs import log_to_stderr, mask_crashes
    from micboard_tui.container import open_container

    options, level = container_options(context.settings, read_interval_s), context.settings.log.level
    options = replace(options, session=replace(options.session, wire=wire), osc_listen=osc_listen)
    log_to_stderr("warning" if level == "info" else level, options.mask)
    mask_crashes(options.mask)
    async with open_container(options, context.paths) as container:
        health = container.health.snapshot()
        if (fault := health.storage_fault) is not None:
            print_error(fault)
        if (note := health.storage_note) is not None:
            print_note(f"Note: {as_sentence(note)}")
        yield container


@asynccontextmanager
async def open_services_anywhere(
    context: CommandContext, attachment: "Attachment | None" = None
) -> AsyncGenerator["Services"]:
    """The services of the micboard-tui that has the devices. Logs go to stderr.

    Those at ``attachment``, else where the settings say, else of the ``serve`` that runs on the same data;
    where there is none, our own on the user's database. Raises StorageError and StartError.
    """
    from micboard_tui.cli.attached import find_attachment, find_serving, open_attached
    from micboard_tui.cli.output import print_note

    async with AsyncExitStack() as stack:
        if (chosen := attachment or find_attachment(context)) is not None:
            yield await stack.enter_async_context(open_attached(context, chosen))
        elif (serving := find_serving(context)) is None:
            yield await stack.enter_async_context(open_services(context))
        else:
            try:
                services: Services = await stack.enter_async_context(open_attached(context, serving))
            except StartError as error:
                # What is stored can be read and changed without it.
                print_note(f"Note: {error}. Working on the database instead")
                services = await stack.enter_async_context(open_services(context))
            yield services


def watch_health(services: "Services") -> HealthWatch:
    """Prints on stderr what fails or works again, but not again what ``open_services`` has printed."""
    from micboard_tui.cli.output import print_error, print_note

    reported = services.health.snapshot().storage_fault
    return HealthWatch(services.health, services.live, print_error, print_note, reported, reports_loss=True)


@contextmanager
def exclusive_instance(context: CommandContext, command: str) -> Iterator[None]:
    """Be the only process with sessions on this data. Raises StartError ALREADY_RUNNING.

    ``command`` is how this one is named to a second one.
    """
    from micboard_tui.config.instance_lock import hold_lock

    with translated_config_errors(), hold_lock(context.paths.lock_file, command):
        yield


def run_with_services(
    action: Callable[["Services"], Awaitable[T]], attachment: "Attachment | None" = None
) -> T:
    """Open the services, run one action with them, close them; the answer of the action.

    ``attachment``: whose services; None: as ``open_services_anywhere`` finds them.
    """
    context = load_context()

    async def run_action() -> T:
        async with open_services_anywhere(context, attachment) as services:
            return await action(services)

    return asyncio.run(run_action())


def data_of(result: ServiceResult[T]) -> T:
    """The data of a Success; a Failure is raised and ends the command. Warnings go to stderr."""
    from micboard_tui.cli.output import print_note

    if not result.success:
        error = result.error
        raise MicboardError(error.code, error.message, hint=error.hint, **error.details)
    if result.warning:
        print_note(f"Note: {result.warning}")
    return result.data


def run_until_stopped(work: Callable[[], Awaitable[int]]) -> int:
    """Run ``work`` to its end, or until the user or the system stops it, which is a good end too."""
    from micboard_tui.cli.output import Stopped, interrupt_write

    stop_signal: int | None = None

    async def supervised() -> int:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()

        def stop(number: int, _: object) -> None:
            nonlocal stop_signal
            stop_signal = stop_signal or number
            # The loop cannot run while a write waits for a reader that does not read.
            interrupt_write()
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)

        with _stopping_with(stop):
            return await work()

    try:
        return asyncio.run(supervised())
    except Stopped:
        pass
    except asyncio.CancelledError:
        if stop_signal is None:
            raise
    return exit_code_of(stop_signal or 0)


@contextmanager
def _stopping_with(stop: Callable[..., None]) -> Iterator[None]:
    before = {number: signal.signal(number, stop) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
