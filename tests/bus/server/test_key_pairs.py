"""Keys, and the file that keeps the one of this computer."""

from pathlib import Path

import pytest

from micboard_tui.bus.server.key_pairs import key_pair_of, load_key_pair, make_key_pair


def test_a_seed_gives_its_public_key_and_no_two_are_the_same() -> None:
    made = make_key_pair()
    assert made.seed.startswith("SU")
    assert made.public_key.startswith("U")
    assert key_pair_of(f" {made.seed}\n") == made
    assert make_key_pair() != made


def test_what_is_no_seed_or_was_mistyped_is_refused() -> None:
    seed = make_key_pair().seed
    other = "B" if seed[20] == "A" else "A"
    for text in ("", "SU", "é", "hello", seed[:-1], seed[:20] + other + seed[21:], "SAA" + seed[3:]):
        with pytest.raises(ValueError, match="no key of a user"):
            key_pair_of(text)


def test_the_file_keeps_the_key_for_this_user_only(tmp_path: Path) -> None:
    file = tmp_path / "bus" / "key"
    made = load_key_pair(file)
    assert load_key_pair(file) == made
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("damaged")
    assert load_key_pair(file) != made
