"""What the site is built from: each page is in the navigation, and a dead link is found."""

import tomllib
from pathlib import Path

import pytest

from build_site import OUTSIDE, SECTIONS, find_dead_links, lay_out
from bump_version import ROOT

PAGE = '<a href="b.html#place">b</a><img src="c.svg"><a href="https://example.org/x">out</a>'


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "work"
    lay_out(ROOT, target)
    return target


def test_every_page_is_in_the_navigation_once(laid_out: Path) -> None:
    settings = tomllib.loads((laid_out / "zensical.toml").read_text(encoding="utf-8"))["project"]
    start, *sections = settings["nav"]
    assert start == {"Start": "index.md"}
    assert [title for section in sections for title in section] == [section.title for section in SECTIONS]
    named = [
        page
        for section in sections
        for pages in section.values()
        for entry in pages
        for page in entry.values()
    ]
    there = {page.relative_to(laid_out / "docs").as_posix() for page in (laid_out / "docs").rglob("*.md")}
    assert sorted(["index.md", *named]) == sorted(there)
    assert set(OUTSIDE.values()) <= there


def test_links_between_pages_that_moved_still_lead_there(laid_out: Path) -> None:
    start = (laid_out / "docs" / "index.md").read_text(encoding="utf-8")
    assert "(adr/index.md)" in start
    assert "README.md" not in start
    changes = (laid_out / "docs" / "project" / "changelog.md").read_text(encoding="utf-8")
    assert "](../reference/letters.md)" in changes


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    (tmp_path / "b.html").write_text('<h2 id="other">Other</h2>')
    assert sorted(find_dead_links(tmp_path)) == ["a.html: b.html#place has no such place", "a.html: c.svg"]
    (tmp_path / "b.html").write_text('<h2 id="place">Place</h2>')
    (tmp_path / "c.svg").write_text("<svg/>")
    assert list(find_dead_links(tmp_path)) == []
