"""The page in Chromium, on live updates that a test scripts."""

import re
import time
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.api.page.browser import LAPTOP, PHONE, TABLET, Browser, log_in, needs_browser, open_browser
from tests.api.page.page_documents import (
    NO_BATTERY,
    ONLY_PERCENT,
    Document,
    ago,
    alarm,
    changes,
    channel,
    device,
    location,
    meters,
    snapshot,
)
from tests.api.page.page_server import PASSWORD, PageServer

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(90),
    pytest.mark.xdist_group("browser"),
    needs_browser,
]

HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[31m"
LOST = alarm("rf_lost", "a", 2, "RF lost", "check pack and antenna", name="Ben", raised_at=ago(7500))
LOST_CHANNEL = channel(2, "Ben", link_state="rf_lost", warnings=["rf_lost"], rf_dbm=-104.0)


@pytest.fixture(scope="module")
def server() -> Iterator[PageServer]:
    with PageServer().running() as server:
        yield server


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    with open_browser() as window:
        yield window


@pytest.fixture
def browser(window: Browser, server: PageServer) -> Browser:
    """A page that remembers nothing, on a server that was told nothing."""
    server.reset()
    window.driver.get(f"{server.url}page/icon.svg")
    window.forget()
    window.log()
    return window


def rack(*more: Document, alarms: tuple[Document, ...] = ()) -> Document:
    channels = (channel(1, "Ada"), channel(2, "Ben"), channel(3, "Cleo"))
    return snapshot([device("a", "Rack A", *channels), *more], alarms)


def show(browser: Browser, server: PageServer, document: Document, size: tuple[int, int] = TABLET) -> None:
    server.snapshot = document
    browser.open(server.url, size)
    browser.until(browser.names)


def test_the_worst_comes_first_and_says_what_since_when_and_what_to_do(
    browser: Browser, server: PageServer
) -> None:
    low = channel(3, "Cleo", battery_minutes=12, warnings=["battery_critical", "rf_low"])
    off = channel(4, "Dora", link_state="transmitter_off", performer="Dörte", **NO_BATTERY)
    percent = channel(5, "Lectern", mic_number=None, battery_minutes=None, **ONLY_PERCENT)
    devices = [device("a", "Rack A", channel(1, "Ada"), LOST_CHANNEL, low, off, percent)]
    network = alarm("network_lost", None, None, "Network lost", "check switch", raised_at=ago(5))
    show(browser, server, snapshot(devices, [network, LOST]))
    browser.until_rows(["all devices", "Ben", "Cleo", "Ada", "Dörte", "Lectern"])
    rows = [" ".join(text.split()) for text in browser.texts("#lines .text")]
    assert rows[1] == "RF lost 2h check pack and antenna"
    assert rows[2] == "Battery nearly empty change it now"
    assert browser.texts("#lines .letter") == ["!", "L", "B", "", "-", ""]
    assert browser.texts("#lines .battery") == ["", "(7:05)", "0:12", "7:05", "\u2013", "88\u202f%"]
    assert browser.texts("#lines .number")[1:] == [
        "\u2212104\u202fdBm",
        *["\u221252\u202fdBm"] * 3,
        "72\u202f%",
    ]
    assert browser.texts("#lines .mic") == ["", "2", "3", "1", "4", ""]
    assert browser.text("#critical") == "3 critical"
    assert browser.text("#warning") == "0 warning"
    # Unknown is never shown as fine: nothing of it has the colour of what is.
    unknown = browser.row("Dörte").find_element(By.CSS_SELECTOR, ".battery")
    assert unknown.get_attribute("data-tone") == "dim"
    Select(browser.find("#order")).select_by_value("rack")
    browser.until_rows(["all devices", "Ada", "Ben", "Cleo", "Dörte", "Lectern"])


def test_what_went_is_over_and_what_is_only_not_heard_is_not(browser: Browser, server: PageServer) -> None:
    low = alarm("battery_critical", "a", 1, "Battery nearly empty", "change it now")
    other = {**low, "channel": 2}
    dead = channel(2, "Ben", link_state="rf_lost", warnings=["rf_lost"], battery_minutes=1)
    show(browser, server, snapshot([device("a", "Rack A", channel(1, "Ada"), dead)], [low, other]))
    browser.until_rows(["Ben", "Ada"])
    assert browser.texts("#lines .what") == ["Battery nearly empty"] * 2
    assert browser.texts("#lines .cure") == ["change it now", "over for now"]
    tones = "return [...document.querySelectorAll('#lines li')].map((row) => row.dataset.tone)"
    assert browser.run(tones) == ["critical", "warning"]
    battery = browser.row("Ada").find_element(By.CSS_SELECTOR, ".battery")
    assert battery.get_attribute("data-tone") == "text", "what is there now is fine"


def test_old_values_look_old_and_say_their_age(browser: Browser, server: PageServer) -> None:
    old = channel(1, "Ada", warnings=["stale"], meters_at=ago(8))
    show(browser, server, snapshot([device("a", "Rack A", old)]))
    assert browser.text("#lines .what") == "Stale readings"
    assert re.fullmatch(r"(\u00b7 )?\d+s old", browser.text("#lines .age"))
    assert browser.run("return getComputedStyle(document.querySelector('#lines .number')).opacity") == "0.5"


def test_rows_change_in_place_and_move_without_losing_the_place(browser: Browser, server: PageServer) -> None:
    many = [channel(number, f"Mic {number}") for number in range(1, 41)]
    show(browser, server, snapshot([device("a", "Rack A", *many)]), PHONE)
    rack_order = [f"Mic {number}" for number in range(1, 41)]
    browser.until_rows(rack_order)
    browser.run("document.querySelectorAll('#lines li').forEach((row) => (row.mark = row.textContent))")
    first = "#lines li:first-child"
    server.send(meters(channel(1, "Mic 1", rf_dbm=-77.0)))
    browser.until(lambda: "\u221277" in browser.text(f"{first} .number"))
    browser.run("window.scrollTo(0, 1200)")
    find = "[...document.querySelectorAll('#lines li')].find((row) => row.getBoundingClientRect().top > 200)"
    browser.run(f"window.seen = {find}")
    top = browser.run("return window.seen.getBoundingClientRect().top")
    low = channel(40, "Mic 40", warnings=["battery_low"])
    server.send(changes(low))
    browser.until_rows(["Mic 40", *rack_order[:-1]])
    assert browser.run("return window.seen.getBoundingClientRect().top") == pytest.approx(top, abs=1)
    assert browser.run("return [...document.querySelectorAll('#lines li')].every((row) => row.mark)")
    assert browser.text("#warning") == "1 warning"


def test_rows_wait_for_a_finger_that_is_down(browser: Browser, server: PageServer) -> None:
    show(browser, server, rack())
    tap = ActionChains(browser.driver)
    tap.click_and_hold(browser.row("Ada")).perform()
    server.send(changes(LOST_CHANNEL))
    server.send({"type": "alarms", "alarms": [LOST]})
    browser.until(lambda: browser.text("#critical") == "1 critical")
    time.sleep(1.0)
    assert browser.names() == ["Ada", "Ben", "Cleo"]
    ActionChains(browser.driver).release().perform()
    browser.until(lambda: browser.find("#detail").get_attribute("open"))
    assert browser.text("#detail-name") == "1 Ada"
    browser.until_rows(["Ben", "Ada", "Cleo"])


def test_what_is_filtered_is_remembered_and_what_is_critical_stays_counted(
    browser: Browser, server: PageServer
) -> None:
    chapel = device(
        "b", "Chapel", channel(1, "Lectern", link_state="offline", warnings=["offline"]), location="Chapel"
    )
    show(browser, server, rack(chapel))
    browser.until_rows(["Lectern", "Ada", "Ben", "Cleo"])
    Select(browser.find("#location")).select_by_visible_text("Main Stage")
    browser.until_rows(["Ada", "Ben", "Cleo"])
    browser.find("#search").send_keys("cleo")
    browser.until_rows(["Cleo"])
    assert browser.text("#critical") == "1 critical"
    assert browser.text("#hidden span") == "1 critical hidden by the filter"
    browser.driver.refresh()
    browser.until_rows(["Ada", "Ben", "Cleo"])
    browser.find("#hidden button").click()
    browser.until_rows(["Lectern", "Ada", "Ben", "Cleo"])
    browser.find("#search").send_keys("482.1")
    browser.until_rows(["Lectern", "Ada", "Ben", "Cleo"])


def test_a_location_stands_for_all_below_it(browser: Browser, server: PageServer) -> None:
    channels = [channel(1, name) for name in ("Ada", "Ben", "Cleo")]
    devices = [
        device("a", "Rack A", channels[0], location="Hall"),
        device("b", "Rack B", channels[1], location="Stage"),
        device("c", "Rack C", channels[2], location="Foyer"),
    ]
    places = [location("Hall"), location("Stage", "Hall"), location("Foyer"), location("Attic")]
    show(browser, server, snapshot(devices, locations=places))
    assert browser.texts("#location option") == ["All locations", "Hall", "\u2003Stage", "Foyer"]
    for name, rows in (("Hall", ["Ada", "Ben"]), ("Stage", ["Ben"]), ("Foyer", ["Cleo"])):
        Select(browser.find("#location")).select_by_value(name.casefold())
        browser.until_rows(rows)


def test_a_tap_shows_everything(browser: Browser, server: PageServer) -> None:
    devices = [device("a", "Rack A", channel(1, "Ada"), LOST_CHANNEL)]
    show(browser, server, snapshot(devices, [LOST]), PHONE)
    browser.row("Ben").click()
    browser.until(lambda: "Spare 1" in browser.text("#detail-facts"))
    assert browser.text("#detail-alarms .alarm") == "RF lost 2h check pack and antenna"
    facts = dict(zip(browser.texts("#detail dt"), browser.texts("#detail dd"), strict=True))
    assert facts["Antenna B"] == "\u221261\u202fdBm"
    assert facts["Frequency"] == "482.125\u202fMHz, 06,11"
    assert facts["Battery"].startswith("7:05 h, 88\u202f%, 4 of 5 bars, Li-ion")
    assert facts["Spare"] == "Spare 1, ready, live, battery 6:45"


def test_who_may_write_acknowledges_and_who_is_not_logged_in_is_asked_to(
    browser: Browser, server: PageServer
) -> None:
    show(browser, server, snapshot([device("a", "Rack A", channel(1, "Ada"), LOST_CHANNEL)], [LOST]), PHONE)
    browser.row("Ben").click()
    button = browser.find("#acknowledge")
    assert button.text == "Log in to acknowledge"
    button.click()
    log_in(browser, "Wanda", "wrong")
    browser.until(lambda: browser.text("#login .error"))
    assert browser.text("#login .error") == "The name or the password is not right. Try again"
    log_in(browser, "Wanda", PASSWORD)
    browser.until(lambda: server.acknowledged)
    key = {"cause": "rf_lost", "device_id": "a", "channel": 2, "part": None, "location_id": None}
    assert server.acknowledged == [key]
    who = {"acknowledged_at": ago(0), "acknowledged_by": "Wanda"}
    seen = {**LOST, "is_new": False, "status": "acknowledged", **who}
    server.send({"type": "alarms", "alarms": [seen]})
    browser.until(lambda: "seen by Wanda" in browser.text("#detail-alarms"))
    assert not browser.find("#acknowledge").is_displayed()
    # A login that was refused is the only fault that the console may tell of.
    assert all("401" in message for message in browser.log())


def test_who_is_logged_in_is_named_and_can_log_out(browser: Browser, server: PageServer) -> None:
    server.user = {"name": "Wanda", "permission": "write"}
    show(browser, server, rack())
    browser.find("#menu-button").click()
    assert browser.text("#user") == "Wanda may write"
    browser.find("#log-out").click()
    browser.until(lambda: browser.find("#log-in").is_displayed())
    assert browser.text("#user") == "Not logged in: watching only"


def test_where_watching_needs_a_login_it_comes_first(browser: Browser, server: PageServer) -> None:
    server.may_watch, server.permission, server.snapshot = False, "watch", rack()
    browser.open(server.url)
    browser.until(lambda: browser.find("#login").get_attribute("open") is not None)
    assert browser.names() == []
    browser.find("#login-name").send_keys(Keys.ESCAPE)
    log_in(browser, "Walter", PASSWORD)
    browser.until_rows(["Ada", "Ben", "Cleo"])
    assert not browser.find("#login").is_displayed()


def test_when_a_login_ends_nothing_is_shown_as_if_it_were_of_now(
    browser: Browser, server: PageServer
) -> None:
    server.user = {"name": "Wanda", "permission": "write"}
    show(browser, server, rack())
    browser.row("Ada").click()
    server.user, server.may_watch = None, False
    server.speak_again()
    browser.until(lambda: browser.find("#login").is_displayed())
    assert not browser.find("#lines").is_displayed()
    assert not browser.find("#detail").is_displayed()
    assert browser.text("#empty") == "Log in to see the channels"


def test_a_wrong_clock_of_the_tablet_changes_no_age(browser: Browser, server: PageServer) -> None:
    ahead = "const clock = Date.now; Date.now = () => clock() + 3600_000;"
    command = {"source": ahead}
    added = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", command)
    try:
        show(browser, server, rack(alarms=({**LOST, "raised_at": ago(150)},)))
        assert browser.text("#lines .since") == "2m"
        time.sleep(1.2)
        assert not browser.find("#lost").is_displayed()
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_rack_without_devices_says_so(browser: Browser, server: PageServer) -> None:
    browser.open(server.url)
    browser.until(lambda: browser.text("#empty") == "No device is registered")


def test_without_a_message_it_says_that_the_connection_is_lost_over_everything(
    browser: Browser, server: PageServer
) -> None:
    show(browser, server, rack())
    server.snapshot = rack(alarms=(LOST,))
    before, server.is_silent = server.connected, True
    browser.row("Ada").click()
    browser.until(lambda: browser.find("#lost").is_displayed())
    assert browser.text("#lost h2") == "Connection lost"
    assert browser.text("#lost-age").startswith("Values are ")
    covering = "return document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('dialog').id"
    assert browser.run(covering) == "lost"
    server.speak_again()
    browser.until(lambda: not browser.find("#lost").is_displayed())
    assert server.connected > before
    browser.until_rows(["Ben", "Ada", "Cleo"])


def test_what_the_server_does_not_hear_is_told_with_its_age_until_it_is_heard(
    browser: Browser, server: PageServer
) -> None:
    loss = {"text": "Bus lost, values {age} old: check the network", "since": ago(3720)}
    show(browser, server, {**rack(), "lost": loss})
    browser.until(lambda: browser.text("#read-by") == "Bus lost, values 1h old: check the network")
    server.send({"type": "lost", "lost": None})
    browser.until(lambda: not browser.find("#read-by").is_displayed())


def test_a_locked_show_is_said_with_who_locked_it(browser: Browser, server: PageServer) -> None:
    server.lock = {"by": "Ada", "at": "2026-11-30T19:00:00Z"}
    show(browser, server, rack())
    browser.until(lambda: browser.text("#read-by") == "Show locked by Ada")
    server.lock = None
    browser.until(lambda: not browser.find("#read-by").is_displayed())


def test_a_page_that_fails_says_so(browser: Browser, server: PageServer) -> None:
    show(browser, server, rack())
    server.send({"type": "alarms", "alarms": 7})
    browser.until(lambda: browser.find("#lost").is_displayed())
    assert browser.text("#lost h2") == "This page failed"
    browser.find("#retry").click()
    browser.until_rows(["Ada", "Ben", "Cleo"])


def test_after_a_gap_it_asks_for_everything_anew(browser: Browser, server: PageServer) -> None:
    show(browser, server, rack())
    server.snapshot = rack(device("b", "Rack B", channel(1, "Dora")))
    server.send(changes(channel(1, "Ada"), since=7, version=8))
    browser.until_rows(["Ada", "Ben", "Cleo", "Dora"])
    assert server.received == [{"type": "snapshot"}]


def test_names_from_anywhere_are_only_text(browser: Browser, server: PageServer) -> None:
    hostile = channel(1, HOSTILE, mic_number=HOSTILE, group_channel=HOSTILE, transmitter_name=HOSTILE)
    bad = alarm("rf_lost", "a", 1, HOSTILE, HOSTILE, name=HOSTILE, note=HOSTILE)
    devices = [device("a", HOSTILE, hostile, location=HOSTILE, model=HOSTILE, firmware=HOSTILE)]
    show(browser, server, snapshot(devices, [bad]))
    [name] = browser.names()
    assert name == "<img src=x onerror=alert(1)>\ufffd\ufffd[31m"
    browser.find("#lines .name").click()
    browser.until(lambda: "<img" in browser.text("#detail-place"))
    assert browser.run("return document.querySelectorAll('img').length") == 0
    assert browser.log() == []


def test_it_fits_every_size_and_fingers_fit_it(browser: Browser, server: PageServer) -> None:
    name = "A very long name of a channel that nobody could read at stage side"
    long = channel(2, name, mic_number="IEM 31", link_state="rf_lost", warnings=["rf_lost"])
    show(browser, server, snapshot([device("a", "Rack A", channel(1, "Ada"), long)], [LOST]))
    small = (
        "return [...document.querySelectorAll('button, select, input, li')]"
        ".filter((found) => found.offsetParent && !found.matches('.name'))"
        ".map((found) => [found.id, found.offsetWidth, found.offsetHeight])"
        ".filter(([, width, height]) => width < 44 || height < 44)"
    )
    # The cure is read in full: nothing of it is cut off.
    texts = "[...document.querySelectorAll('#lines .text')]"
    cut = f"return {texts}.some((text) => text.scrollWidth > text.clientWidth)"
    for size in (PHONE, TABLET, LAPTOP):
        browser.resize(size)
        assert browser.run("return innerWidth") == size[0]
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth"), size
        assert browser.run(small) == []
        assert not browser.run(cut), size


def test_it_can_be_used_by_keyboard_and_is_heard(browser: Browser, server: PageServer) -> None:
    show(browser, server, rack())
    browser.run("document.querySelector('#lines .name').focus()")
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    browser.until(lambda: browser.find("#detail").is_displayed())
    ActionChains(browser.driver).send_keys(Keys.ESCAPE).perform()
    browser.until(lambda: not browser.find("#detail").is_displayed())
    assert browser.run("return document.activeElement.textContent") == "Ada"
    assert browser.text("#announcement") == ""
    server.send({"type": "alarms", "alarms": [LOST]})
    browser.until(lambda: browser.text("#announcement"))
    assert browser.text("#announcement") == "Ben: RF lost. check pack and antenna."
    controls = "[...document.querySelectorAll('button, select, input')]"
    is_nameless = "!found.textContent.trim() && !found.ariaLabel && !found.labels?.length"
    nameless = f"return {controls}.filter((found) => {is_nameless}).map((found) => found.outerHTML)"
    assert browser.run(nameless) == []


def test_the_clock_of_the_show_stands_in_the_header(browser: Browser, server: PageServer) -> None:
    clock = {
        "show": {"name": "Romeo"},
        "state": "running",
        "scene": {"number": "2.2", "name": "Balcony"},
        "next_break_at": ago(-41.5 * 60),
        "end_at": ago(-7200),
    }
    show(browser, server, {**rack(), "show": clock})
    assert browser.text("#clock") == "Scene 2.2 Balcony \u00b7 0:42 to break"
    server.send({"type": "show", "show": None})
    browser.until(lambda: browser.text("#clock") == "")


def test_the_screen_stays_on_until_it_is_switched_off(browser: Browser, server: PageServer) -> None:
    show(browser, server, rack())
    switch = browser.find("#awake")
    browser.until(lambda: switch.get_attribute("aria-checked") == "true")
    switch.click()
    browser.until(lambda: switch.get_attribute("aria-checked") == "false")
    browser.driver.refresh()
    browser.until(browser.names)
    assert browser.find("#awake").get_attribute("aria-checked") == "false"


def test_light_and_dark_are_switched_and_remembered(browser: Browser, server: PageServer) -> None:
    ground = "return getComputedStyle(document.documentElement).backgroundColor"
    show(browser, server, rack())
    for look, color in (("dark", "rgb(11, 13, 16)"), ("light", "rgb(255, 255, 255)")):
        browser.find("#menu-button").click()
        browser.find(f"[value={look}]").click()
        assert browser.run(ground) == color
        browser.find("#menu [data-close]").click()
    browser.driver.refresh()
    browser.until(browser.names)
    assert browser.run(ground) == "rgb(255, 255, 255)"
    chosen = "return [...document.querySelectorAll('#look :checked')].map((found) => found.value)"
    assert browser.run(chosen) == ["light"]


@pytest.mark.parametrize("path", ["", "api/docs/"])
def test_no_request_leaves_this_host_and_the_console_is_silent(
    browser: Browser, server: PageServer, path: str
) -> None:
    server.snapshot = rack()
    browser.addresses()
    browser.open(f"{server.url}{path}")
    browser.until(lambda: browser.names() or browser.texts(".opblock"))
    asked = {
        address
        for address in browser.addresses()
        if address.partition(":")[0] in {"http", "https", "ws", "wss"}
    }
    ours = server.url.partition("://")[2]
    assert len(asked) > 3
    assert {address for address in asked if address.partition("://")[2].startswith(ours)} == asked
    assert browser.log() == []
