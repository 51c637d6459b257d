"""``users``: who may watch, write and control from other computers, and their tokens and keys."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from micboard_tui.cli.command_group import CommandGroup
from micboard_tui.cli.options import Json, Yes
from micboard_tui.domain.user import Permission

if TYPE_CHECKING:
    from micboard_tui.bus.server.key_pairs import KeyPair
    from micboard_tui.contracts.services import Services
    from micboard_tui.domain.user import NewToken, User

HELP = """Who may do what from other computers, and how they come in.

A user with the role watch reads everything, write arranges the show too, and control changes devices too.
People have a password for the page and a key for the board, programs have tokens.

micboard-tui users add Ada --role write

micboard-tui users key Ada --file ada.key

micboard-tui users token Companion --label "FOH" > token.txt
"""
app = CommandGroup(HELP)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name of the user.")]
Role = Annotated[Permission, typer.Option(metavar="watch|write|control", help="What the user may do.")]
NewRole = Annotated[
    Permission | None, typer.Option("--role", metavar="watch|write|control", help="What the user may do.")
]
PipedPassword = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from a pipe, its first line.")
]


@app.command()
def add(
    name: Name,
    role: Role,
    password_stdin: PipedPassword = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For a program, which comes in with tokens only.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add a user. The password is asked for twice, unless it is piped in or there is none.

    micboard-tui users add Ada --role write

    micboard-tui users add Companion --role control --no-password
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.prompts import ask_new_password, read_piped_line
    from micboard_tui.contracts.documents.users import user_entry
    from micboard_tui.domain.safe_text import visible

    if password_stdin and no_password:
        raise typer.BadParameter("Give --password-stdin or --no-password, not both")

    piped = read_piped_line() if password_stdin else None

    async def add_user(services: "Services") -> "User":
        asks = not no_password and piped is None
        password = await ask_new_password(name) if asks else piped
        return data_of(await services.users.add_user(name, role, password, actor=current_operator()))

    user = run_with_services(add_user)
    if as_json:
        print_json({"user": user_entry(user)})
    else:
        print_line(f"Added {visible(user.name)}, who may {user.permission.value}.")


@app.command("list")
def list_users(as_json: Json = False) -> None:
    """List all users with their roles.

    micboard-tui users list
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_note, print_table
    from micboard_tui.contracts.documents.users import users_document
    from micboard_tui.domain.local_time import format_minute

    users = data_of(run_with_services(lambda services: services.users.list_users()))
    if as_json:
        print_json(users_document(users))
    elif users:
        rows = [
            (
                user.name,
                user.permission.value,
                "yes" if user.has_password else "no",
                "no" if user.public_key is None else "yes",
                format_minute(user.created_at),
            )
            for user in users
        ]
        print_table(("user", "may", "password", "key", "added"), rows, spare=("added",))
    else:
        print_note("There is no user yet. Add one:  micboard-tui users add NAME --role write")


@app.command()
def change(
    name: Name,
    role: NewRole = None,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for another password, which ends all logins.")
    ] = False,
    password_stdin: PipedPassword = False,
    as_json: Json = False,
) -> None:
    """Change the role or the password of a user. It holds at once, for all tokens and the key, too.

    micboard-tui users change Ada --role control

    micboard-tui users change Ada --password
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line
    from micboard_tui.cli.prompts import ask_new_password, read_piped_line
    from micboard_tui.contracts.documents.users import user_entry
    from micboard_tui.domain.safe_text import visible

    if password and password_stdin:
        raise typer.BadParameter("Give --password or --password-stdin, not both")
    if role is None and not password and not password_stdin:
        raise typer.BadParameter("Give what to change: --role, --password or --password-stdin")

    piped = read_piped_line() if password_stdin else None

    async def change_user(services: "Services") -> "User":
        if password:
            await _check_is_known(services, name)
        new_password = await ask_new_password(name) if password else piped
        return data_of(
            await services.users.change_user(
                name, permission=role, password=new_password, actor=current_operator()
            )
        )

    user = run_with_services(change_user)
    if as_json:
        print_json({"user": user_entry(user)})
    elif role is None:
        print_line(f"{visible(user.name)} has another password; all logins have ended.")
    else:
        print_line(f"{visible(user.name)} may {user.permission.value} now.")


@app.command()
def remove(name: Name, yes: Yes = False) -> None:
    """Remove a user with all tokens and the key. Who is logged in or attached is out at once.

    micboard-tui users remove Ada --yes
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.cli.prompts import require_consent
    from micboard_tui.domain.safe_text import visible

    async def remove_user(services: "Services") -> "User":
        await _check_is_known(services, name)
        await require_consent(f"Remove {visible(name)} with all tokens and the key", yes=yes)
        return data_of(await services.users.remove_user(name, actor=current_operator()))

    print_line(f"Removed {visible(run_with_services(remove_user).name)}.")


async def _check_is_known(services: "Services", name: str) -> None:
    """Before a person is asked anything. Raises MicboardError USER_NOT_FOUND."""
    from micboard_tui.cli.context import data_of

    data_of(await services.users.list_tokens(name))


@app.command()
def token(
    name: Name,
    label: Annotated[str, typer.Option(help="What it is for, to be told from others.")] = "",
    expires: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="When it ends: in 90d, or at a date and time. Left out: when it is revoked."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a token for a program and print it, once: it is not stored as it is.

    A program sends it as `Authorization: Bearer mb_…`, and may do what the user may.

    micboard-tui users token Companion --label "FOH" > token.txt

    micboard-tui users token Ada --expires 1d --json
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_json, print_line, print_note
    from micboard_tui.cli.time_options import parse_end
    from micboard_tui.contracts.documents.users import new_token_document

    expires_at = None if expires is None else parse_end(expires, time.time())

    async def make_token(services: "Services") -> "NewToken":
        return data_of(
            await services.users.make_token(name, label, expires_at=expires_at, actor=current_operator())
        )

    made = run_with_services(make_token)
    if as_json:
        print_json(new_token_document(made))
        return
    print_note(f"Keep it: it is not shown again. To end it:  micboard-tui users revoke {made.token.id}")
    print_line(made.text)


@app.command()
def tokens(name: Name, as_json: Json = False) -> None:
    """List the tokens and logins of a user, the newest first. Never shows a token.

    micboard-tui users tokens Companion
    """
    from micboard_tui.cli.context import data_of, run_with_services
    from micboard_tui.cli.output import format_value, print_json, print_note, print_table
    from micboard_tui.contracts.documents.users import tokens_document
    from micboard_tui.domain.local_time import format_minute

    listed = data_of(run_with_services(lambda services: services.users.list_tokens(name)))
    if as_json:
        print_json(tokens_document(listed))
    elif listed:
        rows = [
            (
                each.id,
                "login" if each.is_session else format_value(each.label or None),
                *(
                    format_value(None if at is None else format_minute(at))
                    for at in (each.last_used_at, each.expires_at, each.created_at)
                ),
            )
            for each in listed
        ]
        print_table(("token", "label", "last used", "ends", "made"), rows, spare=("made", "last used"))
    else:
        print_note("There is none. Make one:  micboard-tui users token NAME --label TEXT")


@app.command()
def key(
    name: Name,
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it to this new file, for you alone.", dir_okay=False),
    ] = None,
) -> None:
    """Make the key with which a user attaches a board from another computer.

    It is written to a file, or printed, once: only its public half is stored. An earlier key of the user
    ends, and boards that were attached with it are out.

    micboard-tui users key Ada --file ada.key
    """
    from micboard_tui.cli.context import (
        current_operator,
        data_of,
        run_with_services,
        translated_config_errors,
    )
    from micboard_tui.cli.output import print_line, print_note
    from micboard_tui.config.attachment import UserKey, user_key_text, write_user_key
    from micboard_tui.domain.safe_text import visible

    pair = _make_key_pair()

    async def set_key(services: "Services") -> "User":
        return data_of(await services.users.set_key(name, pair.public_key, actor=current_operator()))

    if file is None:
        user = run_with_services(set_key)
        print_note("Keep it in a file: it is not shown again. To end it:  micboard-tui users end-key NAME")
        for line in user_key_text(UserKey(user.name, pair.seed)).splitlines():
            print_line(line)
        return
    with translated_config_errors():
        # Before it is stored: a key that is written nowhere would let nobody in.
        write_user_key(file, UserKey(name, pair.seed))
        try:
            user = run_with_services(set_key)
        except BaseException:  # Also when it is interrupted: the file would hold a key that lets no one in.
            file.unlink(missing_ok=True)
            raise
        write_user_key(file, UserKey(user.name, pair.seed), force=True)
    print_line(f"Wrote the key of {visible(user.name)} to {file}. Take it to the computer of the board.")


def _make_key_pair() -> "KeyPair":
    """Raises StartError where the extra is not installed."""
    from micboard_tui.contracts.errors import ErrorCode, StartError

    try:
        from micboard_tui.bus.server.key_pairs import make_key_pair
    except ModuleNotFoundError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"What makes keys is not installed ({error.name})",
            hint="pip install 'micboard-tui[fleet]'",
        ) from error
    return make_key_pair()


@app.command("end-key")
def end_key(name: Name) -> None:
    """End the key of a user. The boards that are attached with it are out at once.

    micboard-tui users end-key Ada
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.safe_text import visible

    async def remove_key(services: "Services") -> "User":
        return data_of(await services.users.set_key(name, None, actor=current_operator()))

    print_line(f"{visible(run_with_services(remove_key).name)} has no key any more.")


@app.command()
def revoke(
    number: Annotated[str, typer.Argument(metavar="TOKEN", help="Its number, as `users tokens` lists it.")],
) -> None:
    """End a token or a login at once.

    micboard-tui users revoke 0a1b2c3d4e5f
    """
    from micboard_tui.cli.context import current_operator, data_of, run_with_services
    from micboard_tui.cli.output import print_line
    from micboard_tui.domain.safe_text import visible

    ended = data_of(
        run_with_services(lambda services: services.users.revoke_token(number, actor=current_operator()))
    )
    print_line(f"Ended {'the login' if ended.is_session else f'the token {visible(ended.label)}'.strip()}.")
