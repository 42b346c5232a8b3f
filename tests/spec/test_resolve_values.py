"""Values of the customer go into PromQL as contents of strings, and nothing that they hold gets out."""

from __future__ import annotations

import promql_parser
import pytest
from catalogue_text import BASE, catalogue_of, problems_of
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.spec.resolve.values import InsertError, insert_in_promql, insert_in_text

EVIL = ['"', "'", "`", "\\", "a\\", '"} or secret{x="', ".*", "a|b", "}", "${x}", "\n", "#", "a b", "ü", "", "$1", "[", "]", "^", "\t"]
VALUES = st.one_of(st.sampled_from(EVIL), st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12))


def matchers(expression: str) -> list[tuple[str, str, str]]:
    """The matchers of a plain selector, as PromQL's own parser reads them."""
    tree = promql_parser.parse(expression)
    assert isinstance(tree, promql_parser.VectorSelector)
    return [(each.name, str(each.op), each.value) for each in tree.matchers.matchers]


@pytest.mark.parametrize("quoted", ['"${x}"', "'${x}'", "${x}"])
@given(value=VALUES)
def test_a_value_is_the_content_of_a_matcher(quoted: str, value: str) -> None:
    written = insert_in_promql(f'up{{a={quoted}, b="2"}}', {"x": value})
    assert matchers(written) == [("a", "MatchOp.Equal", value), ("b", "MatchOp.Equal", "2")]


@pytest.mark.parametrize("quoted", ['"pre-${x}-post"', "'pre-${x}-post'"])
@given(value=VALUES)
def test_a_value_may_stand_between_other_text(quoted: str, value: str) -> None:
    assert matchers(insert_in_promql(f"up{{a={quoted}}}", {"x": value}))[0][2] == f"pre-{value}-post"


@pytest.mark.parametrize("operator", ["=~", "!~", "=~ ", "!~\n"])
@pytest.mark.parametrize("quoted", ['"${x}"', "'${x}'", "${x}", '"(${x})"'])
def test_a_value_in_a_regular_expression_stands_for_itself(operator: str, quoted: str) -> None:
    text = matchers(insert_in_promql(f"up{{a{operator}{quoted}}}", {"x": "a.b|c\\"}))[0][2]
    assert text in ("a\\.b\\|c\\\\", "(a\\.b\\|c\\\\)")


def test_no_value_stands_between_backquotes() -> None:
    with pytest.raises(InsertError) as refused:
        insert_in_promql("up{a=`${x}`}", {"x": "plain"})
    assert not refused.value.unknown


def test_strings_before_do_not_confuse_where_a_value_stands() -> None:
    text = r"""a{b="\"", c='\'"', d=`\`} == 1 # "${x}"
    and e{f="${x}"}"""
    assert insert_in_promql(text, {"x": 'q"'}) == text.replace('f="${x}"', r'f="q\""')


def test_plain_text_takes_values_as_they_are() -> None:
    assert insert_in_text("${a}-${ b }-$c", {"a": "1", "b": '"'}) == '1-"-$c'


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(InsertError) as refused:
        insert_in_text("${nothing}", {})
    assert refused.value.unknown


# --- in agreements -------------------------------------------------------------------------------------------
TEMPLATE = """
kind: Template
metadata: {name: gold}
spec:
  targets:
    - name: availability
      indicator: requests
      objective: 99.9%
      where: {tenant: "${customer.selector.tenant}"}
      exclude: [maintenance, {when: 'paused{tenant="${customer.selector.tenant}",site="${agreement.values.site}"} == 1', reason: paused}]
---
"""
SLA = """
kind: SLA
metadata: {name: a}
spec: {customer: acme, service: checkout, extends: gold@1, values: {site: 'Köln "Nord"'}}
"""


def test_a_template_gets_the_values_of_each_agreement() -> None:
    (target,) = catalogue_of(BASE + TEMPLATE + SLA).agreements["a"].targets
    assert target.where == {"tenant": "acme"}
    assert [(each.reason, each.when) for each in target.exclude] == [
        ("maintenance", ""), ("paused", 'paused{tenant="acme",site="Köln \\"Nord\\""} == 1'),
    ]  # fmt: skip


@pytest.mark.parametrize(("base", "message", "hint"), [
    (BASE.replace("selector: {tenant: acme}", "selector: {org: acme}"),
     "target availability of SLA a: there is no value ${customer.selector.tenant}", "add tenant to `selector` of customer acme"),
    (BASE.replace("selector: {tenant: acme}", "selector: {tenant: ''}"),
     "target availability of SLA a: tenant is empty in `where`, and picks nothing", "give ${customer.selector.tenant} a value"),
])  # fmt: skip
def test_a_value_that_is_missing_is_told_at_the_agreement(base: str, message: str, hint: str) -> None:
    assert problems_of(base + TEMPLATE + SLA) == [(message, hint)]


def test_a_value_with_a_typing_error_is_told_with_what_was_meant() -> None:
    found = problems_of(BASE + TEMPLATE.replace("agreement.values.site", "agreement.values.sight") + SLA)
    assert found == [("target availability of SLA a: there is no value ${agreement.values.sight}", "did you mean `agreement.values.site`?")]
