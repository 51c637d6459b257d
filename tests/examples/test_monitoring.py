"""The dashboard of Grafana and the rules of Prometheus ask only for what there is."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from micboard_tui.api.metrics.families import FAMILIES
from micboard_tui.domain.alarm import AlarmStatus
from micboard_tui.domain.alarm_rules import AlarmPriority
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ONLY_OF_ALARMS, ProblemCode

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
RULES = EXAMPLES / "prometheus" / "rules.yml"
SCRAPES = EXAMPLES / "prometheus" / "prometheus.yml"
DASHBOARD = EXAMPLES / "grafana" / "dashboard.json"
RULES_TEST = Path(__file__).parent / "rules_test.yml"
GRID_WIDTH = 24
LABELS = {family.name: {*family.labels, "job", "instance"} for family in FAMILIES}
VALUES: Mapping[tuple[str, str], set[str]] = {
    ("micboard_channel_link_state", "state"): {state.value for state in LinkState},
    ("micboard_alarms", "state"): {status.value for status in AlarmStatus},
    ("micboard_alarms", "priority"): {priority.name.lower() for priority in AlarmPriority},
    ("micboard_problems", "code"): {code.value for code in ProblemCode if code not in ONLY_OF_ALARMS},
    ("micboard_channel_rf_dbm", "antenna"): {"best", "A", "B"},
}


def panels() -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return found


def rules() -> Sequence[Mapping[str, Any]]:
    return [
        rule
        for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]


def expressions() -> Iterator[str]:
    """All, with what Grafana puts in the place of its variables."""
    yield from (rule["expr"] for rule in rules())
    for panel in panels():
        for target in panel["targets"]:
            yield target["expr"].replace("$location", ".*").replace("$__rate_interval", "1m")


EXPRESSIONS = list(dict.fromkeys(expressions()))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_metrics_labels_and_their_values_are_there(expression: str) -> None:
    asked = re.findall(r"\b(micboard_\w+)(?:\{([^}]*)\})?", expression)
    assert asked or expression.startswith("up{")
    for name, matchers in asked:
        assert name in LABELS
        for label, operator, value in re.findall(r'(\w+)(=~|=)"([^"]*)"', matchers):
            assert label in LABELS[name]
            known = VALUES.get((name, label))
            if known is not None:
                assert set(value.split("|") if operator == "=~" else [value]) <= known


def test_every_metric_is_shown_or_watched() -> None:
    assert {name for name in LABELS if not any(name in each for each in EXPRESSIONS)} == set()


def test_each_alert_says_how_bad_it_is_and_what_happened() -> None:
    for rule in rules():
        if "alert" in rule:
            assert rule["labels"]["severity"] in {"critical", "warning"}
            assert rule["annotations"]["summary"]


def test_panels_stand_side_by_side_and_ask_the_chosen_source() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < GRID_WIDTH
        taken |= cells
        for asker in (panel, *panel["targets"]):
            assert asker["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_what_is_scraped_is_where_serve_listens() -> None:
    jobs = yaml.safe_load(SCRAPES.read_text(encoding="utf-8"))["scrape_configs"]
    assert jobs[0]["static_configs"] == [{"targets": ["127.0.0.1:8642"]}]
    assert jobs[1]["scheme"] == "https"


@pytest.mark.integration
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (apt: prometheus)")
def test_promtool_accepts_configuration_rules_and_every_query(tmp_path: Path) -> None:
    queries, unit_tests = tmp_path / "queries.yml", tmp_path / "rules_test.yml"
    records = [{"record": f"query:{at}", "expr": each} for at, each in enumerate(EXPRESSIONS)]
    queries.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}))
    unit_tests.write_text(RULES_TEST.read_text(encoding="utf-8").replace("RULES", str(RULES)))
    for arguments in (
        ("check", "config", "--syntax-only", SCRAPES),
        ("check", "rules", RULES),
        ("check", "rules", queries),
        ("test", "rules", unit_tests),
    ):
        checked = subprocess.run(
            ["promtool", *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr
