"""What a device wants before it lets us in: that its certificate is trusted, and a password or key."""

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from micboard_tui.contracts.result import ServiceResult
from micboard_tui.contracts.secrets import SecretNeed
from micboard_tui.domain.device import Device
from micboard_tui.domain.fingerprint import grouped
from micboard_tui.domain.safe_text import visible
from micboard_tui.domain.secret import SecretPlace
from micboard_tui.tui.key_bindings import DISMISS_KEYS, TRUST_KEYS, bindings_of
from micboard_tui.tui.screens.dialogs import CSS, literal, words

Ask = Callable[[], Awaitable[ServiceResult[str]]]
"""Asks the device for the fingerprint of the certificate that it shows now."""
Trust = Callable[[str], Awaitable[ServiceResult[Device]]]
Keep = Callable[[str], Awaitable[ServiceResult[SecretPlace]]]

NEW = (
    "Compare it with what the device, or its maker's program, shows. The same: y. "
    "Another one: n, something else answers at its address."
)
CHANGED = (
    "It is another one than you trusted. After a reset, an update or an exchange of the device "
    "that is right: y. If nothing of that happened: n, unplug it, and see what answers at its address."
)
SAME = "It is the one that you trust already. y tries the device again."
KEPT_WHERE = (
    "It will be kept in the system's keyring; where there is none, in the file secrets.toml, "
    "which only you can read. It is never shown."
)


class TrustScreen(ModalScreen[bool | None]):
    """Asks the device at once, shows its certificate, and pins it on a yes.

    Answers whether it is trusted; None when there was nothing to decide, as it did not show any.
    """

    DEFAULT_CSS = CSS.format(name="TrustScreen")
    BINDINGS = bindings_of(TRUST_KEYS)

    def __init__(self, device: Device, title: str, ask: Ask, trust: Trust) -> None:
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
            yield literal("", "label", "keys")

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
        where = visible(f"{self._device.host}:{self._device.port}")
        nothing = dict.fromkeys(("shown", "until", "before", "advice", "answer"), "")
        self._say(where=f"Asking {where}…", keys="Esc back", **nothing)
        shown = await self._ask_device()
        if not shown.success:
            self._say(where=where, answer=words(shown.error), keys="r asks again   Esc back")
            return
        self._shown, before = shown.data, self._device.fingerprint
        self._say(
            where=f"{where} shows now, as SHA-256",
            shown=in_lines(self._shown),
            advice=SAME if before == self._shown else NEW if before is None else CHANGED,
            keys="y trust it   n no",
        )
        if before is not None and before != self._shown:
            self._say(until="trusted until now", before=in_lines(before))

    @work(exclusive=True, group="certificate")
    async def _trust(self, fingerprint: str) -> None:
        answer = await self._trust_it(fingerprint)
        if answer.success:
            self.dismiss(True)  # noqa: FBT003 - what the dialog answers
        else:
            self._say(answer=words(answer.error))

    def _say(self, **told: str) -> None:
        """Show these texts in their places."""
        for place, text in told.items():
            shown = self.query_one(f"#{place}", Static)
            shown.update(text)
            shown.display = bool(text)


def in_lines(fingerprint: str) -> str:
    """As people compare it: two lines of sixteen bytes."""
    digits = grouped(fingerprint)
    half = len(digits) // 2 + 1
    return f"  {digits[: half - 1]}\n  {digits[half:]}"


class HiddenInput(Input):
    """A line whose text is never shown, copied, or carried along by a message."""

    class Given(Message):
        """Enter was pressed."""

    def __init__(self) -> None:
        super().__init__(password=True, select_on_focus=False)

    async def action_submit(self) -> None:
        self.post_message(self.Given())

    def action_copy(self) -> None:
        """Nothing: a clipboard is read by everybody."""

    def action_cut(self) -> None:
        self.delete_selection()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        event.stop()


class SecretScreen(ModalScreen[SecretPlace | None]):
    """Asks for a password or key and has it kept; stays open with the reason for a no."""

    DEFAULT_CSS = CSS.format(name="SecretScreen")
    BINDINGS = bindings_of(DISMISS_KEYS)

    def __init__(self, need: SecretNeed, title: str, where: str, keep: Keep) -> None:
        """``need.user`` is whose it will be."""
        super().__init__()
        self._need, self._title, self._where, self._keep_it = need, title, where, keep

    def compose(self) -> ComposeResult:
        whose = f" of the user {self._need.user}" if self._need.user else ""
        with Vertical():
            yield literal(f"{self._need.kind[:1].upper()}{self._need.kind[1:]}{whose}", "title")
            yield literal(f"for {self._title}, {self._where}", "label")
            yield HiddenInput()
            yield literal(KEPT_WHERE)
            yield literal("", "error", "answer")
            yield literal("Enter keeps it   Esc back", "label")

    def on_mount(self) -> None:
        self.query_one(HiddenInput).focus()

    @on(HiddenInput.Given)
    def given(self) -> None:
        self.query_one("#answer", Static).update("Keeping it…")
        self._keep()

    @work(exclusive=True, group="secret")
    async def _keep(self) -> None:
        # Read where it is needed: what a worker is called with is part of its description.
        answer = await self._keep_it(self.query_one(HiddenInput).value)
        if not answer.success:
            self.query_one("#answer", Static).update(words(answer.error))
            return
        if answer.warning:
            self.notify(visible(answer.warning), severity="warning", timeout=10)
        self.query_one(HiddenInput).value = ""
        self.dismiss(answer.data)
