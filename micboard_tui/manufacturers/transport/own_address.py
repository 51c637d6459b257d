"""Which address of this machine another one sees, by the system's routes; nothing is sent."""

import socket


def find_own_host(host: str, port: int) -> str | None:
    """The IPv4 address of this machine that ``host`` sees; None where there is no way to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        try:
            trial.connect((host, port))
        except OSError:
            return None
        own_host: str = trial.getsockname()[0]
        return own_host
