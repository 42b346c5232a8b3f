"""PromQL text: quoting, small builders, and the editing of what users write.

Everything that ends up in an expression passes through this module, so that neither a name nor a selector of a
user can leave the place it was given. A user's selector becomes a ``Selector``: data, not text. It is edited as
data and written out by one renderer, and the text it was read from is forgotten.

promql-parser reads the text. Three of its habits matter here: it treats a raw string (`` `a\\.b` ``) like a quoted
one, it takes ``\\xff`` for the character U+00FF where Prometheus takes it for a byte, and it accepts more than
Prometheus 2 does. So raw strings are rewritten before it sees them, byte escapes are refused, and a selector with
anything escaped in it is written out, parsed again and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

import promql_parser

from slo_gen.promql_text import parsed, quote

__all__ = [
    "Expression", "Matcher", "MatcherOp", "PromqlError", "Selector", "all_of", "duration", "label_list", "label_matcher", "number",
    "one_of", "parse_expression", "parse_selector", "quote", "regex_literal",
]

MatcherOp = Literal["=", "!=", "=~", "!~"]

_OPERATORS: Final[dict[str, MatcherOp]] = {
    "MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~",
}
_METRIC_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_KEYWORDS: Final = frozenset({
    "and", "atan2", "avg", "bool", "bottomk", "by", "count", "count_values", "end", "fill", "group", "group_left", "group_right",
    "ignoring", "inf", "limit_ratio", "limitk", "max", "min", "nan", "offset", "on", "or", "quantile", "start", "stddev", "stdvar",
    "sum", "topk", "unless", "without",
})
"""Words of the language. A metric of such a name can only be selected by ``__name__``."""

_REGEX_META: Final = re.compile(r"[\\.+*?()|\[\]{}^$]")
_RAW_OR_STRING: Final = re.compile(r"""`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*""", re.DOTALL)
_BYTE_ESCAPE: Final = re.compile(r"(?<!\\)(?:\\\\)*\\(?:x[89a-fA-F]|[23][0-7]{2})")
_UNITS: Final = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms"))


class PromqlError(ValueError):
    """What a user wrote cannot be used. ``hint`` says what to write instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


# --- text ----------------------------------------------------------------------------------------------------


def label_matcher(label: str, value: str, op: MatcherOp = "=") -> str:
    """One matcher, e.g. ``indicator="checkout"``."""
    return f"{_label_name(label)}{op}{quote(value)}"


def one_of(label: str, names: Iterable[str]) -> str:
    """A matcher for series whose ``label`` is one of ``names``, letter for letter.

    Prometheus looks a plain alternation up in the index name by name and never runs the regular expression.
    """
    literal = sorted(set(names))
    if not literal:
        raise ValueError("a set of names to match cannot be empty")
    if len(literal) == 1:
        return label_matcher(label, literal[0])
    return label_matcher(label, "|".join(map(regex_literal, literal)), "=~")


def regex_literal(text: str) -> str:
    """``text`` as a regular expression (RE2) that matches it alone."""
    return _REGEX_META.sub(lambda match: "\\" + match[0], text)


def all_of(metric: str, *matchers: str) -> str:
    """A selector of ``metric`` from finished matchers, e.g. those of ``one_of``."""
    present = [matcher for matcher in matchers if matcher]
    return f"{metric}{{{', '.join(present)}}}" if present else metric


def label_list(labels: Iterable[str]) -> str:
    """Labels for ``by``, ``on`` and ``group_left``, in the order given, each once."""
    return ", ".join(dict.fromkeys(map(_label_name, labels)))


def _label_name(label: str) -> str:
    if not _LABEL_NAME.fullmatch(label):
        raise PromqlError(f"{label!r} cannot be a label name", "use letters, digits and underscores, not starting with a digit")
    return label


@lru_cache(maxsize=4096)
def duration(seconds: int | Fraction) -> str:
    """``seconds`` as Prometheus writes durations: ``5m``, ``1d12h``, ``4m59s999ms``. Negative ones get a minus sign.

    Raises ValueError for anything that is not a whole number of milliseconds.
    """
    exact = Fraction(seconds) * 1000
    if exact.denominator != 1:
        raise ValueError(f"{seconds} s is not a whole number of milliseconds")
    rest = abs(exact.numerator)
    parts: list[str] = []
    for size, unit in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if exact < 0 else "") + ("".join(parts) or "0s")


def number(value: int | Fraction) -> str:
    """``value`` as exact decimal text; a fraction that no decimal ends for becomes a division, ``(1 / 3)``."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    digits = _decimals(exact.denominator)
    if digits is None:
        return f"({exact.numerator} / {exact.denominator})"
    scaled = abs(exact.numerator) * 10**digits // exact.denominator
    text = f"{scaled:0{digits + 1}d}"
    return f"{'-' if exact < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def _decimals(denominator: int) -> int | None:
    """How many decimal places a fraction with this (reduced) denominator has; None if they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


# --- selectors -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Matcher:
    """One condition on a label."""

    label: str
    op: MatcherOp
    value: str

    def __str__(self) -> str:
        return label_matcher(self.label, self.value, self.op)


@dataclass(frozen=True, slots=True)
class Selector:
    """An instant or range vector selector as data. Every method returns a new selector; ``str()`` writes it out.

    ``metric`` is empty when the user selected by matchers alone. ``span`` and ``shift`` are the range and the
    offset in seconds.
    """

    metric: str
    matchers: tuple[Matcher, ...] = ()
    span: Fraction | None = None
    shift: Fraction = Fraction(0)

    def where(self, *matchers: Matcher) -> Selector:
        """The same selector with more conditions; one that it has already is not repeated."""
        return replace(self, matchers=tuple(dict.fromkeys((*self.matchers, *matchers))))

    def over(self, seconds: int | Fraction) -> Selector:
        """With a range: ``x[5m]``."""
        return replace(self, span=Fraction(seconds))

    def back(self, seconds: int | Fraction) -> Selector:
        """Shifted into the past: ``x offset 5m``. Shifts add up; a negative one looks ahead."""
        return replace(self, shift=self.shift + Fraction(seconds))

    def suffixed(self, suffix: str) -> Selector:
        """The metric with ``suffix`` after its name, e.g. ``_bucket`` for a histogram's base name.

        Raises PromqlError when the selector names no metric.
        """
        if not self.metric:
            raise PromqlError(f"{self} names no metric", f"write the metric's name before the braces, so that {suffix} can be put after it")
        return replace(self, metric=self.metric + suffix)

    def renamed(self, metric: str) -> Selector:
        """The same conditions on another metric."""
        return replace(self, metric=metric, matchers=tuple(m for m in self.matchers if m.label != "__name__"))

    def on(self, labels: Iterable[str]) -> tuple[Matcher, ...]:
        """Its conditions on these labels, in their own order."""
        wanted = frozenset(labels)
        return tuple(matcher for matcher in self.matchers if matcher.label in wanted)

    def without(self, labels: Iterable[str]) -> Selector:
        """The same selector without its conditions on these labels."""
        dropped = frozenset(labels)
        return replace(self, matchers=tuple(matcher for matcher in self.matchers if matcher.label not in dropped))

    def __str__(self) -> str:
        if self.metric.lower() in _KEYWORDS:
            text = all_of("", label_matcher("__name__", self.metric), *map(str, self.matchers))
        else:
            text = all_of(self.metric, *map(str, self.matchers))
        if self.span is not None:
            text += f"[{duration(self.span)}]"
        if self.shift:
            text += f" offset {duration(self.shift)}"
        return text


@lru_cache(maxsize=65_536)
def parse_selector(text: str) -> Selector:
    """The selector that a user wrote, e.g. ``http_requests_total{code=~"5.."}``.

    Only a plain instant vector selector is accepted: ranges and offsets are slo-gen's to add. Raises PromqlError.
    """
    tree = _parse(text, "selector")
    if isinstance(tree, promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        raise PromqlError("a selector must not have a range", "leave [...] out: the ranges are added when the rules are made")
    if not isinstance(tree, promql_parser.VectorSelector):
        raise PromqlError(
            "this is an expression, and a plain selector is needed",
            'write only a metric and its labels, like http_requests_total{job="shop"}; for a computed error ratio use ratio: instead',
        )
    if tree.offset is not None:
        raise PromqlError("a selector must not have an offset", "leave `offset` out: the offsets are added when the rules are made")
    if tree.at is not None:
        raise PromqlError("a selector must not be pinned to a time with @", "leave `@` out")
    if tree.matchers.or_matchers:
        raise PromqlError("`or` between matchers is not PromQL", 'write alternatives of one label as a regular expression: code=~"500|503"')
    found = tuple(Matcher(m.name, _OPERATORS[str(m.op)], m.value) for m in tree.matchers.matchers)
    name = tree.name or ""
    if not name:
        named = [m for m in found if m.label == "__name__" and m.op == "="]
        if len(named) == 1:
            name = named[0].value
            found = tuple(m for m in found if m is not named[0])
    if name and not _METRIC_NAME.fullmatch(name):
        raise PromqlError(f"the metric name {name!r} needs Prometheus 3", "select a metric whose name has only letters, digits, _ and :")
    for matcher in found:
        if not _LABEL_NAME.fullmatch(matcher.label):
            raise PromqlError(f"the label name {matcher.label!r} needs Prometheus 3", "use a label that has only letters, digits and _")
    selector = Selector(name, found)
    rendered = str(selector)
    if "\\" in rendered:
        _verify(rendered, tree, text)
    return selector


# --- expressions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """A whole expression of a user, checked and normalised to one line."""

    text: str

    def aligned(self, *, span: int | Fraction, step: int | Fraction, shift: int | Fraction = 0) -> str:
        """Its values at the multiples of ``step`` within ``span``, as a range vector (a subquery)."""
        offset = f" offset {duration(shift)}" if shift else ""
        return f"({self.text})[{duration(span)}:{duration(step)}]{offset}"

    def __str__(self) -> str:
        return self.text


@lru_cache(maxsize=65_536)
def parse_expression(text: str) -> Expression:
    """An expression that yields a vector or a number, such as an error ratio. Raises PromqlError.

    It is parsed to know that it is one complete expression, and otherwise kept token for token: nothing in it has
    to change, and promql-parser's own ways of writing a tree back lose milliseconds.
    """
    tree = _parse(text, "expression")
    if isinstance(tree, promql_parser.MatrixSelector | promql_parser.SubqueryExpr):
        raise PromqlError("a range vector has no single value", "put a function around it, such as avg_over_time(...)")
    if isinstance(tree, promql_parser.StringLiteral):
        raise PromqlError("this is text, not an expression", "remove the inner quotes")
    return Expression(_one_line(_plain(text)))


def _one_line(text: str) -> str:
    """``text`` with runs of white space outside strings made one blank."""
    pieces: list[str] = []
    end = 0
    for match in _RAW_OR_STRING.finditer(text):
        pieces.append(re.sub(r"\s+", " ", text[end : match.start()]))
        pieces.append(match[0])
        end = match.end()
    pieces.append(re.sub(r"\s+", " ", text[end:]))
    return "".join(pieces).strip()


def _parse(text: str, what: str) -> promql_parser.Expr:
    if not text.strip():
        raise PromqlError(f"the {what} is empty", 'write one, like http_requests_total{job="shop"}')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PromqlError(f"the {what} holds half a character (a lone surrogate)", "save the file as UTF-8")
    plain = _plain(text)
    try:
        return parsed(plain)
    except ValueError as error:
        raise PromqlError(f"this is not PromQL: {error}", "check the brackets, quotes and commas") from None


def _plain(text: str) -> str:
    """``text`` with every string in double or single quotes, and without comments."""
    return _RAW_OR_STRING.sub(_plain_token, text) if "`" in text or "#" in text or "\\" in text else text


def _plain_token(match: re.Match[str]) -> str:
    token = match[0]
    if token[0] == "#":
        return " "
    if token[0] == "`":
        return quote(token[1:-1])
    if _BYTE_ESCAPE.search(token):
        raise PromqlError(f"{token} names a single byte", "write the character itself")
    return token


def _verify(rendered: str, tree: promql_parser.VectorSelector, text: str) -> None:
    """What was rendered must read back as what was parsed; anything else must not reach a rule."""
    try:
        back = parsed(rendered)
    except ValueError:
        back = None
    if not isinstance(back, promql_parser.VectorSelector) or _meaning(back) != _meaning(tree):
        raise PromqlError(f"{text!r} cannot be written back without a change", "use simpler quoting")


def _meaning(tree: promql_parser.VectorSelector) -> list[tuple[str, str, str]]:
    """A selector's conditions, whichever way its metric was named."""
    found = [(m.name, str(m.op), m.value) for m in tree.matchers.matchers]
    return sorted([*found, ("__name__", "MatchOp.Equal", tree.name)] if tree.name else found)
