"""Prometheus' protobuf exposition format, written by hand.

Native histograms exist only in this format for the servers that scrape them first (Prometheus 2.40 to 2.x), and the
Python client library has no encoder for it. Field numbers are those of ``io.prometheus.client`` (metrics.proto).
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["CONTENT_TYPE", "NativeHistogram", "encode_counter", "encode_gauge", "encode_native"]

CONTENT_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"

_COUNTER, _GAUGE, _HISTOGRAM = 0, 1, 4
_VARINT, _FIXED64, _BYTES = 0, 1, 2
_SCHEMA = 3           # bucket bounds grow by a factor of 2 ** (2 ** -3), about 9 %
_ZERO_THRESHOLD = 2.0 ** -128

Labels = Mapping[str, str]


@dataclass(slots=True)
class NativeHistogram:
    """Observations in exponential buckets; bucket ``i`` holds values in (base ** (i - 1), base ** i]."""

    buckets: Counter[int] = field(default_factory=Counter)
    zeros: int = 0
    total: float = 0.0

    def observe(self, value: float) -> None:
        """Count one observation; values are never negative here."""
        self.total += value
        if value <= _ZERO_THRESHOLD:
            self.zeros += 1
        else:
            self.buckets[math.ceil(math.log2(value) * 2**_SCHEMA)] += 1

    @property
    def count(self) -> int:
        return self.zeros + sum(self.buckets.values())


def encode_counter(name: str, series: Iterable[tuple[Labels, float]]) -> bytes:
    """A counter family; ``name`` with its ``_total``."""
    return _family(name, _COUNTER, ((labels, _message(3, _double(1, value))) for labels, value in series))


def encode_gauge(name: str, series: Iterable[tuple[Labels, float]]) -> bytes:
    return _family(name, _GAUGE, ((labels, _message(2, _double(1, value))) for labels, value in series))


def encode_native(name: str, series: Iterable[tuple[Labels, NativeHistogram]]) -> bytes:
    """A native histogram family."""
    return _family(name, _HISTOGRAM, ((labels, _message(7, _native(histogram))) for labels, histogram in series))


def _native(histogram: NativeHistogram) -> bytes:
    spans: list[tuple[int, int]] = []      # (distance from the end of the span before, number of buckets)
    deltas = b""
    following, before = 0, 0
    for index, count in sorted(histogram.buckets.items()):
        if spans and index == following:
            spans[-1] = (spans[-1][0], spans[-1][1] + 1)
        else:
            spans.append((index - following, 1))
        deltas += _varint(_zigzag(count - before))
        following, before = index + 1, count
    return b"".join((
        _integer(1, histogram.count),
        _double(2, histogram.total),
        _integer(5, _zigzag(_SCHEMA)),
        _double(6, _ZERO_THRESHOLD),
        _integer(7, histogram.zeros),
        *(_message(12, _integer(1, _zigzag(offset)) + _integer(2, length)) for offset, length in spans),
        _message(13, deltas) if deltas else b"",
    ))


def _family(name: str, kind: int, metrics: Iterable[tuple[Labels, bytes]]) -> bytes:
    body = _text(1, name) + _integer(3, kind)
    for labels, value in metrics:
        pairs = b"".join(_message(1, _text(1, key) + _text(2, text)) for key, text in sorted(labels.items()))
        body += _message(4, pairs + value)
    return _varint(len(body)) + body


# --- wire format ------------------------------------------------------------------------------------------------
def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _integer(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value)


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | _FIXED64) + struct.pack("<d", value)


def _message(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(body)) + body


def _text(number: int, value: str) -> bytes:
    return _message(number, value.encode())
