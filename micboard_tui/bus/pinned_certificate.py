"""TLS to a server whose certificate lies on the same computer: it alone is trusted, for whatever name it is.

A rack is reached as 127.0.0.1 by its own programs, and its certificate names it as others see it.
"""

import ssl
from pathlib import Path

from micboard_tui.config.small_files import read_small

_END = "-----END CERTIFICATE-----"


def make_pinned_context(certificate: Path) -> ssl.SSLContext:
    """For a client. Raises OSError: the file cannot be read, or holds no certificate (ssl.SSLError)."""
    # Those that signed it stand behind it, and would make whatever else they signed trusted, too.
    text = read_small(certificate).decode("ascii", "replace")
    first = text.partition(_END)[0] + _END
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=first)
    return context
