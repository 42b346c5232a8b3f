from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from slo_gen.demo.receiver import Receiver, read_notifications

MESSAGE = {
    "version": "4",
    "alerts": [{"status": "firing", "labels": {"alertname": "SLMBudgetBurn"}, "annotations": {"summary": "s"}, "startsAt": "t"}],
}


def post(url: str, body: bytes) -> int:
    with urllib.request.urlopen(url, data=body, timeout=5) as answer:
        return int(answer.status)


def test_what_is_delivered_is_handed_out_once() -> None:
    with Receiver() as receiver:
        assert post(receiver.url, json.dumps(MESSAGE).encode()) == 200
        (received,) = receiver.waiting()
        assert (received.status, received.labels["alertname"], received.annotations["summary"]) == ("firing", "SLMBudgetBurn", "s")
        assert receiver.waiting() == []


def test_anything_else_is_refused() -> None:
    with Receiver() as receiver:
        for body in (b"", b"[]", b"{}", b'{"alerts": 1}', b"\xff"):
            with pytest.raises(urllib.error.HTTPError, match="400"):
                post(receiver.url, body)
        assert receiver.waiting() == []


def test_missing_parts_are_empty() -> None:
    (notification,) = read_notifications(b'{"alerts": [{}, 7]}')
    assert (notification.status, notification.labels, notification.annotations) == ("", {}, {})
