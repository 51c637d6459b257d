"""``lock`` and ``unlock``: nothing is changed, by whom and from where it may be, until the PIN is given."""

from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.options import Json

if TYPE_CHECKING:
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.show_lock import ShowLock

PipedPin = Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN from a pipe, its first line.")]


def lock(
    pin_stdin: PipedPin = False,
    state: Annotated[
        bool, typer.Option("--state", help="Only print whether it is locked; asks for no PIN.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Lock the show with a PIN, without which nothing is changed.

    The PIN has 4 to 12 digits and is asked for twice. While the show is locked all can be watched, alarms
    acknowledged, moments marked and notes written. Everything else is refused on each board, for each
    command, signal and program on this database, also after a restart. Control is armed for no user any more.

    micboard-tui lock

    micboard-tui lock --state
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import ask_new_pin, read_piped_line
    from micboard_tui.domain.safe_text import visible

    piped = read_piped_line() if pin_stdin and not state else None

    async def lock_show(services: "Services") -> "ShowLock":
        pin = await ask_new_pin() if piped is None else piped
        return data_of(await services.access.lock_show(pin, actor=current_operator()))

    if state:
        found = data_of(run_with_services(lambda services: services.access.find_lock()))
        _print_state(found, as_json=as_json)
    else:
        locked = run_with_services(lock_show)
        if as_json:
            _print_state(locked, as_json=True)
        else:
            print_line(f"The show is locked by {visible(locked.locked_by)}. Unlock it:  micboard-tui unlock")


def unlock(pin_stdin: PipedPin = False, as_json: Json = False) -> None:
    """Unlock the show with the PIN with which it was locked.

    After a wrong PIN none is taken for a while, which doubles each time, up to 5 minutes.

    micboard-tui unlock
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import ask_pin, read_piped_line

    piped = read_piped_line() if pin_stdin else None

    async def unlock_show(services: "Services") -> "ShowLock | None":
        if data_of(await services.access.find_lock()) is None:
            return None
        pin = await ask_pin() if piped is None else piped
        return data_of(await services.access.unlock_show(pin, actor=current_operator()))

    unlocked = run_with_services(unlock_show)
    if as_json:
        _print_state(None, as_json=True)
    else:
        print_line("The show was not locked." if unlocked is None else "The show is unlocked.")


def _print_state(lock: "ShowLock | None", *, as_json: bool) -> None:
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.contracts.documents.show_lock import lock_document
    from micboard_tui.domain.local_time import format_minute
    from micboard_tui.domain.safe_text import visible

    if as_json:
        print_json(lock_document(lock))
    elif lock is None:
        print_line("The show is not locked.")
    else:
        print_line(f"The show is locked, by {visible(lock.locked_by)} at {format_minute(lock.locked_at)}.")
