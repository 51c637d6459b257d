"""Settings that a device has not told: asked for one by one, with growing pauses. Pure.

Theory of operation. A device sends its settings once, after ``Push 0 0 1``, and never repeats a lost datagram
(docs/reference/protocols/sennheiser.md 5.4, 13). ``expect`` names the settings that should come; the
conversation calls ``note`` with each setting that the device tells, which is then no longer missing, and
``note_refusal`` with each that it does not know, which is never missing again. The session calls
``next_question`` at every tick: when a pause is over, it is the question for one missing setting. All of
them are asked for in turn, and the pause doubles with each round, up to ``LONGEST_PAUSE_S``.
"""

from collections.abc import Iterable

from micboard_tui.protocols.mcp.messages import Line

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


class MissingSettings:
    """Of one session."""

    def __init__(self) -> None:
        self.keywords: list[str] = []
        """In the order in which they are asked for next."""
        self._pause_s = FIRST_PAUSE_S
        self._next_at = 0.0
        self._left_in_round = 0
        self._refused: set[str] = set()

    def expect(self, keywords: Iterable[str], now: float) -> None:
        """These should come by themselves from ``now`` on."""
        self.keywords = [
            keyword for keyword in dict.fromkeys((*self.keywords, *keywords)) if keyword not in self._refused
        ]
        self._pause_s = FIRST_PAUSE_S
        self._left_in_round = len(self.keywords)
        self._next_at = now + self._pause_s

    def note(self, keyword: str) -> None:
        """The device tells it."""
        if keyword in self.keywords:
            self.keywords.remove(keyword)

    def note_refusal(self, keyword: str) -> None:
        """The device does not know it."""
        self._refused.add(keyword)
        self.note(keyword)

    def next_question(self, now: float) -> Line | None:
        """What has to be asked now; None when nothing is missing or no pause is over."""
        if not self.keywords or now < self._next_at:
            return None
        if self._left_in_round <= 0:
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
            self._left_in_round = len(self.keywords)
        self._left_in_round -= 1
        self._next_at = now + self._pause_s
        keyword = self.keywords.pop(0)
        self.keywords.append(keyword)
        return Line(keyword)
