"""The page *Looking at dashboards*, followed as a new user would: its commands, and its questions answered from the page in Chromium."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from running_chromium import running_chromium

from slo_gen.demo.servers import Server

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parent.parent.parent
MANUAL = (ROOT / "docs/preview.md").read_text(encoding="utf-8").partition("## Trying it\n")[2].partition("\n## ")[0]
PANELS = (
    "JSON.stringify([...document.querySelectorAll('section.panel')].map("
    "panel => [panel.querySelector('h2').innerText, panel.querySelector('.body').innerText]))"
)


def commands() -> Iterator[list[str]]:
    """The commands of the page, as a shell splits them."""
    for block in re.findall(r"^```sh\n(.*?)^```$", MANUAL, re.DOTALL | re.MULTILINE):
        yield from (shlex.split(line) for line in block.splitlines())


def questions() -> list[tuple[str, list[str]]]:
    """The panel that answers a question, and what stands in it."""
    rows = [line.strip("|").split("|") for line in MANUAL.splitlines() if line.startswith("|")][2:]
    return [(panel.strip(), re.findall(r"`([^`]+)`", answer)) for _, panel, answer in rows]


def test_a_new_user_answers_the_questions_of_a_customer(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    monkeypatch.chdir(tmp_path)
    compiled, told, served, drawn = commands()
    for command in (compiled, told):
        result = run(*command[1:])
        assert result.exit_code == 0, result.output

    def arguments(port: int) -> Sequence[str]:
        return [*served[1:], f"--web.listen-address=127.0.0.1:{port}"]

    with Server(served[0], arguments, "/-/ready", tmp_path / "log") as server:
        result = run(*(server.url if each == "http://localhost:9090" else each for each in drawn[1:]))
    assert result.output == "1 dashboard drawn, 2 files changed: preview/index.html\n"
    index = Path("preview/index.html").read_text(encoding="utf-8")
    (link,) = re.findall(r'<a href="(customer-nordwind-[^"]+)">Service levels of Nordwind Handel</a>', index)
    with running_chromium(tmp_path) as chromium:
        opened = chromium.open(Path("preview") / link, 390, "light", read=PANELS)
    assert opened.complaints == []
    assert opened.width <= 390
    panels = {title: " ".join(text.split()) for title, text in json.loads(opened.text)}
    asked = questions()
    assert len(asked) == 6
    for panel, answers in asked:
        assert answers
        assert [each for each in answers if each not in panels[panel]] == [], panels[panel]
    ended = next(text for title, text in json.loads(opened.text) if title == "Breaches")
    assert "99.87%" in ended
    assert Path("preview", link).stat().st_size < 2_000_000
