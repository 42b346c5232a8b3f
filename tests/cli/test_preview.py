"""What ``slo-gen preview`` says when it cannot draw, and what it leaves of a folder."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from click.testing import Result

from slo_gen.outputs.files import write

Run = Callable[..., Result]
NOWHERE = "http://127.0.0.1:9"
PLACE = {"x": 0, "y": 0, "w": 24, "h": 4}


def dashboard(folder: Path, uid: str = "one", **panel: Any) -> None:
    """A compiled folder with one dashboard."""
    said = {"id": 1, "type": "stat", "title": "State", "gridPos": PLACE, "targets": [{"refId": "A", "expr": "up", "instant": True}]} | panel
    file = folder / "dashboards" / "internal" / f"{uid}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"uid": uid, "title": "One", "panels": [said]}))


@contextmanager
def answering(status: int, answer: object) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A server that gives every query the same answer, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def vector(value: str) -> object:
    return {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [0, value]}]}}


def test_pages_are_written_for_the_instant_that_was_asked_for_and_written_again_only_where_they_change(run: Run, tmp_path: Path) -> None:
    dashboard(tmp_path / "out")
    arguments = ("preview", str(tmp_path / "out"), "--out", str(tmp_path / "pages"), "--at", "2026-11-20T12:00:00+01:00")
    with answering(200, vector("3")) as (url, asked):
        first = run(*arguments, "--prometheus", url)
        again = run(*arguments, "--prometheus", url)
    assert first.output == f"1 dashboard drawn, 2 files changed: {tmp_path / 'pages' / 'index.html'}\n"
    assert again.output == f"1 dashboard drawn, 0 files changed: {tmp_path / 'pages' / 'index.html'}\n"
    assert [(each["query"], each["time"]) for each in asked] == [(["up"], ["1795172400"])] * 2
    page = (tmp_path / "pages" / "one.html").read_text()
    assert '<span class="value">3</span>' in page
    assert "As of 2026-11-20 11:00 UTC." in page
    assert url not in page


def test_a_page_that_is_no_longer_drawn_goes_and_a_file_of_somebody_else_stays(run: Run, tmp_path: Path) -> None:
    dashboard(tmp_path / "out")
    dashboard(tmp_path / "out", "two")
    arguments = ("preview", str(tmp_path / "out"), "--out", str(tmp_path / "pages"), "--at", "2026-11-20")
    with answering(200, vector("3")) as (url, _):
        assert run(*arguments, "--prometheus", url).exit_code == 0
        (tmp_path / "pages" / "notes.txt").write_text("mine")
        (tmp_path / "out/dashboards/internal/two.json").unlink()
        assert run(*arguments, "--prometheus", url).exit_code == 0
    left = sorted(path.name for path in (tmp_path / "pages").iterdir() if not path.name.startswith("."))
    assert left == ["index.html", "notes.txt", "one.html"]


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        ({"type": "geomap"}, "slo-gen: Panel 'State' of dashboard 'One' has the type 'geomap', which is not known here.\n"),
        ({"fieldConfig": {"defaults": {"unit": "furlongs"}}},
         "slo-gen: Dashboard 'One': The unit 'furlongs' of panel 'State' is not known here.\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named_and_nothing_is_written(run: Run, tmp_path: Path, panel: dict[str, Any], message: str) -> None:
    dashboard(tmp_path / "out", **panel)
    with answering(200, vector("3")) as (url, _):
        result = run("preview", str(tmp_path / "out"), "--prometheus", url, "--out", str(tmp_path / "pages"))
    assert (result.exit_code, result.output) == (1, message)
    assert not (tmp_path / "pages").exists()


def test_a_query_without_an_answer_is_named(run: Run, tmp_path: Path) -> None:
    dashboard(tmp_path / "out")
    with answering(400, {"status": "error", "errorType": "bad_data", "error": "parse error"}) as (url, _):
        result = run("preview", str(tmp_path / "out"), "--prometheus", url, "--out", str(tmp_path / "pages"))
    assert result.exit_code == 1
    assert result.output == f"slo-gen: Query A of panel 'State' of dashboard 'One' has no answer: {url} refused the request: parse error\n"


def test_wrong_use_is_explained(run: Run, tmp_path: Path) -> None:
    empty = run("preview", str(tmp_path), "--prometheus", NOWHERE)
    assert (empty.exit_code, empty.output) == (
        1, f"slo-gen: There are no dashboards in {tmp_path / 'dashboards'}; slo-gen compile writes them there.\n",
    )  # fmt: skip
    dashboard(tmp_path)
    nobody = run("preview", str(tmp_path), "--prometheus", NOWHERE, "--customer", "acme")
    assert (nobody.exit_code, nobody.output) == (
        1, f"slo-gen: There is no dashboard of a customer 'acme' in {tmp_path / 'dashboards'}; "
           "only customers with an SLA in force have one.\n",
    )  # fmt: skip
    for text, sentence in (
        ("yesterday", "'yesterday' is no instant; write 2026-11-25T12:00:00Z, a date, or seconds since 1970."),
        ("2026-11-25T12:00", "'2026-11-25T12:00' has no zone; write 2026-11-25T12:00Z for UTC, or 2026-11-25T12:00+01:00."),
    ):
        wrong = run("preview", str(tmp_path), "--prometheus", NOWHERE, "--at", text)
        assert wrong.exit_code == 2
        assert sentence in wrong.output
    (tmp_path / "dashboards" / "broken.json").write_text("{")
    broken = run("preview", str(tmp_path), "--prometheus", NOWHERE)
    assert (broken.exit_code, broken.output) == (
        1, f"slo-gen: {tmp_path / 'dashboards' / 'broken.json'} is no JSON: Input data was truncated.\n",
    )  # fmt: skip


def test_what_compile_wrote_is_not_replaced_by_pages(run: Run, tmp_path: Path) -> None:
    compiled = tmp_path / "out"
    write({"rules/one.yml": "groups: []\n", "dashboards/internal-sre/one.json": "{}"}, compiled)
    before = sorted(path for path in compiled.rglob("*") if path.is_file())
    for out in (compiled, compiled / ".." / "out"):
        result = run("preview", str(compiled), "--prometheus", NOWHERE, "--out", str(out))
        assert result.exit_code == 2
        assert "which slo-gen compile wrote; choose another folder with --out." in " ".join(result.output.split())
    assert sorted(path for path in compiled.rglob("*") if path.is_file()) == before
