"""Conversations with receivers, kept as text: who says what, one line a segment."""

from pathlib import Path

WIRE = Path(__file__).parent.parent / "wire"


def said(conversation: str, who: str) -> bytes:
    """All that ``who`` says, as it travels: ``D`` is the device, ``C`` the controller. No line ends."""
    lines = (WIRE / conversation).read_text(encoding="ascii").splitlines()
    return b"".join(line[3:].encode("ascii") for line in lines if line.startswith(f"{who}: "))


def conversations(protocol: str) -> list[str]:
    return sorted(str(path.relative_to(WIRE)) for path in (WIRE / protocol).glob("*.txt"))


def lines(conversation: str, who: str) -> list[bytes]:
    """What ``who`` says, line by line."""
    told = (WIRE / conversation).read_text(encoding="ascii").splitlines()
    return [line[3:].encode("ascii") for line in told if line.startswith(f"{who}: ")]
