import pytest
from hypothesis import given
from hypothesis import strategies as st

from micboard_tui.protocols.sscv2.message import Json, News
from micboard_tui.protocols.sscv2.tree import MAX_PATH, MAX_RESOURCES, MAX_WEIGHT, Tree
from tests.protocols.sscv2_wire import events

PACKS = "/api/mts/paired/all"
anything: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["mtUid", "name", "serial"]) | st.text(max_size=4), inner, max_size=4
        )
    ),
    max_leaves=12,
)
paths = st.sampled_from(["/a", "/a/b", PACKS, f"{PACKS}/1", f"{PACKS}/x"]) | st.text(max_size=12)


def test_an_event_changes_what_it_names_and_leaves_the_rest() -> None:
    tree = Tree()
    tree.take("/api/channel/0", {"name": "LEAD", "gain": 12})

    assert tree.take("/api/channel/0", {"gain": 9}) == {"/api/channel/0"}
    assert tree.get("/api/channel/0") == {"name": "LEAD", "gain": 9}
    assert tree.field("/api/channel/0", "name") == "LEAD"


def test_an_answer_is_the_whole_resource() -> None:
    tree = Tree()
    tree.take("/api/channel/0", {"name": "LEAD", "gain": 12})
    tree.replace("/api/channel/0", {"gain": 9})

    assert tree.field("/api/channel/0", "name") is None


def test_a_forgotten_resource_is_unknown() -> None:
    tree = Tree()
    tree.take("/a", 1)

    assert tree.forget("/a")
    assert not tree.forget("/a")
    assert "/a" not in tree
    assert tree.get("/a") is None
    assert tree.field("/a", "name") is None


def test_a_list_is_kept_item_by_item() -> None:
    tree = Tree({PACKS: "mtUid"})
    for event in events("spectera.txt"):
        if isinstance(event, News):
            for path, value in event.values:
                tree.take(path, value)

    packs = tree.items(PACKS)
    assert sorted(packs) == ["1", "3"]
    assert packs["1"]["batteryFillLevel"] == 62
    assert packs["1"]["name"] == "Guitar"
    assert packs["3"] == {}


def test_one_item_may_come_on_the_path_of_its_list() -> None:
    tree = Tree({PACKS: "mtUid"})
    tree.take(PACKS, [{"mtUid": 1, "name": "A"}, {"mtUid": 2, "name": "B"}])

    assert tree.take(PACKS, {"mtUid": 2, "name": "C"}) == {f"{PACKS}/2"}
    assert [item["name"] for item in tree.items(PACKS).values()] == ["A", "C"]


def test_a_new_list_replaces_the_old_one() -> None:
    tree = Tree({PACKS: "mtUid"})
    tree.take(PACKS, [{"mtUid": 1, "name": "A"}])

    assert tree.replace(PACKS, [{"mtUid": 2}]) == {PACKS, f"{PACKS}/1", f"{PACKS}/2"}
    assert tree.under(PACKS) == [f"{PACKS}/2"]


def test_null_removes_an_item_of_a_list_and_is_the_value_of_anything_else() -> None:
    tree = Tree({PACKS: "mtUid"})
    packs: Json = [{"mtUid": 1}, {"mtUid": 2}]
    assert tree.take(PACKS, packs) == {PACKS, f"{PACKS}/1", f"{PACKS}/2"}

    assert tree.take(f"{PACKS}/1", None) == {f"{PACKS}/1"}
    assert tree.take(f"{PACKS}/7", None) == {f"{PACKS}/7"}
    assert tree.under(PACKS) == [f"{PACKS}/2"]
    tree.take("/api/rf", None)
    assert "/api/rf" in tree


def test_items_without_a_usable_name_are_left_out() -> None:
    tree = Tree({PACKS: "mtUid"})
    tree.take(PACKS, [{"mtUid": "../x"}, {"mtUid": True}, {"mtUid": None}, {}, 5])

    assert tree.items(PACKS) == {}
    assert tree.take(PACKS, "no list") == set()
    assert tree.take(PACKS, {"name": "nobody"}) == set()


def test_no_device_makes_it_grow_without_a_limit() -> None:
    tree = Tree({PACKS: "mtUid"})
    for number in range(2 * MAX_RESOURCES):
        tree.take(f"/api/{number}", number)
    tree.take("/api/0", "x" * (MAX_WEIGHT + 1))
    tree.take("/api/1", ["x"] * (MAX_WEIGHT + 1))
    tree.take("/api/2", {"k" * (MAX_WEIGHT + 1): 1})
    tree.take("/" + "p" * MAX_PATH, 1)

    assert len(tree.under("/api")) == MAX_RESOURCES
    assert [tree.get(f"/api/{number}") for number in range(3)] == [0, 1, 2]
    assert "/" + "p" * MAX_PATH not in tree


def test_a_resource_of_the_greatest_size_is_kept() -> None:
    tree = Tree()
    # An object, an array and each value in it weigh one.
    largest: list[Json] = ["x" * (MAX_WEIGHT - 1), [0] * (MAX_WEIGHT - 1), {"k" * (MAX_WEIGHT - 2): 1}]
    larger: list[Json] = ["x" * MAX_WEIGHT, [0] * MAX_WEIGHT, {"k" * (MAX_WEIGHT - 1): 1}]
    path = "/".ljust(MAX_PATH, "p")
    for kept, dropped in zip(largest, larger, strict=True):
        tree.replace(path, kept)
        assert tree.get(path) == kept
        tree.replace(path, dropped)
        assert path not in tree


@pytest.mark.long
@given(st.lists(st.tuples(paths, anything, st.booleans()), max_size=20))
def test_whatever_comes_it_only_keeps_what_it_can_tell(news: list[tuple[str, Json, bool]]) -> None:
    tree = Tree({PACKS: "mtUid"})
    for path, value, is_answer in news:
        (tree.replace if is_answer else tree.take)(path, value)
        for name in tree.items(PACKS):
            assert f"{PACKS}/{name}" in tree
        if not path.startswith(PACKS) and is_answer and len(path) <= MAX_PATH:
            assert tree.get(path) == value
