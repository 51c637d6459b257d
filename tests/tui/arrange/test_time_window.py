from micboard_tui.tui.arrange.time_window import SPANS_S, window_around


def test_a_moment_is_shown_with_more_of_what_came_before() -> None:
    window = window_around(1000.0)
    assert (window.start, window.end, window.cursor_at) == (960.0, 1020.0, 1000.0)
    assert window.cell_of(1000.0, 60) == 40
    assert (window.cell_of(959.9, 60), window.cell_of(1020.0, 60)) == (None, None)


def test_zooming_keeps_the_cursor_where_it_is_and_ends_somewhere() -> None:
    window = window_around(1000.0)
    farther = window.zoom(-1)
    assert (farther.span_s, farther.cursor_at) == (300.0, 1000.0)
    assert farther.cell_of(1000.0, 60) == 40
    assert farther.zoom(1) == window
    assert window.zoom(100).span_s == SPANS_S[0]
    assert window.zoom(-100).span_s == SPANS_S[-1]


def test_the_cursor_moves_by_cells_and_takes_the_window_along() -> None:
    window = window_around(1000.0)
    assert window.move(1, 60).cursor_at == 1001.5
    assert window.move(1, 60).move(-1, 60).cursor_at == 1000.5
    at_the_edge = window.move(19, 60)
    assert at_the_edge.start == 960.0
    beyond = at_the_edge.move(1, 60)
    assert (beyond.start, beyond.cursor_at) == (990.0, 1020.5)
    before = window.move(-41, 60)
    assert (before.start, before.cursor_at) == (930.0, 959.5)
    for moved in (window.move(200, 60), window.move(-200, 60)):
        assert moved.start <= moved.cursor_at < moved.end


def test_pages_turn_and_a_moment_far_away_comes_on_the_screen() -> None:
    window = window_around(1000.0)
    assert (window.turn(1).start, window.turn(1).cursor_at) == (990.0, 1030.0)
    assert window.turn(1).turn(-1) == window
    assert window.with_cursor(970.0).start == 960.0
    far = window.with_cursor(5000.0)
    assert (far.start, far.cursor_at, far.span_s) == (4960.0, 5000.0, 60.0)
