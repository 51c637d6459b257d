"""Every way in which HTTP with a device can fail, as an error with a code and a hint."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import anyio
import httpx

from micboard_tui.contracts import hints
from micboard_tui.contracts.errors import DeviceError, ErrorCode
from micboard_tui.contracts.ports import Access
from micboard_tui.manufacturers.transport.link import resolution_error

MAX_CAUSES = 16


def require_secret(access: Access, kind: str, address: str) -> str:
    """The secret to send. Raises DeviceError CREDENTIALS_NEEDED when none is known."""
    if not access.secret:
        raise DeviceError(
            ErrorCode.CREDENTIALS_NEEDED,
            f"{address} needs its {kind}",
            hint=f"Store the {kind}: micboard-tui secrets set DEVICE",
        )
    if not (access.secret.isascii() and access.secret.isprintable()):
        # Refused here, since the libraries below would quote it in their errors.
        raise DeviceError(
            ErrorCode.CREDENTIALS_NEEDED,
            f"The {kind} stored for {address} has characters that cannot be sent",
            hint=f"Store the {kind} again: micboard-tui secrets set DEVICE",
        )
    return access.secret


def credentials_error(status: int, address: str, credentials: str) -> DeviceError | None:
    """The error for a ``status`` that refuses us; None for any other status.

    ``credentials``: what was refused, as users call it.
    """
    if status not in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return None
    return DeviceError(
        ErrorCode.CREDENTIALS_REFUSED,
        f"{address} refuses {credentials} (HTTP {status})",
        hint="Store the right one: micboard-tui secrets set DEVICE. Wrong tries can lock "
        "the device's account",
        status=status,
    )


@contextmanager
def translate_errors(address: str, *, while_connecting: bool = False) -> Iterator[None]:
    """What goes wrong inside is raised as DeviceError.

    HOST_NOT_RESOLVED, DEVICE_REFUSED (no program listens), DEVICE_UNREACHABLE, DEVICE_SILENT (it takes the
    connection and does not answer), API_ERROR (what answers speaks something else).
    """
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise _error_of(error, address) from error
    except (TimeoutError, OSError, UnicodeError, anyio.EndOfStream, anyio.BrokenResourceError) as error:
        if isinstance(error, TimeoutError) and not while_connecting:
            raise _silence_error(address) from error
        raise _error_of(error, address) from error


def _error_of(error: BaseException, address: str) -> DeviceError:
    causes = list(_causes(error))
    if (cause_error := _error_by_cause(causes, address)) is not None:
        return cause_error
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return _silence_error(address)
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return DeviceError(
            ErrorCode.DEVICE_UNREACHABLE, f"{address} does not answer", hint=hints.CHECK_REACHABILITY
        )
    if isinstance(error, httpx.RemoteProtocolError) and not _is_cut_short(error):
        return DeviceError(
            ErrorCode.API_ERROR, f"{address} does not answer in HTTP", hint=hints.CHECK_ADDRESS
        )
    reason = next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), None)
    return DeviceError(
        ErrorCode.DEVICE_UNREACHABLE,
        f"{address} cannot be reached ({reason})" if reason else f"{address} broke the connection",
        hint=hints.CHECK_REACHABILITY if reason else hints.RECONNECTS,
    )


def _error_by_cause(causes: Iterable[BaseException], address: str) -> DeviceError | None:
    """What the libraries wrap, where it says more than the wrapping."""
    for cause in causes:
        if isinstance(cause, socket.gaierror | UnicodeError | httpx.InvalidURL):
            return resolution_error(address.rpartition(":")[0])
        if isinstance(cause, ConnectionRefusedError):
            return DeviceError(
                ErrorCode.DEVICE_REFUSED,
                f"{address} refuses the connection",
                hint=hints.CHECK_CONTROLLER_ACCESS,
            )
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLWantReadError):
            return DeviceError(
                ErrorCode.API_ERROR,
                f"{address} does not accept our TLS ({cause.reason or 'handshake failed'})",
                hint="Check the port: this one may be for plain HTTP or for something else",
            )
    return None


def _is_cut_short(error: httpx.RemoteProtocolError) -> bool:
    """The library has one error for what is no HTTP and for an answer cut short; only its text differs."""
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


def _silence_error(address: str) -> DeviceError:
    return DeviceError(
        ErrorCode.DEVICE_SILENT,
        f"{address} takes the connection but does not answer",
        hint="Restart the device if it stays so; the connection is tried again by itself",
    )
