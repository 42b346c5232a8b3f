"""The structs of the kinds: the smallest document of each, forms of text, choices between keys."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from slo_gen.spec.documents import API_VERSION, KINDS, SLA, UC, Choice, Envelope, Template, scalars

SMALLEST: dict[str, str] = {
    "Service": "",
    "Customer": "",
    "Supplier": "",
    "Team": "",
    "Policy": "",
    "Exporter": "",
    "Calendar": "{always: true}",
    "Maintenance": "{services: [s], windows: [{from: 2026-01-01, to: 2026-01-02}]}",
    "Indicator": "{service: s, ratio: {error: e}}",
    "SLO": "{indicator: i, objective: 99%}",
    "Template": "{}",
    "SLR": "{customer: c, service: s, requirements: [{name: r, need: Speed.}]}",
    "SLA": "{customer: c, service: s, extends: gold@1}",
    "OLA": "{team: t, service: s, extends: gold@1}",
    "UC": "{supplier: u, service: s, extends: gold@1}",
    "UPC": "{supplier: u, service: s, extends: gold@1}",
    "Breach": "{target: a/t, period: 2026-10}",
    "Adjustment": "{agreement: a, ticket: T-1, reason: r, agreed_by: [{party: customer/c, by: B, date: 2026-01-01}]}",
    "Feedback": "{customer: c, type: compliment, received: 2026-01-01}",
    "Review": "{party: customer/c, planned: 2026-01-01}",
    "Improvement": "{service: s, figure: f, baseline: {value: 1%}, target: {value: 2%}, owner: team/t}",
}


def read(text: str) -> Any:
    import yaml

    return yaml.load(text, Loader=yaml.BaseLoader)  # every scalar is text; the smallest documents hold no other, but one


def convert(kind: str, spec: Any, **metadata: Any) -> Envelope:
    document: dict[str, Any] = {"kind": kind, "metadata": {"name": "x", **metadata}}
    if spec != "":
        document["spec"] = spec
    return msgspec.convert(document, KINDS[kind])


def smallest(kind: str) -> Any:
    spec = read(SMALLEST[kind]) if SMALLEST[kind] else ""
    return {"always": True} if kind == "Calendar" else spec


def test_every_kind_has_a_smallest_document() -> None:
    assert set(SMALLEST) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_document_of_a_kind(kind: str) -> None:
    document = convert(kind, smallest(kind))
    assert document.api_version == API_VERSION
    assert (document.metadata.name, document.metadata.title, document.metadata.labels) == ("x", msgspec.UNSET, {})


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_of_the_smallest_document_can_be_left_out(kind: str) -> None:
    spec = smallest(kind)
    for key in spec or {}:
        if key == "extends":
            continue
        with pytest.raises(msgspec.ValidationError):
            convert(kind, {name: value for name, value in spec.items() if name != key})


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_keys_and_other_versions_are_refused(kind: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        convert(kind, {**(smallest(kind) or {}), "nonsense": 1})
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"apiVersion": "slm/v2", "kind": kind, "metadata": {"name": "x"}, "spec": smallest(kind) or {}}, KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_documents_are_frozen(kind: str) -> None:
    with pytest.raises(AttributeError):
        convert(kind, smallest(kind)).metadata = None  # type: ignore[misc, assignment]


def test_upc_is_another_word_for_uc() -> None:
    assert isinstance(convert("UPC", smallest("UPC")), UC)


def test_a_template_has_a_version() -> None:
    template = convert("Template", {}, version=3)
    assert isinstance(template, Template)
    assert template.metadata.version == 3
    with pytest.raises(msgspec.ValidationError):
        convert("SLA", smallest("SLA"), version=3)


def test_what_is_left_out_is_told_apart_from_what_is_empty() -> None:
    left_out, empty = convert("SLA", smallest("SLA")), convert("SLA", {**smallest("SLA"), "targets": []})
    assert isinstance(left_out, SLA)
    assert isinstance(empty, SLA)
    assert (left_out.spec.targets, empty.spec.targets) == (msgspec.UNSET, ())


@pytest.mark.parametrize("choice", Choice.__subclasses__(), ids=lambda choice: choice.__name__)
def test_choices_name_keys_that_exist_and_can_be_left_out(choice: type[Choice]) -> None:
    optional = {field.encode_name: field for field in msgspec.structs.fields(choice) if field.default is msgspec.UNSET}
    for keys in choice.exactly_one:
        assert set(keys) <= set(optional)
        assert len(keys) > 1
        assert all(optional[key].name == key for key in keys)  # keys are looked up as attributes


@pytest.mark.parametrize(("events", "message"), [
    ({"total": "t"}, "give exactly one of bad, good"),
    ({"total": "t", "bad": "b", "good": "g"}, "give exactly one of bad, good"),
])  # fmt: skip
def test_a_choice_takes_exactly_one(events: dict[str, str], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=re.escape(message)):
        convert("Indicator", {"service": "s", "events": events})


# --- forms of text -------------------------------------------------------------------------------------------
FORMS: list[tuple[Any, list[str], list[str]]] = [
    (scalars.Name, ["a", "a-b", "9", "24x7", "a.b_c"], ["", "A", "-a", "a-", "a b", "a/b", "a\n", "ä", "a" * 201]),
    (scalars.PriorityName, ["P1", "1 - Critical", "high"], ["", " P1", "P1 ", "P1\n", "P/1"]),
    (scalars.LabelName, ["a", "_a9", "A"], ["", "9a", "a-b", "a\n", "ä"]),
    (scalars.Duration, ["0", "15m", "1h30m", "3bd", "12mo", "250ms", "1y", "8bh"],
     ["", "15", "m", "1.5h", "15 m", "-1h", "15M", "15m\n", "٣d"]),
    (scalars.PositiveDuration, ["300ms", "5m", "30d", "1h30m"], ["0", "0m", "1mo", "3bd", "05m", ""]),
    (scalars.Percent, ["0%", "99.95%", "100%", "100.00%", "5.123456789%"],
     ["99.95", "100.1%", "101%", "-1%", ".5%", "5 %", "1e1%", "5%\n"]),
    (scalars.Share, ["10%", "150%"], ["10", "-1%", "%"]),
    (scalars.Cap, ["none", "50%"], ["", "None", "nonesuch"]),
    (scalars.ObjectiveText,
     ["99.9%", "at least 99.9%", "at most 60m", "at most 2", "less than 1h30m", "more than 4.2", "5 %", "at least 10 requests/s"],
     ["", "at least", "about 5%", "at least -1", "5%5", "99,9%", "at  least 5%"]),
    (scalars.LevelText, ["above 100", "below -0.5", "at least 1e3", "at most 2.5e-7"],
     ["100", "above", "over 100", "above x", "above 1e9999"]),
    (scalars.DownWhenText, ["more than 5% errors", "at least 100% errors"], ["5%", "more than 5%", "more than 500% errors"]),
    (scalars.Money, ["12000 EUR", "0.5 USD"], ["12000", "EUR", "12000EUR", "12,000 EUR", "1 Euro"]),
    (scalars.DateText, ["2026-01-31", "2024-02-29", "2000-02-29"],
     ["2026-02-29", "1900-02-29", "2026-04-31", "2026-1-1", "2026-13-01", "26-01-01", "20260101"]),
    (scalars.InstantText, ["2026-01-31", "2026-01-31T22:00", "2026-01-31 22:00:59Z", "2026-01-31T22:00:00+01:00"],
     ["2026-01-31T24:00", "2026-01-31T22", "22:00", "2026-02-30T22:00", "2026-01-31T22:00+1"]),
    (scalars.PeriodText, ["2026", "2026-10", "2026-Q4", "2026-H1", "2026-W53"], ["2026-13", "2026-Q5", "2026-W00", "2026-W54", "26-10"]),
    (scalars.MonthDay, ["02-01"], ["2-1", "13-01", "02-32"]),
    (scalars.TimeRange, ["08:00-18:00", "22:00-06:00", "00:00-24:00"], ["8:00-18:00", "08:00", "24:00-08:00", "08:00-18:60"]),
    (scalars.DayRange, ["mon", "mon-fri", "sat-sun"], ["Mon", "monday", "mon-", "mon-fri-sun"]),
    (scalars.RecurringDay, ["sun", "1.sun", "last fri"], ["6.sun", "first sun", "15"]),
    (scalars.Timezone, ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"], ["", "../etc", "+01:00"]),
    (scalars.Url, ["https://a", "http://a/b?c=d#e"], ["a.example", "ftp://a", "https://a b", 'https://a"', "javascript:alert(1)"]),
    (scalars.Email, ["a@b"], ["a", "a@", "a b@c", "a@b@c"]),
    (scalars.TicketEvent, ["opened", "assigned(dba)", "status(in progress)"], ["Opened", "assigned()", "assigned(a)(b)", "a b"]),
    (scalars.TextHash, ["sha256:" + "0a" * 32], ["sha256:", "sha256:" + "g" * 64, "0a" * 32]),
    (scalars.OwnerReference, ["team/shop", "role/service-owner"], ["shop", "team/", "customer/acme", "team/shop/x", "Team/shop"]),
    (scalars.RecipientReference, ["customer/acme", "supplier/x", "team/t", "role/r"], ["service/x", "acme"]),
    (scalars.DependencyReference, ["service/db", "supplier/x"], ["db", "team/x"]),
    (scalars.AgreementTargetReference, ["ola/availability"], ["ola", "ola/", "a/b/c", "uc/x@1"]),
    (scalars.TemplateReference, ["gold@3"], ["gold", "gold@", "gold@0", "gold@latest", "gold@03"]),
    (scalars.DocumentReference, ["breach/a-2026-10", "slr/x"], ["template/gold", "breach", "Breach/x"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "right", "wrong"), FORMS, ids=[str(form.__metadata__[0].extra_json_schema["errorMessage"]) for form, *_ in FORMS]
)
def test_forms_of_text(form: Any, right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if not accepts(form, text)] == []
    assert [text for text in wrong if accepts(form, text)] == []


def accepts(form: Any, text: str) -> bool:
    try:
        msgspec.convert(text, form)
    except msgspec.ValidationError:
        return False
    return True


def test_examples_have_the_form_that_they_show() -> None:
    for name in scalars.__all__:
        form = getattr(scalars, name)
        for note in getattr(form, "__metadata__", ()):
            assert [example for example in note.examples or () if not accepts(form, example)] == []


@pytest.mark.parametrize("number", [True, -1, -0.5, "1", None])
def test_numbers_are_numbers_and_not_negative(number: Any) -> None:
    assert not accepts(scalars.Number, number)


def test_long_texts_are_refused_quickly() -> None:
    for name in scalars.__all__:
        form = getattr(scalars, name)
        if getattr(form, "__metadata__", None) and form.__metadata__[0].pattern:
            for text in ("a" * 50_000 + "!", "1m" * 20_000 + "!", "at least " + "1" * 50_000 + "!", "a." * 20_000):
                assert not accepts(form, text)
