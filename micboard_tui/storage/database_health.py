"""Checks of schema, integrity and free disk space: implements ``DatabaseProbe``."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import text

from micboard_tui.contracts.errors import ErrorCode, StorageError
from micboard_tui.contracts.health import DEFAULT_FREE_SPACE_LIMITS, HealthCheck, Verdict
from micboard_tui.domain.local_time import format_minute
from micboard_tui.domain.units import format_gigabytes
from micboard_tui.storage.repair.file_repair import Repair
from micboard_tui.storage.schema_upgrade import HEAD, revision_of
from micboard_tui.storage.transactions import Transactions


class SqlProbe:
    def __init__(
        self,
        transactions: Transactions,
        file: Path | None,
        find_repairs: Callable[[], Sequence[Repair]] = tuple,
    ) -> None:
        """``find_repairs`` gives what was repaired, the newest first."""
        self._transactions, self._file, self._find_repairs = transactions, file, find_repairs

    async def integrity(self) -> tuple[HealthCheck, ...]:
        try:
            with self._transactions.translator.translate_errors():
                return await self._check_all()
        except StorageError as error:
            return (HealthCheck("database", Verdict.FAILED, error.info.message, error.info.hint),)

    async def _check_all(self) -> tuple[HealthCheck, ...]:
        return (
            await self._check_schema(),
            await self._check_integrity(),
            *self._check_repairs(),
            *self._check_disk(),
        )

    async def _check_schema(self) -> HealthCheck:
        revision = await self._transactions.read(revision_of)
        if revision == HEAD:
            return HealthCheck("schema", Verdict.OK, f"Schema {revision} is up to date")
        return HealthCheck(
            "schema", Verdict.FAILED, f"Schema {revision} is not {HEAD}", "Restart micboard-tui"
        )

    async def _check_integrity(self) -> HealthCheck:
        if self._file is None:
            await self._transactions.read(lambda connection: connection.execute(text("SELECT 1")).scalar())
            return HealthCheck("database", Verdict.OK, "The database answers")
        check = text("PRAGMA integrity_check(5)")
        answers = await self._transactions.read(lambda connection: connection.execute(check).scalars().all())
        if answers == ["ok"]:
            return HealthCheck("database", Verdict.OK, f"{self._file} is sound")
        translator = self._transactions.translator
        # So that it is repaired.
        translator.damage = str(answers[0])
        hint = translator.make_error(ErrorCode.DATABASE_DAMAGED).info.hint
        return HealthCheck("database", Verdict.FAILED, f"{self._file} is damaged: {answers[0]}", hint)

    def _check_repairs(self) -> tuple[HealthCheck, ...]:
        if not (repairs := self._find_repairs()):
            return ()
        newest, *others = repairs
        message = f"{format_minute(newest.at)}: {newest.text}"
        if others:
            message += f"; beside it there are {len(others)} of earlier damage"
        cure = "See whether something is missing, check the disk, and delete the damaged file then"
        return (HealthCheck("repaired database", Verdict.WARNING, message, cure),)

    def _check_disk(self) -> tuple[HealthCheck, ...]:
        if self._file is None:
            return ()
        free_bytes = shutil.disk_usage(self._file.parent).free
        message = f"{format_gigabytes(free_bytes)} free beside the database"
        return (DEFAULT_FREE_SPACE_LIMITS.check("disk", message, free_bytes),)
