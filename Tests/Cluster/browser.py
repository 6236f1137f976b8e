"""A browser with one page open, and what is asked of it."""
import json
import pathlib
import re

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By


def equal(found, expected, what):
    if found != expected:
        raise SystemExit(f"{what}: found {found!r}, expected {expected!r}")


def check(condition, what):
    equal(bool(condition), True, what)


class Browser:
    """Chromium with one page open."""

    def __init__(self, page):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(120)
        self.address = pathlib.Path(page).resolve().as_uri()
        self.window(1400)

    def command(self, name, **values):
        return self.driver.execute_cdp_cmd(name, values)

    def window(self, width, scheme="light", height=900):
        """Sets the size of the window and the colours that the system prefers."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        preference = {"name": "prefers-color-scheme", "value": scheme}
        self.command("Emulation.setEmulatedMedia", media="", features=[preference])

    def open(self, fragment=""):
        """Loads the page anew."""
        self.driver.get("about:blank")
        self.driver.get(self.address + fragment)

    def run(self, script, *values):
        return self.driver.execute_script(script, *values)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map((x) => x.textContent)", selector)

    def press(self, keys):
        for key in keys:
            self.run(
                "(document.activeElement ?? document.body).dispatchEvent("
                "new KeyboardEvent('keydown', {key: arguments[0], bubbles: true, cancelable: true}))", key)

    def choose(self, name, value):
        """Sets a filter, and returns the milliseconds until the result is laid out."""
        return self.run(
            "const control = document.querySelector(`.filters [name=${arguments[0]}]`), start = performance.now();"
            "control.value = arguments[1];"
            "control.dispatchEvent(new Event(control.tagName === 'INPUT' ? 'input' : 'change', {bubbles: true}));"
            "document.body.offsetHeight; return performance.now() - start", name, value)

    def kind(self, name):
        """Presses the button of a kind, and returns the milliseconds until the result is laid out."""
        return self.run(
            "const start = performance.now(); document.querySelector(`[data-kind='${arguments[0]}']`).click();"
            "document.body.offsetHeight; return performance.now() - start", name)

    def counted(self):
        """The numbers of items and of sentences that pass the filter."""
        return tuple(int(number) for number in re.findall(r"\d+", self.texts(".count")[0])[:2])

    def current(self):
        """The place of the current sentence, from 1."""
        return int(self.all(".card[aria-current]")[0].get_attribute("aria-posinset"))


def check_quiet(browser):
    """Nothing was said on the console, and nothing but the page was asked for."""
    equal([entry["message"] for entry in browser.driver.get_log("browser")], [], "console")
    messages = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    asked = {
        message["params"]["request"]["url"].split("#")[0]
        for message in messages if message["method"] == "Network.requestWillBeSent"
    }
    equal(asked - {"about:blank", "data:,"}, {browser.address}, "requests")
