"""For what comes late to a screen: whether it is still there, and how it closes when others stand over it."""

from typing import Any, TypeVar

from textual.screen import Screen

Answer = TypeVar("Answer")


def is_open(screen: Screen[Any]) -> bool:
    """Whether the screen has its widgets still.

    Textual takes the widgets away before it stops the timers and workers of their screen, and a flow may
    come back to a screen that the user has left meanwhile. Whatever comes late asks this first.
    """
    # Textual says of what it is taking away that it is not displayed.
    return screen.is_attached and screen.display


async def close_with(screen: Screen[Answer], answer: Answer) -> None:
    """Close the screen with this answer, and before it what was opened over it meanwhile."""
    while screen in screen.app.screen_stack and screen.app.screen is not screen:
        await screen.app.screen.dismiss(None)
    if is_open(screen):
        screen.dismiss(answer)
