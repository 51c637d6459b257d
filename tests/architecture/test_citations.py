"""Every source that a comment or docstring names can be opened: the file is there, and so is the section."""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = ("micboard_tui", "tests", "benchmarks", "docs")
SOURCES = sorted(
    file for place in PLACES for file in (ROOT / place).rglob("*.py") if ".venv" not in file.parts
)
NUMBER = r"\d{1,2}(?:\.\d{1,2})?"
CITATION = re.compile(rf"\b(docs/[\w./-]+\.md)(?: ({NUMBER}(?:(?:, | and | or | to ){NUMBER})*))?")
NOT_TO_BE_OPENED = re.compile(
    rf"\((?<!\w\()(?:see )?\d{{1,2}}\.\d{{1,2}}\)|(?<!protocols/)\b(?:shure|sennheiser)\.md"
    rf"|\bDESIGN\b|\bSTYLE {NUMBER}"
)


def prose(source: str) -> Iterator[str]:
    """Every comment and docstring, in one line each."""
    yield from comments_of(source)
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(ast.Constant(str(text))):
                yield " ".join(text.split())
            case _:
                pass


def comments_of(source: str) -> Iterator[str]:
    """Those that follow each other count as one."""
    comments: list[str] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            comments.append(token.string.lstrip("# "))
        elif token.type not in {tokenize.NL, tokenize.NEWLINE}:
            if comments:
                yield " ".join(comments)
            comments = []


@functools.cache
def sections(document: Path) -> frozenset[str]:
    """The numbers of headings, of rows that begin with one, and of numbered points below a heading."""
    found: set[str] = set()
    chapter = ""
    for line in document.read_text(encoding="utf-8").splitlines():
        if heading := re.match(rf"#+ ({NUMBER})\b", line):
            chapter = heading[1]
            found.add(chapter)
        elif row := re.match(r"\| (\d{1,2}\.\d{1,2}) ", line):
            found.add(row[1])
        elif point := re.match(r"(?:\| )?(\d{1,2})(?:\.| \|) ", line):
            found.add(f"{chapter}.{point[1]}")
    return frozenset(found)


def mistakes(file: Path) -> Iterator[str]:
    source = file.read_text(encoding="utf-8")
    # What is wrong in a comment or docstring is so in the whole text, too, which need not be parsed for it.
    if any(mistakes_in(" ".join(source.replace("#", " ").split()))):
        for text in prose(source):
            yield from mistakes_in(text)


def mistakes_in(text: str) -> Iterator[str]:
    if bare := NOT_TO_BE_OPENED.search(text):
        yield f"cite the file and its section: {bare[0]} in {text}"
    for cited, numbers in CITATION.findall(text):
        if not (ROOT / cited).is_file():
            yield f"{cited} is not there: {text}"
            continue
        for number in re.findall(NUMBER, numbers):
            if number not in sections(ROOT / cited):
                yield f"{cited} has no {number}: {text}"


@pytest.mark.long
@pytest.mark.no_cover
def test_what_is_cited_can_be_opened() -> None:
    found = {str(file.relative_to(ROOT)): list(mistakes(file)) for file in SOURCES}
    assert {file: texts for file, texts in found.items() if texts} == {}


def test_sections_are_headings_rows_and_points() -> None:
    shure = sections(ROOT / "docs" / "reference" / "protocols" / "shure.md")
    assert {"2", "1.11", "7.2", "15.5", "17.4"} <= shure
    assert not {"20", "15.90", "1.2.3", "7.9"} & shure
