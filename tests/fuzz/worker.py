"""What libFuzzer runs: one target, in a process that ends where it breaks.

``run`` starts it with the target, the program that starts it, which libFuzzer starts again to compare what it
found, and libFuzzer's options.
"""

import sys

import atheris

READERS = [
    "micboard_tui.protocols",
    "micboard_tui.manufacturers",
    "micboard_tui.bus.wire",
    "micboard_tui.domain.recording",
    "micboard_tui.domain.mic_plot",
    "micboard_tui.services.assignment.csv_file",
    "micboard_tui.services.wire.wire_file",
    "micboard_tui.storage.plots",
    "micboard_tui.tui.arrange.view",
]
"""Whose branches guide it; with all that is loaded it would take minutes to begin."""


def main() -> None:
    with atheris.instrument_imports(include=READERS):
        from tests.fuzz.targets import attempt, targets

    name, program, *options = sys.argv[1:]
    target = targets()[name]
    atheris.Setup([program, *options], lambda data: attempt(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
