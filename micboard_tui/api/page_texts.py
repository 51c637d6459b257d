"""The texts of problems, link states and faults as a script for the page, so that they have one home."""

import json
from collections.abc import Sequence

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
    """The script: ``export const texts = {problems, links, faults}``, each by its code.

    Problems stand worst first, as ``[title, cure, letter, severity]``; link states are ``[name, letter,
    meaning]``, faults of devices ``[title, cure]``.
    """
    document = {
        "problems": {code.value: _problem(code) for code in ProblemCode},
        "links": {link.value: _link(link) for link in LinkState},
        "faults": {code: (text.title, text.cure) for code, text in FAULT_TEXTS.items()},
    }
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"export const texts = {written};\n".encode()


def _problem(code: ProblemCode) -> Sequence[str]:
    letter = ALARM_LETTER if code in NO_LETTER else problem_letter(code)
    return (*PROBLEM_TEXTS[code], letter, code.severity.name.lower())


def _link(link: LinkState) -> Sequence[str]:
    text = LINK_STATE_TEXTS[link]
    return (text.name, link.letter, text.meaning)
