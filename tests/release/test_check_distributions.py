"""What is missing in a wheel, or too much in it, is found; `just release-check` looks at what was built."""

import json

import pytest

from audit_code import judge_packages
from bump_version import ROOT, read_version
from check_distributions import NEEDED_METADATA, expected_files, find_faults, find_faults_of_source
from name_sbom import name_component


@pytest.fixture(scope="module")
def wheel() -> list[str]:
    metadata = f"micboard_tui-{read_version(ROOT)}.dist-info"
    return [*sorted(expected_files(ROOT)), *(f"{metadata}/{name}" for name in NEEDED_METADATA)]


def test_the_tree_has_all_that_a_wheel_has_to_hold(wheel: list[str]) -> None:
    assert list(find_faults(wheel, ROOT)) == []


@pytest.mark.parametrize(
    "name",
    [
        "micboard_tui/py.typed",
        "micboard_tui/themes/stage.toml",
        "micboard_tui/schemas/plan.schema.json",
        "micboard_tui/examples/systemd/micboard-tui.service",
        "micboard_tui/storage/migrations/versions/0001_first_schema.py",
        "micboard_tui/api/page/page.js",
    ],
)
def test_a_file_that_was_left_out_is_named(wheel: list[str], name: str) -> None:
    assert f"not in the wheel: {name}" in list(find_faults([each for each in wheel if each != name], ROOT))


@pytest.mark.parametrize(
    "name",
    ["tests/conftest.py", "micboard_tui/__pycache__/main.pyc", "docs/README.md", "micboard_tui/show.db"],
)
def test_a_file_that_does_not_belong_there_is_named(wheel: list[str], name: str) -> None:
    assert any(name in fault for fault in find_faults([*wheel, name], ROOT))


def test_an_sdist_from_which_no_wheel_can_be_built_is_found() -> None:
    assert "not in the sdist: themes/stage.toml" in list(find_faults_of_source([], ROOT))


def test_a_weak_package_fails_and_one_that_could_not_be_asked_about_does_not_pass() -> None:
    assert judge_packages([{"name": "a", "version": "1", "vulns": []}]).has_passed
    weak = judge_packages(
        [{"name": "a", "vulns": [{"id": "CVE-1"}]}, {"name": "b", "skip_reason": "unknown"}]
    )
    assert (weak.has_passed, weak.is_left_out) == (False, False)
    unknown = judge_packages([{"name": "b", "skip_reason": "unknown"}])
    assert (unknown.has_passed, unknown.is_left_out) == (False, True)
    assert judge_packages(
        [{"name": "micboard-tui", "skip_reason": "distribution marked as editable"}]
    ).has_passed


def test_the_list_of_what_is_inside_has_the_version() -> None:
    named = json.loads(name_component('{"metadata": {"component": {"name": "micboard-tui"}}}', "2026.12.0"))
    assert named["metadata"]["component"] == {"name": "micboard-tui", "version": "2026.12.0"}
