"""What an import makes of a show, in lines, for commands and for the board."""

from pathlib import Path
from typing import NamedTuple

from micboard_tui.contracts.show import PlotPreview
from micboard_tui.domain.mic_plot_table import TableForm
from micboard_tui.domain.mic_plot_texts import summarize_plot
from micboard_tui.domain.safe_text import visible

FORM_TITLES = {
    TableForm.SCENE_ROWS: "a row a scene",
    TableForm.MIC_ROWS: "a row a mic",
    TableForm.LONG: "a row a mic and scene",
}
MAX_NAME = 64


class PreviewLine(NamedTuple):
    kind: str
    """``add``, ``change``, ``same``, ``note``, ``ignore`` or ``mistake``."""
    text: str


def describe_preview(preview: PlotPreview) -> list[PreviewLine]:
    """What was understood, what is left out, and every cell that is a mistake."""
    table = preview.table
    form = FORM_TITLES[table.form] if table.form else ""
    marks = ", with marks" if table.has_marks else ""
    summary = f"{visible(preview.name)}: {summarize_plot(table.plot)} ({form}{marks})"
    what = "add" if preview.is_new else "same" if preview.is_same else "change"
    lines = [PreviewLine(what, summary)]
    if table.are_mics_counted:
        counted = "the file numbers no mics: they are counted from 1 in their order"
        lines.append(PreviewLine("note", counted))
    lines += [PreviewLine("ignore", visible(column)) for column in table.ignored]
    if preview.unknown_mics:
        mics = ", ".join(map(visible, preview.unknown_mics))
        lines.append(PreviewLine("note", f"no channel has the mic number {mics}"))
    for mistake in table.mistakes:
        text = f"row {mistake.row}, column {mistake.column}: {visible(mistake.message)}"
        lines.append(PreviewLine("mistake", text))
    return lines


def name_after_file(file: Path) -> str:
    """What a show is called whose file is all that is known."""
    return file.stem.replace("_", " ")[:MAX_NAME]
