"""Ticketing systems, one module each. ``source`` is what all of them keep to; ``registry`` finds them by the key of a document."""
