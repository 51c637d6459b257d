"""The page on the real API, from the first message to an acknowledged alarm."""

from collections.abc import Iterator

import pytest

from micboard_tui.domain.alarm import Alarm
from micboard_tui.domain.alarm_rules import AlarmKey, AlarmPriority
from micboard_tui.domain.identity import DeviceId
from micboard_tui.domain.observation import MetersHeard
from micboard_tui.domain.problem import ProblemCode
from tests.api.page.browser import Browser, log_in, needs_browser, open_browser
from tests.api.page.running_application import RunningApplication
from tests.fakes.users import PASSWORD
from tests.tui.scripted_rig import METERS

pytestmark = [pytest.mark.integration, pytest.mark.timeout(60), needs_browser]

LOW = AlarmKey(ProblemCode.BATTERY_LOW, DeviceId("rack-1"), 2)


@pytest.fixture
def served() -> Iterator[RunningApplication]:
    served = RunningApplication()
    with served.running():
        yield served


def test_what_the_api_tells_is_shown_and_what_a_person_saw_is_acknowledged(
    served: RunningApplication,
) -> None:
    rig = served.rig
    now = rig.live.now()
    served.call(rig.alarms.show, Alarm(LOW, AlarmPriority.AT_BREAK, now, now))
    with open_browser() as browser:
        browser.open(served.url)
        browser.until(lambda: len(browser.names()) > 2)
        browser.until(lambda: "Spare rack" in browser.names())
        assert set(browser.names()) == {"Lead Vox", "Guitar", "Lectern", "Spare rack"}
        served.call(rig.report, 1, MetersHeard(1, METERS._replace(rf_dbm=-71.0)))
        browser.until(lambda: "\u221271" in browser.row("Lead Vox").text)
        _acknowledge(browser)
        browser.until(lambda: rig.alarms.actors == ["Wanda"])
        browser.until(lambda: "seen by Wanda" in browser.text("#detail-alarms"))
        assert browser.text("#lines [data-state=seen] .name") == "Guitar"
        browser.run("document.getElementById('log-out').click()")
        browser.until(lambda: "Not logged in" in str(browser.texts("#user")))
        browser.until_rows(browser.names())
        assert browser.log() == []


def _acknowledge(browser: Browser) -> None:
    browser.row("Guitar").click()
    browser.until(lambda: "Lectern, not ready" in str(browser.texts("#detail-facts dd")))
    browser.find("#acknowledge").click()
    log_in(browser, "Wanda", PASSWORD)
