"""Gives a show its scenes and mic plot from a file: asks which, shows what was understood, and does it."""

from pathlib import Path

import anyio

from micboard_tui.contracts.live import LiveContract
from micboard_tui.contracts.plot_preview_texts import describe_preview, name_after_file
from micboard_tui.contracts.show import MAX_PLOT_BYTES, PlotPreview, ShowContract
from micboard_tui.domain.mic_plot_texts import summarize_plot
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.domain.show import NOT_ON
from micboard_tui.tui.flows.user_ports import AskScreen, Notices
from micboard_tui.tui.screens.dialogs import ConfirmScreen, error_text
from micboard_tui.tui.screens.plot_import_dialogs import PlotChoice, PlotFileDialog, PlotPreviewDialog


class ImportPlotFlow:
    def __init__(
        self, shows: ShowContract, live: LiveContract, ask: AskScreen, notices: Notices, operator: str
    ) -> None:
        self._shows, self._live = shows, live
        self._ask, self._notices, self._operator = ask, notices, operator

    async def run(self) -> None:
        """The file is asked for until it can be read, or the user goes back."""
        current = self._live.findings.show
        choice: PlotChoice | None = PlotChoice("", "" if current is None else current.show.name)
        error = ""
        while choice is not None and (choice := await self._ask(PlotFileDialog(choice, error))) is not None:
            content = await anyio.to_thread.run_sync(_read, choice.file)
            if isinstance(content, str):
                error = content
                continue
            name = choice.show or name_after_file(Path(choice.file))
            preview = await self._shows.preview_import(content, name)
            if not preview.success:
                error = error_text(preview.error)
                continue
            if await self._ask(PlotPreviewDialog(describe_preview(preview.data))):
                await self._apply(content, name)
                return
            error = ""

    async def _apply(self, content: bytes, name: str) -> None:
        applied = await self._shows.apply_import(content, name, actor=self._operator)
        if not applied.success:
            self._notices.report_error(applied.error)
            return
        preview = applied.data
        summary = summarize_plot(preview.table.plot)
        if preview.is_same:
            self._notices.inform(f"{preview.name} has this very plot already: nothing has changed.")
        else:
            self._notices.inform(f"{preview.name} has the plot: {summary}. {self._notices.board_undo_hint}")
        await self._offer_use(preview)

    async def _offer_use(self, preview: PlotPreview) -> None:
        """Where it is not the current show, and no other one is on."""
        current = self._live.findings.show
        if current is not None:
            is_current = fold_name(current.show.name) == fold_name(preview.name)
            if is_current or current.state not in NOT_ON:
                return
        if await self._ask(ConfirmScreen(f"Make {preview.name} the current show?")):
            used = await self._shows.use_show(preview.name, actor=self._operator)
            if not used.success:
                self._notices.report_error(used.error)


def _read(file: str) -> bytes | str:
    """What the file has, or why it cannot be read."""
    try:
        with Path(file).expanduser().open("rb") as opened:
            return opened.read(MAX_PLOT_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return f"{file} cannot be read ({reason or error})."
