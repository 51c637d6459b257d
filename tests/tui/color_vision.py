"""How different two colours look, also to people who do not tell red from green.

Deuteranopia is simulated with the matrix of severity 1.0 of G. M. Machado, M. M. Oliveira and L. A. F.
Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on
Visualization and Computer Graphics 15 (6), 2009; it is for linear RGB. Distances are CIEDE2000, after
G. Sharma, W. Wu and E. N. Dalal, "The CIEDE2000 Color-Difference Formula", 2005.
"""

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import TypeAlias

from textual.color import Color

Triple: TypeAlias = tuple[float, float, float]
_DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
_RGB_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE = (0.95047, 1.0, 1.08883)


def linear_rgb(value: str) -> Triple:
    """A CSS colour as linear light, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in Color.parse(value).rgb)
    )
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG 2."""
    light, dark = sorted((_times(_RGB_TO_XYZ, linear_rgb(color))[1] for color in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def distance(one: str, other: str) -> float:
    """CIEDE2000 between two CSS colours."""
    return ciede2000(_lab(linear_rgb(one)), _lab(linear_rgb(other)))


def deuteranope_distance(one: str, other: str) -> float:
    """The same between what a deuteranope sees of them."""
    return ciede2000(_lab(_as_deuteranope(one)), _lab(_as_deuteranope(other)))


def ciede2000(one: Triple, other: Triple) -> float:
    """Between two colours in CIE L*a*b*."""
    mean_chroma = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1 + (1 - sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7))) / 2
    (a1, b1), (a2, b2) = ((a * stretch, b) for _, a, b in (one, other))
    chroma1, chroma2 = hypot(a1, b1), hypot(a2, b2)
    hue1, hue2 = degrees(atan2(b1, a1)) % 360, degrees(atan2(b2, a2)) % 360
    turn = 0.0 if not chroma1 * chroma2 else (hue2 - hue1 + 180) % 360 - 180
    hue = hue1 + hue2 if not chroma1 * chroma2 else (hue1 + turn / 2) % 360
    lightness, chroma = (one[0] + other[0]) / 2, (chroma1 + chroma2) / 2
    weight = (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
    from_middle = (lightness - 50) ** 2
    by_lightness = (other[0] - one[0]) / (1 + 0.015 * from_middle / sqrt(20 + from_middle))
    by_chroma = (chroma2 - chroma1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(chroma1 * chroma2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    rotation = -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2)))) * 2
    rotation *= sqrt(chroma**7 / (chroma**7 + 25**7))
    return sqrt(by_lightness**2 + by_chroma**2 + by_hue**2 + rotation * by_chroma * by_hue)


def _as_deuteranope(value: str) -> Triple:
    red, green, blue = (min(1.0, max(0.0, part)) for part in _times(_DEUTERANOPIA, linear_rgb(value)))
    return red, green, blue


def _lab(linear: Triple) -> Triple:
    x, y, z = (
        part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116
        for part in (value / white for value, white in zip(_times(_RGB_TO_XYZ, linear), _WHITE, strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _times(matrix: tuple[Triple, ...], values: Triple) -> Triple:
    first, second, third = (
        sum(factor * value for factor, value in zip(row, values, strict=True)) for row in matrix
    )
    return first, second, third
