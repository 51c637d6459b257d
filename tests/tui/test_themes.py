from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.color import Color

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.tui.board_options import BoardOptions
from micboard_tui.tui.flows.user_ports import Notices
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.theme_switcher import ThemeSwitcher
from micboard_tui.tui.themes import GROUNDS, TONES, Palette, load_palette
from tests.tui.flows.flow_stage import Messages
from tests.tui.scripted_rig import THEMES

SHIPPED = sorted(THEMES[0].parent.glob("*.toml"))


def wrong(directory: Path, text: str | bytes) -> str:
    file = directory / "mine.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StartError) as caught:
        load_palette("mine", [file])
    assert caught.value.code is ErrorCode.CONFIG_INVALID
    assert caught.value.info.hint
    return caught.value.info.message


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_tone_is_readable_on_every_ground(file: Path) -> None:
    palette = load_palette(file.stem, [file])
    for tone in TONES:
        for ground in GROUNDS:
            least = 7.0 if file.stem == "contrast" else 4.5
            assert _contrast(palette.colors[tone], palette.colors[ground]) >= least, (tone, ground)
    assert set(palette.styles) == {(tone, ground) for tone in TONES for ground in GROUNDS}
    assert palette.as_textual().name == f"micboard-{file.stem}"


def _contrast(one: str, other: str) -> float:
    """WCAG 2."""

    def luminance(value: str) -> float:
        parts = (channel / 255 for channel in Color.parse(value).rgb)
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_your_own_theme_of_the_same_name_wins(tmp_path: Path) -> None:
    mine = tmp_path / "stage.toml"
    mine.write_text(THEMES[0].read_text().replace("#0b0d10", "navy"), encoding="utf-8")
    assert load_palette("stage", [THEMES[0], mine]).colors["background"] == "#000080"


def test_an_unknown_theme_is_named_with_those_there_are() -> None:
    with pytest.raises(StartError, match="There is no theme 'neon'") as caught:
        load_palette("neon", SHIPPED)
    assert "stage" in caught.value.info.hint


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("colors = [", "mine.toml cannot be used"),
        (b"\xff\xfe", "cannot be used"),
        ("colors = 3", "colors.text is missing"),
        ("[colors]", "colors.text is missing"),
        ('[colors]\ntext = "no such colour"', "colors.text is not a colour: 'no such colour'"),
        ("[colors]\ntext = 7", "colors.text is not a colour: 7"),
    ],
)
def test_a_broken_theme_is_named_with_the_reason(tmp_path: Path, text: str | bytes, reason: str) -> None:
    assert reason in wrong(tmp_path, text)


def test_a_theme_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be used"):
        load_palette("mine", [tmp_path / "mine.toml"])


@dataclass
class Switching:
    """A theme switcher, the palettes that it showed, and its messages."""

    themes: ThemeSwitcher
    shown: list[Palette]
    messages: Messages


def switching(files: tuple[Path, ...], *, has_color: bool = True) -> Switching:
    shown, messages = list[Palette](), Messages()
    notices = Notices(messages, build_keymap({}))
    themes = ThemeSwitcher(BoardOptions(files), shown.append, notices, has_color=has_color)
    return Switching(themes, shown, messages)


def test_themes_follow_each_other_around() -> None:
    switch = switching(tuple(SHIPPED))
    themes = switch.themes
    names = list(themes.names)
    assert names == sorted(file.stem for file in SHIPPED)
    for _ in names:
        themes.use_next()
    assert [palette.name for palette in switch.shown][-1] == themes.palette.name == "stage"
    assert {palette.name for palette in switch.shown} == set(names)
    assert switch.messages.texts[-1] == "Theme stage. To keep it, set board.theme in config.toml."


def test_a_broken_theme_leaves_the_colours_as_they_are(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("colors = 3", encoding="utf-8")
    switch = switching((*SHIPPED, broken))
    switch.themes.use("broken")
    assert switch.shown == []
    assert switch.themes.palette.name == "stage"
    assert "colors.text is missing" in switch.messages.texts[-1]


def test_without_colours_the_theme_is_the_one_made_of_brightness() -> None:
    assert switching(tuple(SHIPPED), has_color=False).themes.palette.name == "mono"
    assert switching(THEMES, has_color=False).themes.palette.name == "stage"
