"""The HTTP API that ``serve`` offers: where it listens, who may what, and how it answers."""

import gc
from typing import TYPE_CHECKING, NamedTuple

from micboard_tui.contracts.errors import ErrorCode, StartError

if TYPE_CHECKING:
    import anyio

    from micboard_tui.api.options import ApiOptions
    from micboard_tui.api.server import Application, Listener, Listening
    from micboard_tui.config.api_settings import Api
    from micboard_tui.contracts.services import Services


class ApiPlan(NamedTuple):
    """Where to listen, and who may what."""

    listening: "Listening"
    options: "ApiOptions"


def plan_api(settings: "Api") -> ApiPlan:
    """Raises StartError."""
    from micboard_tui.config.output_addresses import is_loopback, split_address

    try:
        # What is missing is found before anything is opened.
        import micboard_tui.api.application  # noqa: F401
        from micboard_tui.api.options import ApiOptions, RateLimits
        from micboard_tui.api.server import Listening
    except ModuleNotFoundError as error:
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"What serves the API is not installed ({error.name})",
            hint="pip install 'micboard-tui[api]'",
        ) from error
    host, port = split_address(settings.listen)
    if (settings.certificate is None) != (settings.key is None):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            "TLS needs a certificate and its key, and only one of them is given",
            hint="Give both --certificate and --key",
        )
    is_local, has_tls = is_loopback(host), settings.certificate is not None
    if not (is_local or has_tls or settings.without_tls):
        raise StartError(
            ErrorCode.CONFIG_INVALID,
            f"{host} can be reached from other computers, and there is no certificate",
            hint="Give --certificate and --key; or --without-tls where a proxy adds TLS or no stranger is in"
            " the network",
        )
    watches = settings.watch_without_login
    options = ApiOptions(
        is_loopback=is_local,
        watch_without_login=is_local if watches is None else watches,
        is_secure=has_tls,
        metrics_from=settings.metrics_from or "",
        proxies=settings.proxies or "",
        rates=RateLimits(
            reads_per_second=settings.reads_per_second, live_connections=settings.live_connections
        ),
        with_micboard=settings.micboard,
    )
    return ApiPlan(Listening(host, port, settings.certificate, settings.key), options)


async def answer(
    services: "Services", listener: "Listener", options: "ApiOptions", ready: "anyio.Event"
) -> None:
    """Answer until cancelled; ``ready`` is set when connections are taken."""
    from micboard_tui.api.server import serve

    await serve(await prepare(services, options), listener, ready)


async def prepare(services: "Services", options: "ApiOptions") -> "Application":
    """The application over ``services``."""
    import anyio.to_thread

    from micboard_tui.api.application import build_application
    from micboard_tui.api.context import make_context

    # It takes half a second of processor time, in which a lease of the same process would not be renewed.
    application = await anyio.to_thread.run_sync(build_application, make_context(services, options))
    # It stays to the end, as all that is loaded before: a collection over it would stop everything for 60 ms.
    gc.freeze()
    return application


def print_where(listener: "Listener") -> None:
    """Tell where the page and the description of the API are."""
    from micboard_tui.cli.output import print_note

    url = listener.listening.url
    print_note(f"Serving {url} until Ctrl+C; the API is described at {url}api/docs/")


async def print_without_users(services: "Services", options: "ApiOptions") -> None:
    """Tell who can do what as long as no user is registered, where that is known."""
    from micboard_tui.cli.output import print_note

    listed = await services.users.list_users()
    if not listed.success or listed.data:
        return
    watches = options.watch_without_login
    who = "only this computer may watch" if options.is_loopback else "everybody may watch"
    print_note(
        f"There is no user yet: {who if watches else 'no user can log in'}, and no change is possible."
        " Add one:  micboard-tui users add NAME --role write"
    )
