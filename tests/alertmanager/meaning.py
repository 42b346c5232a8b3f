"""What a configuration means, step by step as Alertmanager's manual says: the oracle of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from slo_gen.alertmanager.configuration import Configuration, InhibitRule, Matcher, Route, TimeInterval

Labels = Mapping[str, str]


def met(matchers: tuple[Matcher, ...], labels: Labels) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)


def leaves(route: Route, labels: Labels, receiver: str = "") -> Iterator[tuple[Route, str]]:
    """The routes that an alert ends in, each with its receiver, which may come from above."""
    receiver = route.receiver or receiver
    found = False
    for child in route.routes:
        if met(child.matchers, labels):
            found = True
            yield from leaves(child, labels, receiver)
            if not child.on:
                break
    if not found:
        yield route, receiver


def reached(configuration: Configuration, labels: Labels) -> list[str]:
    assert met(configuration.route.matchers, labels)
    return sorted(receiver for _, receiver in leaves(configuration.route, labels))


def holds_back(rule: InhibitRule, source: Labels, target: Labels) -> bool:
    """Whether ``source`` keeps ``target`` from being sent. An alert that both sides match is held back by no other such alert."""
    if not met(rule.sources, source) or not met(rule.targets, target):
        return False
    if met(rule.targets, source) and met(rule.sources, target):
        return False
    return all(source.get(label, "") == target.get(label, "") for label in rule.equal)


def is_in(interval: TimeInterval, instant: int) -> bool:
    shown = datetime.fromtimestamp(instant, ZoneInfo(interval.timezone))
    minute = shown.hour * 60 + shown.minute
    return any(
        any(span.start <= minute < span.end for span in moments.times)
        and (not moments.weekdays or shown.weekday() in moments.weekdays)
        and moments.year in (0, shown.year)
        and moments.month in (0, shown.month)
        and (not moments.days or any(first <= shown.day <= last for first, last in moments.days))
        for moments in interval.moments
    )
