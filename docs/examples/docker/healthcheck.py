"""Whether `serve` answers in this container, at the address and by the protocol that its settings say."""

import os
import ssl
import sys
from urllib.request import urlopen

TIMEOUT_S = 3


def main() -> int:
    """0: it answers. It is asked on this computer alone, so its certificate may be one of any name."""
    host, _, port = os.environ.get("MICBOARD_API__LISTEN", "127.0.0.1:8642").rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - all addresses
    has_tls = "MICBOARD_API__CERTIFICATE" in os.environ
    context = ssl._create_unverified_context() if has_tls else None  # noqa: S323 - of this computer
    url = f"{'https' if has_tls else 'http'}://{host}:{port}/healthz"
    try:
        with urlopen(url, timeout=TIMEOUT_S, context=context) as answer:  # noqa: S310 - of http alone
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
