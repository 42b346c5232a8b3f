"""Reading YAML: values by the core schema of YAML 1.2, positions, guards, and never an exception."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
import yaml_emitter
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.spec import yaml_reader
from slo_gen.spec.problems import LINE_BREAK, Problem, render_github, render_json, render_sarif, render_text
from slo_gen.spec.source import Source
from slo_gen.spec.yaml_reader import MAX_ALIAS_NODES, MAX_DEPTH, MAX_PROBLEMS, RawDocument, read_yaml
from slo_gen.spec.yaml_text import MAX_FILE_BYTES, read_text


def read(text: str) -> tuple[list[RawDocument], list[Problem]]:
    return read_yaml(Source("a.yaml", text))


def value_of(text: str) -> Any:
    documents, problems = read(text)
    assert problems == []
    (document,) = documents
    return document.value


def messages(text: str) -> list[tuple[int, int, str]]:
    return [(problem.line, problem.column, problem.message) for problem in read(text)[1]]


# --- values --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("on", "on"), ("no", "no"), ("yes", "yes"), ("Off", "Off"), ("y", "y"),
        ("22:30", "22:30"), ("1:20:30", "1:20:30"), ("2026-01-01", "2026-01-01"), ("2026-01-01 10:00:00", "2026-01-01 10:00:00"),
        ("010", 10), ("0o17", 15), ("0x1F", 31), ("0b11", "0b11"), ("0O17", "0O17"), ("0X1F", "0X1F"), ("-0x1F", "-0x1F"),
        ("1_000", "1_000"), ("1,000", "1,000"), ("+12", 12), ("-0", 0), ("1.", 1.0), (".5", 0.5), ("-.5e3", -500.0), ("1e3", 1000.0),
        ("1.5E-2", 0.015), ("99.95%", "99.95%"),
        ("1e", "1e"), (".", "."), ("+", "+"), ("..5", "..5"), ("1.2.3", "1.2.3"), ("12e03", 12000.0),
        ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False), ("null", None), ("Null", None),
        ("NULL", None), ("~", None), ("nUll", "nUll"), ("", None), ("'true'", "true"), ('"12"', "12"), ("''", ""), ("inf", "inf"),
        (".infinity", ".infinity"),
        ("nan", "nan"), ("30d", "30d"), ("at least 99.9%", "at least 99.9%"), ("=", "="),
        ("9223372036854775807", 2**63 - 1),
    ],
)  # fmt: skip
def test_scalar(written: str, expected: Any) -> None:
    value = value_of(f"k: {written}\n")["k"]
    assert value == expected
    assert type(value) is type(expected)


def core_schema_oracle(text: str) -> Any:
    """The table of YAML 1.2.2, section 10.3.2, row by row in its order."""
    rows: list[tuple[str, Any]] = [
        (r"null|Null|NULL|~", lambda _: None),
        (r"", lambda _: None),
        (r"true|True|TRUE|false|False|FALSE", lambda found: found.lower() == "true"),
        (r"[-+]?[0-9]+", int),
        (r"0o[0-7]+", lambda found: int(found[2:], 8)),
        (r"0x[0-9a-fA-F]+", lambda found: int(found, 16)),
        (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
        (r"[-+]?(\.inf|\.Inf|\.INF)", lambda _: math.inf),
        (r"\.nan|\.NaN|\.NAN", lambda _: math.nan),
    ]
    for pattern, build in rows:
        if re.fullmatch(pattern, text):
            return build(text)
    return text


@given(
    st.text(alphabet="0123456789+-.eExXoOabfnNtTrRuUlLsSiI_:~", max_size=12).filter(lambda text: not re.search(r"^-$|^~.|:$|^[-:]", text))
)
def test_plain_scalars_equal_the_table_of_the_specification(text: str) -> None:
    expected = core_schema_oracle(text)
    documents, problems = read(f"k: {text}\n")
    if isinstance(expected, float) and not math.isfinite(expected):
        assert len(problems) == 1
        return
    assert problems == []
    value = documents[0].value["k"]
    assert value == expected
    assert type(value) is type(expected)


KEYS = st.text(min_size=1, max_size=12).filter(
    lambda key: not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in key)
)
TEXTS = st.text(
    alphabet=st.characters(
        exclude_categories=("Cs",), exclude_characters=[chr(code) for code in (*range(9), *range(11, 13), *range(14, 32), *range(127, 160))]
    ),
    max_size=30,
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=5)


@given(MAPPINGS, st.sampled_from([None, 0, 2]))
def test_json_is_read_as_json(value: dict[str, Any], indent: int | None) -> None:
    assert value_of(yaml_emitter.as_json(value, indent)) == value


@given(MAPPINGS.filter(bool), st.data(), st.sampled_from(["\n", "\r\n", "\r"]))
def test_positions_are_where_they_were_written(value: dict[str, Any], data: st.DataObject, line_break: str) -> None:
    emitter = yaml_emitter.Emitter(
        block=lambda _: data.draw(st.booleans()),
        plain=lambda _: data.draw(st.booleans()),
        comment=lambda: data.draw(st.sampled_from(["", "", "a comment: with, [marks] é 漢字"])),
        line_break=line_break,
    )
    text = emitter.emit(value)
    documents, problems = read(f"first: document{line_break}---{line_break}{text}")
    assert problems == []
    document = documents[1]
    assert document.value == value
    for path, (line, column) in emitter.values.items():
        assert document.positions.value_span(path)[:2] == (line + 2, column)
    for path, (line, column) in emitter.keys.items():
        assert document.positions.key_span(path)[:2] == (line + 2, column)
    assert all(document.positions.has(path) for path in emitter.values)
    assert not document.positions.has(("no such key",))


def test_block_scalars_and_folding() -> None:
    assert value_of("a: |\n  one\n  two\nb: >-\n  one\n  two\nc: one\n  two\n") == {"a": "one\ntwo\n", "b": "one two", "c": "one two"}


def test_anchors_share_values_and_keep_their_own_positions() -> None:
    ((document,), problems) = read("a: &x {p: 1, q: [2]}\nb: *x\nc: {d: *x, e: 3}\nf: 4\n")
    assert problems == []
    assert document.value == {"a": {"p": 1, "q": [2]}, "b": {"p": 1, "q": [2]}, "c": {"d": {"p": 1, "q": [2]}, "e": 3}, "f": 4}
    assert document.positions.value_span(("b",)) == (2, 4, 2)
    assert document.positions.value_span(("c", "d")) == (3, 8, 2)
    assert document.positions.value_span(("c", "d", "q", 0)) == (1, 18, 1)
    assert document.positions.value_span(("c", "e")) == (3, 15, 1)
    assert document.positions.key_span(("f",)) == (4, 1, 1)


def test_anchor_on_a_key_can_be_repeated_as_a_value() -> None:
    assert value_of("&k name: x\nother: *k\n") == {"name": "x", "other": "name"}


def test_an_anchor_may_be_defined_again() -> None:
    assert value_of("a: &x 1\nb: &x 2\nc: *x\n") == {"a": 1, "b": 2, "c": 2}


def test_anchors_end_with_their_document() -> None:
    assert messages("a: &x 1\n---\nb: *x\n") == [(2 + 1, 4, "there is no anchor `&x` above this alias in the same document")]


def test_a_path_that_was_not_written_is_where_its_mapping_is() -> None:
    ((document,), _) = read("spec:\n  a: {b: 1}\n")
    assert document.positions.value_span(("spec", "a", "missing", 3)) == (2, 6, 1)
    assert document.positions.key_span(("spec", "missing")) == (1, 1, 4)


def test_empty_documents_are_skipped() -> None:
    documents, problems = read("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n...\n")
    assert [document.value for document in documents] == [{"a": 1}, {"b": 2}]
    assert problems == []
    assert read("") == ([], [])
    assert read("# only a comment\n") == ([], [])


# --- guards --------------------------------------------------------------------------------------------------
def test_depth_is_bounded() -> None:
    deepest = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert read(f"a: {deepest}\n")[1] == []
    assert messages(f"a: [{deepest}]\n") == [(1, 3 + MAX_DEPTH, f"more than {MAX_DEPTH} levels inside each other")]


def test_depth_counts_what_aliases_repeat() -> None:
    half = "[" * 40 + "]" * 40
    assert messages(f"a: &x {half}\nb: {'[' * 40}*x{']' * 40}\n") == [(2, 44, f"`*x` makes more than {MAX_DEPTH} levels inside each other")]
    assert read(f"a: &x {half}\nb: {'[' * (MAX_DEPTH - 41)}*x{']' * (MAX_DEPTH - 41)}\n")[1] == []


def test_aliases_may_repeat_only_so_many_values() -> None:
    thousand = f"a: &x [{', '.join(['1'] * 999)}]\n"
    fine = MAX_ALIAS_NODES // 1000
    assert read(f"{thousand}b: [{', '.join(['*x'] * fine)}]\n")[1] == []
    (problem,) = read(f"{thousand}b: [{', '.join(['*x'] * (fine + 1))}]\n")[1]
    assert (problem.line, problem.column) == (2, 5 + 4 * fine)


def test_reading_goes_on_after_a_document_that_was_given_up() -> None:
    documents, problems = read(f"a: {'[' * 100}\n---\nb: 1\n---\nc: *d\n---\ne: 'x\n---\nf: 2\n")
    assert [document.value for document in documents] == [{"b": 1}, {"f": 2}]
    assert [(problem.line, problem.column) for problem in problems] == [(1, 3 + MAX_DEPTH), (5, 4), (7, 4)]
    assert documents[1].positions.value_span(("f",)) == (9, 4, 1)


def test_duplicate_keys_name_both_places() -> None:
    text = "a:\n  b: {c: 1}\n  c:\n    c: 1\n  'c': 2\n  d: &x 1\n  b: 3\n"
    assert messages(text) == [
        (5, 3, "the key `c` is there twice: first in line 3, column 3"),
        (7, 3, "the key `b` is there twice: first in line 2, column 3"),
    ]


def test_duplicate_keys_in_a_later_document() -> None:
    assert messages("a: 1\n---\nb: 'x\n---\nc: 1\nc: 2\n")[1:] == [(6, 1, "the key `c` is there twice: first in line 5, column 1")]


def test_problems_of_one_file_are_bounded() -> None:
    problems = read("".join(f"{number}: x\n" for number in range(1000)))[1]
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].message == "too many problems; the rest of this file was not read"
    assert len(read("a: '\n---\n" * 1000)[1]) <= MAX_PROBLEMS + 1


@pytest.mark.parametrize("written", ["! x", "!!str x", "!local x", "&a ! x", "&a !!int 5", "! [1]", "!<tag:yaml.org,2002:str> x"])
def test_tags_are_refused_as_values(written: str) -> None:
    ((line, column, message),) = messages(f"a: {written}\n")
    assert (line, column) == (1, 4)
    assert message.startswith("the tag `!")


def test_tags_are_refused_as_keys() -> None:
    assert [message for _, _, message in messages("!!str a: 1\n")] == ["the tag `!!str` is not allowed"]


def test_exclamation_marks_in_text_are_no_tags() -> None:
    assert value_of("a: 'x!=\"y\"'\nb: stop!\n\"!c\": '!d'\n") == {"a": 'x!="y"', "b": "stop!", "!c": "!d"}


@pytest.mark.parametrize(
    ("data", "line", "column", "word"),
    [
        (b"a: \xff", 1, 4, "0xFF"),
        ("é: 漢\nb: ".encode() + b"\xe9\n", 2, 4, "0xE9"),
        (b"\xff\xfea\x00", 1, 1, "UTF-16"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", 1, 1, "UTF-32"),
        (b"a: \x00", 1, 4, "NUL"),
        (b"a: 1\r\nb: \x1b[31m", 2, 4, "U+001B"),
        ("a: \x85".encode(), 1, 4, "U+0085"),
        ("a: x\u2028y".encode(), 1, 5, "U+2028"),
        ("a: \u202e".encode(), 1, 4, "U+202E"),
        ("a: \u2066".encode(), 1, 4, "U+2066"),
        ("a: 1\n\ufeffb: 2".encode(), 2, 1, "byte order mark"),
        ("a: \uffff".encode(), 1, 4, "U+FFFF"),
        (b"a: \x7f", 1, 4, "U+007F"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, line: int, column: int, word: str) -> None:
    source, (problem,) = read_text("a.yaml", data)
    assert source is None
    assert (problem.line, problem.column) == (line, column)
    assert word in problem.message


def test_a_byte_order_mark_at_the_start_is_no_part_of_the_text() -> None:
    source, problems = read_text("a.yaml", b"\xef\xbb\xbfa: 1\n")
    assert problems == []
    assert source is not None
    assert read_yaml(source)[0][0].positions.key_span(("a",)) == (1, 1, 1)


def test_large_files_are_not_read() -> None:
    source, (problem,) = read_text("a.yaml", b"#" * (MAX_FILE_BYTES + 1))
    assert source is None
    assert problem.message == "the file is larger than 16 MiB"


def test_control_characters_by_escape_are_refused_in_keys_and_values() -> None:
    assert messages('"a\\0": 1\nb: "x\\ty\\nz"\nc: "\\e[31m"\n') == [
        (1, 1, "the text holds the control character U+0000"),
        (3, 4, "the text holds the control character U+001B"),
    ]


# --- robustness ----------------------------------------------------------------------------------------------
FRAGMENTS = st.lists(
    st.sampled_from(
        ["a", "b: ", ": ", "- ", "? ", "\n", "\n  ", "\n    ", "\t", "{", "}", "[", "]", ",", "'", '"', "|", ">", "&x ", "*x", "!t ", "!",
         "---\n", "...\n", "%YAML 1.2\n", "#c\n", "\\d", "<<: ", "1", ".inf", "é", "漢", "\r\n", "\r", "kind: SLO\n", "@", "`", "%", "\\"],
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(FRAGMENTS | st.text(max_size=200))
def test_any_text_gives_values_or_problems(text: str) -> None:
    source, problems = read_text("a.yaml", text)
    if source is not None:
        _, problems = read_yaml(source)
    lines = LINE_BREAK.split(text.removeprefix("\ufeff"))
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.length >= 1
        assert problem.message.isprintable()
        assert "\x1b" not in problem.hint
    for render in (render_json, render_sarif, render_github):
        assert isinstance(render(problems), str)
    render_text(problems, {"a.yaml": text})


@given(st.binary(max_size=200))
def test_any_bytes_give_values_or_problems(data: bytes) -> None:
    source, problems = read_text("a.yaml", data)
    assert (source is None) == bool(problems)
    if source is not None:
        read_yaml(source)


@given(FRAGMENTS)
def test_every_error_of_libyaml_has_words(text: str) -> None:
    for problem in read(text)[1]:
        assert not problem.message.startswith("this is no YAML"), text


def test_the_reader_is_the_only_place_that_parses() -> None:
    assert "CParser" in vars(yaml_reader)
