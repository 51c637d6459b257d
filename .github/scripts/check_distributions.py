"""Whether what was built holds what it has to, and nothing else. Needs Python alone.

    python .github/scripts/check_distributions.py dist

``dist`` holds one sdist and one wheel. The wheel has to hold the package as it is here, with all that
``pyproject.toml`` has put beside its modules, and no file more; the sdist all that a wheel is built from.
"""

import re
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from bump_version import ROOT, read_version

PACKAGE = "micboard_tui"
NEEDED = (
    f"{PACKAGE}/py.typed",
    f"{PACKAGE}/themes/stage.toml",
    f"{PACKAGE}/schemas/devices.schema.json",
    f"{PACKAGE}/examples/systemd/micboard-tui.service",
    f"{PACKAGE}/storage/migrations/env.py",
    f"{PACKAGE}/api/page/index.html",
    f"{PACKAGE}/api/swagger/swagger-ui-bundle.js",
)
"""One of each kind, by name: what a change of the build would lose is not to be lost in the tree, too."""
NEEDED_METADATA = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
UNWANTED = re.compile(r"(^|/)(__pycache__|tests|\.git|\.venv)(/|$)|\.(pyc|pyo|db|pem|key|orig|rej)$")
NOT_PACKED = {"__pycache__"}


def files_below(folder: Path) -> Iterator[Path]:
    """The files that are packed."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not NOT_PACKED & set(path.parts):
            yield path


def expected_files(root: Path) -> set[str]:
    """The paths in the wheel, but for its metadata."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    names = {path.relative_to(root).as_posix() for path in files_below(root / PACKAGE)}
    for source, target in wheel["force-include"].items():
        names |= {_placed(path, root / source, target) for path in _files_of(root / source)}
    data = f"{PACKAGE}-{read_version(root)}.data/data"
    for source, target in wheel.get("shared-data", {}).items():
        names |= {_placed(path, root / source, f"{data}/{target}") for path in _files_of(root / source)}
    return names


def find_faults(wheel: Sequence[str], root: Path) -> Iterator[str]:
    """What is wrong with the wheel, of which these are the names of all files."""
    metadata = f"{PACKAGE}-{read_version(root)}.dist-info"
    inside = {name for name in wheel if not name.startswith(f"{metadata}/")}
    expected = expected_files(root)
    yield from (f"not in the wheel: {name}" for name in sorted(expected - inside))
    yield from (f"in the wheel, and not in the tree: {name}" for name in sorted(inside - expected))
    needed = (*NEEDED, *(f"{metadata}/{name}" for name in NEEDED_METADATA))
    yield from (f"not in the wheel: {name}" for name in needed if name not in wheel)
    yield from (f"does not belong into the wheel: {name}" for name in wheel if UNWANTED.search(name))


def find_faults_of_source(names: Sequence[str], root: Path) -> Iterator[str]:
    """What is wrong with the sdist, of which these are the names of all files."""
    top = f"{PACKAGE}-{read_version(root)}"
    sources = {name.removeprefix(f"{top}/") for name in names}
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    roots = [PACKAGE, *wheel["force-include"], *wheel.get("shared-data", {})]
    needed = {path.relative_to(root).as_posix() for each in roots for path in _files_of(root / each)}
    needed |= {"pyproject.toml", "PKG-INFO", "README.md", "CHANGELOG.md", "LICENSE"}
    yield from (f"not in the sdist: {name}" for name in sorted(needed - sources))
    for name in sorted(sources):
        if "__pycache__" in name or name.startswith((".venv", ".git/", "dist/", "build/")):
            yield f"does not belong into the sdist: {name}"


def main(arguments: Sequence[str]) -> int:
    """0: as they have to be; 1: not, and why stands on stderr."""
    folder = Path(*arguments) if arguments else ROOT / "dist"
    wheels, sources = sorted(folder.glob("*.whl")), sorted(folder.glob("*.tar.gz"))
    version = read_version(ROOT)
    if [each.name for each in (*wheels, *sources)] != [
        f"{PACKAGE}-{version}-py3-none-any.whl",
        f"{PACKAGE}-{version}.tar.gz",
    ]:
        print(f"{folder} has to hold one wheel and one sdist of {version}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(wheels[0]) as wheel:
        faults = list(find_faults(wheel.namelist(), ROOT))
    with tarfile.open(sources[0]) as source:
        faults += find_faults_of_source([each.name for each in source if each.isfile()], ROOT)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"{wheels[0].name} and {sources[0].name} hold what they have to")
    return 1 if faults else 0


def _files_of(path: Path) -> Iterator[Path]:
    return files_below(path) if path.is_dir() else iter([path])


def _placed(path: Path, source: Path, target: str) -> str:
    return (PurePosixPath(target) / path.relative_to(source).as_posix()).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
