"""Every way in which HTTP with a device can fail, as an error with a code and a cure."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import anyio
import httpx

from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access
from micboard_tui.manufacturers.transport.link import unresolved

MAX_CAUSES = 16
_REACH_HINT = "Check that it is switched on, its cable, and that this machine is in its network"
WRONG_PORT_HINT = "Check that the address and the port are those of the device"
_AGAIN_HINT = "It may be restarting; the connection is tried again by itself"


def needed_secret(access: Access, kind: str, address: str) -> str:
    """The secret to send. Raises DeviceError CREDENTIALS_NEEDED when none is known."""
    if not access.secret:
        raise DeviceError(
            ErrorCode.CREDENTIALS_NEEDED,
            f"{address} lets nobody in without its {kind}",
            hint=f"Store the {kind}: micboard-tui secrets set",
        )
    if not (access.secret.isascii() and access.secret.isprintable()):
        # Refused here, since the libraries below would quote it in their errors.
        raise DeviceError(
            ErrorCode.CREDENTIALS_NEEDED,
            f"The {kind} stored for {address} has characters that cannot be sent",
            hint=f"Store the {kind} anew: micboard-tui secrets set",
        )
    return access.secret


def refusal(status: int, address: str, credentials: str) -> DeviceError | None:
    """Why ``status`` lets us not in; None when it is about something else.

    ``credentials`` says what was refused, as a person would call it.
    """
    if status not in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return None
    return DeviceError(
        ErrorCode.CREDENTIALS_REFUSED,
        f"{address} refuses {credentials} (HTTP {status})",
        hint="Store the right one: micboard-tui secrets set. Wrong tries can lock the device's account",
        status=status,
    )


@contextmanager
def translated(address: str, *, while_connecting: bool = False) -> Iterator[None]:
    """What goes wrong inside is raised as DeviceError.

    HOST_NOT_RESOLVED, DEVICE_REFUSED (nobody listens), DEVICE_UNREACHABLE, DEVICE_SILENT (it takes the
    connection and does not answer), API_ERROR (what answers speaks something else).
    """
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise _judged(error, address) from error
    except (TimeoutError, OSError, UnicodeError, anyio.EndOfStream, anyio.BrokenResourceError) as error:
        if isinstance(error, TimeoutError) and not while_connecting:
            raise _silent(address) from error
        raise _judged(error, address) from error


def _judged(error: BaseException, address: str) -> DeviceError:
    causes = list(_causes(error))
    if (told := _told_by_cause(causes, address)) is not None:
        return told
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return _silent(address)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return DeviceError(ErrorCode.DEVICE_UNREACHABLE, f"{address} does not answer", hint=_REACH_HINT)
    if isinstance(error, httpx.RemoteProtocolError) and not _hung_up(error):
        return DeviceError(
            ErrorCode.API_ERROR, f"{address} answers with something that is no HTTP", hint=WRONG_PORT_HINT
        )
    reason = next((each.strerror for each in causes if isinstance(each, OSError) and each.strerror), None)
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{address} cannot be reached ({reason})" if reason else f"{address} broke the connection",
        hint=_REACH_HINT if reason else _AGAIN_HINT,
    )


def _told_by_cause(causes: Iterable[BaseException], address: str) -> DeviceError | None:
    """What the libraries wrap, where it says more than the wrapping."""
    for cause in causes:
        if isinstance(cause, socket.gaierror | UnicodeError | httpx.InvalidURL):
            return unresolved(address.rpartition(":")[0])
        if isinstance(cause, ConnectionRefusedError):
            return DeviceError(
                ErrorCode.DEVICE_REFUSED,
                f"{address} refuses the connection",
                hint="Check the port, and that the device lets other makers' controllers in",
            )
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError):
            return DeviceError(
                ErrorCode.API_ERROR,
                f"{address} does not speak TLS as we do ({cause.reason or 'handshake failed'})",
                hint="Check the port: this one may be for plain HTTP or for something else",
            )
    return None


def _hung_up(error: httpx.RemoteProtocolError) -> bool:
    """The library has one error for rubbish and for an answer cut short; only its words differ."""
    return "closed" in str(error) or "disconnected" in str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, all attempts to connect included."""
    waiting = [error]
    for _ in range(MAX_CAUSES):
        if not waiting:
            return
        cause = waiting.pop()
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)
        # httpcore raises its errors "from None", which hides the cause but keeps the context.
        if (earlier := cause.__cause__ or cause.__context__) is not None:
            waiting.append(earlier)


def _silent(address: str) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_SILENT,
        f"{address} takes the connection but does not answer",
        hint="Restart the device if it stays so; the connection is tried again by itself",
    )
