"""The signals by which a user or the system asks a program to end, as far as this system has them."""

import signal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
STOP_SIGNALS: tuple[signal.Signals, ...] = tuple(
    signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__
)
"""Windows has the first two only."""
SIGNAL_EXIT = 128
"""A process that a signal ended has this and the number of the signal as its exit code, as in shells."""


def exit_code_of(number: int) -> int:
    """The exit code after the signal: 0, and only after SIGQUIT that of a process which a signal ended."""
    is_quit = number in set(signal.Signals) and signal.Signals(number).name == "SIGQUIT"
    return SIGNAL_EXIT + number if is_quit else 0
