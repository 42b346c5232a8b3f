"""Documents as YAML text, for the commands that write them for the user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

__all__ = ["document_text"]


class _Dumper(yaml.CSafeDumper):
    """No aliases: what is written is read by people."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def document_text(document: Mapping[str, Any]) -> str:
    """One document in block style, keys in the order given, ready to be put after ``---``.

    The writer quotes by YAML 1.1, which takes more texts for something else than the reader does; so everything that it
    writes is read back as it was.
    """
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
