"""The first line of a screen with what is not heard at its end: what stands below may be past. Pure."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from micboard_tui.contracts.bus_loss_texts import describe_loss_briefly
from micboard_tui.domain.bus_loss import BusLoss
from micboard_tui.tui.draw.cell import Cell


def beside_loss(
    line_of: Callable[[int], Sequence[Cell]], lost: BusLoss | None, now: float, width: int
) -> list[Cell]:
    """The line that ``line_of`` makes for a width, in ``width`` cells; what is past is not green."""
    if lost is None:
        return list(line_of(width))
    sign = Cell(f" {describe_loss_briefly(lost, now)} ", "critical")
    room = max(0, width - cell_len(sign.text))
    line = dim_live(line_of(room))
    gap = room - sum(cell_len(cell.text) for cell in line)
    return [*line, Cell(" " * max(0, gap)), sign]


def dim_live(line: Sequence[Cell]) -> list[Cell]:
    """The same without green."""
    return [cell._replace(tone="dim") if cell.tone == "live" else cell for cell in line]
