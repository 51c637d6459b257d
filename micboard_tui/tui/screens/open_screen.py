"""Whether a screen still has its widgets."""

from typing import Any

from textual.screen import Screen


def is_open(screen: Screen[Any]) -> bool:
    """Whether the screen has its widgets still.

    Textual takes the widgets away before it stops the timers and workers of their screen, and a flow may
    come back to a screen that the user has left meanwhile. Whatever comes late asks this first.
    """
    # Textual says of what it is taking away that it is not displayed.
    return screen.is_attached and screen.display
