"""A board that hears nothing of the process that reads the devices says so, and calls nothing live."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from micboard_tui.domain.bus_loss import BusLoss, LossReason
from micboard_tui.services.live.state import LiveState
from micboard_tui.tui.arrange.board_presenter import BoardPresenter
from micboard_tui.tui.arrange.view import View
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.loss_sign import beside_loss
from micboard_tui.tui.draw.trends import Trends
from micboard_tui.tui.screens.board_screen import BoardScreen
from micboard_tui.tui.screens.worst_line import WorstLine
from micboard_tui.tui.widgets.lines import Lines
from tests.fakes.links import until
from tests.services.stage import Clock
from tests.tui.scripted_rig import settle
from tests.tui.test_alarm_desk import alarms_of, rig_of_four
from tests.tui.test_screens import open_board


def line(board: BoardScreen, name: str) -> str:
    return board.query_one(name, Lines).text


@pytest.mark.parametrize(
    ("reason", "worst", "header"),
    [
        (
            LossReason.CONNECTION,
            "Bus lost, values 4 s old: check the network and `micboard-tui serve` there",
            "BUS LOST 4 s",
        ),
        (
            LossReason.REFUSED,
            "Not let in any more, values 4 s old: have a new key made there",
            "NOT LET IN 4 s",
        ),
        (
            LossReason.SILENCE,
            "No sign of life of the rack, values 4 s old: restart `micboard-tui serve` there",
            "NO SIGN OF LIFE 4 s",
        ),
    ],
)
async def test_what_is_not_heard_stands_over_everything(reason: LossReason, worst: str, header: str) -> None:
    rig = rig_of_four()
    async with open_board(rig, (80, 24)) as (app, _):
        rig.live.findings = replace(rig.live.findings, lost=BusLoss(rig.live.now() - 4.2, reason))
        board = settle(app)
        assert line(board, "#worst").strip() == worst
        assert header in line(board, "#header")
        (counts,) = board.query_one("#header", Lines)._lines
        assert not [cell for cell in counts if cell.tone == "live"]
        rig.live.findings = replace(rig.live.findings, lost=None)
        board = settle(app)
        assert "lost," not in line(board, "#worst")
        assert header not in line(board, "#header")


@pytest.mark.parametrize(
    ("loss", "worst", "header"),
    [
        (
            BusLoss(0.0, LossReason.COLLECTOR, "land-1", "rack-3", 32),
            "Collector land-1 not heard for 12 s: 32 channels; start it on rack-3",
            "land-1 LOST 12 s",
        ),
        (
            BusLoss(0.0, LossReason.HUB),
            "Hub not heard for 12 s: changes wait, values go on; start it again",
            "HUB LOST 12 s",
        ),
    ],
)
async def test_a_program_of_a_fleet_that_is_not_heard_is_named_and_what_goes_on_stays_green(
    loss: BusLoss, worst: str, header: str
) -> None:
    rig = rig_of_four()
    async with open_board(rig, (80, 24)) as (app, _):
        rig.live.findings = replace(rig.live.findings, lost=replace(loss, since=rig.live.now() - 12.2))
        board = settle(app)
        assert line(board, "#worst").strip() == worst
        assert header in line(board, "#header")
        (counts,) = board.query_one("#header", Lines)._lines
        assert [cell for cell in counts if cell.tone == "live"]
        rig.alarms.show(*alarms_of(rig.live.now()))
        board = settle(app)
        assert "not heard" not in line(board, "#worst")
        assert header in line(board, "#header")


@pytest.mark.parametrize("key", ["a", "r", "i", "b", "w", "t", "E"])
async def test_every_screen_that_shows_what_a_hub_concludes_says_that_it_is_not_heard(key: str) -> None:
    rig = rig_of_four()
    async with open_board(rig, (80, 24)) as (app, pilot):
        await pilot.press(key)
        await until(lambda: not isinstance(app.screen, BoardScreen))
        screen = app.screen
        await until(lambda: bool(screen.query_one("#header", Lines).text.strip()))
        assert "HUB LOST" not in screen.query_one("#header", Lines).text
        rig.live.findings = replace(rig.live.findings, lost=BusLoss(rig.live.now() - 4.2, LossReason.HUB))
        await until(lambda: screen.query_one("#header", Lines).text.split("\n")[0].endswith("HUB LOST 4 s "))
        rig.live.findings = replace(rig.live.findings, lost=None)
        await until(lambda: "HUB LOST" not in screen.query_one("#header", Lines).text)


def test_what_is_past_is_not_green_and_the_line_stays_as_wide() -> None:
    def line_of(width: int) -> list[Cell]:
        return fit_line([Cell(" all good", "live"), Cell(" and more", "text")], width)

    loss = BusLoss(100.0, LossReason.HUB)
    assert beside_loss(line_of, None, 104.0, 40) == line_of(40)
    for width in (20, 40, 80):
        cells = beside_loss(line_of, loss, 104.0, width)
        assert sum(cell_len(cell.text) for cell in cells) == width
        assert cells[-1] == Cell(" HUB LOST 4 s ", "critical")
        assert cells[0].tone == "dim"


def test_before_anything_was_heard_there_are_no_old_values() -> None:
    clock = Clock(1_000.0)
    live = LiveState(clock)
    presenter = BoardPresenter(live, Trends(), View(), filtered_out="", no_device="")
    presenter.sample()
    worst = WorstLine(live, presenter, "n")

    def text() -> str:
        return "".join(cell.text for cell in worst.cells(80)).strip()

    assert text() == "Starting: which devices there are is not known yet"
    live.findings = replace(live.findings, lost=BusLoss(981.0, LossReason.SILENCE))
    assert text() == "Nothing heard for 19 s: restart `micboard-tui serve` there"
    live.findings = replace(live.findings, lost=BusLoss(981.0, LossReason.HUB))
    assert text().startswith("Hub not heard for 19 s")
    live.place([], [])
    presenter.sample()
    live.findings = replace(live.findings, lost=BusLoss(981.0, LossReason.SILENCE))
    assert text().startswith("No sign of life of the rack, values 19 s old")
