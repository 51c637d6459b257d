"""The container: everything joined, with the garbage collector told what stays."""

import gc
from pathlib import Path

from micboard_tui.config.paths import at, prepare
from micboard_tui.container import Options, open_container


async def test_only_the_first_container_of_a_process_freezes_what_is_loaded(tmp_path: Path) -> None:
    paths = at(tmp_path)
    prepare(paths)
    gc.unfreeze()
    try:
        async with open_container(Options(), paths):
            frozen = gc.get_freeze_count()
        assert frozen > 0
        async with open_container(Options(), paths):
            assert gc.get_freeze_count() <= frozen
    finally:
        gc.unfreeze()
