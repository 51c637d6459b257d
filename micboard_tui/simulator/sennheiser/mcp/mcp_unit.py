"""What a simulated MCP device knows of itself, and how it follows instructions, without a network. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from micboard_tui.protocols.mcp.messages import Code, Line, Message, refusal
from micboard_tui.simulator.device.frequency_band import FrequencyBand
from micboard_tui.simulator.sennheiser.mcp.attributes import Attribute, RefusedError
from micboard_tui.simulator.stage.air import Air
from micboard_tui.simulator.stage.voice import Voice

COUNTS = 1000
"""The counter of settings wraps at it (docs/reference/protocols/sennheiser.md 5.4)."""

SINKS_PER_S = 40.0
"""Percent of audio by which a held peak sinks. [inferred]"""
FULL_SCALE, MAX_LEVEL = 100, 140
"""Percent of RF: the scale, and what a strong carrier reaches beyond it."""


@dataclass(slots=True)
class McpUnit:
    """One device: a receiver with an air, or an in-ear transmitter without."""

    attributes: "dict[str, Attribute[McpUnit]]"
    settings: tuple[str, ...]
    """The keywords that ``Push 0 0 1`` asks for, in order (docs/reference/protocols/sennheiser.md 5.6)."""
    name: str
    firmware: str
    band: FrequencyBand
    frequency_khz: int
    voice: Voice
    air: Air | None = None
    preset: tuple[int, int] = (0, 0)
    muted: bool = False
    squelch_db: int = 7
    af_out_db: int = 0
    equalizer: list[int] = field(default_factory=lambda: [0])
    sensitivity_db: int = -21
    mode: int = 1
    changes: int = 0
    """Of settings so far, also before the rack was switched on."""
    held_percent: float = 0.0
    """The audio peak that is held, as far as it has sunk."""
    highest_rf_percent: int = MAX_LEVEL

    @property
    def peak_percent(self) -> int:
        """0 % is -50 dB, 100 % full scale (docs/reference/protocols/sennheiser.md 5.4)."""
        level = self.voice.peak_dbfs if self.air is None else self.air.peak_dbfs
        return max(0, round((level + 50.0) * 2))

    @property
    def shown_peak_percent(self) -> int:
        """The audio peak that is still shown; never below the level itself."""
        return max(self.peak_percent, round(self.held_percent))

    def line(self, keyword: str) -> Line:
        """A setting as it is."""
        return Line(keyword, self.attributes[keyword].read(self))

    def all_settings(self) -> list[Line]:
        return [self.line(keyword) for keyword in self.settings]

    def follow(self, instruction: Line) -> tuple[Message, Sequence[Line]]:
        """What is answered to an instruction other than Push, and which settings it changed."""
        attribute = self.attributes.get(instruction.keyword)
        if attribute is None:
            return refusal(Code.INVALID_COMMAND, instruction), ()
        before = self.all_settings()
        try:
            if not instruction.rest or attribute.look_up is not None:
                return Line(instruction.keyword, attribute.answer(self, instruction.rest)), ()
            attribute.set(self, instruction.rest)
        except RefusedError as refused:
            return refusal(refused.code, instruction), ()
        changed = [line for line, was in zip(self.all_settings(), before, strict=True) if line != was]
        self.changes = (self.changes + len(changed)) % COUNTS
        return self.line(instruction.keyword), changed

    def step(self, seconds: float) -> None:
        """Let time pass; of a receiver the world moves the air."""
        if self.air is None:
            self.voice.step(seconds)
        self.held_percent = max(float(self.peak_percent), self.held_percent - SINKS_PER_S * seconds)
