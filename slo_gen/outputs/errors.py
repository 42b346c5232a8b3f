"""What keeps rules from being written for a target."""

from __future__ import annotations

__all__ = ["OutputError"]


class OutputError(ValueError):
    """The rules do not fit the target. ``hint`` says which setting to change."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"
