"""Go templates in alert labels and annotations: what users write stands in them as text, never as a template."""

from __future__ import annotations

from slo_gen.rules.promql import quote

__all__ = ["label_text", "literal", "of_series"]


def literal(text: str) -> str:
    """A template that prints ``text``, whatever it holds."""
    return text.replace("{", '{{"{"}}')


def of_series(metric: str, match: str, body: str) -> str:
    """A template that prints ``body`` for the series of ``metric`` that shares the alert's label ``match``.

    In ``body``, ``label_text`` prints a label of that series; nothing is printed while there is no such series. The
    text is looked up when the alert fires and is printed as it is, so that a user's title or URL never is part of a
    template.
    """
    query = f"{metric}{{{match}=%q}}"
    return f"{{{{ with printf {quote(query)} $labels.{match} | query }}}}{{{{ with first . }}}}{body}{{{{ end }}}}{{{{ end }}}}"


def label_text(label: str) -> str:
    """Within ``of_series``: the label's value."""
    return f"{{{{ label {quote(label)} . }}}}"
