"""slo-gen: service level management as code."""

__all__ = ["__version__"]

__version__ = "0.1.0"
