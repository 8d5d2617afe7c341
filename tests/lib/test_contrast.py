"""Every pair of text and surface can be read: in both themes, with the set hue and with the worst of all 360.

The style sheets are the source: a token that changes is measured again.
"""

import math
import re
from functools import cache
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
COMPONENTS = {path.stem: path.read_text("utf-8") for path in (CSS / "components").glob("*.css")}
TOKENS_FILE = (CSS / "tokens.css").read_text("utf-8")
ONE = r"oklch\(\s*([\d.]+)\s+([\d.]+)\s+([^()]*(?:\([^()]*\))?[^()]*)\)"
TOKENS = {
    match[1]: ((match[2], match[3], match[4]), (match[5], match[6], match[7]))
    for match in re.finditer(
        r"--([\w-]+):\s*light-dark\(" + ONE + r"\s*,\s*" + ONE + r"\s*\)", TOKENS_FILE + COMPONENTS["byline"]
    )
}
FIXED = {name: float(hue) for name, hue in re.findall(r"--(green|amber|red):\s*([\d.]+)", TOKENS_FILE)}
DEFAULT_HUE = 240
THEMES = {"light": 0, "dark": 1}

SURFACES = ["paper", "raised", "sunk", "accent-wash", "solved-wash", "wait-wash", "danger-wash"]
CODE = ["code-word", "code-text", "code-number", "code-name", "code-tag", "danger", "solved", "ink-2", "ink"]
PAIRS: list[tuple[str, str, float]] = [
    *[("ink", surface, 7.0) for surface in [*SURFACES, "mark"]],
    *[(text, surface, 4.5) for text in ("ink-2", "accent", "accent-2") for surface in SURFACES],
    *[
        (meaning, surface, 4.5)
        for meaning in ("solved", "wait", "danger")
        for surface in ("paper", "raised", "sunk", "accent-wash", f"{meaning}-wash")
    ],
    *[(text, surface, 4.5) for text in CODE for surface in ("sunk", "paper")],
    ("on-accent", "accent", 4.5),
    ("on-accent", "accent-2", 4.5),
    ("paper", "ink", 7.0),
    ("paper", "danger", 4.5),
    *[(line, surface, 3.0) for line in ("edge", "focus") for surface in SURFACES],
    ("wait-line", "paper", 3.0),
    ("wait-line", "wait-wash", 3.0),
    ("av-ink", "av-bg", 4.5),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "two", "need"), sorted(set(PAIRS)))
def test_a_pair_can_be_read_with_every_hue(one: str, two: str, need: float, theme: str) -> None:
    # With avatars it is their own hue that turns.
    worst = min((ratio(one, two, theme, hue), hue) for hue in range(360))
    assert worst[0] >= need, f"--{one} on --{two}, {theme}: {worst[0]:.2f} at hue {worst[1]}, needs {need}"
    assert ratio(one, two, theme, DEFAULT_HUE) >= need


def test_the_set_hue_is_the_one_that_is_measured() -> None:
    assert float(re.findall(r"--brand-hue:\s*([\d.]+)", TOKENS_FILE)[0]) == DEFAULT_HUE


def test_code_has_no_colour_that_is_not_measured() -> None:
    used = set(re.findall(r"color:\s*var\(--([\w-]+)\)", COMPONENTS["code"]))
    assert used <= set(CODE)
    assert len(re.findall(r"color:", COMPONENTS["code"])) == len(re.findall(r"color: var\(--", COMPONENTS["code"]))


def test_no_component_brings_a_colour_of_its_own() -> None:
    for name, text in COMPONENTS.items():
        own = re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
        assert not own or name == "byline", f"{name}.css: {own}"


def test_black_on_white_is_21() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


@cache
def ratio(one: str, two: str, theme: str, brand: int) -> float:
    """The contrast of two tokens in a theme, with this brand hue."""
    return contrast(colour(one, theme, brand), colour(two, theme, brand))


@cache
def colour(name: str, theme: str, brand: int) -> tuple[int, int, int]:
    """A token as the three numbers that a screen shows."""
    lightness, chroma, hue = TOKENS[name][THEMES[theme]]
    return srgb(float(lightness), float(chroma), degrees(hue, brand))


def degrees(text: str, brand: int) -> float:
    """The hue behind `var(--h)`, `var(--w)`, `var(--red)`, `var(--a)` or a plain number."""
    if variable := re.fullmatch(r"var\(--(\w+)\)", text.strip()):
        hues: dict[str, float] = {**FIXED, "h": brand, "w": brand + 180, "a": brand}
        return hues[variable[1]]
    return float(text)


def srgb(lightness: float, chroma: float, hue: float) -> tuple[int, int, int]:
    """oklch to sRGB, cut at the edge of what a screen can show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    x = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    y = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    z = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        channel(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z),
        channel(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z),
        channel(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z),
    )


def channel(linear: float) -> int:
    """One linear channel as 0 to 255."""
    value = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def contrast(one: tuple[int, int, int], two: tuple[int, int, int]) -> float:
    """The contrast ratio of WCAG."""
    darker, lighter = sorted((luminance(one), luminance(two)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(rgb: tuple[int, int, int]) -> float:
    """The relative luminance of WCAG."""
    red, green, blue = (
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in rgb
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
