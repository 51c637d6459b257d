"""The recipes of the justfile: what CI, the git hooks, the README and CONTRIBUTING call is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RECIPES = set(
    re.findall(r"^([a-z][a-z-]*)(?: [^:=]*(?:=[^:]*)?)?:", (ROOT / "justfile").read_text(), re.MULTILINE)
)
CALLERS = (
    ".ci/run",
    ".ci/soak",
    ".github/hooks.yaml",
    "README.md",
    ".github/CONTRIBUTING.md",
    *(f".github/workflows/{name}.yml" for name in ("release", "security", "tests")),
)


def test_every_promised_recipe_is_there() -> None:
    promised = "audit-code release-check site"
    promised += " check test test-all fix demo console snapshots bench docs mutants soak hooks"
    assert set(promised.split()) <= RECIPES


@pytest.mark.parametrize("caller", CALLERS)
def test_what_is_called_is_a_recipe(caller: str) -> None:
    called = re.findall(r"\bjust ([a-z][a-z-]+)", (ROOT / caller).read_text())
    assert called
    assert set(called) <= RECIPES


def test_the_readmes_test_command_is_what_ci_can_run() -> None:
    block = re.search(
        r"<!-- test command -->\n```sh\n(.*?)\n```", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert block is not None
    assert block[1].endswith("just test-all")
