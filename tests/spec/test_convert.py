"""From text to documents: the fast way, and every error of a refused document at its place."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml_emitter
from every_key import Key, every_key, wrong_values
from generated_documents import spoiled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slo_gen.spec import convert
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.documents import KINDS, SLO, UC, Section
from slo_gen.spec.files import STDIN, load
from slo_gen.spec.nearest import nearest
from slo_gen.spec.problems import Problem, render_text, split_lines
from slo_gen.spec.resolve import resolve
from slo_gen.spec.schema import validator

ROOT = Path(__file__).parents[2]
SPECS = ROOT / "specs"
GOOD = "kind: SLO\nmetadata: {name: a}\nspec: {indicator: b, objective: 99.9%}\n"

KEYS = every_key()


def read(text: str) -> tuple[list[Document], list[Problem]]:
    return read_documents([("a.yaml", text)])


def written(document: Any) -> tuple[list[Problem], yaml_emitter.Emitter]:
    """The problems of a document, and the places of its keys and values."""
    emitter = yaml_emitter.Emitter()
    _, problems = read(emitter.emit(document))
    return problems, emitter


def places(problems: Iterable[Problem]) -> list[tuple[int, int]]:
    return [(problem.line, problem.column) for problem in problems]


# --- documents that are right --------------------------------------------------------------------------------
def test_a_document_becomes_the_struct_of_its_kind() -> None:
    (document,), problems = read(GOOD)
    assert problems == []
    assert isinstance(document.value, SLO)
    assert (document.kind, document.name, document.file) == ("SLO", "a", "a.yaml")
    assert document.position(("spec", "objective")) == (3, 33)
    assert document.position(("spec", "objective"), key=True) == (3, 22)
    assert document.position(("spec", "window")) == (3, 7)
    assert document.written(("spec", "objective"))
    assert not document.written(("spec", "window"))
    assert document.problem(("spec", "indicator"), "m", "h", check="c", severity="warning") == Problem(
        "warning", "a.yaml", 3, 19, "m", "h", "c", 1
    )


def test_upc_is_another_name_for_uc() -> None:
    (document,), problems = read("kind: UPC\nmetadata: {name: a}\nspec: {supplier: b, service: c}\n")
    assert problems == []
    assert isinstance(document.value, UC)
    assert document.kind == "UC"


def test_documents_keep_their_order_and_problems_are_sorted() -> None:
    texts = [
        ("b.yaml", GOOD + "---\n" + GOOD.replace("name: a", "name: c")),
        ("a.yaml", "kind: Slo\n"),
        ("c.yaml", b"\xff"),
        ("d.yaml", "a: b: c\n"),
    ]
    documents, problems = read_documents(texts)
    assert [document.name for document in documents] == ["a", "c"]
    assert problems == sorted(problems)
    assert {problem.file for problem in problems} == {"a.yaml", "c.yaml", "d.yaml"}


def test_good_documents_do_not_load_jsonschema() -> None:
    code = (
        "import sys; from slo_gen.spec.convert import read_documents;"
        f"documents, problems = read_documents([('a', {GOOD!r})]);"
        "assert len(documents) == 1 and not problems;"
        "assert 'jsonschema' not in sys.modules and 'difflib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_example_catalogue_holds_every_kind_and_no_problem() -> None:
    loaded = load([SPECS])
    assert loaded.problems == []
    assert {document.kind for document in loaded.documents} == {struct.__name__ for struct in KINDS.values()}


# --- every key of every kind ---------------------------------------------------------------------------------
def test_every_key_is_reached() -> None:
    """The smallest documents around the keys are right, so that each problem below is of the change alone."""
    sections: set[str] = set()
    for key in KEYS:
        problems, _ = written(key.document)
        assert problems == [], (str(key), problems)
    for struct in _sections(Section):
        names = {field.encode_name for field in msgspec.structs.fields(struct)}
        reached = {str(key.path[-1]) for key in KEYS}
        assert names <= reached, struct
        sections.add(struct.__name__)
    assert len(sections) > 40
    assert len(KEYS) > 500


def _sections(section: type[Section]) -> Iterable[type[Section]]:
    for each in section.__subclasses__():
        yield each
        yield from _sections(each)


def _misspelt(name: str) -> str:
    return f"{name[:-1]}q{name[-1]}" if len(name) > 2 else f"{name}{name}"


@pytest.mark.parametrize("kind", sorted({key.kind for key in KEYS}))
def test_misspelt_keys(kind: str) -> None:
    for key in _of(kind):
        name = str(key.path[-1])
        problems, emitter = written(key.renamed(_misspelt(name)))
        assert places(problems) == [emitter.keys[(*key.path[:-1], _misspelt(name))]], (str(key), problems)
        assert f"`{_misspelt(name)}`" in problems[0].message
        assert f"`{name}`" in problems[0].hint, (str(key), problems)


@pytest.mark.parametrize("kind", sorted({key.kind for key in KEYS}))
def test_missing_keys(kind: str) -> None:
    for key in _of(kind):
        removed = key.removed()
        if not key.required:
            continue
        problems, emitter = written(removed)
        assert places(problems) == [emitter.values[key.path[:-1]]], (str(key), problems)
        assert f"`{key.path[-1]}` is missing" in problems[0].message
        assert problems[0].hint.startswith("add ")


@pytest.mark.parametrize("kind", sorted({key.kind for key in KEYS}))
def test_keys_without_a_value(kind: str) -> None:
    for key in _of(kind):
        emitter = yaml_emitter.Emitter()
        text = emitter.emit(key.replaced("\x00nothing")).replace('"\\u0000nothing"', "")
        _, problems = read(text)
        assert places(problems) == [emitter.keys[key.path]], (str(key), problems)


@pytest.mark.parametrize("kind", sorted({key.kind for key in KEYS}))
def test_wrong_values(kind: str) -> None:
    root: Any = validator(kind).schema
    tried: Counter[str] = Counter()
    for key in _of(kind):
        for name, value in wrong_values(key.schema, root):
            tried[name] += 1
            problems, emitter = written(key.replaced(value))
            assert places(problems) == [emitter.values[key.path]], (str(key), name, problems)
            assert problems[0].message != "", (str(key), name)
    assert tried["mapping"] > 0
    assert tried["list"] > 0
    assert tried["pattern"] > 0


def _of(kind: str) -> list[Key]:
    return [key for key in KEYS if key.kind == kind]


# --- the example catalogue, spoiled key by key -----------------------------------------------------------------
def test_keys_of_the_examples_misspelt() -> None:
    """In documents that are used: longer than the smallest ones, with several sections at once."""
    for document in _first_of_each_kind():
        value = document.positions.value
        for path, holder in _mappings_with_fields(value, document.kind):
            for name in list(holder):
                spoilt = f"{name}-x"
                items = [(spoilt if key == name else key, item) for key, item in holder.items()]
                text, emitter = _replaced(value, path, dict(items))
                _, problems = read(text)
                assert emitter.keys[(*path, spoilt)] in places(problems), (document.name, path, name, problems)
                assert len(problems) == 1, (document.name, path, name, problems)


def _first_of_each_kind() -> list[Document]:
    largest: dict[str, Document] = {}
    for document in load([SPECS]).documents:
        known = largest.get(document.kind)
        if known is None or len(document.positions.starts) > len(known.positions.starts):
            largest[document.kind] = document
    assert len(largest) == len(set(KINDS.values()))
    return list(largest.values())


def _mappings_with_fields(value: dict[str, Any], kind: str) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """The mappings whose keys are fixed, by trying a key that no mapping knows."""
    found = []
    for path, holder in _mappings(value, ()):
        text, _ = _replaced(value, path, {**holder, "no-such-key-here": None})
        _, problems = read(text)
        if any("unknown field `no-such-key-here`" in problem.message for problem in problems):
            found.append((path, holder))
    return found


def _mappings(value: Any, path: tuple[str | int, ...]) -> Iterable[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, item in value.items():
            yield from _mappings(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _mappings(item, (*path, number))


def _replaced(value: Any, path: tuple[str | int, ...], new: Any) -> tuple[str, yaml_emitter.Emitter]:
    emitter = yaml_emitter.Emitter()
    return emitter.emit(_with(value, path, new)), emitter


def _with(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = _with(value[path[0]], path[1:], new)
    return copied


# --- whatever is written ---------------------------------------------------------------------------------------
@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_spoiled_documents_are_explained(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(KINDS)))
    document = data.draw(spoiled(kind))
    emitter = yaml_emitter.Emitter()
    documents, problems = read(emitter.emit(document))
    assert len(documents) + bool(problems) == 1
    assert len(set(problems)) == len(problems)
    assert len({(problem.line, problem.column, problem.message) for problem in problems}) == len(problems)
    for problem in problems:
        assert " - at `$" not in problem.message
        assert "is not valid under" not in problem.message


SPEC_TEXTS = [path.read_text(encoding="utf-8") for path in sorted(SPECS.rglob("*.yaml"))]
SLIPS = st.sampled_from(
    ["", " ", "\n", "\t", ":", ": ", "- ", "'", '"', "{", "}", "[", "]", ",", "#", "&a ", "*a", "!", "%", "@", "0", "é", "x", "  "]
)


@given(st.sampled_from(SPEC_TEXTS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), SLIPS), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_slips_of_the_finger_never_raise(text: str, slips: list[tuple[float, int, str]]) -> None:
    for place, deleted, typed in slips:
        at = int(place * len(text))
        text = text[:at] + typed + text[at + deleted :]
    documents, problems = read(text)
    _, unresolved = resolve(documents)
    lines = split_lines(text)
    for problem in (*problems, *unresolved):
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    render_text([*problems, *unresolved], {"a.yaml": text})


def test_msgspec_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the schema ever accept what the structs refuse, the document is refused all the same."""
    monkeypatch.setattr("slo_gen.spec.schema_errors.schema_problems", lambda raw, kinds, known: [])
    documents, problems = read("kind: SLO\nmetadata: {name: a}\nspec:\n  indicator: 5\n  objective: 99%\n")
    assert documents == []
    assert [(problem.line, problem.column, problem.message) for problem in problems] == [(4, 14, "Expected `str`, got `int`")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (".spec.targets[0].name", ["spec", "targets", 0, "name"]),
        (".spec.backed_by[...].all", ["spec", "backed_by"]),
        ("", []),
        ("[3]", [3]),
    ],
)
def test_paths_of_msgspec(text: str, path: list[Any]) -> None:
    assert convert._path(text) == path


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("objectve", ["objective", "indicator"], "objective"),
        ("dependsOn", ["depends_on", "owner"], "depends_on"),
        ("desc", ["description", "title"], "description"),
        ("slo", ["SLO", "SLA"], "SLO"),
        ("x", ["objective"], None),
        ("", ["a"], None),
        ("zzzzzz", [], None),
    ],
)
def test_nearest(word: str, candidates: list[str], expected: str | None) -> None:
    assert nearest(word, candidates) == expected
    assert nearest(word, reversed(candidates)) == expected


# --- files -----------------------------------------------------------------------------------------------------
def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "sub/c.yaml", ".hidden/d.yaml", ".e.yaml", "f.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(GOOD.replace("name: a", f"name: {path.stem.strip('.')}"))
    loaded = load([tmp_path, tmp_path / "b.yaml"])
    assert [document.name for document in loaded.documents] == ["a", "b", "c"]
    assert loaded.problems == []
    assert set(loaded.sources) == {str(tmp_path / name) for name in ("a.yml", "b.yaml", "sub/c.yaml")}


def test_what_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing yet\n")
    (tmp_path / "nowhere.yaml").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "bare").mkdir()
    loaded = load([tmp_path, tmp_path / "missing.yaml", tmp_path / "bare"])
    assert [(problem.severity, Path(problem.file).name, problem.message) for problem in loaded.problems] == [
        ("error", "bare", "the folder holds no *.yaml or *.yml file"),
        ("warning", "empty.yaml", "the file holds no document"),
        ("error", "missing.yaml", "there is no such file or folder"),
        ("error", "nowhere.yaml", "there is no such file or folder"),
    ]


def test_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "stdin"
    path.write_text(GOOD)
    with path.open("rb") as stream:
        loaded = load([Path("-")], stdin=stream)
    assert [document.file for document in loaded.documents] == [STDIN]


def test_consequences_of_a_refused_document_are_not_told(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    indicator = "kind: Indicator\nmetadata: {name: requests}\nspec: {service: shop, events: {total: a, bads: b}}\n"
    slo = "kind: SLO\nmetadata: {name: one}\nspec: {indicator: requests, objective: 99%}\n"
    other = "kind: SLO\nmetadata: {name: two}\nspec: {indicator: nothing, objective: 99%}\n"
    path.write_text("---\n".join([slo, indicator, other]))
    loaded = load([path])
    _, problems = resolve(loaded.documents)
    assert [(problem.line, problem.check) for problem in loaded.with_unresolved(problems)] == [(7, ""), (11, "unknown-reference")]
    path.write_text("---\n".join([slo, indicator.replace("bads", "'bad"), other]))
    loaded = load([path])
    _, problems = resolve(loaded.documents)
    assert [(problem.line, problem.check) for problem in loaded.with_unresolved(problems)] == [(7, ""), (11, "unknown-reference")]


def test_pipes_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "a.yaml").write_text(GOOD)
    assert [document.name for document in load([tmp_path]).documents] == ["a"]


@pytest.mark.parametrize(("there", "meant"), [
    ("Customer", "customer/acme"), ("Supplier", "supplier/acme"), ("Team", "team/acme"), ("Service", "team/acme"),
])
def test_a_reference_without_its_kind_is_to_a_document_that_is_there(there: str, meant: str) -> None:
    sla = "kind: SLA\nmetadata: {name: s}\nspec: {customer: x, service: shop, escalation: {breach: [{to: acme}]}}\n"
    _, problems = read_documents([("a.yaml", sla), ("b.yaml", f"kind: {there}\nmetadata: {{name: acme}}\n")])
    assert [problem.hint for problem in problems] == [f"did you mean `{meant}`?"]
