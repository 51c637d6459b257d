"""What holds for all tests, and what the fast ones are not allowed to do.

A test that opens an internet socket, starts a process or waits for real time has the marker ``integration``;
``just test`` leaves it out. Any other test that tries is stopped and says so.
"""

import asyncio
import gc
import os
import re
import sys
import time
import warnings
from asyncio import AbstractEventLoop
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import chain
from pathlib import Path
from pkgutil import walk_packages
from shutil import copyfile
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import ifaddr  # noqa: F401 - starts a process as soon as it is loaded, which a fast test may not
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.constants_ast import constants_from_module
from hypothesis.internal.detection import is_hypothesis_test
from hypothesis.strategies import text

import micboard_tui
from tests.fakes.answers import answers_are_ours
from tests.fakes.refused_actions import REFUSED, WAIT_LIMIT_S, guard_all
from tests.fakes.virtual_time import CountingLoop, CountingSelector, VirtualTimeLoop

# A busy machine is slow now and then; that is no reason to fail.
UNHURRIED = (HealthCheck.too_slow,)
# Each run tries others; `just test` takes fewer of them, `just soak` many.
settings.register_profile("patient", deadline=None, suppress_health_check=UNHURRIED, max_examples=25)
settings.register_profile("fast", settings.get_profile("patient"), max_examples=15)
settings.register_profile("thorough", settings.get_profile("patient"), max_examples=100)
settings.load_profile("patient")

# Screens show the time of day where they are.
os.environ["TZ"] = "UTC"
HAS_TIME_ZONES = hasattr(time, "tzset")
"""Windows sets no time zone for one process."""
if HAS_TIME_ZONES:
    time.tzset()

# No test may look into, or write to, the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"

if TYPE_CHECKING:
    from sqlalchemy import URL

    from tests.postgres.server import PostgresServer

Value = TypeVar("Value")

TESTS = Path(__file__).parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
"""The name of this worker, as gw0; None: the tests run in one process."""
IS_WINDOWS = sys.platform == "win32"
SERVERS = {"database_url", "bare_database_url", "bus_server"}
"""Fixtures whose cases are kinds of databases or of buses, each with code of its own."""
OF_POSIX = {f"micboard_tui.tui.terminal.{name}" for name in ("bounded_driver", "key_reader")}
"""Loaded on Linux and macOS alone; elsewhere Textual has the terminal."""


guard_all()


# Loading makes objects that stay: to look for garbage among them takes a quarter of the collection of tests.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """End the tracing where it is of no use, or is about to begin anew.

    The process that starts the workers runs nothing of the program. In a worker pytest-cov begins twice, as
    in the process that starts them and as in a worker. For a test that is not to be traced it stops the
    latter, and the former would go on.
    """
    plugin = session.config.pluginmanager.getplugin("_cov")
    has_workers = WORKER is not None or session.config.getoption("dist") != "no"
    if has_workers and plugin and plugin.cov_controller:
        plugin.cov_controller.pause()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Load the program, in one worker traced for the coverage, and then all tests untraced."""
    plugin = session.config.pluginmanager.getplugin("_cov")
    tracer = plugin and plugin.cov_controller
    # With workers they collect the tests, and not the process that starts them.
    if not tracer or session.config.getoption("dist") != "no":
        load_tests(session.config)
        return (yield)
    # What runs when a module is loaded is traced in one worker; the others load all in half of the time.
    is_traced_here = WORKER in {None, "gw0"}
    if not is_traced_here:
        tracer.pause()
    loaded = load_program()
    if is_traced_here:
        tracer.pause()
    try:
        # Hypothesis would look for them in all modules once all tests are collected, in each worker anew.
        for module in loaded:
            constants_from_module(module)
        load_tests(session.config)
        return (yield)
    finally:
        tracer.resume()


def load_program() -> list[ModuleType]:
    names = sorted(module.name for module in walk_packages(micboard_tui.__path__, "micboard_tui."))
    # The others run as soon as they are loaded, by Python and by Alembic.
    return [
        import_module(name)
        for name in in_turn(names)
        if not name.endswith("__main__")
        and ".migrations." not in name
        and not (IS_WINDOWS and name in OF_POSIX)
    ]


def load_tests(config: pytest.Config) -> None:
    """Load in each worker all test modules before they are collected, which goes in the same order in all.

    In a fresh checkout most of the time goes into rewriting what they assert, and into bytecode. What one
    worker has written the others find.
    """
    if WORKER is None:
        return
    if WORKER == "gw1":
        # In a fresh checkout Hypothesis looks at all characters that there are, and keeps what it finds: once
        # is enough for all workers.
        text().validate()
    paths = [Path(argument.partition("::")[0]).absolute() for argument in config.args]
    files = {file for path in paths for file in ([path] if path.is_file() else path.rglob("test_*.py"))}
    for file in in_turn(sorted(files)):
        if file.is_relative_to(TESTS.parent) and file.suffix == ".py":
            name = ".".join(file.relative_to(TESTS.parent).with_suffix("").parts)
            # What fails fails again when it is collected, and is reported there.
            with suppress(Exception, pytest.skip.Exception), warnings.catch_warnings(action="error"):
                import_module(name)


def in_turn(values: Sequence[Value]) -> Sequence[Value]:
    """The values, of which each worker begins with others."""
    if WORKER is None:
        return values
    number, count = int(WORKER.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    start = len(values) * number // count
    return [*values[start:], *values[:start]]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Skip modules that another system cannot load, with the reason."""
    report = yield
    if IS_WINDOWS and report.failed and (missing := needs_posix(str(report.longrepr))):
        report.outcome, report.longrepr = "skipped", (str(collector.path), 0, f"Skipped: {missing}")
    return report


def needs_posix(error: str) -> str | None:
    """What a module could not be loaded for: a part of Python that Windows does not have."""
    match = re.search(
        r"No module named '(fcntl|pty|pwd|resource|termios)'|cannot import name 'SIG\w+'", error
    )
    return match and match[0]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Begun first, none of them is left to one worker while the others have nothing more to do.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    for item in items:
        if IS_WINDOWS and item.get_closest_marker("posix"):
            item.add_marker(pytest.mark.skip("needs what Linux and macOS have, and Windows has not"))
        if repeats_code(item):
            item.add_marker(pytest.mark.no_cover)


def repeats_code(item: pytest.Item) -> bool:
    """Whether a test runs code that other tests run, too, and is not traced for the coverage.

    Tracing doubles the time, and takes three times as long in the whole app: a journey through it that runs
    what tests of its parts run, too, says so (``traced=False``), and other tests that take long and run what
    others run have the marker ``no_cover``. A property is tried a hundred times, and examples cover nearly
    all of its code; and of the cases of a test the first does what all do, but for those on another kind of
    database or bus.
    """
    cases = getattr(item, "callspec", None)
    indices = cases.indices if cases is not None else {}
    is_later = any(index for name, index in indices.items() if name not in SERVERS)
    is_property = is_hypothesis_test(getattr(item, "obj", None))
    journey = item.get_closest_marker("journey")
    is_repeated = journey is not None and not journey.kwargs.get("traced", True)
    return is_property or is_later or is_repeated


def pytest_collection_finish() -> None:
    # What is loaded by now stays; without this each full collection walks over all of it.
    gc.freeze()
    gc.enable()
    # Apps are made and dropped by the thousand, and memory is cheaper than to look for their cycles so often.
    gc.set_threshold(50_000, 20, 50)
    if "micboard_tui.storage.database" in sys.modules:
        share_compiled_statements()


def share_compiled_statements() -> None:
    """Have all engines for SQLite use the statements that one has compiled.

    A test opens databases of its own; to compile their statements anew takes a third of what a command does.
    """
    from sqlalchemy import Engine, create_engine
    from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

    first = create_engine("sqlite://", query_cache_size=5000)
    first.connect().close()
    first.dispose()

    def share(engine: Engine) -> None:
        engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache

    # SQLAlchemy calls this for each engine.
    SQLiteDialect_pysqlite.engine_created = staticmethod(share)  # type: ignore[method-assign]


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], AbstractEventLoop]]:
    if item.get_closest_marker("virtual_time"):
        return {"virtual time": VirtualTimeLoop}
    return {"real time": CountingLoop}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    from micboard_tui.contracts.origin import Origin, set_origin

    REFUSED.violations.clear()
    CountingSelector.waited_s = 0.0
    # A command that ran in this process has set its own.
    set_origin(Origin())
    with watched(item):
        yield


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace for the coverage what a test and our fixtures do, and not what pytest does around them.

    With fixtures it is traced as a whole, since what one has started, as a thread, runs on in the test.
    """
    if has_own_fixtures(item):
        return (yield)
    with tracing(item.config, is_on=False):
        return (yield)


def has_own_fixtures(item: pytest.Item) -> bool:
    """Whether one is not from pytest or a plugin."""
    fixtures = getattr(item, "_fixtureinfo", None)
    definitions = [] if fixtures is None else fixtures.name2fixturedefs.values()
    return any(each.func.__module__.startswith("tests.") for each in chain.from_iterable(definitions))


@contextmanager
def tracing(config: pytest.Config, *, is_on: bool) -> Iterator[None]:
    """Trace for the coverage or do not, and then as before."""
    plugin = config.pluginmanager.getplugin("_cov")
    tracer = plugin and plugin.cov_controller
    if not tracer or tracer.started is is_on:
        yield
        return
    change, change_back = (tracer.resume, tracer.pause) if is_on else (tracer.pause, tracer.resume)
    change()
    try:
        yield
    finally:
        if tracer.started is is_on:
            change_back()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    # pytest-cov, which is called within, leaves out what has the marker `no_cover`.
    with watched(item), tracing(item.config, is_on=True):
        yield
    if REFUSED.violations:
        pytest.fail(f"refused: {', '.join(REFUSED.violations)}")
    if is_fast(item) and CountingSelector.waited_s > WAIT_LIMIT_S:
        waited = f"waited {CountingSelector.waited_s:.1f} s of real time"
        pytest.fail(f"{waited}; use the marker virtual_time or integration")


@contextmanager
def watched(item: pytest.Item) -> Iterator[None]:
    REFUSED.is_running = is_fast(item)
    try:
        yield
    finally:
        REFUSED.is_running = False


def is_fast(item: pytest.Item) -> bool:
    return item.get_closest_marker("integration") is None


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine is where clocks are changed, whatever zones are installed."""
    if not HAS_TIME_ZONES:
        pytest.skip("this system sets no time zone for one process")
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def answers() -> Iterator[None]:
    """One test at a time hears what MCP devices answer: for all that search for devices, or ask one."""
    with answers_are_ours():
        yield


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[PostgresServer]":
    """One PostgreSQL server for all workers. Skips where there is none for this platform."""
    from tests.postgres.server import shared_server

    own = tmp_path_factory.getbasetemp()
    with shared_server(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server: "PostgresServer") -> Iterator[str]:
    from tests.postgres.server import make_tables

    with postgres_server.database() as name:
        asyncio.run(make_tables(postgres_server, name))
        yield name


@pytest.fixture
def postgres_url(postgres_server: "PostgresServer", postgres_database: str) -> str:
    """The address of a database on a PostgreSQL server, with all tables and nothing in them."""
    from tests.postgres.server import empty_tables

    asyncio.run(empty_tables(postgres_server, postgres_database))
    return postgres_server.socket_url(postgres_database)


@pytest.fixture
def bare_postgres_url(postgres_server: "PostgresServer") -> Iterator[str]:
    """The address of a new database on a PostgreSQL server, without any table."""
    with postgres_server.database() as name:
        yield postgres_server.socket_url(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def database_url(request: pytest.FixtureRequest) -> "URL | str":
    """The address of a new database, with all tables and nothing in them; a test has it on each kind."""
    return new_database(request, request.param)


def new_database(request: pytest.FixtureRequest, kind: str) -> "URL | str":
    """The address of a new database for the test, on ``sqlite`` or ``postgresql``."""
    if kind == "postgresql":
        address: str = request.getfixturevalue("postgres_url")
        return address
    from micboard_tui.storage.database import sqlite_url

    empty: Path = request.getfixturevalue("empty_database")
    return sqlite_url(copyfile(empty, request.getfixturevalue("tmp_path") / "test.db"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def bare_database_url(request: pytest.FixtureRequest) -> "URL | str":
    """The address of a database of each kind in which there is nothing at all, not even a table."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("bare_postgres_url")
        return address
    from micboard_tui.storage.database import sqlite_url

    directory: Path = request.getfixturevalue("tmp_path")
    return sqlite_url(directory / "test.db")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them, to be copied: that takes no migrations."""
    from micboard_tui.storage.database import open_database, sqlite_url

    file = tmp_path_factory.mktemp("database") / "empty.db"

    async def make() -> None:
        async with open_database(sqlite_url(file)):
            pass

    asyncio.run(make())
    return file
