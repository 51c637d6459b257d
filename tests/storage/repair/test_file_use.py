from pathlib import Path

from micboard_tui.storage.repair.file_use import FileUse


def test_many_use_a_file_together_and_one_alone(tmp_path: Path) -> None:
    file = tmp_path / "show.db"
    first, second, third = FileUse(file), FileUse(file), FileUse(file)
    assert first.share(0.0)
    assert second.share(0.0)
    assert not third.take_alone(0.05)
    first.let_go()
    second.let_go()
    assert third.take_alone(0.0)
    assert not first.share(0.05)
    third.let_go()
    assert first.share(0.0)


def test_others_see_that_one_wants_it_alone_only_as_long_as_that_waits(tmp_path: Path) -> None:
    file = tmp_path / "show.db"
    user, other = FileUse(file), FileUse(file)
    assert user.share(0.0)
    assert not user.is_wanted
    assert not other.take_alone(0.0)
    assert not user.is_wanted


def test_without_a_place_for_the_lock_the_file_is_used_all_the_same(tmp_path: Path) -> None:
    use = FileUse(tmp_path / "missing" / "show.db")
    assert use.share(0.0)
    use.let_go()
