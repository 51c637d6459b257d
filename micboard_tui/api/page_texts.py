"""The texts of problems, link states and faults as a script for the page, so that they have one home."""

import json
from collections.abc import Mapping

from micboard_tui.contracts.problem_texts import (
    FAULT_TEXTS,
    LINK_STATE_TEXTS,
    NO_LETTER,
    PROBLEM_TEXTS,
    problem_letter,
)
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode

ALARM_LETTER = "!"
"""Of what has no letter on the board, since only an alarm says so."""


def write_page_texts() -> bytes:
    """The script: ``export const texts = {problems, links, faults}``, each by its code."""
    document = {
        "problems": {code.value: _problem(code) for code in ProblemCode},
        "links": {link.value: _link(link) for link in LinkState},
        "faults": {code: {"title": text.title, "cure": text.cure} for code, text in FAULT_TEXTS.items()},
    }
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"export const texts = {written};\n".encode()


def _problem(code: ProblemCode) -> Mapping[str, object]:
    title, cure = PROBLEM_TEXTS[code]
    letter = ALARM_LETTER if code in NO_LETTER else problem_letter(code)
    return {
        "title": title,
        "cure": cure,
        "letter": letter,
        "severity": code.severity.name.lower(),
        "rank": code.rank,
    }


def _link(link: LinkState) -> Mapping[str, str]:
    text = LINK_STATE_TEXTS[link]
    return {"name": text.name, "letter": link.letter, "meaning": text.meaning}
