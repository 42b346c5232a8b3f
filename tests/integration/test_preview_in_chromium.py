"""Every page of a preview in a real Chromium, drawn from a real Prometheus: light and dark, on a wide screen and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from backfilled_prometheus import backfilled_prometheus
from click.testing import Result
from promised import promised
from running_chromium import Chromium, running_chromium
from seeded_levels import NOW, seed
from sla_dashboards import dashboard_files

pytestmark = pytest.mark.integration

PAGES = sorted((*(f"{file.uid}.html" for file in dashboard_files(promised())), "index.html"))
WORDS = {
    "slm-sre": ("Error budgets", "checkout-availability", "99.800%", "Burn rate by window", "Marked in the charts"),
    "slm-manager": ("Service levels", "acme-checkout", "-50.0%", "Twelve months"),
    "slm-executive": ("Service levels at a glance",),
    "customer-acme": ("Acme GmbH", "99.85%"),
    "customer-globex": ("99.6",),
    "index": ("Dashboards", "For customers", "For us", "Error budgets"),
}
TOLD = ("slm-sre", "slm-manager", "customer-acme")
"""Pages on which something is lost, and said to be."""

UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.fixture(scope="module")
def pages(run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of all dashboards of a catalogue that is measured."""
    folder = tmp_path_factory.mktemp("preview")
    for file in dashboard_files(promised()):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_text(file.text, encoding="utf-8")
    with backfilled_prometheus(folder / "server") as server:
        seed(server)
        url = str(server.client.base_url)
        result = run("preview", str(folder), "--prometheus", url, "--out", str(folder / "pages"), "--at", str(NOW))
    assert result.exit_code == 0, result.output
    return folder / "pages"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with running_chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


def words_of_loss(page: str) -> set[str]:
    """What a dashboard says where a promise is lost, by its own mappings."""
    (text,) = (file.text for file in dashboard_files(promised()) if f"{file.uid}.html" == page)
    return set(re.findall(r'"0": \{\s*"color": "red",\s*"index": \d+,\s*"text": "([^"]+)"', text))


def test_a_page_is_drawn_for_every_dashboard(pages: Path) -> None:
    assert sorted(path.name for path in pages.glob("*.html")) == PAGES
    assert len(PAGES) == 6


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("page", PAGES)
def test_pages_open_without_complaint_and_without_scrolling_to_the_side(
    pages: Path, chromium: Chromium, page: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    opened = chromium.open(pages / page, width, scheme, UNFOLD)
    assert opened.complaints == []
    assert opened.width <= width
    words = next(words for name, words in WORDS.items() if page.startswith(name))
    assert [word for word in words if word not in opened.text] == []
    if page.startswith(TOLD):
        assert any(word in opened.text for word in words_of_loss(page))
    assert opened.screenshot.startswith(b"\x89PNG")


def test_the_two_themes_differ_and_a_script_is_not_run(pages: Path, chromium: Chromium, tmp_path: Path) -> None:
    page = next(pages.glob("slm-executive-*.html"))
    light, dark = (chromium.open(page, 390, scheme) for scheme in ("light", "dark"))
    assert light.text == dark.text
    assert light.screenshot != dark.screenshot
    poisoned = tmp_path / "poisoned.html"
    poisoned.write_text(page.read_text().replace("</main>", "</main><script>document.title='run'</script><img src='http://127.0.0.1:9/x'>"))
    opened = chromium.open(poisoned, 390, "light")
    assert sum("Content Security Policy" in complaint for complaint in opened.complaints) >= 2
