import asyncio
import os
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import copyfile

import anyio
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, event, inspect, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError

from micboard_tui.contracts.device import ALL_DEVICES
from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.health import Verdict
from micboard_tui.contracts.undo_steps import Change, Step
from micboard_tui.domain.assignment import Performer, Role
from micboard_tui.domain.bay import BayState
from micboard_tui.domain.channel import ChannelFacts, ChannelState
from micboard_tui.domain.device import Device, DeviceState
from micboard_tui.domain.identity import ChannelRef, DeviceId, PerformerId
from micboard_tui.services.assembly import build_services
from micboard_tui.services.records import Records
from micboard_tui.storage import schema_upgrade
from micboard_tui.storage.database import open_database, sqlite_url
from micboard_tui.storage.database_errors import ErrorTranslator
from micboard_tui.storage.database_health import SqlProbe
from micboard_tui.storage.schema_upgrade import HEAD
from micboard_tui.storage.state_writer import StateWriter
from micboard_tui.storage.tables import METADATA
from tests.fakes.full_disk import full_disk
from tests.fakes.links import until
from tests.fakes.plugins import Plugins, Rack, manufacturer
from tests.fakes.services import FakeSessions, fake_adapters
from tests.fakes.statements import counting_statements
from tests.postgres.server import PostgresServer
from tests.services.stage import RACK, SPARE
from tests.storage.records import add, remove, run_in_transaction, run_sql
from tests.storage.test_repositories import FULL, ONLINE

STORED = Path(__file__).parent.parent / "databases"


async def opened(url: str | URL) -> None:
    async with open_database(url):
        pass


@contextmanager
def refused(code: ErrorCode) -> Iterator[list[StorageError]]:
    errors: list[StorageError] = []
    with pytest.raises(StorageError) as caught:
        yield errors
    errors.append(caught.value)
    assert caught.value.code is code
    assert caught.value.info.hint


class RolledBackError(Exception):
    """Ends a transaction whose changes are not wanted."""


def rack_of(count: int) -> list[Device]:
    return [replace(RACK, id=DeviceId(str(each)), port=2202 + each) for each in range(count)]


@pytest.mark.parametrize("what", ["query", "store"])
async def test_the_number_of_statements_does_not_grow_with_the_rack(
    database_url: URL | str, what: str
) -> None:
    needed = []
    for count in (1, 64):
        async with open_database(database_url) as database:
            devices = rack_of(count)
            await add(database.assignments, *devices[len(await database.devices.all()) :])
            states = [DeviceState(device.id) for device in devices]
            channels = [ChannelState(device.id, number) for device in devices for number in (1, 2, 3, 4)]
            with counting_statements() as statements:
                if what == "store":
                    await database.devices.store(states, channels)
                else:
                    await database.devices.query(ALL_DEVICES.online().low_battery())
            needed.append(len(statements))
    assert needed[0] == needed[1] <= 5


async def test_registering_needs_as_many_statements_in_a_large_rack_as_in_an_empty_one(
    database_url: URL | str,
) -> None:
    needed = []
    for count in (1, 64):
        async with open_database(database_url) as database:
            await add(database.assignments, *rack_of(count)[len(await database.devices.all()) :])
            records = Records(database.devices, database.locations, database.assignments, database.shows)
            adapters = fake_adapters(records, Plugins(manufacturer("shure", Rack())))
            services = build_services(adapters, FakeSessions())
            with counting_statements() as statements:
                registered = await services.devices.register(
                    "shure", f"127.0.9.{count}", location=f"Pit {count}", actor="Pia"
                )
            assert registered.success
            needed.append(len(statements))
    assert needed[0] == needed[1] <= 15


def schema_of(connection: Connection) -> dict[str, object]:
    """Columns, keys, checks and indexes by table; order and defaults, which nothing depends on, left out."""
    inspector = inspect(connection)
    schema: dict[str, object] = {}
    for table in inspector.get_table_names():
        columns = {
            column["name"]: (str(column["type"]), column["nullable"])
            for column in inspector.get_columns(table)
        }
        keys = sorted(str(key) for key in inspector.get_foreign_keys(table))
        unique = sorted(str(constraint) for constraint in inspector.get_unique_constraints(table))
        checks = sorted(
            " ".join(check["sqltext"].split()) for check in inspector.get_check_constraints(table)
        )
        schema[table] = (columns, inspector.get_pk_constraint(table), keys, unique, checks)
    indexes = connection.exec_driver_sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        if connection.dialect.name == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> ''"
    )
    schema["indexes"] = {name: " ".join(sql.split()) for name, sql in indexes}
    return schema


@pytest.mark.filterwarnings("ignore:.*expression-based")  # what they are made of is compared as SQL
@pytest.mark.no_cover
async def test_a_new_database_is_like_one_that_went_through_all_migrations(
    bare_database_url: URL | str,
) -> None:
    schemas, contents = [], []

    def note(connection: Connection, make: Callable[[Connection], None]) -> None:
        make(connection)
        schemas.append(schema_of(connection))
        contents.append(
            {
                table: connection.execute(select(text("*")).select_from(text(table))).fetchall()
                for table in inspect(connection).get_table_names()
            }
        )
        raise RolledBackError

    for make in (schema_upgrade.create, schema_upgrade.migrate):
        with pytest.raises(RolledBackError):
            await run_in_transaction(bare_database_url, partial(note, make=make))
    assert schemas[0] == schemas[1]
    assert contents[0] == contents[1]
    assert contents[0]["alembic_version"] == [(HEAD,)]


@pytest.mark.no_cover
async def test_the_schema_is_that_of_the_tables(bare_database_url: URL | str) -> None:
    await run_in_transaction(bare_database_url, schema_upgrade.migrate)
    await run_in_transaction(bare_database_url, _compare_with_tables)


def _compare_with_tables(connection: Connection) -> None:
    # SQLite cannot tell what an index on an expression is made of: those are looked at below.
    is_sqlite = connection.dialect.name == "sqlite"
    options = {"include_name": _no_expression_index} if is_sqlite else {}
    context = MigrationContext.configure(connection, opts=options)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*expression-based")
        assert compare_metadata(context, METADATA) == []
        for table, index in (("locations", "uq_locations_name"), ("devices", "uq_devices_host_port")):
            if is_sqlite:
                rows = connection.exec_driver_sql(f"PRAGMA index_list({table})")
                assert {name: flag for _, name, flag, *_ in rows}[index] == 1


def _no_expression_index(name: str | None, kind: str, _: object) -> bool:
    return not (kind == "index" and name is not None and name.startswith("uq_"))


def test_the_newest_revision_is_the_one_we_know() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema_upgrade.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def copied(file: Path, directory: Path) -> Path:
    copy = directory / file.name
    copy.write_bytes(file.read_bytes())
    return copy


@pytest.mark.parametrize("file", sorted(STORED.glob("*.db")), ids=lambda file: file.name)
async def test_databases_of_every_release_still_open(file: Path, tmp_path: Path) -> None:
    copy = copied(file, tmp_path)
    async with open_database(sqlite_url(copy)) as database:
        snapshots = await database.devices.query(ALL_DEVICES)
        assert [each.title for each in snapshots][:2] == ["Rack 1", "127.0.0.3"]
        assert snapshots[0].location == "Main Stage"
        assert snapshots[0].channels[0].facts.name == "Lead Vox"
        # What is new since then works, whatever was there.
        people = len(await database.assignments.performers())
        ada = Performer(PerformerId("ada"), "Ada")
        await database.assignments.make(Step("Ada is added", 0.0), [Change(None, ada)])
        assert len(await database.assignments.performers()) == people + 1


@pytest.mark.parametrize("file", sorted(STORED.glob("*.db")), ids=lambda file: file.name)
async def test_every_entry_of_earlier_releases_is_there_after_the_upgrade(file: Path, tmp_path: Path) -> None:
    copy = copied(file, tmp_path)
    before = counts_in(copy)
    async with open_database(sqlite_url(copy)) as database:
        assert {check.verdict for check in await database.probe.integrity()} == {Verdict.OK}
        assert database.find_note() is None
    after = counts_in(copy)
    assert {table: after[table] for table in before} == before
    # It can be taken back: the copy that was made before has the old schema.
    upgrades = [path.name for path in copies_in(tmp_path / "backups") if "-schema-" in path.name]
    assert [name.split("-")[-1] for name in upgrades] == ([] if file.stem == HEAD else [file.name])


def counts_in(file: Path) -> dict[str, int]:
    with closing(sqlite3.connect(file)) as raw:
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of the schema
            for table in tables
            if not table.startswith("sqlite_")
        }


@pytest.mark.parametrize("file", ["0002.db", "0003.db"])
async def test_performers_and_steps_of_earlier_releases_are_there(file: str, tmp_path: Path) -> None:
    async with open_database(sqlite_url(copied(STORED / file, tmp_path))) as database:
        rack, other, *_ = await database.devices.query(ALL_DEVICES)
        zoe = rack.channels[0].performer
        assert zoe is not None
        assert (zoe.name, zoe.part) == ("Zoë", "lead vocals")
        assert [each.performer_name for each in await database.assignments.past(rack.channels[0].ref)] == [
            "Ben"
        ]
        backup = {each.channel: each.role for each in await database.assignments.assignments()}
        assert backup[ChannelRef(other.device.id, 2)] is Role.BACKUP
        assert (await database.assignments.redo("Pia")).text == "Cy is added"
        assert {each.name for each in await database.assignments.performers()} == {"Ben", "Cy", "Zoë"}


@pytest.mark.parametrize("file", ["0002.db", "0003.db"])
async def test_all_steps_of_earlier_releases_are_undone_and_made_again(file: str, tmp_path: Path) -> None:
    async with open_database(sqlite_url(copied(STORED / file, tmp_path))) as database:
        records = database.assignments
        before = sorted(await records.assignments(), key=lambda each: each.channel)
        assert before
        undone = 0
        with suppress(StorageError):
            while True:
                await records.undo("Pia")
                undone += 1
        assert await records.assignments() == []
        for _ in range(undone):
            await records.redo("Pia")
        assert sorted(await records.assignments(), key=lambda each: each.channel) == before


async def test_chargers_and_certificates_of_earlier_releases_are_there(tmp_path: Path) -> None:
    async with open_database(sqlite_url(copied(STORED / "0003.db", tmp_path))) as database:
        rack, _, charger, trusted = await database.devices.query(ALL_DEVICES)
        assert [(bay.number, bay.state, bay.battery.percent) for bay in charger.state.bays][:1] == [
            (1, BayState.READY, 100)
        ]
        assert trusted.device.fingerprint == "ab" * 32
        assert rack.channels[0].assignment is not None
        assert rack.channels[0].assignment.planned_pack == "6241406927"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO devices VALUES ('x', 'shure', 'd', 'h', 70000, NULL, NULL, 0, NULL, FALSE, 'main')",
        "INSERT INTO devices VALUES ('x', 'shure', 'd', 'h', 1, NULL, 'nowhere', 0, NULL, FALSE, 'main')",
        "INSERT INTO locations VALUES ('x', NULL, '', 0, FALSE, FALSE)",
        (
            "INSERT INTO channels (device_id, number, transmitter_present, battery_percent, slots, raw)"
            " VALUES ('rack', 1, TRUE, 150, '[]', '[]')"
        ),
        (
            "INSERT INTO channels (device_id, number, transmitter_present, battery_percent, slots, raw)"
            " VALUES ('rack', 1, FALSE, 50, '[]', '[]')"
        ),
        (
            "INSERT INTO last_readings (device_id, number, link_state, overload, antenna_levels_dbm)"
            " VALUES ('rack', 1, 'splendid', FALSE, '[]')"
        ),
        "INSERT INTO revision VALUES (2, 0)",
        "INSERT INTO performers VALUES ('x', '', '', NULL, NULL)",
        "INSERT INTO assignments VALUES ('rack', 1, NULL, 'star', NULL, 0, FALSE, NULL, NULL, NULL, FALSE)",
        "INSERT INTO assignments VALUES ('rack', 65, NULL, 'spare', NULL, 0, FALSE, NULL, NULL, NULL, FALSE)",
        "INSERT INTO assignments VALUES ('rack', 1, 'ann', 'spare', NULL, 0, FALSE, NULL, NULL, NULL, FALSE)",
        "INSERT INTO assignments VALUES ('lost', 1, NULL, 'spare', NULL, 0, FALSE, NULL, NULL, NULL, FALSE)",
    ],
)
@pytest.mark.no_cover
async def test_the_database_itself_refuses_what_cannot_be(database_url: URL | str, statement: str) -> None:
    async with open_database(database_url) as database:
        await add(database.assignments, RACK)
    with pytest.raises(IntegrityError):
        await run_sql(database_url, statement)


async def test_a_device_without_a_known_location_is_refused_with_a_reason(database_url: URL | str) -> None:
    async with open_database(database_url) as database:
        with refused(ErrorCode.DATABASE_ERROR):
            await add(database.assignments, replace(RACK, port=99999))


def copies_in(backups: Path) -> list[Path]:
    return list(backups.iterdir())


def damaged(file: Path, how: str) -> bytes:
    content = bytearray(file.read_bytes())
    match how:
        case "rubbish":
            content = bytearray(b"this is no database at all " * 400)
        case "truncated":
            content = content[: len(content) // 2]
        case _:
            content[4096:8192] = b"\xff" * 4096
    file.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("content", [b"", b"S"])
async def test_a_new_database_in_place_of_an_empty_file_is_told_once(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "test.db"
    file.write_bytes(content)
    async with open_database(sqlite_url(file)) as database:
        assert database.find_note() == (
            f"The database {file} was empty and there is no copy of it: a new one was begun"
        )
    async with open_database(sqlite_url(file)) as database:
        assert database.find_note() is None


async def test_a_new_database_in_place_of_a_missing_one_names_its_newest_copy(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    async with open_database(sqlite_url(file)) as database:
        assert database.find_note() is None
        await add(database.assignments, RACK)
    file.unlink()
    async with open_database(sqlite_url(file)) as database:
        (copy,) = copies_in(tmp_path / "backups")
        note = database.find_note()
        assert note is not None
        assert note.endswith(f"The newest copy of the former one is {copy}")


async def test_a_file_is_never_called_a_server(tmp_path: Path) -> None:
    file, server = ErrorTranslator("x.db", None), ErrorTranslator("postgresql://x", None, is_server=True)
    assert "server" not in file.translate(sqlite3.OperationalError("no such table: x")).info.hint
    assert "server" in server.translate(OSError("connection refused")).info.hint
    assert server.make_error(ErrorCode.DATABASE_DAMAGED).info.hint.endswith("Restore it from your backups")


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ('root certificate file "/home/me/.postgresql/root.crt" does not exist', "sslrootcert=FILE"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch", "sslrootcert=FILE"),
        ("[Errno 2] No such file or directory", "Check the files"),
        ('PostgreSQL server at "db:5432" rejected SSL upgrade', "ssl = on"),
    ],
)
def test_what_the_driver_says_of_tls_has_a_cure_on_a_server_alone(reason: str, cure: str) -> None:
    server = ErrorTranslator("postgresql://x", None, is_server=True)
    assert cure in server.translate(OSError(reason)).info.hint
    assert cure not in ErrorTranslator("x.db", None).translate(OSError(reason)).info.hint


@pytest.mark.integration
@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("sslmode=verify-full&sslrootcert=/nowhere/ca.pem", "No such file"),
        ("sslmode=require", "rejected SSL upgrade"),
        ("sslmode=disable", ""),
        ("application_name=x&target_session_attrs=any", ""),
        ("no_such_option=1", "no_such_option"),
    ],
)
async def test_options_of_an_address_are_those_of_every_program_of_postgresql(
    postgres_server: PostgresServer, postgres_database: str, query: str, reason: str
) -> None:
    """Against a server without TLS."""
    url = f"{postgres_server.network_url(postgres_database)}?{query}"
    if not reason:
        await opened(url)
        return
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(url)
    assert reason in errors[0].info.message


async def test_a_path_may_hold_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/h\xff \xe4?#%/show.db"))
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, RACK)
    async with open_database(sqlite_url(file)) as database:
        assert await database.devices.all() == [RACK]
    assert len(copies_in(file.parent / "backups")) == 1


@pytest.mark.parametrize("stored", ["used", "empty", "missing"])
async def test_a_full_disk_is_read_and_refuses_what_people_do(tmp_path: Path, stored: str) -> None:
    file = tmp_path / "show.db"
    if stored == "used":
        async with open_database(sqlite_url(file)) as database:
            await add(database.assignments, RACK)
            await database.devices.store([ONLINE], [FULL])
    elif stored == "empty":
        file.touch()
    with full_disk():
        async with open_database(sqlite_url(file)) as database:
            fault = database.find_fault()
            assert [device.id for device in await database.devices.all()] == (
                [RACK.id] if stored == "used" else []
            )
            assert await database.devices.revision() == ("1" if stored == "used" else "0")
            with refused(ErrorCode.DISK_FULL):
                await add(database.assignments, SPARE)
            with refused(ErrorCode.DISK_FULL):
                await database.devices.store([ONLINE], [FULL])
            checks = {check.name: check.verdict for check in await database.probe.integrity()}
            assert checks["schema"] is Verdict.OK
    assert fault is not None
    assert fault.code is ErrorCode.DISK_FULL
    assert fault.message.endswith("nothing is stored")
    async with open_database(sqlite_url(file)) as database:
        assert database.find_fault() is None
        await add(database.assignments, SPARE)


@pytest.mark.parametrize("stored", ["used", "missing"])
async def test_storing_starts_by_itself_once_there_is_room(tmp_path: Path, stored: str) -> None:
    file = tmp_path / "show.db"
    if stored == "used":
        async with open_database(sqlite_url(file)) as database:
            await add(database.assignments, RACK)
    async with AsyncExitStack() as stack:
        with full_disk():
            database = await stack.enter_async_context(
                open_database(sqlite_url(file), reopen_interval_s=0.01)
            )
            await anyio.sleep(0.1)
            assert (fault := database.find_fault()) is not None
            assert fault.hint == "Make room; storing starts by itself"
            before = await database.devices.revision()
        await until(lambda: database.find_fault() is None)
        await add(database.assignments, SPARE)
        assert await database.devices.revision() != before
        await database.devices.store([replace(ONLINE, device_id=SPARE.id)], [])
    async with open_database(sqlite_url(file)) as database:
        assert SPARE in await database.devices.all()


async def test_a_file_that_cannot_be_read_either_stays_an_error(tmp_path: Path) -> None:
    file = tmp_path / "show.db"
    file.write_bytes(b"this is no database " * 400)
    with full_disk(), refused(ErrorCode.DISK_FULL):
        await opened(sqlite_url(file))


async def test_places_that_cannot_be_written_to_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "directory.db").mkdir()
    for place in (tmp_path / "file" / "test.db", tmp_path / "directory.db"):
        with refused(ErrorCode.DIRECTORY_NOT_WRITABLE):
            await opened(sqlite_url(place))


async def test_a_database_that_another_program_writes_to_is_locked(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    async with open_database(sqlite_url(file), busy_timeout_ms=50) as database:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with refused(ErrorCode.DATABASE_LOCKED):
                await add(database.assignments, RACK)
            with refused(ErrorCode.DATABASE_LOCKED):
                await database.devices.store([ONLINE], [FULL])
            assert await database.devices.all() == []
        await add(database.assignments, RACK)


async def test_a_schema_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    await opened(sqlite_url(file))
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with refused(ErrorCode.DATABASE_NEWER) as errors:
        await opened(sqlite_url(file))
    assert "MICBOARD_DATABASE_URL" in errors[0].info.hint


async def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, RACK)
    limit = file.stat().st_size // 4096

    def small(connection: sqlite3.Connection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {limit}")
        cursor.close()

    event.listen(Engine, "connect", small)
    try:
        async with open_database(sqlite_url(file)) as database:
            with refused(ErrorCode.DISK_FULL):
                for number in range(2000):
                    await add(
                        database.assignments,
                        replace(SPARE, id=DeviceId(f"{number}"), port=1 + number, name="x" * 400),
                    )
            assert RACK in await database.devices.all()
    finally:
        event.remove(Engine, "connect", small)


@pytest.mark.parametrize("url", ["postgresql://me:secret@nowhere/x", "nonsense://x", "no url at all"])
async def test_an_address_that_leads_nowhere_is_explained_without_its_password(url: str) -> None:
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(url)
    assert "secret" not in str(errors[0]) + errors[0].info.hint


async def test_three_that_start_together_on_an_empty_database_all_succeed(
    bare_database_url: URL | str,
) -> None:
    async def use(number: int) -> None:
        # The others wait until one has made it, which takes long beside other work.
        async with open_database(bare_database_url, busy_timeout_ms=60_000) as database:
            await add(database.assignments, replace(RACK, id=DeviceId(str(number)), port=2202 + number))

    await asyncio.gather(*map(use, range(3)))
    async with open_database(bare_database_url) as database:
        assert len(await database.devices.all()) == 3


async def test_one_who_looks_into_a_file_of_another_mode_is_waited_for(tmp_path: Path) -> None:
    """As two that start together on a new one: each looks before the other has switched it."""
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file, check_same_thread=False)) as looking:
        looking.execute("CREATE TABLE notes (text)")
        looking.execute("BEGIN")
        looking.execute("SELECT * FROM notes").fetchall()
        with refused(ErrorCode.DATABASE_LOCKED):
            async with open_database(sqlite_url(file), busy_timeout_ms=50):
                pass
        leaving = threading.Timer(0.1, looking.rollback)
        leaving.start()
        async with open_database(sqlite_url(file), busy_timeout_ms=60_000) as database:
            await add(database.assignments, RACK)
        leaving.join()


async def test_any_path_will_do(tmp_path: Path) -> None:
    file = tmp_path / "a b?c%20d&é" / "täst.db"
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, RACK)
        assert "test.db" not in database.url
    assert file.exists()
    async with open_database(f"sqlite:///{tmp_path}/sync.db") as database:
        assert await database.devices.all() == []


async def test_a_database_in_memory_works_without_a_file() -> None:
    async with open_database("sqlite://") as database:
        await add(database.assignments, RACK)
        await database.devices.store([ONLINE], [FULL])
        assert {check.name for check in await database.probe.integrity()} == {"schema", "database"}


async def test_readings_that_are_cancelled_do_not_keep_the_database_open(
    database_url: URL | str,
) -> None:
    """The end of a program cancels its tasks at any moment, most often while one of them reads."""
    with anyio.fail_after(20):
        for pause_s in (0.0, 0.0005, 0.001, 0.002):
            async with open_database(database_url) as database:
                reading = [asyncio.create_task(database.devices.query(ALL_DEVICES)) for _ in range(8)]
                await asyncio.sleep(pause_s)
                for task in reading:
                    task.cancel()
                await asyncio.gather(*reading, return_exceptions=True)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_upgrade_makes_a_copy_first(tmp_path: Path) -> None:
    file = tmp_path / "show.db"
    with closing(sqlite3.connect(file)) as raw, raw:
        # As an older release would have left it: a schema, and an earlier number.
        raw.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        raw.execute("INSERT INTO alembic_version VALUES ('0000')")
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(sqlite_url(file))
    assert "0000" in str(errors[0])
    (copy,) = copies_in(tmp_path / "backups")
    assert copy.name.endswith("schema-0000.db")


@pytest.mark.integration  # what is damaged is begun to be repaired, which waits for the disk
async def test_the_probe_tells_a_sound_database_from_a_damaged_one(tmp_path: Path) -> None:
    file = tmp_path / "test.db"
    async with open_database(sqlite_url(file)) as database:
        await add(database.assignments, *rack_of(60))
        checks = await database.probe.integrity()
        assert {check.verdict for check in checks} == {Verdict.OK}
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("UPDATE alembic_version SET version_num = '0000'")
        assert Verdict.FAILED in {check.verdict for check in await database.probe.integrity()}
    async with open_database(sqlite_url(tmp_path / "other.db")) as database:
        await add(database.assignments, *rack_of(60))
        assert isinstance(database.probe, SqlProbe)
        with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damaged(tmp_path / "other.db", "overwritten")
        checks = await database.probe.integrity()
        assert Verdict.FAILED in {check.verdict for check in checks}


async def test_facts_that_did_not_change_are_not_written_again(database_url: URL | str) -> None:
    devices = rack_of(2)
    channels = [ChannelState(device.id, number) for device in devices for number in range(1, 65)]

    def writes_facts(statements: list[str]) -> bool:
        return any("INTO channels" in statement for statement in statements)

    async with open_database(database_url) as database:
        await add(database.assignments, *devices)
        with counting_statements() as statements:
            await database.devices.store([], channels)
        assert writes_facts(statements)
        with counting_statements() as statements:
            await database.devices.store([], [replace(state, version=7) for state in channels])
        assert not writes_facts(statements)
        assert any("INTO last_readings" in statement for statement in statements)
        with counting_statements() as statements:
            await database.devices.store([], [replace(channels[0], facts=ChannelFacts(name="Lead Vox"))])
        assert writes_facts(statements)


async def test_facts_of_a_device_that_another_process_removed_and_brought_back_are_written_again(
    database_url: URL | str,
) -> None:
    async with open_database(database_url) as board, open_database(database_url) as other:
        await add(other.assignments, RACK)
        await board.devices.store([ONLINE], [FULL])
        await remove(other.assignments, RACK)
        await board.devices.store([ONLINE], [FULL])
        assert not await board.devices.query(ALL_DEVICES)
        await other.assignments.undo("Pia")
        await board.devices.store([ONLINE], [FULL])
        (rack,) = await other.devices.query(ALL_DEVICES)
        assert rack.channels == (FULL,)


def test_the_memory_of_stored_facts_has_room_for_every_channel() -> None:
    writer = StateWriter()
    channels = [ChannelState(DeviceId(str(number)), 1) for number in range(5000)]
    writer.remember(channels)
    assert all(writer._stored[state.ref] is state.facts for state in channels)


@pytest.mark.parametrize("url", ["postgresql://me:s3@cret:hush@db/x", "postgresql://me:hush@db:port/x"])
async def test_an_address_that_is_not_understood_keeps_its_password(url: str) -> None:
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(url)
    assert errors[0].info.message.startswith("The address 'postgresql://me:***@db")
    assert errors[0].info.message.endswith(" of the database is not understood")
    assert errors[0].__cause__ is None


@pytest.mark.parametrize("url", ["/home/me/a.db", "", "a.db"])
async def test_what_is_no_address_is_refused_with_the_forms_of_one(url: str) -> None:
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(url)
    assert errors[0].info.message == f"The address {url!r} of the database is not understood"
    assert "sqlite:////path/to/micboard.db" in errors[0].info.hint


@pytest.mark.parametrize("url", ["mysql://me:hush@db/x", "oracle://db/x", "mariadb+asyncmy://db/x"])
async def test_a_database_of_another_kind_is_refused_before_a_driver_is_looked_for(url: str) -> None:
    with refused(ErrorCode.DATABASE_ERROR) as errors:
        await opened(url)
    kind = url.partition(":")[0].partition("+")[0]
    assert errors[0].info.message == f"A database of the kind '{kind}' cannot be used"
    assert "postgresql://user@host/database" in errors[0].info.hint


def test_errors_without_words_are_told_by_their_kind() -> None:
    error = ErrorTranslator("x.db", None).translate(OSError())
    assert (error.code, "OSError" in str(error)) == (ErrorCode.DATABASE_ERROR, True)
    assert "not understood" in str(ErrorTranslator("x", None).translate(ArgumentError("bad")))


async def test_a_step_is_on_the_disk_when_it_is_answered_and_readings_spare_the_disk(
    tmp_path: Path, empty_database: Path
) -> None:
    file, copies = copyfile(empty_database, tmp_path / "show.db"), tmp_path / "copies"
    copies.mkdir()
    levels: list[tuple[str, int]] = []

    def note_level(connection: Connection, _: object, statement: str, *__: object) -> None:
        if statement.startswith(("INSERT INTO steps", "DELETE FROM steps", "INSERT INTO device_states")):
            level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
            levels.append((statement.split()[2], level))

    # Another connection keeps the WAL: nothing is moved into the file itself.
    with closing(sqlite3.connect(file)) as other:
        other.execute("SELECT count(*) FROM devices").fetchall()
        async with open_database(sqlite_url(file)) as database:
            event.listen(Engine, "before_cursor_execute", note_level)
            try:
                await add(database.assignments, RACK, Performer(PerformerId("ada"), "Ada"))
                for name in ("show.db", "show.db-wal"):
                    copyfile(tmp_path / name, copies / name)
                await database.devices.store([DeviceState(RACK.id)], [])
                await database.assignments.undo("Pia")
            finally:
                event.remove(Engine, "before_cursor_execute", note_level)
    full, normal = 2, 1
    assert dict(levels) == {"steps": full, "device_states": normal}
    assert {level for table, level in levels if table == "steps"} == {full}
    async with open_database(sqlite_url(copies / "show.db")) as database:
        assert [performer.name for performer in await database.assignments.performers()] == ["Ada"]
        assert [device.id for device in await database.devices.all()] == [RACK.id]
