"""Until when a command shelves alarms: a time, a moment of the show, or until the profile changes."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from micboard_tui.container import Container
    from micboard_tui.domain.shelf_end import ShelfEnd
    from micboard_tui.domain.show import ShowProfile


class ShelfTime(NamedTuple):
    until: float | None = None
    profile: "ShowProfile | None" = None
    """Until another one than this is active."""

    @property
    def text(self) -> str:
        """``until 21:15``."""
        from micboard_tui.contracts.plan_texts import format_moment

        if self.profile is not None:
            return f"until the profile is not {self.profile} any more"
        return "until it clears" if self.until is None else f"until {format_moment(self.until)}"


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
    return run_with_services(lambda services: _find(services, ShelfEnd(name)))


async def _find(services: "Container", end: "ShelfEnd") -> ShelfTime:
    import time

    from micboard_tui.cli.context import data_of
    from micboard_tui.contracts.errors import ErrorCode, MicboardError
    from micboard_tui.domain.shelf_end import ShelfEnd, find_shelf_ends

    if end is ShelfEnd.PROFILE:
        return ShelfTime(profile=data_of(await services.thresholds.list_thresholds()).profile)
    moment = find_shelf_ends(data_of(await services.shows.get_progress()), time.time()).get(end)
    if moment is None:
        raise MicboardError(
            ErrorCode.INVALID_VALUE,
            f"No {end} of a show is known",
            hint="Give a time, as --for 15m; the show:  micboard-tui show status",
        )
    return ShelfTime(moment)
