"""The certificate that a device shows now, for a user who has to decide whether to trust it."""


async def fetch_shown_fingerprint(host: str, port: int, timeout_s: float) -> str:
    """SHA-256 of it, as lower-case hex. Sends nothing. Raises DeviceError.

    What speaks TLS and HTTP takes a third of a second to import, so it is loaded when it is needed.
    """
    from micboard_tui.manufacturers.transport.https import fetch_fingerprint  # noqa: PLC0415 - slow to load, seldom needed

    return await fetch_fingerprint(host, port, timeout_s)
