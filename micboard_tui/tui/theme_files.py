"""Which themes there are: one for each file. Imports nothing heavy, so the command line can list them."""

from collections.abc import Iterable, Mapping
from pathlib import Path


def list_themes(files: Iterable[Path]) -> Mapping[str, Path]:
    """Every theme by its name, sorted; of several files with one name the last wins."""
    return dict(sorted((file.stem, file) for file in {file.stem: file for file in files}.values()))
