"""Users' text never leaves its place, and what is written means what was read."""

from __future__ import annotations

from fractions import Fraction

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.rules.promql import (
    Matcher,
    PromqlError,
    Selector,
    duration,
    label_list,
    number,
    one_of,
    parse_expression,
    parse_selector,
    quote,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def parsed(text: str) -> promql_parser.VectorSelector:
    tree = promql_parser.parse(text)
    assert isinstance(tree, promql_parser.VectorSelector)
    return tree


@given(TEXT)
def test_a_quoted_text_reads_back_as_itself(text: str) -> None:
    tree = parsed(f"x{{a={quote(text)}}}")
    assert [(m.name, m.value) for m in tree.matchers.matchers] == [("a", text)]
    assert "\n" not in quote(text)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_one_of_matches_exactly_its_names(names: list[str]) -> None:
    tree = parsed(f"x{{{one_of('a', names)}}}")
    (matcher,) = tree.matchers.matchers
    if len(set(names)) == 1:
        assert (str(matcher.op), matcher.value) == ("MatchOp.Equal", names[0])
    else:
        plain = [piece.replace("\\", "") for piece in matcher.value.split("|")]
        assert len(matcher.value) >= len("|".join(sorted(set(names))))
        if not any("|" in name or "\\" in name for name in names):
            assert plain == sorted(set(names))


def test_one_of_of_nothing_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="empty"):
        one_of("a", [])


OPERATORS = st.sampled_from(["=", "!="])
LABELS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(lambda label: label != "__name__")


@given(st.from_regex(r"[a-z_][a-z0-9_:]{0,8}", fullmatch=True), st.lists(st.tuples(LABELS, OPERATORS, TEXT), max_size=4))
def test_a_selector_survives_being_written_and_read(metric: str, conditions: list[tuple[str, str, str]]) -> None:
    selector = Selector(metric, tuple(Matcher(label, op, value) for label, op, value in conditions))  # type: ignore[arg-type]
    assert parse_selector(str(selector)) == selector


@pytest.mark.parametrize("word", ["on", "sum", "inf", "NaN", "by", "offset", "unless", "start"])
def test_a_metric_may_be_named_like_a_word_of_the_language(word: str) -> None:
    assert str(parse_selector(f'{{__name__="{word}", a="b"}}')) == f'{{__name__="{word}", a="b"}}'
    assert parse_selector(f'{{__name__="{word}"}}').metric == word


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("up", "up"),
        ("up{}", "up"),
        (' up { job = "a" , } # remark', 'up{job="a"}'),
        (r"""x{a="q\"} or secret{b=\"z"}""", r"""x{a="q\"} or secret{b=\"z"}"""),
        (r'x{a=~`5\.."q`}', r'x{a=~"5\\..\"q"}'),
        ("""x{a='it"s'}""", r'x{a="it\"s"}'),
        ('x{a="#not a remark"}', 'x{a="#not a remark"}'),
        ('{__name__="up", job="a"}', 'up{job="a"}'),
        ('{__name__=~"a|b"}', '{__name__=~"a|b"}'),
        (r'x{a="\\xff"}', r'x{a="\\xff"}'),
        (r'x{a="\t"}', r'x{a="\u0009"}'),
    ],
)
def test_what_a_user_writes_is_normalised(text: str, written: str) -> None:
    assert str(parse_selector(text)) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the selector is empty; write one"),
        ("up[5m]", "must not have a range; leave"),
        ("up[5m:1m]", "must not have a range"),
        ("up offset 5m", "must not have an offset"),
        ("up @ 5", "pinned to a time"),
        ("rate(up[5m])", "an expression, and a plain selector is needed"),
        ("(up)", "an expression"),
        ("1", "an expression"),
        ('x{a="b" or c="d"}', "is not PromQL; write alternatives"),
        ('{"http.requests"}', "needs Prometheus 3"),
        ('x{"l.abel"="y"}', "needs Prometheus 3"),
        (r'x{a="\xff"}', "names a single byte; write the character itself"),
        (r'x{a="\377"}', "names a single byte"),
        ('x{a="b"', "this is not PromQL"),
        ('x{a="b"}) or (up', "this is not PromQL"),
        ("x{a=\"\ud800\"}", "half a character"),
    ],
)
def test_what_is_no_plain_selector_is_refused_with_advice(text: str, message: str) -> None:
    with pytest.raises(PromqlError) as caught:
        parse_selector(text)
    assert message in str(caught.value)
    assert caught.value.hint


def test_editing_gives_new_selectors_and_leaves_the_old_one() -> None:
    plain = parse_selector('http_requests{job="shop",code=~"5.."}')
    edited = plain.suffixed("_bucket").where(Matcher("le", "=", "0.5"), Matcher("job", "=", "shop")).over(Fraction("299.999")).back(30)
    assert str(edited) == 'http_requests_bucket{job="shop", code=~"5..", le="0.5"}[4m59s999ms] offset 30s'
    assert str(plain) == 'http_requests{job="shop", code=~"5.."}'
    assert str(edited.back(-90)) == 'http_requests_bucket{job="shop", code=~"5..", le="0.5"}[4m59s999ms] offset -1m'
    assert plain.on(["job"]) == (Matcher("job", "=", "shop"),)
    assert str(plain.without(["code"]).renamed("up")) == 'up{job="shop"}'
    with pytest.raises(PromqlError, match="names no metric"):
        parse_selector('{job="a"}').suffixed("_bucket")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('1 - avg_over_time(x[1m30s500ms] offset -1m) # tail', "1 - avg_over_time(x[1m30s500ms] offset -1m)"),
        ("sum(\n  x{a=`b\\c`}\n)", 'sum( x{a="b\\\\c"} )'),
        ('x{a="two  blanks"}  /  y', 'x{a="two  blanks"} / y'),
        ("0.5", "0.5"),
    ],
)
def test_an_expression_is_kept_on_one_line(text: str, kept: str) -> None:
    assert str(parse_expression(text)) == kept


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x[5m]", "range vector"), ("x[5m:1m]", "range vector"), ('"x"', "text, not an expression"),
        ("a) or (b", "not PromQL"), ("1 -", "not PromQL"), (" ", "empty"),
    ],
)
def test_what_is_no_expression_is_refused(text: str, message: str) -> None:
    with pytest.raises(PromqlError, match=message):
        parse_expression(text)


def test_an_expression_is_aligned_by_a_subquery() -> None:
    assert parse_expression("a / b").aligned(span=60, step=15, shift=30) == "(a / b)[1m:15s] offset 30s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (300, "5m"), (Fraction("299.999"), "4m59s999ms"), (2_592_000, "30d"), (90_061, "1d1h1m1s"),
        (0, "0s"), (-30, "-30s"), (Fraction("0.001"), "1ms"),
    ],
)
def test_durations(seconds: int | Fraction, text: str) -> None:
    assert duration(seconds) == text


@given(st.integers(1, 10**11))
def test_a_duration_means_its_seconds(milliseconds: int) -> None:
    read = promql_parser.parse_duration(duration(Fraction(milliseconds, 1000)))
    assert (read.days * 86_400 + read.seconds) * 1000 + read.microseconds // 1000 == milliseconds


def test_a_duration_finer_than_a_millisecond_is_a_fault() -> None:
    with pytest.raises(ValueError, match="whole number of milliseconds"):
        duration(Fraction(1, 3))


@given(st.fractions(max_denominator=10**6))
def test_a_number_is_exact(value: Fraction) -> None:
    text = number(value)
    if text.startswith("("):
        numerator, denominator = text.strip("()").split(" / ")
        assert Fraction(int(numerator), int(denominator)) == value
    else:
        assert Fraction(text) == value
        assert "e" not in text


def test_labels_are_checked_and_listed_once() -> None:
    assert label_list(["a", "b", "a"]) == "a, b"
    with pytest.raises(PromqlError, match="cannot be a label name"):
        label_list(["a) or (b"])


@pytest.mark.parametrize("text", ["up offset inf", "up offset -NaN", "inf offset inf", "up offset 1e30", "up offset 99999999999999999999"])
def test_an_offset_without_an_end_is_refused_and_not_a_defect(text: str) -> None:
    with pytest.raises(PromqlError, match="an offset is a duration, such as 5m"):
        parse_expression(text)
    assert parse_selector(f'up{{a="{text}"}}').metric == "up"
