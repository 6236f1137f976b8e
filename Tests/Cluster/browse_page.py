#!/usr/bin/env python3
"""Opens a report's page in a browser, uses it as people do, and prints how long that takes.

Usage: Tests/Cluster/browse_page.py PAGE REPORT GOLD [--pictures FOLDER]

PAGE and REPORT are what `tercet score GOLD A B --html PAGE --json REPORT` writes for two systems, of which A gives
probabilities. Numbers on the page must be those of the report or follow from GOLD. Debian's packages chromium,
chromium-driver and python3-selenium are needed. Times are printed, and decide nothing.
"""
import argparse
import base64
import json
import pathlib
import re
import statistics

from browser import Browser, check, check_quiet, equal

VIEWS = ["scores", "relations", "errors", "calibration", "compare"]


def share(value):
    text = f"{value:.3f}"
    return str(round(value)) if value in (0, 1) else re.sub(r"^(-?)0\.", r"\1.", text)


def check_views(browser, report):
    """Every view, with the numbers of the report."""
    run = report["systems"][0]["runs"][0]
    browser.open()
    equal([link.get_attribute("data-view") for link in browser.all("nav a")], VIEWS, "views")
    row = browser.texts("tbody:first-of-type tr:nth-child(2) td")
    equal(row[1:4], [share(run[key]) for key in ("precision", "recall", "f1")], "headline scores")
    check(row[5].startswith("["), "interval of the headline score")
    browser.open("#relations")
    names = [relation["name"] for relation in run["byRelation"]]
    equal(browser.texts("tbody td:first-child"), names, "relations, worst first")
    browser.run(
        "return new Promise((done) => { addEventListener('hashchange', () => done(), {once: true});"
        "[...document.querySelectorAll('th button')].find((x) => x.textContent === 'gold').click(); })")
    gold = [int(text) for text in browser.texts("tbody td:nth-child(9)")]
    equal(gold, sorted((relation["counts"]["gold"] for relation in run["byRelation"]), reverse=True), "by gold")
    browser.open("#calibration")
    bins = sum(bin["count"] > 0 for bin in run["calibration"]["bins"])
    equal(len(browser.all("figure:first-of-type circle")), bins, "bins with triples")
    check(browser.all("figure:nth-of-type(2) path.curve"), "curve of precision and recall")
    browser.open("#compare")
    equal(len(browser.all("table tbody tr")), len(report["systems"]), "systems")
    equal(browser.texts("tbody tr:nth-child(2) td")[6], share(report["comparison"]["differences"][0]["difference"]),
          "difference")


def check_filters(browser, report, gold):
    """Every filter, by counts of the report; what passes `right` alone is counted there by relation, class and length."""
    run = report["systems"][0]["runs"][0]
    browser.open("#errors")
    kinds = {kind: max(n["wrong"], n["missing"]) for kind, n in run["faults"]["kinds"].items()}
    equal(browser.counted()[0], sum(kinds.values()), "errors")
    for kind, count in {**kinds, "right": run["otherMatches"]["exact"]["counts"]["tp"]}.items():
        browser.kind(kind)
        equal(browser.counted()[0], count, kind)
        equal(browser.run("return location.hash"), "#errors?kind=" + kind.replace(" ", "+"), "fragment")
        browser.kind(kind)
    browser.open("#errors?kind=right")
    for relation in run["byRelation"][-3:]:
        browser.choose("relation", relation["name"])
        equal(browser.counted()[0], relation["counts"]["tp"], relation["name"])
    browser.choose("relation", "")
    for name, part in (("class", "byOverlap"), ("length", "bySentenceLength")):
        for value, score in run[part].items():
            browser.choose(name, value)
            equal(browser.counted()[0], score["counts"]["tp"], value)
        browser.choose(name, "")
    check_search(browser, gold)


def check_search(browser, gold):
    """A search among all kinds finds the sentences that hold the words and have triples."""
    browser.open("#errors?" + "&".join("kind=" + kind for kind in browser.run(
        "return JSON.parse(document.getElementById('data').textContent).kinds")))
    words = " ".join(gold[7]["tokens"][1:3])
    found = {line["id"] for line in gold if words.lower() in " ".join(line["tokens"]).lower() and line["triples"]}
    browser.choose("text", words.upper())
    equal(browser.counted()[1], len(found), f"sentences with {words!r}")
    browser.choose("text", "no such words")
    equal(browser.counted(), (0, 0), "sentences without a match")
    equal(len(browser.all(".card")), 0, "cards without a match")


def check_fragment(browser, report):
    """A fragment restores the filter and the place; what the report lacks is named."""
    relation = report["systems"][0]["runs"][0]["byRelation"][-1]["name"]
    browser.open("#errors?kind=wrong+tail&kind=missed&at=5")
    equal(browser.texts("[aria-pressed=true]")[0].rsplit(" ", 1)[0], "wrong tail", "pressed kind")
    equal(browser.current(), 5, "place")
    browser.choose("relation", relation)
    hash = browser.run("return location.hash")
    before = browser.counted()
    browser.open(hash)
    equal((browser.counted(), browser.run("return location.hash")), (before, hash), "restored filter")
    equal(browser.run("return document.querySelector('[name=relation]').value"), relation, "relation of the fragment")
    browser.open("#errors?kind=nonsense&relation=%3Cb%3E")
    check("the report has no kind nonsense, no relation <b>" in browser.texts(".count")[0], "unknown filter is named")


def check_keys(browser):
    """j and k go through the sentences, and do not while somebody types; few cards are in the document."""
    browser.open("#errors")
    size = browser.counted()[1]
    check(size > 1000 and len(browser.all(".card")) < 40, "few cards in the document")
    browser.press("jjjk")
    equal(browser.current(), 3, "sentence after j j j k")
    top = "const box = document.activeElement.getBoundingClientRect(); return [box.top, innerHeight]"
    y, height = browser.run(top)
    check(0 < y < height, "the current sentence is in the window")
    equal(browser.run("return document.activeElement.getAttribute('aria-posinset')"), "3", "focus")
    check(browser.run("return location.hash").endswith("at=3"), "place in the fragment")
    browser.press("/")
    browser.press("j")
    equal(browser.current(), 3, "sentence while somebody types")
    browser.run("document.activeElement.blur()")
    browser.press("k" * 9)
    equal(browser.current(), 1, "first sentence")
    browser.press("j" * 50)
    equal(browser.current(), 51, "sentence after 50 more")
    check(len(browser.all(".card")) < 40, "few cards in the document after scrolling")
    browser.open(f"#errors?at={size}")
    browser.press("j")
    equal(browser.current(), size, "last sentence")
    y, height = browser.run(top.replace("document.activeElement", "document.querySelector('[aria-current=true]')"))
    check(0 <= y < height, "the last sentence is in the window")


def check_looks(browser, pictures):
    """Light and dark colours, by the system and by the button; nothing wider than the window; paper."""
    for scheme in ("light", "dark"):
        for width in (400, 1400):
            browser.window(width, scheme)
            for view in VIEWS:
                browser.open("#" + view)
                sizes = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
                check(sizes[0] <= sizes[1], f"{view} fits {width} pixels")
                equal(is_dark(browser), scheme == "dark", f"{view} is {scheme}")
                if pictures:
                    picture(browser, pathlib.Path(pictures) / f"{view}-{width}-{scheme}.png")
    browser.run("document.getElementById('theme').click()")
    equal(is_dark(browser), False, "the button turns dark to light")
    browser.window(1400)
    browser.open("#errors")
    browser.command("Emulation.setEmulatedMedia", media="print")
    equal(browser.run("return getComputedStyle(document.querySelector('.card')).position"), "static", "card on paper")
    browser.window(1400)
    paper = base64.b64decode(browser.command("Page.printToPDF")["data"])
    check(len(re.findall(rb"/Type\s*/Page\b", paper)) > 20, "200 sentences on paper")
    check(len(browser.all(".card")) < 40, "few cards in the document after printing")


def is_dark(browser):
    colour = browser.run("return getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3]) < 3 * 128


def picture(browser, path):
    path.write_bytes(base64.b64decode(browser.command("Page.captureScreenshot")["data"]))


def times(browser, report, gold):
    """Milliseconds to the first view and of each filter, and the page's share of the processor in them."""
    browser.command("Performance.enable", timeDomain="threadTicks")
    rows = {name: [] for name in ("first view", "first search", "text", "kind", "relation", "class", "length")}
    relations = [relation["name"] for relation in report["systems"][0]["runs"][0]["byRelation"]]

    def measure(name, act, *values):
        before = busy(browser)
        rows[name].append((act(*values), busy(browser) - before))

    for turn in range(9):
        browser.driver.get("about:blank")
        measure("first view", first_view, browser)
        browser.open("#errors")
        measure("first search", browser.choose, "text", gold[turn]["tokens"][0])
        measure("text", browser.choose, "text", gold[turn]["tokens"][1])
        browser.choose("text", "")
        measure("kind", browser.kind, "wrong tail")
        measure("relation", browser.choose, "relation", relations[-1 - turn % len(relations)])
        browser.choose("relation", "")
        measure("class", browser.choose, "class", "SEO")
        measure("length", browser.choose, "length", "11-20")
    for name, values in rows.items():
        wall, own = (sorted(column) for column in zip(*values))
        print(f"{name:12} median {statistics.median(wall):6.1f} ms, {wall[0]:.1f} to {wall[-1]:.1f}; "
              f"of the processor {statistics.median(own):6.1f} ms, {own[0]:.1f} to {own[-1]:.1f}")


def first_view(browser):
    browser.driver.get(browser.address)
    return browser.run(
        "return new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))"
        ".observe({type: 'paint', buffered: true}))")


def busy(browser):
    """The milliseconds that the page's thread has had of a processor."""
    metrics = browser.command("Performance.getMetrics")["metrics"]
    return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("page", "report", "gold"):
        parser.add_argument(name)
    parser.add_argument("--pictures", metavar="FOLDER", help="also write a picture of every view")
    options = parser.parse_args()
    report = json.loads(pathlib.Path(options.report).read_text())
    gold = [json.loads(line) for line in pathlib.Path(options.gold).read_text().splitlines()]
    browser = Browser(options.page)
    try:
        check_views(browser, report)
        check_filters(browser, report, gold)
        check_fragment(browser, report)
        check_keys(browser)
        check_looks(browser, options.pictures)
        check_quiet(browser)
        times(browser, report, gold)
    finally:
        browser.driver.quit()
    print(f"{options.page}: {pathlib.Path(options.page).stat().st_size} bytes, {len(gold)} sentences: all views as they "
          "should be")


if __name__ == "__main__":
    main()
