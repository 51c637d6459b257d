"""The frame buffer against a terminal: what it writes must leave the same screen as a full repaint."""

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from micboard_tui.tui.terminal.canvas import Look, MovingPart
from micboard_tui.tui.terminal.frame_buffer import FrameBuffer
from micboard_tui.tui.terminal.moving_cells import Window
from micboard_tui.tui.terminal.text_cells import split
from tests.tui.emulated_terminal import Seen, Terminal, difference

WIDTH, HEIGHT = 24, 5
STYLES = (
    Style.parse("#ffffff on #101010"),
    Style.parse("bold #ff2020 on #101010"),
    Style.parse("#20ff20 on #303030"),
    Style.parse("italic underline #20ff20 on #303030"),
    Style.parse("reverse #ffffff on #101010"),
    Style.parse("#8080ff on #101010 link https://example.org"),
)
TEXTS = st.text(alphabet="ab c▏▎▍█日本e\u0301–", max_size=8)


def cells_of(segments: Sequence[Segment]) -> int:
    return sum(cell_len(segment.text) for segment in segments)


@st.composite
def strips(draw: st.DrawFn) -> tuple[int, int, list[Segment]]:
    """Some segments at some place, whole within the screen as the compositor gives them."""
    x = draw(st.integers(0, WIDTH - 1))
    y = draw(st.integers(0, HEIGHT - 1))
    room = WIDTH - x
    segments: list[Segment] = []
    for text in draw(st.lists(TEXTS, min_size=1, max_size=4)):
        width = min(cell_len(text), room)
        if width:
            # The accent of a neighbour belongs to that neighbour.
            whole = "".join(split(set_cell_size(text, width)))
            segments.append(Segment(whole, draw(st.sampled_from(STYLES))))
            room -= cell_len(whole)
    return x, y, segments


class Picture:
    """The plainest way to keep a screen: every put changes its cells, and half a character is a blank."""

    def __init__(self) -> None:
        self.cells = [[(" ", Style())] * WIDTH for _ in range(HEIGHT)]

    def put(self, x: int, y: int, segments: Sequence[Segment]) -> None:
        line = self.cells[y]
        put = [(cell, style or Style()) for text, style, _ in segments for cell in split(text)]
        end = x + len(put)
        if put and not line[x][0]:
            line[x - 1] = " ", line[x - 1][1]
        if put and end < WIDTH and not line[end][0]:
            line[end] = " ", line[end][1]
        line[x:end] = put

    def seen(self) -> list[list[Seen]]:
        terminal = Terminal(WIDTH, HEIGHT)
        for y, line in enumerate(self.cells):
            for x, (text, style) in enumerate(line):
                if text:
                    terminal.write(f"\x1b[{y + 1};{x + 1}H{style.render(text)}")
        return terminal.seen()


Frames = list[list[tuple[int, int, list[Segment]]]]


@given(st.lists(st.lists(strips(), max_size=4), max_size=12), st.sets(st.integers(0, 11)))
def test_frames_leave_what_a_full_repaint_would(frames: Frames, dropped: set[int]) -> None:
    buffer, terminal, picture = FrameBuffer(), Terminal(WIDTH, HEIGHT), Picture()
    buffer.resize(WIDTH, HEIGHT)
    for number, frame in enumerate(frames):
        for x, y, segments in frame:
            buffer.put(x, y, segments, cells_of(segments))
            picture.put(x, y, segments)
        if number not in dropped:
            terminal.write(buffer.take())
            assert not buffer.take()
    terminal.write(buffer.take())
    assert difference(terminal.seen(), picture.seen()) == ""
    buffer.forget()
    again = Terminal(WIDTH, HEIGHT)
    again.write(buffer.take())
    assert difference(again.seen(), picture.seen()) == ""


LOOKS = [
    [Look([Segment(text, STYLES[style])]) for style, text in looks]
    for looks in (
        ((0, "  -3 "), (0, " -10 "), (1, " -10 "), (0, "  -3 "), (0, "  日 ")),
        ((2, "▄▄▄▖    "), (2, "▄▄▄▄▄ ╷ "), (2, "        "), (2, "a b c d "), (5, "▄▄▄▖    ")),
        ((0, "A"), (1, "B")),
    )
]
LOOKS[1].append(Look([Segment("▄▄▄▄▄▄", STYLES[2]), Segment("▄╷", STYLES[1])]))
Step = tuple[str, tuple[int, ...], tuple[int, int, list[Segment]]]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Something that happens: meters move, something is put, the content is scrolled, all is unknown."""
    what = draw(st.sampled_from(("move", "move", "move", "put", "scroll", "forget")))
    numbers = tuple(draw(st.lists(st.integers(0, 11), min_size=1, max_size=6)))
    return what, numbers, draw(strips()) if what == "put" else (0, 0, [])


class Scrolled:
    """Twelve meters, three in a line of the content; the last one of a line may go over the edge."""

    def __init__(self) -> None:
        self.buffer, self.terminal, self.picture = FrameBuffer(), Terminal(WIDTH, HEIGHT), Picture()
        self.buffer.resize(WIDTH, HEIGHT)
        self._parts = [
            (kind, MovingPart(x, y, cells_of(LOOKS[kind][0].segments)))
            for y in range(4)
            for kind, x in enumerate((1, 8, 16 + 2 * y))
        ]
        self._top = 0

    def take(self, step: Step) -> None:
        """Let it happen."""
        what, numbers, put = step
        if what == "put":
            self.buffer.put(*put, cells_of(put[2]))
            self.picture.put(*put)
        elif what == "scroll":
            self._scroll(numbers[0] % 3)
        elif what == "forget":
            self.terminal = Terminal(WIDTH, HEIGHT)
            self.buffer.forget()
        else:
            self._move(numbers)

    def _scroll(self, top: int) -> None:
        """The compositor puts all lines anew."""
        self._top = top
        for y in range(1, 4):
            line = [Segment(str(top + y) * (WIDTH - 2), STYLES[top])]
            self.buffer.put(1, y, line, WIDTH - 2)
            self.picture.put(1, y, line)

    def _move(self, numbers: Sequence[int]) -> None:
        top, moved = self._top, []
        for index in numbers:
            kind, part = self._parts[index]
            part.look = LOOKS[kind][sum(numbers) % len(LOOKS[kind])]
            moved.append(part)
            if top <= part.y < top + 3:
                self.picture.put(part.x + 1, 1 + part.y - top, part.look.segments)
        self.buffer.move(moved, Window(1, 1 - top, range(top, top + 3)))

    def judge(self) -> None:
        """The terminal becomes what it should be, and nothing is left to write."""
        self.terminal.write(self.buffer.take())
        assert not self.buffer.take()
        assert difference(self.terminal.seen(), self.picture.seen()) == ""


@given(st.lists(steps(), max_size=24), st.sets(st.integers(0, 23), min_size=12))
def test_meters_that_move_leave_what_a_full_repaint_would(happened: list[Step], dropped: set[int]) -> None:
    scrolled = Scrolled()
    for number, step in enumerate(happened):
        scrolled.take(step)
        if number not in dropped:
            scrolled.judge()
    scrolled.judge()
    scrolled.take(("forget", (), (0, 0, [])))
    scrolled.judge()


def test_a_meter_that_moves_costs_what_differs() -> None:
    buffer, part, written = FrameBuffer(), MovingPart(3, 0, 8), ""
    buffer.resize(WIDTH, 1)
    window = Window(0, 0, range(1))
    for look in (LOOKS[1][0], LOOKS[1][1], LOOKS[1][0], LOOKS[1][1]):
        part.look = look
        buffer.move([part], window)
        written = buffer.take()
    assert written.endswith("m\x1b[1;7H▄▄ ╷")
    assert written.count("m") == 1
    buffer.move([part], window)
    assert not buffer.take()


METER = [Look([Segment(text, STYLES[0])]) for text in ("1111", "2222", "2312")]


class Meter:
    """A meter of four cells in the middle of a line, which has moved since it was drawn first."""

    def __init__(self) -> None:
        self.buffer, self.terminal, self.part = FrameBuffer(), Terminal(12, 1), MovingPart(4, 0, 4)
        self.buffer.resize(12, 1)
        self.put(0, "abcdefghijkl")
        for look in METER[:2]:
            self.move(look)
            self.take()

    def move(self, look: Look) -> None:
        self.part.look = look
        self.buffer.move([self.part], Window(0, 0, range(1)))

    def put(self, x: int, text: str) -> None:
        self.buffer.put(x, 0, [Segment(text, STYLES[0])], cell_len(text))

    def take(self) -> str:
        """What the terminal shows then."""
        self.terminal.write(self.buffer.take())
        return self.terminal.text()[0]


def test_what_is_put_over_a_part_of_a_meter_leaves_the_rest_of_it() -> None:
    meter = Meter()
    assert meter.take() == "abcd2222ijkl"
    meter.put(6, "xy")
    assert meter.take() == "abcd22xyijkl"
    meter.move(METER[0])
    assert meter.take() == "abcd1111ijkl"


def test_what_is_put_over_a_meter_stays_when_the_meter_was_to_move() -> None:
    meter = Meter()
    meter.move(METER[0])
    meter.put(7, "xy")
    assert meter.take() == "abcd111xyjkl"
    meter.move(METER[2])
    # Just what the terminal shows already.
    meter.put(3, "d111xy")
    assert meter.take() == "abcd111xyjkl"


def test_a_meter_within_a_gap_is_not_written_over() -> None:
    meter, narrow = Meter(), MovingPart(9, 0, 1)
    for text in "45":
        narrow.look = Look([Segment(text, STYLES[0])])
        meter.buffer.move([narrow], Window(0, 0, range(1)))
        meter.take()
    meter.put(8, "y")
    meter.put(10, "z")
    assert meter.take() == "abcd2222y5zl"


def test_a_meter_stands_where_it_is_scrolled_to() -> None:
    meter = Meter()
    meter.part.look = METER[2]
    meter.buffer.move([meter.part], Window(2, 0, range(1)))
    assert meter.take()[6:] == "2312kl"
    meter.put(0, "......")
    assert meter.take() == "......2312kl"


def test_a_meter_in_an_unusual_sign_is_compared_cell_by_cell() -> None:
    meter = Meter()
    meter.move(Look([Segment("日22", STYLES[0])]))
    assert meter.take().replace(" ", "") == "abcd日22ijkl"
    meter.move(METER[2])
    assert meter.take() == "abcd2312ijkl"


@given(TEXTS)
def test_a_text_has_as_many_cells_as_it_is_wide(text: str) -> None:
    assert len(split(text)) == cell_len(text)


def test_unchanged_cells_are_not_written() -> None:
    buffer = FrameBuffer()
    buffer.resize(40, 1)
    line = [Segment("Vox 1  ", STYLES[0]), Segment("█████   ", STYLES[2]), Segment(" -20", STYLES[0])]
    buffer.put(0, 0, line, 19)
    first = buffer.take()
    assert "Vox 1" in first
    buffer.put(0, 0, [line[0], Segment("█████▌  ", STYLES[2]), line[2]], 19)
    second = buffer.take()
    assert "▌" in second
    assert "█" not in second
    assert "Vox" not in second
    buffer.put(0, 0, [Segment(each.text, each.style) for each in line[:1]] + line[1:], 19)
    assert "▌" not in buffer.take()


def test_a_pen_is_named_once_a_frame() -> None:
    buffer = FrameBuffer()
    buffer.resize(40, 4)
    for y in range(4):
        line = [Segment(f"{y}aa", STYLES[0]), Segment("bb", STYLES[2]), Segment("cc", STYLES[0])]
        buffer.put(0, y, line, 7)
    written = buffer.take()
    assert written.count("m") == 2


def test_only_the_difference_of_two_pens_is_written() -> None:
    buffer = FrameBuffer()
    buffer.resize(10, 1)
    green, red = Style.parse("#00ff00 on #101010"), Style.parse("#ff0000 on #101010")
    buffer.put(0, 0, [Segment("a", green), Segment("b", red)], 2)
    assert buffer.take() == "\x1b[0;38;2;0;255;0;48;2;16;16;16m\x1b[1;1Ha\x1b[38;2;255;0;0m\x1b[1;2Hb"


def test_colours_are_brought_down_to_what_the_terminal_has() -> None:
    buffer = FrameBuffer(ColorSystem.STANDARD)
    buffer.resize(10, 1)
    buffer.put(0, 0, [Segment("a", Style.parse("#ff0000 on #000000"))], 1)
    assert buffer.take() == "\x1b[0;31;40m\x1b[1;1Ha"


def test_without_colours_brightness_becomes_bold_dim_and_reverse() -> None:
    buffer = FrameBuffer(None)
    buffer.resize(10, 1)
    words = (("a", "#dadada on #0c0c0c"), ("b", "#a0a0a0 on #161616"), ("c", "bold #ffffff on #333333"))
    buffer.put(0, 0, [Segment(text, Style.parse(style)) for text, style in words], 3)
    written = buffer.take()
    assert "\x1b[0m\x1b[1;1Ha" in written
    assert not re.search(r"[34]8;|;[349]\dm|\[[349]\d", written)
    assert re.search(r"[;\[]2m", written)
    assert re.search(r"1;7m", written)


def test_half_of_a_wide_character_leaves_a_blank() -> None:
    buffer, terminal = FrameBuffer(), Terminal(6, 1)
    buffer.resize(6, 1)
    buffer.put(0, 0, [Segment("日本", STYLES[0])], 4)
    terminal.write(buffer.take())
    buffer.put(1, 0, [Segment("xy", STYLES[2])], 2)
    terminal.write(buffer.take())
    assert terminal.text() == [" xy   "]
    buffer.put(0, 0, [Segment("日本", STYLES[0])], 4)
    terminal.write(buffer.take())
    assert terminal.text()[0].replace(" ", "") == "日本"


def test_a_wide_character_without_room_is_a_blank() -> None:
    buffer, terminal = FrameBuffer(), Terminal(4, 1)
    buffer.resize(4, 1)
    buffer.put(0, 0, [Segment("abc日", STYLES[0])], 5)
    terminal.write(buffer.take())
    assert terminal.text() == ["abc "]


def test_a_link_ends_where_it_ends() -> None:
    buffer = FrameBuffer()
    buffer.resize(10, 1)
    buffer.put(0, 0, [Segment("ab", STYLES[5])], 2)
    assert buffer.take().endswith("\x1b]8;;https://example.org\x1b\\\x1b[1;1Hab\x1b]8;;\x1b\\")


def test_what_was_never_wanted_is_not_written() -> None:
    buffer = FrameBuffer()
    buffer.resize(10, 3)
    buffer.put(0, 5, [Segment("beyond", STYLES[0])], 6)
    buffer.put(10, 0, [Segment("beyond", STYLES[0])], 6)
    assert not buffer.has_changes
    buffer.put(0, 1, [Segment("ab", STYLES[0])], 2)
    assert buffer.has_changes
    buffer.take()
    buffer.forget()
    assert "\x1b[2;1H" in buffer.take()


def test_more_pens_than_can_be_kept_are_still_right() -> None:
    buffer, terminal = FrameBuffer(), Terminal(2, 1)
    buffer.resize(2, 1)
    for number in range(4200):
        style = Style(color=f"#{number % 256:02x}{number // 256:02x}00", bgcolor="#000000")
        buffer.put(0, 0, [Segment("ab", style)], 2)
    terminal.write(buffer.take())
    assert terminal.seen()[0][1].foreground == "671000"
