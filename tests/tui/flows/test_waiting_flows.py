"""What is reported of flows that wait for an answer."""

from micboard_tui.tui.flows.waiting_flows import REPORT_AFTER_S, WaitingFlows


def test_a_flow_that_waits_is_reported_once_for_each_wait() -> None:
    flows = WaitingFlows()
    with flows.running("assign", 10.0, 3):
        assert not flows.is_to_report(10.0 + REPORT_AFTER_S / 2, 3)
        assert flows.is_to_report(10.0 + REPORT_AFTER_S, 3)
        assert not flows.is_to_report(20.0, 3)
        flows.go_on("assign", 20.0, 4)
        assert flows.is_to_report(22.0, 4)
    assert not flows.is_to_report(30.0, 4)


def test_while_a_person_is_asked_or_has_read_something_nothing_is_reported() -> None:
    flows = WaitingFlows()
    with flows.running("assign", 10.0, 3), flows.running("swap", 10.0, 3):
        flows.pause("swap")
        assert not flows.is_to_report(20.0, 4)
        flows.go_on("swap", 20.0, 4)
        assert not flows.is_to_report(20.5, 4)
        assert flows.is_to_report(21.0, 4)


def test_a_dialog_without_a_flow_changes_nothing() -> None:
    flows = WaitingFlows()
    flows.pause("none")
    flows.go_on("none", 1.0, 0)
    assert not flows.is_to_report(9.0, 0)
