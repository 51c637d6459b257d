"""Debian's Chromium, driven as a person would use a tablet."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM, CHROMEDRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or CHROMEDRIVER is None,
    reason="needs Chromium and its driver (Debian: chromium, chromium-driver)",
)
PHONE, TABLET, LAPTOP = (390, 844), (820, 1180), (1280, 800)
WAIT_LIMIT_S = 40
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


class Browser:
    """One window."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, address: str, size: tuple[int, int] = TABLET) -> None:
        """Load a page; what it remembered before is kept."""
        self.resize(size)
        self.driver.get(address)

    def resize(self, size: tuple[int, int]) -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def forget(self) -> None:
        """Take away what the page remembered."""
        self.run("localStorage.clear()")

    def run(self, script: str, *arguments: object) -> Any:  # noqa: ANN401 - whatever the script returns
        """The value of a script that returns one."""
        return self.driver.execute_script(script, *arguments)

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """The text that each element of the page holds, in the order of the page."""
        script = "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)"
        return list(self.run(script, selector))

    def text(self, selector: str) -> str:
        return " ".join(self.find(selector).text.split())

    def until(self, is_so: Callable[[], object]) -> None:
        """Wait for a condition."""
        WebDriverWait(self.driver, WAIT_LIMIT_S, 0.05).until(lambda _: is_so())

    def names(self) -> list[str]:
        """The rows from above."""
        return self.texts("#lines .name")

    def until_rows(self, names: Sequence[str]) -> None:
        """Wait until these rows stand there, in this order."""
        try:
            self.until(lambda: self.names() == list(names))
        except Exception:
            assert self.names() == list(names)
            raise

    def row(self, name: str) -> WebElement:
        """The row of a channel."""
        script = (
            "return [...document.querySelectorAll('#lines li')]"
            ".find((row) => row.querySelector('.name').textContent === arguments[0])"
        )
        found: WebElement = self.run(script, name)
        return found

    def log(self) -> list[str]:
        """What the console said since it was asked last."""
        return [entry["message"] for entry in self._read_log("browser")]

    def addresses(self) -> set[str]:
        """The addresses that were asked for since this was asked last, WebSockets too."""
        found = set()
        for entry in self._read_log("performance"):
            message = json.loads(entry["message"])["message"]
            parameters = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                found.add(parameters["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                found.add(parameters["url"])
        return found

    def _read_log(self, kind: str) -> list[Any]:
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]


def log_in(browser: Browser, name: str, password: str) -> None:
    """Fill in the form of the page, and send it."""
    for field, text in (("#login-name", name), ("#login-password", password)):
        browser.find(field).clear()
        browser.find(field).send_keys(text)
    browser.find("#login [type=submit]").click()


@contextmanager
def open_browser() -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.binary_location = CHROMIUM or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
