"""Moves the version to the next one of this month, and cuts the changelog for it. Needs Python alone.

    python .github/scripts/bump_version.py            # the next version; says which one
    python .github/scripts/bump_version.py --check    # changes nothing; 1: something does not fit, and what
    python .github/scripts/bump_version.py --notes    # prints what the newest version changes

A version is ``YYYY.M.N``: year, month, and a number that counts from 0 within the month. It stands in
``micboard_tui/__init__.py`` alone. A second run changes nothing: where no changes wait below "Unreleased"
there is nothing to release, and where the version has no section yet, as after a run that was cut off, it
gets one instead of a next number.
"""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VERSION_FILE = Path("micboard_tui/__init__.py")
CHANGELOG = Path("CHANGELOG.md")
TAG_PREFIX = "refs/tags/"
UNRELEASED = "## [Unreleased]"
_VERSION_LINE = re.compile(r'^__version__ = "(?P<version>[^"\n]*)"$', re.MULTILINE)
_SECTION = re.compile(r"^## \[(?P<version>[^\]\n]+)\](?: - (?P<day>\S+))?$", re.MULTILINE)


class VersionError(Exception):
    """The version or the changelog is not as it has to be; the text says what to do."""


class Version(NamedTuple):
    """``YYYY.M.N``; versions compare as dates do."""

    year: int
    month: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}.{self.month}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises VersionError."""
        if re.fullmatch(r"20\d\d\.([1-9]|1[0-2])\.(0|[1-9]\d*)", text) is None:
            message = f"{text!r} is not YYYY.M.N, as 2026.11.0"
            raise VersionError(message)
        return cls(*(int(part) for part in text.split(".")))

    def next(self, today: date) -> "Version":
        """The version after this one. Raises VersionError when the clock is wrong."""
        if (today.year, today.month) < self[:2]:
            message = f"{self} is of a later month than today, {today}: set the clock of this machine"
            raise VersionError(message)
        is_same_month = (today.year, today.month) == self[:2]
        return Version(today.year, today.month, self.number + 1 if is_same_month else 0)


@dataclass(frozen=True, slots=True)
class Section:
    """What the changelog has of one version, or of none yet."""

    title: str
    day: str | None
    text: str


def read_version(root: Path) -> Version:
    """The version of the program. Raises VersionError."""
    found = _VERSION_LINE.findall((root / VERSION_FILE).read_text(encoding="utf-8"))
    if len(found) != 1:
        message = f"{VERSION_FILE} has {len(found)} lines with __version__, and not one"
        raise VersionError(message)
    return Version.parse(found[0])


def read_sections(changelog: str) -> list[Section]:
    """All sections, the newest first."""
    heads = list(_SECTION.finditer(changelog))
    ends = [*(head.start() for head in heads[1:]), len(changelog)]
    return [
        Section(head["version"], head["day"], changelog[head.end() : end].strip())
        for head, end in zip(heads, ends, strict=True)
    ]


def bump(root: Path, today: date) -> Version:
    """Make the next version, if anything changed since the last one; the version afterwards.

    Raises VersionError, and then nothing has changed.
    """
    current = read_version(root)
    changelog = (root / CHANGELOG).read_text(encoding="utf-8")
    unreleased, *released = _checked_order(read_sections(changelog))
    has_section = str(current) in {section.title for section in released}
    if has_section and not unreleased.text:
        return current
    chosen = current.next(today) if has_section else current
    if not unreleased.text:
        message = f"{CHANGELOG} says nothing below {UNRELEASED} that {chosen} could bring"
        raise VersionError(message)
    cut = changelog.replace(UNRELEASED, f"{UNRELEASED}\n\n## [{chosen}] - {today.isoformat()}", 1)
    # The version first: a run that is cut off in between is finished by the next one.
    _rewrite(root / VERSION_FILE, _with_version((root / VERSION_FILE).read_text(encoding="utf-8"), chosen))
    _rewrite(root / CHANGELOG, cut)
    return chosen


def find_faults(root: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """What does not fit together; in a workflow that a tag started, the tag as well."""
    try:
        current = read_version(root)
        unreleased, *released = _checked_order(read_sections((root / CHANGELOG).read_text(encoding="utf-8")))
    except VersionError as error:
        yield str(error)
        return
    if not released or released[0].title != str(current):
        newest = released[0].title if released else "none"
        yield f"The version is {current}, and the newest section of {CHANGELOG} is {newest}"
    yield from (f"{CHANGELOG}: [{each.title}] has no day" for each in released if not _is_day(each.day))
    yield from (f"{CHANGELOG}: [{each.title}] says nothing" for each in released if not each.text)
    ref = environ.get("GITHUB_REF", "")
    if ref.startswith(TAG_PREFIX):
        if ref != f"{TAG_PREFIX}v{current}":
            yield f"The tag is {ref.removeprefix(TAG_PREFIX)}, and the version v{current}"
        if unreleased.text:
            yield f"{CHANGELOG} has changes below {UNRELEASED}: run bump_version.py before the tag is set"


def release_notes(root: Path) -> str:
    """What the changelog says of the version. Raises VersionError."""
    current = read_version(root)
    for section in read_sections((root / CHANGELOG).read_text(encoding="utf-8")):
        if section.title == str(current):
            return section.text
    message = f"{CHANGELOG} has no section [{current}]"
    raise VersionError(message)


def main(arguments: Sequence[str], root: Path = ROOT, environ: Mapping[str, str] = os.environ) -> int:
    """0: done; 1: not, and why stands on stderr."""
    options = _parse(arguments)
    try:
        if options.check:
            faults = list(find_faults(root, environ))
            print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
            return 1 if faults else 0
        print(release_notes(root) if options.notes else bump(root, options.date))
    except VersionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="change nothing; exit with 1 if something is off")
    what.add_argument("--notes", action="store_true", help="print what the newest version changes")
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        help="the day of the release, as 2026-12-01; left out: today (UTC)",
    )
    return parser.parse_args(arguments)


def _checked_order(sections: list[Section]) -> list[Section]:
    """The sections, the unreleased one first and then the newest first. Raises VersionError."""
    titles = [section.title for section in sections]
    if not titles or titles[0] != "Unreleased":
        message = f"{CHANGELOG} has to begin with {UNRELEASED}"
        raise VersionError(message)
    versions = [Version.parse(title) for title in titles[1:]]
    for newer, older in pairwise(versions):
        if newer <= older:
            message = f"{CHANGELOG}: [{newer}] stands above [{older}]"
            raise VersionError(message)
    return sections


def _is_day(text: str | None) -> bool:
    try:
        return text is not None and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _with_version(text: str, version: Version) -> str:
    return _VERSION_LINE.sub(f'__version__ = "{version}"', text)


def _rewrite(file: Path, text: str) -> None:
    """In one go, so that no reader sees half of it."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=file.parent, delete=False
    ) as new:
        new.write(text)
    written = Path(new.name)
    written.chmod(file.stat().st_mode)
    written.replace(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
