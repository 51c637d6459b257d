"""For what comes late to a screen: whether it is still there, still to come, or below other screens."""

from typing import Any, TypeVar

from textual.screen import Screen

Answer = TypeVar("Answer")


def is_open(screen: Screen[Any]) -> bool:
    """Whether the screen has its widgets still.

    Textual takes the widgets away before it stops the timers and workers of their screen, and a flow may
    come back to a screen that the user has left meanwhile. What may come late asks this first.
    """
    # Textual says of what it is taking away that it is not displayed.
    return screen.is_attached and screen.display


def is_working(screen: Screen[Any], group: str) -> bool:
    """Whether a worker of this group is not done yet.

    What is read again and again asks this first: where one reading takes longer than the time between two,
    each would end the one before, and nothing would ever be shown.
    """
    return any(
        worker.node is screen and worker.group == group and not worker.is_finished
        for worker in screen.workers
    )


async def close_with(screen: Screen[Answer], answer: Answer) -> None:
    """Close the screen with this answer, and before it what was opened over it meanwhile."""
    while screen in screen.app.screen_stack and screen.app.screen is not screen:
        await screen.app.screen.dismiss(None)
    if is_open(screen):
        screen.dismiss(answer)
