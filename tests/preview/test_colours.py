"""Colours by name, and ink that can be read on them."""

from __future__ import annotations

import pytest

from slo_gen.preview.colours import PALETTE, contrasting, themes, tone
from slo_gen.preview.errors import PreviewError


def test_names_mean_what_they_mean_in_grafana() -> None:
    dark, light = themes({tone(name) for name in ("red", "dark-red", "super-light-green", "#808080", "#FFF", "transparent", *PALETTE)})
    assert (dark["red"], light["red"]) == ("#f2495c", "#e02f44")
    assert (dark["dark-red"], light["dark-red"]) == ("#c4162a", "#ad0317")
    assert (dark["super-light-green"], light["super-light-green"]) == ("#c8f2c2", "#96d98d")
    assert dark["x808080"] == light["x808080"] == "#808080"
    assert dark["xffffff"] == "#ffffff"
    assert dark["transparent"] == "transparent"


def test_ink_on_every_colour_has_a_contrast_of_four_and_a_half() -> None:
    names = {tone(shade + hue) for shade in ("light-", "", "semi-dark-", "dark-")
             for hue in ("red", "orange", "yellow", "green", "blue", "purple")}  # fmt: skip
    for theme in themes(names):
        for name in names:
            assert contrast(theme[name], theme[f"on-{name}"]) >= 4.4, name


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    linear = []
    for place in (1, 3, 5):
        share = int(colour[place : place + 2], 16) / 255
        linear.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_ink_that_is_easier_to_read() -> None:
    assert [contrasting(colour) for colour in ("#ffffff", "#000000", "#fade2a", "#c4162a")] == ["#111217", "#ffffff", "#111217", "#ffffff"]


@pytest.mark.parametrize("name", ["beige", "#12345", "red; background: url(x)", ""])
def test_what_is_no_colour_is_refused(name: str) -> None:
    with pytest.raises(PreviewError, match="is not known here"):
        tone(name)
