"""Messages at the edge of the screen: what is shown as it is, what is renewed, and how many there are."""

from textual.app import App
from textual.notifications import Notification, Notify, SeverityLevel

MAX_MESSAGES = 3
"""At a time, so that more than half of 24 rows stay free."""


class MessagingApp(App[str]):
    """The app, as far as it shows messages."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a message at the edge of the screen; information instead of all before.

        It is never markup, which is Textual's default: names in it come from devices.
        """
        del markup
        if severity == "information":
            self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def on_notify(self, message: Notify) -> None:
        """Make room for a message: an equal one is only renewed, and the oldest go.

        Textual adds it afterwards.
        """
        new = message.notification
        equal = [old for old in self._notifications if _content_of(old) == _content_of(new)]
        others = [old for old in self._notifications if old not in equal]
        for old in (*equal, *others[: max(0, len(others) + 1 - MAX_MESSAGES)]):
            self._unnotify(old, refresh=False)


def _content_of(notification: Notification) -> tuple[str, str, SeverityLevel]:
    return notification.message, notification.title, notification.severity
