"""How problems are shown: text with a caret, JSON, SARIF and the annotations of pull requests."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.spec.problems import Problem, has_errors, render_github, render_json, render_sarif, render_text, summary

ERROR = Problem("error", "specs/a.yaml", 2, 3, "unknown field `objectve`", "did you mean `objective`?", length=8)
WARNING = Problem("warning", "specs/a.yaml", 1, 1, "this cannot fire", check="burn-cannot-fire")
SOURCES = {"specs/a.yaml": "kind: SLO\n  objectve: 1\n"}


def caret_line(line: str, column: int, length: int = 1) -> tuple[str, str]:
    """The shown line and its carets, without the margin."""
    text = render_text([Problem("error", "a", 1, column, "x", length=length)], {"a": line})
    _, shown, carets = text.splitlines()
    return shown.removeprefix("  1 | "), carets.removeprefix("    | ")


def test_text_shows_position_line_caret_and_hint() -> None:
    assert render_text([ERROR], SOURCES) == (
        "specs/a.yaml:2:3: error: unknown field `objectve`\n  2 |   objectve: 1\n    |   ^^^^^^^^\n    = did you mean `objective`?\n"
    )


def test_text_is_sorted_and_names_the_check() -> None:
    assert render_text([ERROR, WARNING], SOURCES).startswith(
        "specs/a.yaml:1:1: warning: this cannot fire [burn-cannot-fire]\n  1 | kind: SLO\n    | ^\n\nspecs/a.yaml:2:3: error"
    )


def test_text_without_source_or_line_has_no_caret() -> None:
    assert (
        render_text([Problem("error", "gone.yaml", 1, 1, "there is no such file")], {}) == "gone.yaml:1:1: error: there is no such file\n"
    )
    assert render_text([Problem("error", "a", 9, 1, "x")], {"a": "one line"}) == "a:9:1: error: x\n"
    assert render_text([], {}) == ""


def test_colour_changes_nothing_but_escapes() -> None:
    coloured = render_text([ERROR, WARNING], SOURCES, colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render_text([ERROR, WARNING], SOURCES)


@pytest.mark.parametrize(
    ("line", "column", "length", "shown", "carets"),
    [
        ("abc", 2, 1, "abc", " ^"),
        ("abc", 4, 1, "abc", "   ^"),
        ("abc", 2, 99, "abc", " ^^"),
        ("\tabc", 2, 3, "    abc", "    ^^^"),
        ("\tabc", 1, 1, "    abc", "^^^^"),
        ("漢字: x", 5, 1, "漢字: x", "      ^"),
        ("漢字", 1, 2, "漢字", "^^^^"),
        ("e\u0301x", 3, 1, "e\u0301x", " ^"),
        ("a\u200bb", 3, 1, "ab", " ^"),
        ("a\x1bb", 3, 1, "a\ufffdb", "  ^"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, column: int, length: int, shown: str, carets: str) -> None:
    assert caret_line(line, column, length) == (shown, carets)


@given(st.text(alphabet=st.characters(exclude_characters="\r\n"), min_size=1, max_size=400).filter(lambda line: line.strip()), st.data())
def test_carets_never_leave_the_shown_line(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    length = data.draw(st.integers(1, len(line)))
    shown, carets = caret_line(line, column, length)
    width = sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown
    )
    assert carets.strip() == "^" * len(carets.strip())
    assert len(carets) <= max(width + len(line) - len(line.rstrip()) + 4, 1)
    assert width <= 130


def test_long_lines_are_cut_around_the_caret() -> None:
    shown, carets = caret_line("a" * 500 + "here" + "b" * 500, 501, 4)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert shown[carets.index("^") : carets.index("^") + 4] == "here"


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "a\nb", "\r", "\x07", "\u202e"])
def test_hostile_text_cannot_reach_the_terminal(hostile: str) -> None:
    text = render_text([Problem("error", f"{hostile}.yaml", 1, 1, hostile, hostile)], {f"{hostile}.yaml": f"a{hostile}"})
    assert all(line.isprintable() for line in text.splitlines())


def test_json_holds_everything() -> None:
    (row,) = json.loads(render_json([ERROR]))["problems"]
    assert row == {
        "severity": "error", "file": "specs/a.yaml", "line": 2, "column": 3, "end_column": 11,
        "message": "unknown field `objectve`", "hint": "did you mean `objective`?", "check": "",
    }  # fmt: skip


def test_sarif_is_2_1_0_with_rules_and_regions() -> None:
    document = json.loads(render_sarif([ERROR, WARNING], version="0.1.0"))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"] == {"name": "slo-gen", "rules": [{"id": "burn-cannot-fire"}, {"id": "document"}], "version": "0.1.0"}
    warning, error = run["results"]
    assert (warning["level"], warning["ruleId"], warning["ruleIndex"]) == ("warning", "burn-cannot-fire", 0)
    assert error["message"]["text"] == "unknown field `objectve`\ndid you mean `objective`?"
    location = error["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "specs/a.yaml"
    assert location["region"] == {"startLine": 2, "startColumn": 3, "endColumn": 11}


@pytest.mark.parametrize(
    ("file", "uri"), [("a b/ü.yaml", "a%20b/%C3%BC.yaml"), ("/abs/a.yaml", "file:///abs/a.yaml"), ("a#b?.yaml", "a%23b%3F.yaml")]
)
def test_sarif_addresses_are_quoted(file: str, uri: str) -> None:
    document = json.loads(render_sarif([Problem("error", file, 1, 1, "x")]))
    found = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert found == uri
    assert unquote(found).removeprefix("file://") == file


def test_github_annotation() -> None:
    assert render_github([ERROR]) == (
        "::error file=specs/a.yaml,line=2,col=3,endColumn=11,title=slo-gen::unknown field `objectve`%0Adid you mean `objective`?\n"
    )


@given(st.text(), st.text(), st.text())
def test_github_annotations_cannot_be_forged(file: str, message: str, hint: str) -> None:
    text = render_github([Problem("error", file, 1, 1, message, hint)])
    assert text.count("\n") == 1
    assert "\r" not in text
    properties, _, data = text.removeprefix("::error ").partition("::")
    assert len(properties.split(",")) == 5
    assert ":" not in properties
    assert re.fullmatch(r"(?:[^%\n\r]|%25|%0D|%0A)*\n", data)


def test_summary_and_errors() -> None:
    assert summary([]) == "no problems"
    assert summary([ERROR]) == "1 error in 1 file"
    assert summary([ERROR, ERROR, WARNING, Problem("warning", "b", 1, 1, "x")]) == "2 errors, 2 warnings in 2 files"
    assert has_errors([WARNING, ERROR])
    assert not has_errors([WARNING])


def test_order_is_by_place() -> None:
    problems = [
        Problem("error", "b", 1, 1, "x"),
        Problem("error", "a", 2, 1, "x"),
        Problem("error", "a", 1, 5, "x"),
        Problem("error", "a", 1, 2, "x"),
    ]
    assert [(problem.file, problem.line, problem.column) for problem in sorted(problems)] == [
        ("a", 1, 2),
        ("a", 1, 5),
        ("a", 2, 1),
        ("b", 1, 1),
    ]
