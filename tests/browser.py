"""A headless Chromium for the page tests: opens a file with the network watched and closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CHARTS_READY = "document.documentElement.dataset.charts === 'ready'"


@dataclass
class Seen:
    """An open page and what happened while it loaded."""

    page: object
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def overflow(self) -> int:
        """Pixels the page is wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )


@contextmanager
def chromium() -> Iterator[object]:
    """A browser; the test is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: object, path: Path, width: int = 1280, *, charts: bool = True, scripts: bool = True
) -> Iterator[Seen]:
    """The file in a window of that width. Requests other than for the file itself are recorded and refused."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    seen = Seen(context.new_page())
    address = path.resolve().as_uri()

    def decide(route: object) -> None:
        if route.request.url == address:
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    context.route("**/*", decide)
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on("console", lambda message: message.type == "error" and seen.errors.append(message.text))
    try:
        seen.page.goto(address)
        if charts and scripts:
            seen.page.wait_for_function(CHARTS_READY)
        yield seen
    finally:
        context.close()
