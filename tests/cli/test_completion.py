"""What shells complete: commands and options, each shell in the words that it reads."""

import pytest
from typer.testing import CliRunner

from micboard_tui.cli.main import app


def complete(shell: str, typed: str) -> str:
    """What the shell is answered when Tab is pressed behind ``typed``."""
    environment = {
        "_MICBOARD_TUI_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split(" ")) - 1),
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    return CliRunner().invoke(app, [], prog_name="micboard-tui", env=environment).stdout


def test_bash_completes_commands_and_options() -> None:
    assert complete("bash", "micboard-tui dev").split() == ["devices"]
    assert complete("bash", "micboard-tui devices sh").split() == ["show"]
    assert complete("bash", "micboard-tui simulate --rec").split() == ["--receivers"]


@pytest.mark.parametrize(
    ("shell", "answer"),
    [("zsh", '"show":"Print all that is known'), ("fish", "show\tPrint all that is known")],
)
def test_zsh_and_fish_show_what_a_command_does(shell: str, answer: str) -> None:
    assert answer in complete(shell, "micboard-tui devices sh")


@pytest.mark.integration  # bash is asked for its version
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_the_program(shell: str) -> None:
    environment = {"_MICBOARD_TUI_COMPLETE": f"source_{shell}"}
    script = CliRunner().invoke(app, [], prog_name="micboard-tui", env=environment).stdout
    assert f"_MICBOARD_TUI_COMPLETE=complete_{shell}" in script
