"""What a device needs before it can be read: a trusted certificate, and a password or key."""

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.contracts.result import ServiceResult, Success
from micboard_tui.contracts.secrets import SecretNeed
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import format_fingerprint
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.secret import SecretPlace
from micboard_tui.tui.dialog_bindings import dialog_bindings_of
from micboard_tui.tui.help_pages import SECRET_HELP, TRUST_HELP
from micboard_tui.tui.key_bindings import DISMISS_KEYS, TRUST_KEYS
from micboard_tui.tui.screens.dialogs import CSS, error_text, literal
from micboard_tui.tui.screens.open_screen import close_with, is_open
from micboard_tui.tui.widgets.bounded_input import MAX_SECRET_FIELD, BoundedInput
from micboard_tui.tui.widgets.key_hints import KeyHints

AskCertificate = Callable[[], Awaitable[ServiceResult[str]]]
"""Asks the device for the fingerprint of the certificate that it shows now."""
TrustCertificate = Callable[[str], Awaitable[ServiceResult[Device]]]
StoreSecret = Callable[[str], Awaitable[ServiceResult[SecretPlace]]]

NEW = (
    "Compare it with what the device, or its manufacturer's program, shows. If it is the same, press y. "
    "If not, press n: something else answers at its address."
)
CHANGED = (
    "This is not the certificate that you trusted. After a reset, an update or an exchange of the device "
    "that is expected: press y. Otherwise press n, unplug the device, and see what answers at its address."
)
SAME = "You trust this certificate already. y connects to the device again."
STORED_WHERE = (
    "It is stored in the system's keyring; where there is none, in the file secrets.toml, "
    "which only you can read. It is never shown."
)


class TrustScreen(ModalScreen[bool | None]):
    """Asks the device at once, shows its certificate, and pins it on a yes.

    Answers whether it is trusted; None when the device showed no certificate.
    """

    DEFAULT_CSS = CSS.format(name="TrustScreen")
    BINDINGS = dialog_bindings_of(TRUST_KEYS)
    HELP_PAGE = TRUST_HELP

    def __init__(self, device: Device, title: str, ask: AskCertificate, trust: TrustCertificate) -> None:
        super().__init__()
        self._device, self._title = device, title
        self._ask_device, self._trust_it = ask, trust
        self._shown: str | None = None

    def compose(self) -> ComposeResult:
        with Vertical():
            yield literal(f"The certificate of {self._title}", "title")
            yield literal("", "label", "where")
            yield literal("", widget_id="shown")
            yield literal("", "label", "until")
            yield literal("", widget_id="before")
            yield literal("", widget_id="advice")
            yield literal("", "error", "answer")
            yield KeyHints("", id="keys")

    def on_mount(self) -> None:
        self._ask()

    def action_ask(self) -> None:
        if self._shown is None:
            self._ask()

    def action_trust(self) -> None:
        if self._shown is not None:
            self._trust(self._shown)

    def action_leave(self) -> None:
        self.dismiss(None if self._shown is None else False)

    @work(exclusive=True, group="certificate")
    async def _ask(self) -> None:
        where = visible(self._device.address)
        nothing = dict.fromkeys(("shown", "until", "before", "advice", "answer"), "")
        self._show(where=f"Asking {where}…", keys="Esc back", **nothing)
        shown = await self._ask_device()
        if not shown.success:
            self._show(where=where, answer=error_text(shown.error), keys="r asks again   Esc back")
            return
        self._shown, before = shown.data, self._device.fingerprint
        self._show(
            where=f"{where} shows now (SHA-256)",
            shown=fingerprint_lines(self._shown),
            advice=SAME if before == self._shown else NEW if before is None else CHANGED,
            keys="y trust it   n no",
        )
        if before is not None and before != self._shown:
            self._show(until="trusted until now", before=fingerprint_lines(before))

    @work(exclusive=True, group="certificate")
    async def _trust(self, fingerprint: str) -> None:
        answer = await self._trust_it(fingerprint)
        if not is_open(self):
            return
        if answer.success:
            await close_with(self, True)  # noqa: FBT003 - what the dialog answers
        else:
            self._show(answer=error_text(answer.error))

    def _show(self, **texts: str) -> None:
        """Show these texts in the widgets of these ids."""
        if not is_open(self):
            return
        for widget_id, text in texts.items():
            shown = self.query_one(f"#{widget_id}", Static)
            shown.update(text)
            shown.display = bool(text)


def fingerprint_lines(fingerprint: str) -> str:
    """As people compare it: two lines of sixteen bytes."""
    digits = format_fingerprint(fingerprint)
    half = len(digits) // 2 + 1
    return f"  {digits[: half - 1]}\n  {digits[half:]}"


class HiddenInput(BoundedInput):
    """A line whose text is never shown, copied, or carried along by a message."""

    class Entered(Message):
        """Enter was pressed."""

    def __init__(self, max_length: int = MAX_SECRET_FIELD, *, restrict: str | None = None) -> None:
        super().__init__(max_length=max_length, password=True, select_on_focus=False, restrict=restrict)

    async def action_submit(self) -> None:
        self.post_message(self.Entered())

    def action_copy(self) -> None:
        """Do nothing: every program can read the clipboard."""

    def action_cut(self) -> None:
        self.delete_selection()

    @on(Input.Changed)
    def stop_change(self, event: Input.Changed) -> None:
        event.stop()


class SecretScreen(ModalScreen[Success[SecretPlace] | None]):
    """Asks for a password or key and has it stored; stays open with the reason for a no.

    Its result is where it is stored, and what there is to know of that.
    """

    DEFAULT_CSS = CSS.format(name="SecretScreen")
    BINDINGS = dialog_bindings_of(DISMISS_KEYS)
    HELP_PAGE = SECRET_HELP

    def __init__(self, need: SecretNeed, title: str, where: str, store: StoreSecret) -> None:
        """``need.user`` is the user that it belongs to."""
        super().__init__()
        self._need, self._title, self._where, self._store_it = need, title, where, store

    def compose(self) -> ComposeResult:
        of_user = f" of the user {self._need.user}" if self._need.user else ""
        with Vertical():
            yield literal(f"{self._need.kind[:1].upper()}{self._need.kind[1:]}{of_user}", "title")
            yield literal(f"for {self._title}, {self._where}", "label")
            yield HiddenInput()
            yield literal(STORED_WHERE)
            yield literal("", "error", "answer")
            yield KeyHints("Enter stores it   Esc back")

    def on_mount(self) -> None:
        self.query_one(HiddenInput).focus()

    @on(HiddenInput.Entered)
    def store(self) -> None:
        self.query_one("#answer", Static).update("Storing it…")
        self._store()

    @work(exclusive=True, group="secret")
    async def _store(self) -> None:
        # Read where it is needed: what a worker is called with is part of its description.
        answer = await self._store_it(self.query_one(HiddenInput).value)
        if not is_open(self):
            return
        if not answer.success:
            self.query_one("#answer", Static).update(error_text(answer.error))
            return
        self.query_one(HiddenInput).value = ""
        await close_with(self, answer)
