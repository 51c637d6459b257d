"""What the page has to know of problems, link states and faults as a script, so that it has one home."""

import json
from collections.abc import Mapping

from micboard_tui.contracts.problem_texts import (
    FAULT_TEXTS,
    LINK_STATE_TEXTS,
    NO_LETTER,
    PROBLEM_TEXTS,
    problem_letter,
)
from micboard_tui.domain.link_state import ON_AIR, OUT_OF_REACH, WITHOUT_CARRIER, LinkState
from micboard_tui.domain.problem import ProblemCode

ALARM_LETTER = "!"
"""Of what has no letter on the board, since only an alarm says so."""
_BATTERY = (
    ProblemCode.BATTERY_EMPTY,
    ProblemCode.BATTERY_CRITICAL,
    ProblemCode.BATTERY_LOW,
    ProblemCode.BATTERY_CONTACT,
    ProblemCode.WILL_NOT_LAST,
)
VALUES: Mapping[ProblemCode, str] = {
    **dict.fromkeys(_BATTERY, "battery"),
    ProblemCode.RF_CRITICAL: "rf",
    ProblemCode.RF_LOW: "rf",
    ProblemCode.AUDIO_CLIP: "audio",
}
"""The value of a row that has the colour of a problem while there is one."""


def write_page_texts() -> bytes:
    """The script: ``export const texts = {problems, links, faults}``, each by its code; the worst first."""
    document = {
        "problems": {code.value: _problem(rank, code) for rank, code in enumerate(ProblemCode)},
        "links": {link.value: _link(link) for link in LinkState},
        "faults": {code: {"title": text.title, "cure": text.cure} for code, text in FAULT_TEXTS.items()},
    }
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"export const texts = {written};\n".encode()


def _problem(rank: int, code: ProblemCode) -> Mapping[str, object]:
    text = PROBLEM_TEXTS[code]
    return {
        "rank": rank,
        "title": text.title,
        "cure": text.cure,
        "letter": ALARM_LETTER if code in NO_LETTER else problem_letter(code),
        "severity": code.severity.name.lower(),
        "value": VALUES.get(code),
    }


def _link(link: LinkState) -> Mapping[str, object]:
    text = LINK_STATE_TEXTS[link]
    return {
        "name": text.name,
        "letter": link.letter,
        "meaning": text.meaning,
        "isOnAir": link in ON_AIR,
        "isOutOfReach": link in OUT_OF_REACH,
        "isPast": link in OUT_OF_REACH | WITHOUT_CARRIER,
    }
