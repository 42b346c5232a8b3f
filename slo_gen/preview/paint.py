"""The colours that a page uses, so that its style sheet defines these and no others."""

from __future__ import annotations

from slo_gen.preview.colours import Tone

__all__ = ["Paint"]


class Paint:
    """Colours as they are asked for while a page is drawn."""

    def __init__(self) -> None:
        self.used: set[Tone] = set()

    def css(self, tone: Tone) -> str:
        """For attributes of SVG."""
        self.used.add(tone)
        return f"var(--{tone})"

    def on(self, tone: Tone) -> str:
        """The colour of text on ``tone``, for attributes of SVG."""
        self.used.add(tone)
        return f"var(--on-{tone})"

    def background(self, tone: Tone | None) -> str:
        """The class of an element on such a ground."""
        return "" if tone is None else self._class("b", tone)

    def ink(self, tone: Tone | None) -> str:
        """The class of an element with such text."""
        return "" if tone is None else self._class("t", tone)

    def _class(self, kind: str, tone: Tone) -> str:
        self.used.add(tone)
        return f"{kind}-{tone}"
