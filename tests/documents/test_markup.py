"""Whatever is not markup is text."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.documents.markup import Markup, element, joined


def test_elements() -> None:
    assert element("p", "a < b", element("b", "c"), class_="x y", data_label='"') == (
        '<p class="x y" data-label="&quot;">a &lt; b<b>c</b></p>'
    )
    assert element("meta", charset="utf-8") == '<meta charset="utf-8">'
    assert element("rect", x=1.0, y=2.345, width=10, height=1e-9) == '<rect x="1" y="2.35" width="10" height="0"></rect>'
    assert element("td", hidden=True, title=None, inert=False) == "<td hidden></td>"


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no name of an attribute"):
        element("p", **{"x onload": "y"})


@given(st.text())
def test_text_comes_back_as_it_was(text: str) -> None:
    written = joined([text])
    assert html.unescape(written) == text
    assert "<" not in written
    assert joined([Markup("<b>"), text]).startswith("<b>")
