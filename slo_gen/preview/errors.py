"""What keeps a dashboard from being drawn."""

from __future__ import annotations

__all__ = ["PreviewError"]


class PreviewError(ValueError):
    """A dashboard holds something that cannot be drawn; the text names the place and is a sentence for the reader."""
