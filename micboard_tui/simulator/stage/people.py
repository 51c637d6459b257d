"""Who is on stage: names as sound people write them."""

from dataclasses import dataclass

from micboard_tui.simulator.stage.voice import Style


@dataclass(frozen=True, slots=True)
class Part:
    """A channel's name, at most eight characters, and what is heard on it."""

    channel: str
    performer: str
    style: Style
    carries: str = "handheld"


HANDHELD, BODYPACK, STAND = "handheld", "bodypack", "stand"
_SONG, _TALK, _PLAY, _CHOIR = Style.SINGING, Style.SPEECH, Style.INSTRUMENT, Style.CHOIR
_PARTS = (
    Part("Lead Vox", "Maya", _SONG),
    Part("BVox 1", "Jonas", _SONG),
    Part("BVox 2", "Priya", _SONG),
    Part("Pastor", "Thomas", _TALK, BODYPACK),
    Part("Gtr L", "Eli", _PLAY, BODYPACK),
    Part("Gtr R", "Sam", _PLAY, BODYPACK),
    Part("Bass", "Noor", _PLAY, BODYPACK),
    Part("Keys Vox", "Ana", _SONG),
    Part("Host", "Grace", _TALK, BODYPACK),
    Part("Guest 1", "Felix", _TALK),
    Part("Lectern", "Speaker", _TALK, STAND),
    Part("Choir L", "Choir", _CHOIR),
    Part("Choir R", "Choir", _CHOIR),
    Part("Romeo", "Luca", _SONG, BODYPACK),
    Part("Juliet", "Clara", _SONG, BODYPACK),
    Part("Nurse", "Ines", _TALK, BODYPACK),
    Part("Mercutio", "Owen", _TALK, BODYPACK),
    Part("Violin", "Yuki", _PLAY, BODYPACK),
    Part("Sax", "Ray", _PLAY, BODYPACK),
    Part("MC", "Dana", _TALK),
    Part("Spare 1", "Spare", _TALK),
    Part("Guest 2", "Leo", _TALK),
    Part("Reader", "Ruth", _TALK, STAND),
    Part("Tybalt", "Marco", _TALK, BODYPACK),
    Part("Trumpet", "Miles", _PLAY, BODYPACK),
    Part("BVox 3", "Zoe", _SONG),
    Part("Spare 2", "Spare", _TALK),
    Part("Dancer", "Kai", _SONG, BODYPACK),
)
_ENSEMBLE = Style.SINGING


def part(place: int) -> Part:
    """The part of the channel in a place; where the play ends, the ensemble goes on."""
    if place < len(_PARTS):
        return _PARTS[place]
    number = place - len(_PARTS) + 1
    return Part(f"Ens {number}", f"Ensemble {number}", _ENSEMBLE, (HANDHELD, BODYPACK)[number % 2])
