"""Draws the line of a device itself on the board as segments. It is never remembered: such lines are few."""

from collections.abc import Sequence

from rich.segment import Segment

from micboard_tui.domain.identity import DeviceId
from micboard_tui.tui.arrange.board_contents import BoardContents
from micboard_tui.tui.draw.alarm_sign import AlarmSign
from micboard_tui.tui.draw.cell import Cell, fit_line
from micboard_tui.tui.draw.cell_styler import CellStyler
from micboard_tui.tui.draw.summary import device_cells
from micboard_tui.tui.widgets.board_selection import BoardSelection

SIGN_AT = 2
"""Behind the pointer, so that it stands below those of channels."""


def with_sign(cells: Sequence[Cell], sign: AlarmSign) -> list[Cell]:
    """The same line with the sign of an alarm among the blanks that it begins with."""
    first, *others = cells
    before, after = first.text[:SIGN_AT], first.text[SIGN_AT + 1 :]
    return [first._replace(text=before), Cell(*sign), first._replace(text=after), *others]


class DeviceDrawer:
    def __init__(self, styler: CellStyler, selection: BoardSelection, name_key: str) -> None:
        """``name_key`` is as for ``device_cells``."""
        self._styler, self._selection, self._name_key = styler, selection, name_key

    def set_styler(self, styler: CellStyler) -> None:
        """Draw in these colours from now on."""
        self._styler = styler

    def draw(self, device_id: DeviceId, contents: BoardContents, width: int) -> list[Segment]:
        """The device as it is now in ``width`` cells."""
        selection, device = self._selection, contents.devices.get(device_id)
        ground = "selected" if selection.lit == device_id else "background"
        is_selected = selection.selected == device_id
        sign = Cell(self._styler.glyphs.pointer if is_selected else " ", "accent")
        cells = []
        if device is not None:
            problems = contents.device_problems.get(device_id, ())
            cells = device_cells(device, problems, contents.now, self._name_key, width - 1)
            if (alarm := contents.alarm_signs.by_device.get(device_id)) is not None:
                cells = with_sign(cells, alarm)
        return self._styler.segments([sign, *fit_line(cells, width - 1)], ground)
