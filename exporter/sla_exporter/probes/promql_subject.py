"""What a subject in PromQL is: a selector, whose stored samples are read, or an expression, which has to be evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import promql_parser

from slo_gen.promql_text import parsed

__all__ = ["PromqlSubject"]

_NAME: Final = "__name__"
_VALUES: Final = ("ValueType.Vector", "ValueType.Scalar")


@dataclass(frozen=True, slots=True)
class PromqlSubject:
    """``stored``: it is a plain selector. ``of_scrapes``: it reads nothing but ``up``, whose 0 says that Prometheus cannot see the target;
    of the target itself that says nothing.
    """

    text: str
    stored: bool
    of_scrapes: bool

    @classmethod
    def of(cls, text: str) -> Self:
        """Read one. Raises ValueError for what is no PromQL, or has no single value at an instant."""
        try:
            tree = parsed(text)
        except ValueError as error:
            raise ValueError(f"it is no PromQL: {error}") from None
        if isinstance(tree, promql_parser.MatrixSelector | promql_parser.SubqueryExpr | promql_parser.StringLiteral):
            raise ValueError("it has no single value at an instant")
        names: list[str] = []

        def visit(node: object) -> bool:
            if isinstance(node, promql_parser.VectorSelector):
                named = [each.value for each in node.matchers.matchers if each.name == _NAME and str(each.op) == "MatchOp.Equal"]
                names.append(node.name or "".join(named[:1]))
            return True

        promql_parser.walk(tree, visit, None)
        plain = isinstance(tree, promql_parser.VectorSelector) and tree.offset is None and tree.at is None
        return cls(text, plain, bool(names) and set(names) == {"up"})
