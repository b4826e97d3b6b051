"""The rehearsal's page in a real browser, opened from disk."""

from __future__ import annotations

import importlib
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.program import program
from tests.page.sample import HOSTILE, matrix

from cicdgen.reports.rehearsal_page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import (  # type: ignore[import-not-found, unused-ignore]
        Browser,
        Page,
    )

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = "PAGE_TESTS" in os.environ
"""Set by `make test-page`: then a browser that is missing is a failure."""
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
TEMPLATE = Path(__file__).parents[2] / "templates" / "prod.json"
WIDTHS = (320, 360, 768, 1280)

pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(CHROMIUM is None and not REQUIRED, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    if REQUIRED:
        api = importlib.import_module("playwright.sync_api")
    else:
        api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page on disk, with a name that is not friendly."""
    file = tmp_path_factory.mktemp("page") / "rehearsal.html"
    file.write_text(page(matrix(name=HOSTILE)), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def seen(browser: Browser, address: str) -> Iterator[Page]:
    """The page, opened."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(5000)
    opened.goto(address)
    yield opened
    opened.close()


def choose(seen: Page, scenario: str) -> None:
    """Go to a scenario."""
    seen.get_by_role("tab", name=scenario).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_without_errors_and_asks_for_nothing(
    browser: Browser, address: str, scheme: str
) -> None:
    """From disk: no request but the file itself, nothing on the console."""
    requests: list[str] = []
    said: list[str] = []
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type, unused-ignore]
        opened = context.new_page()
        opened.on("request", lambda request: requests.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(address)
        for tab in opened.get_by_role("tab").all():
            tab.click()

    assert requests == [address]
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scenario", ["good", "bad-canary", "replay"])
def test_every_text_can_be_read(browser: Browser, address: str, scheme: str, scenario: str) -> None:
    """Contrast is at least 4.5, and 3 for large text, in light and in dark."""
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type, unused-ignore]
        opened = context.new_page()
        opened.goto(address)
        choose(opened, scenario)
        result = opened.evaluate(CONTRAST)

    assert result["found"] == []
    assert result["looked"] > 100


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scenario", ["good", "bad-canary", "replay"])
def test_it_fits_every_width(seen: Page, width: int, scenario: str) -> None:
    """Nothing scrolls sideways, down to a small phone."""
    seen.set_viewport_size({"width": width, "height": 740})
    choose(seen, scenario)
    wide = seen.evaluate(
        "[...document.querySelectorAll('body *')].filter((each) => "
        "each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.skip, thead'))"
        ".map((each) => each.tagName)"
    )

    assert width == seen.evaluate("document.documentElement.scrollWidth")
    assert wide == []


def test_hostile_text_stays_text(seen: Page) -> None:
    """A name with markup in it is shown as it is, and nothing of it runs."""
    assert seen.title() == f"Rehearsal of {HOSTILE}"
    assert seen.get_by_role("heading", level=1).text_content() == HOSTILE
    assert seen.locator("b", has_text="bold").count() == 0


def test_it_opens_on_what_went_wrong(seen: Page) -> None:
    """The first scenario that did not end as it should is chosen, with its cause."""
    panel = seen.get_by_role("tabpanel")

    assert "1 of 3 scenarios did not end as it should" in seen.locator("#verdict").inner_text()
    assert panel.get_by_role("heading", name="replay").is_visible()
    assert "no statement of BuildPolicy allows" in seen.locator("#causes").inner_text()


def test_calls_can_be_filtered(seen: Page) -> None:
    """By text and by verdict; the count is said."""
    rows = seen.locator("#calls tr")

    assert rows.count() == 11
    seen.locator("#calls-verdict").select_option("denied")
    assert rows.count() == 1
    assert "kms:GenerateDataKey" in rows.inner_text()
    assert seen.locator("#calls-count").inner_text() == "1 of 11 calls"
    seen.locator("#calls-verdict").select_option("")
    seen.locator("#calls-text").fill("DEPLOYERROLE")
    assert rows.count() == 2
    seen.locator("#calls-text").fill("nobody")
    assert rows.count() == 0


def test_permissions_can_be_filtered(seen: Page) -> None:
    """Those that no scenario used are shown with what explains them."""
    seen.locator("#permissions-use").select_option("never")
    rows = seen.locator("#permissions tr")

    assert rows.count() == 1
    assert "xray:PutTraceSegments" in rows.inner_text()
    assert "the function's own code was not run" in rows.inner_text()
    assert "1 never used" in seen.locator("#permissions-count").inner_text()


def test_drawings_are_told(seen: Page) -> None:
    """Each drawing has a title that says what it shows, and so has each action in it."""
    choose(seen, "bad-canary")
    drawings = seen.get_by_role("img")
    names = [each.locator("title").first.text_content() or "" for each in drawings.all()]
    actions = [each.text_content() for each in seen.locator("#pipeline g > title").all()]

    assert "Deploy: Deploy Failed" in names[0]
    assert "The worst minute has 10 % errors" in names[1]
    assert actions[1] == "Build (CodeBuild): Succeeded after 0:00:56"


def test_the_plot_shows_shares_and_marks(seen: Page) -> None:
    """A tenth of the height is the canary's, and the alarm and the rollback are marked."""
    choose(seen, "bad-canary")
    heights = {
        kind: seen.locator(f"#traffic .{kind}").nth(number).evaluate("e => e.height.baseVal.value")
        for kind, number in (("share-new", 0), ("share-old", 1))
    }
    marks = seen.locator("#marks li").all_inner_texts()

    assert heights["share-new"] == pytest.approx(14)
    assert heights["share-old"] == pytest.approx(126)
    assert any("RollbackAlarm is in ALARM" in each for each in marks)
    assert any("rolled back" in each for each in marks)


def test_the_plot_answers_the_pointer(seen: Page) -> None:
    """Under the pointer: the time, the shares and the errors."""
    choose(seen, "bad-canary")
    plot = seen.locator("#traffic svg")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    seen.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.4)

    assert "version 4 10 %" in seen.locator("#reading").inner_text()
    assert "errors 10 %" in seen.locator("#reading").inner_text()


def test_a_scenario_without_traffic_says_so(seen: Page) -> None:
    """An empty plot would look like nothing going wrong."""
    assert "No traffic was sent" in seen.locator("#traffic").inner_text()


def test_what_builds_wrote_is_there(seen: Page) -> None:
    """As text, whatever it is; where nothing was written there is no log."""
    choose(seen, "good")
    seen.get_by_text("Log of builds and functions (1 line)").click()
    log = seen.locator("#log").inner_text()
    choose(seen, "replay")

    assert f"0:00:33 BuildProject: {HOSTILE}" == log
    assert not seen.locator("#log-details").is_visible()


def test_it_works_with_the_keyboard(seen: Page) -> None:
    """The way past the tabs comes first; arrows go from scenario to scenario."""
    seen.keyboard.press("Tab")
    first = seen.evaluate("document.activeElement.textContent")
    seen.keyboard.press("Tab")
    seen.keyboard.press("ArrowRight")
    chosen = seen.locator("[aria-selected=true]").inner_text()
    seen.keyboard.press("End")
    last = seen.locator("[aria-selected=true]").inner_text()

    assert first == "Skip to the scenario"
    assert "good" in chosen
    assert "replay" in last
    assert seen.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"


def test_every_field_has_a_label(seen: Page) -> None:
    """What a screen reader says of each field."""
    labels = seen.evaluate(
        "[...document.querySelectorAll('input, select')].map((each) => each.labels.length)"
    )

    assert labels == [1, 1, 1, 1]


def test_tables_stay_tables_on_a_phone(seen: Page) -> None:
    """Rows that are drawn as cards are rows to a screen reader all the same."""
    seen.set_viewport_size({"width": 360, "height": 740})
    tree = seen.context.new_cdp_session(seen).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in tree if not node["ignored"])

    assert (roles["table"], roles["columnheader"], roles["row"]) == (2, 11, 24)
    assert roles["cell"] == 11 * 6 + 11 * 5


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a rehearsal of our own template, in every scenario that it can have."""
    folder = tmp_path_factory.mktemp("real")
    ran = program("rehearse", str(TEMPLATE), "--all", "--format", "html", cwd=folder)
    assert ran.code == 0, ran.err
    file = folder / "rehearsal.html"
    file.write_text(ran.out, encoding="utf-8")
    return file.as_uri()


def test_a_real_rehearsal_fits_a_phone_and_can_be_read(browser: Browser, real: str) -> None:
    """Every scenario of our own template, with hundreds of calls and permissions."""
    opened = browser.new_page(viewport={"width": 360, "height": 740})
    opened.goto(real)
    names = [tab.get_attribute("aria-label") for tab in opened.get_by_role("tab").all()]
    widths, unreadable, drawn = set(), [], 0
    for tab in opened.get_by_role("tab").all():
        tab.click()
        widths.add(opened.evaluate("document.documentElement.scrollWidth"))
        unreadable += opened.evaluate(CONTRAST)["found"]
        drawn += opened.locator("#pipeline g > title").count()
    opened.close()

    assert "bad-canary, as it should" in names
    assert widths == {360}
    assert unreadable == []
    assert drawn >= 4 * len(names)
