"""``python -m micboard_tui``."""

from micboard_tui.cli.main import main

main()
