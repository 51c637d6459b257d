"""What the documentation says holds: links lead somewhere, generated pages are fresh, versions agree."""

import re
import tomllib
from pathlib import Path

import pytest

from micboard_tui.config.paths import paths_under
from micboard_tui.config.settings import load_settings
from micboard_tui.tui.key_overrides import build_keymap
from tests.architecture.reference import REFERENCE, pages
from tests.architecture.service_pages import service_pages

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / ".github").glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            if not re.match(r"https?://", target):
                assert (document.parent / target).exists(), (str(document.relative_to(ROOT)), target)


def test_no_page_holds_two_versions_of_a_merge() -> None:
    both = re.compile(r"^(<{7}|>{7}) ", flags=re.MULTILINE)
    assert [page for page in DOCUMENTS if both.search(page.read_text(encoding="utf-8"))] == []


def test_headings_stand_apart_from_tables() -> None:
    """Else the site takes them for a row, and no link finds them."""
    joined = re.compile(r"^\|.*\n#+ ", flags=re.MULTILINE)
    assert [page for page in DOCUMENTS if joined.search(page.read_text(encoding="utf-8"))] == []


def test_every_page_is_in_the_index() -> None:
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    for folder in ("tutorial", "how-to", "explanation", "reference"):
        for page in (docs / folder).glob("*.md"):
            assert f"({page.relative_to(docs).as_posix()})" in index, page


def test_links_to_a_section_find_its_heading() -> None:
    headings: dict[Path, set[str]] = {}
    for document in DOCUMENTS:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)]+)\)", document.read_text(encoding="utf-8")):
            page = (document.parent / target).resolve() if target else document.resolve()
            if page.suffix == ".md" and not target.startswith("http"):
                found = headings.setdefault(page, _anchors(page))
                assert anchor in found, f"{document.relative_to(ROOT)}: {target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """As the sites that show Markdown make them from headings."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = (
        re.sub(r"\[([^]]*)]\([^)]*\)", r"\1", line) for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    )
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.long
@pytest.mark.no_cover
def test_generated_pages_are_fresh() -> None:
    stale = [name for name, text in pages().items() if (REFERENCE / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run: python -m tests.architecture.reference"


def test_no_page_of_a_service_is_left_that_has_gone() -> None:
    written = {file.name for file in (REFERENCE / "services").iterdir()}
    assert written == set(service_pages())


def test_every_contract_says_what_it_is_for() -> None:
    for name, page in service_pages().items():
        assert not page.partition("\n")[2].lstrip().startswith("In `"), name


def test_versions_are_pinned_without_hosts() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = project["tool"]["uv"]["constraint-dependencies"]
    pinned = {re.split(r"==", pin)[0] for pin in pins}
    assert all(re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", pin) for pin in pins)
    groups = [*project["dependency-groups"].values(), *project["project"]["optional-dependencies"].values()]
    wanted = [*project["project"]["dependencies"], *(dependency for group in groups for dependency in group)]
    assert {re.split(r"[=<>]", dependency)[0] for dependency in wanted} <= pinned


def test_settings_that_a_page_shows_are_taken(tmp_path: Path) -> None:
    paths = paths_under(tmp_path)
    paths.config.mkdir(parents=True)
    shown = [
        block
        for page in DOCUMENTS
        for block in re.findall(
            r"^```toml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
    ]
    assert len(shown) > 4
    for block in shown:
        paths.settings_file.write_text(block, encoding="utf-8")
        build_keymap(load_settings(paths).keys)


def test_every_decision_is_listed() -> None:
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for record in (ROOT / "docs" / "adr").glob("0*.md"):
        assert record.name in listed


def test_modules_that_the_architecture_names_are_there() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    modules = [f"/{file.relative_to(ROOT)}" for file in (ROOT / "micboard_tui").rglob("*.py")]
    for name in re.findall(r"`([\w/]+\.py)`", page):
        assert any(module.endswith(f"/{name}") for module in modules), name


def test_each_threat_has_tests_that_are_there() -> None:
    page = (ROOT / "docs" / "explanation" / "threats.md").read_text(encoding="utf-8")
    entries = re.split(r"^### ", page, flags=re.MULTILINE)[1:]
    assert len(entries) > 20
    for entry in entries:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", entry)
        assert named, entry.splitlines()[0]
        for file, test in named:
            assert re.search(rf"def {test}\(", (ROOT / file).read_text(encoding="utf-8")), (file, test)
