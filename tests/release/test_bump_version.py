"""The next version, and the changelog that is cut for it; always on copies."""

from datetime import date
from pathlib import Path

import pytest

import bump_version

VERSION = '"""A board."""\n\n__version__ = "2026.11.0"\n'
CHANGES = """\
# Changelog

## [Unreleased]

### Added

- A lock.

## [2026.11.0] - 2026-11-23

### Added

- A board.
"""
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "micboard_tui").mkdir()
    (tmp_path / bump_version.VERSION_FILE).write_text(VERSION)
    (tmp_path / bump_version.CHANGELOG).write_text(CHANGES)
    return tmp_path


def changelog(project: Path) -> str:
    return (project / bump_version.CHANGELOG).read_text()


def faults(project: Path, ref: str = "refs/heads/main") -> list[str]:
    return list(bump_version.find_faults(project, {"GITHUB_REF": ref}))


@pytest.mark.parametrize(
    ("today", "version"),
    [
        (date(2026, 11, 30), "2026.11.1"),
        (date(2026, 12, 1), "2026.12.0"),
        (date(2027, 1, 1), "2027.1.0"),
    ],
)
def test_the_next_version_counts_within_its_month(project: Path, today: date, version: str) -> None:
    assert str(bump_version.bump(project, today)) == version
    assert str(bump_version.read_version(project)) == version
    assert f"## [Unreleased]\n\n## [{version}] - {today}\n\n### Added\n\n- A lock." in changelog(project)
    assert faults(project) == []


def test_a_second_run_changes_nothing(project: Path) -> None:
    bump_version.bump(project, DECEMBER)
    cut = changelog(project)
    assert str(bump_version.bump(project, date(2027, 1, 1))) == "2026.12.0"
    assert changelog(project) == cut


def test_a_run_that_was_cut_off_is_finished_with_the_same_version(project: Path) -> None:
    (project / bump_version.VERSION_FILE).write_text(VERSION.replace("2026.11.0", "2026.12.0"))
    assert faults(project)
    assert str(bump_version.bump(project, DECEMBER)) == "2026.12.0"
    assert "## [2026.12.0] - 2026-12-01\n\n### Added\n\n- A lock." in changelog(project)


def test_a_clock_that_is_behind_is_refused_and_nothing_changes(project: Path) -> None:
    with pytest.raises(bump_version.VersionError, match="set the clock"):
        bump_version.bump(project, date(2026, 10, 31))
    assert changelog(project) == CHANGES


@pytest.mark.parametrize(
    "version", ["2026.11", "2026.13.0", "2026.01.0", "2026.1.01", "26.1.0", "2026.1.0rc1"]
)
def test_what_is_no_version_is_refused(project: Path, version: str) -> None:
    (project / bump_version.VERSION_FILE).write_text(VERSION.replace("2026.11.0", version))
    assert faults(project) == [f"{version!r} is not YYYY.M.N, as 2026.11.0"]


def test_a_version_without_its_section_is_found(project: Path) -> None:
    (project / bump_version.VERSION_FILE).write_text(VERSION.replace("2026.11.0", "2026.11.1"))
    (fault,) = faults(project)
    assert "2026.11.1" in fault


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        (" - 2026-11-23", "", "has no day"),
        (" - 2026-11-23", " - 2026-11-31", "has no day"),
        ("### Added\n\n- A board.\n", "", "says nothing"),
        ("## [Unreleased]", "## [2026.10.0] - 2026-10-01", "has to begin with"),
        ("- A board.", "- A board.\n\n## [2026.12.0] - 2026-12-01\n\n- More.", "stands above"),
    ],
)
def test_a_changelog_that_is_not_in_order_is_found(
    project: Path, before: str, after: str, fault: str
) -> None:
    (project / bump_version.CHANGELOG).write_text(CHANGES.replace(before, after))
    assert any(fault in each for each in faults(project))


def test_a_tag_has_to_be_the_version_with_all_changes_in_it(project: Path) -> None:
    assert any("changes below" in fault for fault in faults(project, "refs/tags/v2026.11.0"))
    bump_version.bump(project, DECEMBER)
    assert faults(project, "refs/tags/v2026.12.0") == []
    assert faults(project, "refs/tags/v2026.12.1") == ["The tag is v2026.12.1, and the version v2026.12.0"]
    assert faults(project, "refs/tags/2026.12.0")


def test_the_notes_are_the_section_of_the_version(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bump_version.main(["--date", "2026-12-01"], project, {}) == 0
    assert bump_version.main(["--notes"], project, {}) == 0
    assert capsys.readouterr().out == "2026.12.0\n### Added\n\n- A lock.\n"


def test_a_check_changes_nothing_and_its_exit_code_says_whether_all_fits(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bump_version.main(["--check"], project, {"GITHUB_REF": "refs/tags/v1"}) == 1
    assert "The tag is v1" in capsys.readouterr().err
    assert bump_version.main(["--check"], project, {}) == 0
    assert changelog(project) == CHANGES


def test_this_project_fits_together() -> None:
    assert list(bump_version.find_faults(bump_version.ROOT, {})) == []
