"""Waits for the record of a fleet: machines are switched on in any order, the database server among them."""

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from micboard_tui.config.paths import Paths
    from micboard_tui.program import Options

OPEN_AGAIN_S = 1.0


async def wait_for_record(options: "Options", paths: "Paths") -> None:
    """Until its server is there; that it is not is printed once.

    Raises StorageError where waiting is no use, as for a password that is not taken.
    """
    from micboard_tui.cli.output import print_error
    from micboard_tui.contracts.errors import StorageError
    from micboard_tui.contracts.storage_cures import find_storage_cause
    from micboard_tui.domain.storage_cause import StorageCause
    from micboard_tui.record import open_recorded_users

    is_told = False
    while True:
        try:
            async with open_recorded_users(options, paths):
                return
        except StorageError as error:
            if find_storage_cause(error.info) is not StorageCause.SERVER_AWAY:
                raise
            if not is_told:
                is_told = True
                print_error(error.info)
        await anyio.sleep(OPEN_AGAIN_S)
