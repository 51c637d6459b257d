"""Writes a recap into a file, after a question where there is one already."""

from datetime import datetime
from pathlib import Path

import anyio.to_thread

from micboard_tui.config.atomic_files import write_beside
from micboard_tui.config.start_error import NO_ROOM
from micboard_tui.contracts.errors import ErrorCode, ErrorInfo
from micboard_tui.contracts.recap import RecapContract, RecapFormat, RecapProgress, RecapQuery
from micboard_tui.domain.safe_text import fold_name
from micboard_tui.tui.flows.user_ports import WARNING_S, AskScreen, Notices, RecapSelection, Selection
from micboard_tui.tui.screens.dialogs import ConfirmScreen
from micboard_tui.tui.screens.list_dialog import ListDialog
from micboard_tui.tui.screens.progress_dialog import ProgressDialog
from micboard_tui.tui.screens.text_dialog import TextDialog

FORMATS = (
    (RecapFormat.HTML, ".html", "A web page with curves, which opens without network"),
    (RecapFormat.MARKDOWN, ".md", "Markdown, for the show report"),
    (RecapFormat.CSV, ".csv", "CSV, a line for each channel, for a spreadsheet"),
    (RecapFormat.JSON, ".json", "JSON, all of it, for programs"),
)
MAX_PATH = 1000
MAX_NAME = 40
NOTHING_READ = "There is no recap to export yet."


class ExportRecapFlow:
    def __init__(self, recaps: RecapContract, ask: AskScreen, notices: Notices) -> None:
        self._recaps, self._ask, self._notices = recaps, ask, notices

    async def run(self, selection: Selection) -> None:
        """Ask for the format and the file, and write it."""
        query = selection.chosen_recap if isinstance(selection, RecapSelection) else None
        earlier = selection.earlier_recap if isinstance(selection, RecapSelection) else None
        if query is None:
            self._notices.inform(NOTHING_READ)
            return
        index = await self._ask(ListDialog("Export the recap as", [text for *_, text in FORMATS]))
        if index is None:
            return
        form, suffix, _ = FORMATS[index]
        typed = await self._ask(TextDialog("Into the file", str(suggest_file(query, suffix)), MAX_PATH))
        if not typed:
            return
        file, is_there = await anyio.to_thread.run_sync(_look_for, typed)
        if is_there and not await self._ask(ConfirmScreen(f"{file} is there already. Replace it?")):
            return
        answer = await self._ask(
            ProgressDialog(
                "The recap is being made",
                lambda say: self._recaps.write_report(
                    query, form, earlier, report=lambda progress: say(_describe(progress))
                ),
            )
        )
        if answer is None:
            self._notices.inform("Nothing was written.")
        elif not answer.success:
            self._notices.report_error(answer.error)
        else:
            await self._write(file, answer.data)

    async def _write(self, file: Path, text: str) -> None:
        try:
            await anyio.to_thread.run_sync(write_beside, file, text.encode())
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno in NO_ROOM else ErrorCode.DIRECTORY_NOT_WRITABLE
            message = f"{file} cannot be written ({error.strerror})"
            self._notices.report_error(ErrorInfo(code, message, hint="Choose another place"))
        else:
            self._notices.inform(f"Wrote the recap to {file}.", WARNING_S)


def _describe(progress: RecapProgress) -> str:
    return f"{progress.channels} of {progress.of} channels"


def _look_for(typed: str) -> tuple[Path, bool]:
    """The file that was meant, and whether it is there."""
    file = Path(typed).expanduser().absolute()
    return file, file.exists()


def suggest_file(query: RecapQuery, suffix: str) -> Path:
    """``recap-romeo-2026-11-29.html`` where the board was started."""
    day = datetime.now().astimezone()
    if query.since is not None:
        day = datetime.fromtimestamp(query.since).astimezone()
    kept = "".join(sign if sign.isalnum() else "-" for sign in fold_name(query.show or ""))[:MAX_NAME]
    parts = ["recap", kept.strip("-"), f"{day:%Y-%m-%d}"]
    return Path.cwd() / ("-".join(part for part in parts if part) + suffix)
