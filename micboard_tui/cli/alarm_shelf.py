"""Until when a command shelves alarms: a time, a moment of the show, or until the profile changes."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.shelf_end import ShelfEnd
    from micboard_tui.domain.show import ShowProfile


class ShelfTime(NamedTuple):
    until: float | None = None
    profile: "ShowProfile | None" = None
    """Until another one than this is active."""
    moment: "ShelfEnd | None" = None
    """Until this moment of the show."""

    @property
    def text(self) -> str:
        """``until 21:15``."""
        from micboard_tui.domain.local_time import format_time_of_day
        from micboard_tui.domain.shelf_end import ShelfEnd

        if self.moment is not None:
            return "until the next break" if self.moment is ShelfEnd.BREAK else "until the end of the show"
        if self.profile is not None:
            return f"until the profile is not {self.profile} any more"
        return "until it clears" if self.until is None else f"until {format_time_of_day(self.until)}"


def read_shelf_time(text: str | None) -> ShelfTime:
    """None: until the alarms clear. Raises MicboardError, and typer.BadParameter."""
    import time

    from micboard_tui.cli.context import run_with_services
    from micboard_tui.cli.time_options import parse_end
    from micboard_tui.domain.shelf_end import ShelfEnd

    if text is None:
        return ShelfTime()
    name = text.strip().lower()
    if name not in set(ShelfEnd):
        return ShelfTime(parse_end(text, time.time()))
    if (end := ShelfEnd(name)) is not ShelfEnd.PROFILE:
        return ShelfTime(moment=end)
    return run_with_services(_read_profile)


async def _read_profile(services: "Services") -> ShelfTime:
    from micboard_tui.cli.context import data_of

    return ShelfTime(profile=data_of(await services.thresholds.list_thresholds()).profile)
