"""The hand-written protobuf, read back by a hand-written reader; a real Prometheus reads it in tests/integration."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.demo.exposition import NativeHistogram, encode_counter, encode_native


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, bytes | int | float]]:
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
            yield key >> 3, value
        elif key & 7 == 1:
            yield key >> 3, struct.unpack_from("<d", data, at)[0]
            at += 8
        else:
            length, at = varint(data, at)
            yield key >> 3, data[at:at + length]
            at += length


def field(data: bytes, number: int) -> bytes | int | float:
    return next(value for found, value in fields(data) if found == number)


def inner(data: bytes, number: int) -> bytes:
    value = field(data, number)
    assert isinstance(value, bytes)
    return value


def unzigzag(value: bytes | int | float) -> int:
    assert isinstance(value, int)
    return value >> 1 ^ -(value & 1)


def family(message: bytes) -> bytes:
    length, at = varint(message, 0)
    assert len(message) == at + length
    return message[at:]


def test_a_counter() -> None:
    body = family(encode_counter("requests_total", [({"code": "200"}, 300.0)]))
    assert field(body, 1) == b"requests_total"
    assert field(body, 3) == 0
    metric = inner(body, 4)
    assert list(fields(inner(metric, 1))) == [(1, b"code"), (2, b"200")]
    assert field(inner(metric, 3), 1) == 300.0


@given(st.lists(st.floats(min_value=0, max_value=1e9)))
def test_buckets_come_back_as_they_were_counted(values: list[float]) -> None:
    histogram = NativeHistogram()
    for value in values:
        histogram.observe(value)
    body = inner(inner(family(encode_native("h", [({}, histogram)])), 4), 7)
    assert field(body, 1) == len(values)
    spans = [value for number, value in fields(body) if number == 12 and isinstance(value, bytes)]
    packed = b"".join(value for number, value in fields(body) if number == 13 and isinstance(value, bytes))
    deltas, at = [], 0
    while at < len(packed):
        delta, at = varint(packed, at)
        deltas.append(unzigzag(delta))
    read, index, count = {}, 0, 0
    for span in spans:
        index += unzigzag(field(span, 1))
        length = field(span, 2)
        assert isinstance(length, int)
        for _ in range(length):
            count += deltas.pop(0)
            read[index] = count
            index += 1
    assert read == dict(histogram.buckets)
    assert sum(read.values()) + histogram.zeros == len(values)


def test_a_value_lies_between_the_bounds_of_its_bucket() -> None:
    for value in (0.0001, 0.3, 1.0, 1.0001, 7.5):
        histogram = NativeHistogram()
        histogram.observe(value)
        (index,) = histogram.buckets
        base = 2 ** (1 / 8)
        assert base ** (index - 1) < value <= base**index
