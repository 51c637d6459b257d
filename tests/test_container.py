"""The container: everything joined, with the garbage collector told what stays."""

import gc
from pathlib import Path

from micboard_tui.config.paths import make_directories, paths_under
from micboard_tui.container import Options, open_container


async def test_only_the_first_container_of_a_process_freezes_what_is_loaded(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    make_directories(paths)
    gc.unfreeze()
    try:
        async with open_container(Options(), paths):
            frozen = gc.get_freeze_count()
        assert frozen > 0
        async with open_container(Options(), paths):
            assert gc.get_freeze_count() <= frozen
    finally:
        gc.freeze()
