import pytest

from micboard_tui.domain.fingerprint import format_fingerprint, parse_fingerprint

DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        DIGITS,
        f"  {DIGITS.upper()}\n",
        format_fingerprint(DIGITS),
        f"sha256 Fingerprint={format_fingerprint(DIGITS)}",
        f"SHA-256: {DIGITS}",
        f"SHA256:{format_fingerprint(DIGITS).lower()}",
        " ".join(DIGITS[at : at + 8] for at in range(0, 64, 8)),
    ],
)
def test_a_fingerprint_is_known_however_it_is_written(text: str) -> None:
    assert parse_fingerprint(text) == DIGITS


@pytest.mark.parametrize(
    "text",
    ["", DIGITS[:-1], DIGITS + "0", "g" * 64, f"SHA1: {DIGITS[:40]}", "\N{ARABIC-INDIC DIGIT ZERO}" * 64],
)
def test_what_is_no_fingerprint_is_none(text: str) -> None:
    assert parse_fingerprint(text) is None


def test_it_is_shown_in_pairs_of_capitals() -> None:
    assert format_fingerprint("0a1b2c") == "0A:1B:2C"
    assert format_fingerprint(DIGITS).startswith("01:23:45:67:89:AB:CD:EF:01")
    assert format_fingerprint(DIGITS).count(":") == 31
