"""Who is on stage: performers, with channel names as sound people write them."""

from dataclasses import dataclass

from micboard_tui.simulator.stage.voice import Style

HANDHELD, BODYPACK, STAND = "handheld", "bodypack", "stand"


@dataclass(frozen=True, slots=True)
class Performer:
    """A person with a microphone, on a channel."""

    channel: str
    """Its name, at most eight characters."""
    name: str
    style: Style
    carries: str = HANDHELD


_SONG, _TALK, _PLAY, _CHOIR = Style.SINGING, Style.SPEECH, Style.INSTRUMENT, Style.CHOIR
_UNUSED = Style.UNUSED
_CAST = (
    Performer("Lead Vox", "Maya", _SONG),
    Performer("BVox 1", "Jonas", _SONG),
    Performer("BVox 2", "Priya", _SONG),
    Performer("Pastor", "Thomas", _TALK, BODYPACK),
    Performer("Gtr L", "Eli", _PLAY, BODYPACK),
    Performer("Gtr R", "Sam", _PLAY, BODYPACK),
    Performer("Bass", "Noor", _PLAY, BODYPACK),
    Performer("Keys Vox", "Ana", _SONG),
    Performer("Host", "Grace", _TALK, BODYPACK),
    Performer("Spare 1", "Spare", _UNUSED),
    Performer("Lectern", "Speaker", _TALK, STAND),
    Performer("Choir L", "Choir", _CHOIR),
    Performer("Choir R", "Choir", _CHOIR),
    Performer("Romeo", "Luca", _SONG, BODYPACK),
    Performer("Juliet", "Clara", _SONG, BODYPACK),
    Performer("Nurse", "Ines", _TALK, BODYPACK),
    Performer("Mercutio", "Owen", _TALK, BODYPACK),
    Performer("Violin", "Yuki", _PLAY, BODYPACK),
    Performer("Sax", "Ray", _PLAY, BODYPACK),
    Performer("MC", "Dana", _TALK),
    Performer("Guest 1", "Felix", _TALK),
    Performer("Guest 2", "Leo", _TALK),
    Performer("Reader", "Ruth", _TALK, STAND),
    Performer("Tybalt", "Marco", _TALK, BODYPACK),
    Performer("Trumpet", "Miles", _PLAY, BODYPACK),
    Performer("BVox 3", "Zoe", _SONG),
    Performer("Spare 2", "Spare", _UNUSED),
    Performer("Dancer", "Kai", _SONG, BODYPACK),
)
_ENSEMBLE = Style.SINGING


def performer_at(index: int) -> Performer:
    """The performer on a channel of the rack, from 0; behind the cast comes the ensemble."""
    if index < len(_CAST):
        return _CAST[index]
    number = index - len(_CAST) + 1
    return Performer(f"Ens {number}", f"Ensemble {number}", _ENSEMBLE, (HANDHELD, BODYPACK)[number % 2])
