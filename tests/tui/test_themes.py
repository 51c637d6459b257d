from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest
import rich.color
from rich.color import ColorSystem

from micboard_tui.contracts.errors import ErrorCode, StartError
from micboard_tui.tui.board_options import NO_VIEWS, BoardOptions
from micboard_tui.tui.flows.user_ports import Notices
from micboard_tui.tui.flows.view_keeping import ViewKeeper
from micboard_tui.tui.key_overrides import build_keymap
from micboard_tui.tui.theme_switcher import ThemeSwitcher
from micboard_tui.tui.themes import ALARM_GROUNDS, GROUNDS, NEW_TONES, TONES, Palette, load_palette
from tests.tui.color_vision import Triple, ciede2000, contrast, deuteranope_distance, distance
from tests.tui.flows.flow_stage import InMemoryViews, Messages
from tests.tui.scripted_rig import THEMES

SHIPPED = sorted(THEMES[0].parent.glob("*.toml"))
IN_COLOR = [file for file in SHIPPED if file.stem != "mono"]


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
            assert contrast(palette.colors[tone], palette.colors[ground]) >= least, (tone, ground)
    assert set(palette.styles) == {
        (tone, ground) for tone in (*TONES, *NEW_TONES) for ground in (*GROUNDS, *ALARM_GROUNDS)
    }
    for ground in ALARM_GROUNDS:
        assert {palette.styles[tone, ground].color for tone in TONES} == {
            palette.styles["text", "background"].bgcolor
        }
    assert palette.as_textual().name == f"micboard-{file.stem}"


@pytest.mark.parametrize("file", IN_COLOR, ids=lambda file: file.stem)
def test_fine_soon_and_now_differ_also_for_who_does_not_tell_red_from_green(file: Path) -> None:
    colors = load_palette(file.stem, [file]).colors
    for one, other in combinations(("live", "warning", "critical"), 2):
        assert deuteranope_distance(colors[one], colors[other]) >= 30, (one, other)
        assert distance(colors[one], colors[other]) >= 30, (one, other)


@pytest.mark.parametrize("file", IN_COLOR, ids=lambda file: file.stem)
def test_fine_soon_and_now_differ_with_few_colours(file: Path) -> None:
    palette = load_palette(file.stem, [file])
    # Terminals choose their 16 colours themselves; those of the VGA stand for all.
    for system, shown, least, least_contrast in (
        (ColorSystem.EIGHT_BIT, palette, 25, 4.0),
        (ColorSystem.STANDARD, palette.for_16_colors(), 30, 2.8),
    ):
        colors = {name: _downgraded(value, system) for name, value in shown.colors.items()}
        for one, other in combinations(("live", "warning", "critical"), 2):
            assert distance(colors[one], colors[other]) >= least, (system, one, other)
        for tone in ("live", "warning", "critical"):
            assert contrast(colors[tone], colors["background"]) >= least_contrast, (system, tone)


def _downgraded(value: str, system: ColorSystem) -> str:
    return rich.color.Color.parse(value).downgrade(system).get_truecolor().hex


def test_the_board_of_a_terminal_with_16_colours_has_the_one_of_each_hue() -> None:
    contrast_file = next(file for file in SHIPPED if file.stem == "contrast")
    options = BoardOptions((contrast_file,), "contrast", has_16_colors=True)
    notices = Notices(Messages(), build_keymap({}))
    memory = ViewKeeper(NO_VIEWS, notices)
    themes = ThemeSwitcher(options, memory, list[Palette]().append, notices, has_color=True)
    colors = themes.palette.colors
    assert (colors["live"], colors["warning"], colors["critical"]) == ("#55ffff", "#ffff55", "#ff5555")
    assert colors["text"] == "#FFFFFF"
    themes.use("contrast")
    assert themes.palette.colors == colors


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (50.0, 0.0, -2.5), 4.3065),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ],
)
def test_the_distance_is_that_of_the_published_pairs(one: Triple, other: Triple, expected: float) -> None:
    assert ciede2000(one, other) == pytest.approx(expected, abs=1e-4)


def test_a_deuteranope_sees_no_difference_between_some_red_and_green() -> None:
    assert distance("#b06a2a", "#6f8a2a") > 30
    assert deuteranope_distance("#b06a2a", "#6f8a2a") < 10


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
    memory = ViewKeeper(NO_VIEWS, notices)
    themes = ThemeSwitcher(BoardOptions(files), memory, shown.append, notices, has_color=has_color)
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
    assert switch.messages.texts[-1] == "Theme stage."


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


def test_the_theme_that_was_chosen_is_there_at_the_next_start_unless_another_is_configured() -> None:
    notices, shown = Notices(Messages(), build_keymap({})), list[Palette]()
    store = InMemoryViews({})

    def start(configured: str) -> tuple[ThemeSwitcher, ViewKeeper]:
        keeper = ViewKeeper(store, notices, configured)
        options = BoardOptions(tuple(SHIPPED), configured)
        return ThemeSwitcher(options, keeper, shown.append, notices, has_color=True), keeper

    themes, keeper = start("stage")
    themes.use("light")
    keeper.save({})
    assert start("stage")[0].palette.name == "light"
    other, keeper = start("contrast")
    assert other.palette.name == "contrast"
    keeper.save({})
    assert start("stage")[0].palette.name == "light"
    store.views = {"theme": {"name": "gone", "instead_of": "stage"}}
    assert start("stage")[0].palette.name == "stage"
    store.views = {"theme": 3}
    assert start("stage")[0].palette.name == "stage"
