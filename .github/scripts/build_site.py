"""Builds the site of the documentation into build/site/site, and looks whether its links lead somewhere.

    python .github/scripts/build_site.py

The pages are those of ``docs``, cut as Diátaxis does; a page stands in the navigation as soon as it is in its
folder, under its own heading, in the order of ``docs/README.md``. Exit code 1: zensical finds something in
its strict mode, or a link of the site leads nowhere.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "site"
SETTINGS = "zensical.toml"
LIMIT_S = 600
OUTSIDE: Mapping[str, str] = {
    "CHANGELOG.md": "project/changelog.md",
    ".github/CONTRIBUTING.md": "project/contributing.md",
    ".github/SECURITY.md": "project/security.md",
}
"""Pages from elsewhere in the repository, and where they stand on the site."""


class Section(NamedTuple):
    """A part of the navigation; ``folders`` are those whose pages stand in it, and none below."""

    title: str
    folders: Sequence[str]


SECTIONS = (
    Section("Tutorial", ["tutorial"]),
    Section("How-to", ["how-to", "how-to/write-a-plugin", "examples/companion"]),
    Section("Reference", ["reference", "reference/protocols"]),
    Section("Services", ["reference/services"]),
    Section("Explanation", ["explanation"]),
    Section("Decisions", ["adr"]),
    Section("Project", ["", "project"]),
)
_LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)]*)?\))")


def lay_out(root: Path, target: Path) -> None:
    """Copy the pages to ``target/docs``, with the settings and the navigation beside them."""
    shutil.rmtree(target, ignore_errors=True)
    pages = target / "docs"
    shutil.copytree(
        root / "docs", pages, ignore=shutil.ignore_patterns("__pycache__", SETTINGS, "*picture.py")
    )
    for source, name in OUTSIDE.items():
        page = pages / name
        page.parent.mkdir(exist_ok=True)
        page.write_text(_moved(root / source, page, root, pages), encoding="utf-8")
    for page in pages.rglob("*.md"):
        if page.relative_to(pages).as_posix() not in OUTSIDE.values():
            original = root / "docs" / page.relative_to(pages)
            page.write_text(_moved(original, page, root, pages), encoding="utf-8")
    for page in list(pages.rglob("README.md")):
        page.rename(page.with_name("index.md"))
    settings = (root / "docs" / SETTINGS).read_text(encoding="utf-8")
    head, rest = settings.split("\n[project.theme]", 1)
    (target / SETTINGS).write_text(
        f"{head}\nnav = {navigation(pages)}\n\n[project.theme]{rest}", encoding="utf-8"
    )


def navigation(pages: Path) -> str:
    """As TOML: the start page, then the sections with their pages."""
    order = (pages / "index.md").read_text(encoding="utf-8")
    entries = [_entry("Start", '"index.md"')]
    for section in SECTIONS:
        found = [page for folder in section.folders for page in sorted((pages / folder).glob("*.md"))]
        names = [page.relative_to(pages).as_posix() for page in found]
        names = sorted((name for name in names if name != "index.md"), key=lambda name: _place(name, order))
        inside = ",\n".join(f"    {_entry(heading(pages / name), json.dumps(name))}" for name in names)
        entries.append(_entry(section.title, f"[\n{inside}\n  ]"))
    return "[\n  " + ",\n  ".join(entries) + "\n]"


def heading(page: Path) -> str:
    """What the page is called."""
    first = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return first[1].replace("`", "") if first else page.stem


def find_dead_links(site: Path) -> Iterator[str]:
    """Links and pictures of the site that lead nowhere, within it."""
    read = {page: _read(page) for page in site.rglob("*.html")}
    for page, names in read.items():
        for target in sorted(names.targets):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or page.name == "404.html":
                continue
            file = page if not parts.path else (page.parent / unquote(parts.path)).resolve()
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file():
                yield f"{page.relative_to(site)}: {target}"
            elif parts.fragment and file in read and unquote(parts.fragment) not in read[file].anchors:
                yield f"{page.relative_to(site)}: {target} has no such place"


def main() -> int:
    """0: built, and all of its links lead somewhere."""
    lay_out(ROOT, WORK)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", SETTINGS]
    done = subprocess.run(command, cwd=WORK, timeout=LIMIT_S, check=False)
    if done.returncode != 0:
        return done.returncode
    for hidden in (WORK / "docs").rglob(".*"):
        # Left out by zensical.
        shutil.copy(hidden, WORK / "site" / hidden.relative_to(WORK / "docs"))
    dead = list(find_dead_links(WORK / "site"))
    for link in dead:
        print(f"leads nowhere: {link}", file=sys.stderr)
    if not dead:
        print(f"The site is in {WORK / 'site'}; it begins with index.html")
    return 1 if dead else 0


class _Names(HTMLParser):
    """The targets and the anchors of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: set[str] = set()
        self.anchors: set[str] = {"", "__skip", "__consent"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.anchors |= {value for key in ("id", "name") if (value := named.get(key))}
        if tag in {"a", "img", "script", "link"} and (target := named.get("href") or named.get("src")):
            self.targets.add(target)


def _read(page: Path) -> _Names:
    names = _Names()
    names.feed(page.read_text(encoding="utf-8"))
    return names


def _place(name: str, order: str) -> tuple[bool, int, str]:
    """Where the start page links it; what it does not link comes after, by name, and an index before all."""
    linked = name.replace("index.md", "README.md")
    at = order.find(f"({linked}")
    is_index = name in {f"{section.folders[0]}/index.md" for section in SECTIONS}
    return (not is_index and at < 0, -1 if is_index else at, name)


def _moved(source: Path, page: Path, root: Path, pages: Path) -> str:
    """The text of a page with its links as they have to be at its new place."""
    places = {(root / origin).resolve(): pages / name for origin, name in OUTSIDE.items()}

    def move(match: re.Match[str]) -> str:
        target = match[2]
        if re.match(r"[a-z]+:", target):
            return match[0]
        origin = (source.parent / target).resolve()
        if origin in places:
            new = places[origin]
        elif origin.is_relative_to(root / "docs"):
            new = pages / origin.relative_to(root / "docs")
        else:
            # Code and other files of the repository are not on the site.
            return f"{match[1]}{pages_home(page, pages)}{match[3]}"
        if new.name == "README.md":
            new = new.with_name("index.md")
        return f"{match[1]}{_relative(new, page.parent)}{match[3]}"

    return _LINK.sub(move, source.read_text(encoding="utf-8"))


def pages_home(page: Path, pages: Path) -> str:
    """From a page to the start page."""
    return _relative(pages / "index.md", page.parent)


def _relative(target: Path, start: Path) -> str:
    common = next(each for each in (start, *start.parents) if target.is_relative_to(each))
    up = "../" * len(start.relative_to(common).parts)
    return up + target.relative_to(common).as_posix()


def _entry(title: str, value: str) -> str:
    return f"{{ {json.dumps(title, ensure_ascii=False)} = {value} }}"


if __name__ == "__main__":
    sys.exit(main())
