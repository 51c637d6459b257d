"""The errors of calls to a micboard-tui on another computer, each with its cure."""

from micboard_tui.contracts.errors import ErrorCode, ErrorInfo

CHECK_CONNECTION = (
    "Check the network and the computer that reads the devices; the connection is made again by itself"
)
LOOK_BEFORE_REPEATING = "Look whether it was done before you do it again"
START_SERVE = "Start `micboard-tui serve` there, in a fleet with the role hub, or wait until it has started"
ASK_FOR_LESS = "Ask for a shorter time, or for fewer devices or channels"
REPORT_WITH_LOG = "The log of the computer that reads the devices has the reason. Please report it"
CALL_AGAIN_LATER = "Wait until what was asked for before is answered"


def describe_lost_connection() -> ErrorInfo:
    """The connection is lost, and what was asked for was not done."""
    return ErrorInfo(
        ErrorCode.BUS_LOST,
        "The connection to the micboard-tui that reads the devices is lost",
        hint=CHECK_CONNECTION,
    )


def describe_silence(seconds: float) -> ErrorInfo:
    """The connection stands, but nothing was answered; nothing was changed."""
    return ErrorInfo(
        ErrorCode.BUS_LOST,
        f"The micboard-tui that reads the devices has not answered for {seconds:.0f} s",
        hint=CHECK_CONNECTION,
    )


def describe_unknown_outcome() -> ErrorInfo:
    """A change was sent, and it is not known what became of it."""
    return ErrorInfo(
        ErrorCode.OUTCOME_UNKNOWN,
        "No answer came: it is not known whether this was done",
        hint=LOOK_BEFORE_REPEATING,
    )


def describe_end_of_service() -> ErrorInfo:
    """The program that was asked ended meanwhile."""
    return ErrorInfo(
        ErrorCode.OUTCOME_UNKNOWN,
        "The micboard-tui that reads the devices ended before this was done: it may be done in part",
        hint=LOOK_BEFORE_REPEATING,
    )


def describe_missing_service() -> ErrorInfo:
    """The bus is there, and no program takes calls."""
    return ErrorInfo(
        ErrorCode.NOT_SERVED,
        "No hub is running: no micboard-tui takes calls at this address",
        hint=START_SERVE,
    )


def describe_missing_collector(zone: str) -> ErrorInfo:
    """None reaches the devices of a zone."""
    return ErrorInfo(
        ErrorCode.NO_COLLECTOR,
        f"No collector of zone '{zone}' is heard",
        hint=f"Start one there:  micboard-tui serve --roles collector --zone {zone}",
    )


def describe_unheld_device() -> ErrorInfo:
    """Collectors of its zone are there, and none has taken it yet."""
    return ErrorInfo(
        ErrorCode.DEVICE_NOT_HELD,
        "No collector holds this device at the moment",
        hint="One of its zone takes it within seconds: try again",
    )


def describe_ended_collector(zone: str) -> ErrorInfo:
    """One that was heard a moment ago takes no calls any more; nothing was done."""
    return ErrorInfo(
        ErrorCode.NO_COLLECTOR,
        f"The collector of zone '{zone}' that was asked has ended",
        hint="Another one of the zone takes its devices within seconds: try again",
    )


def describe_users_elsewhere(user: str) -> ErrorInfo:
    """Users are managed on the computer of the rack alone; no role is enough elsewhere."""
    return ErrorInfo(
        ErrorCode.NOT_ALLOWED,
        f"{user} cannot manage users from another computer",
        hint="Do it on the computer that reads the devices: micboard-tui users",
    )


def describe_large_answer(size: int, most: int) -> ErrorInfo:
    """The answer has more bytes than a message may have."""
    return ErrorInfo(
        ErrorCode.ANSWER_TOO_LARGE,
        f"The answer has {size / 1e6:.1f} MB, and a message has {most / 1e6:.1f} MB at most",
        hint=ASK_FOR_LESS,
    )


def describe_large_request(size: int, most: int) -> ErrorInfo:
    """What was to be sent has more bytes than a message may have."""
    return ErrorInfo(
        ErrorCode.INVALID_VALUE,
        f"What is to be sent has {size / 1e6:.1f} MB, and {most / 1e6:.1f} MB is the most",
        hint="Use a smaller file",
    )


def describe_unreadable_call(reason: str) -> ErrorInfo:
    """The arguments of a call are not what the contract takes."""
    return ErrorInfo(
        ErrorCode.INVALID_VALUE,
        f"The call is not understood: {reason}",
        hint="Use the same version of micboard-tui on both computers",
    )


def describe_unreadable_answer(reason: str) -> ErrorInfo:
    """The answer is not what the contract gives."""
    return ErrorInfo(
        ErrorCode.VERSION_DIFFERS,
        f"The answer is not understood: {reason}",
        hint="Use the same version of micboard-tui on both computers",
    )


def describe_crashed_call() -> ErrorInfo:
    """A method crashed; what went on is in the log of that program."""
    return ErrorInfo(
        ErrorCode.TASK_CRASHED,
        "This failed, or was done in part: there is a mistake in the micboard-tui that reads the devices",
        hint=REPORT_WITH_LOG,
    )


def describe_busy_service() -> ErrorInfo:
    """More calls run at once than may."""
    return ErrorInfo(
        ErrorCode.TOO_MANY_REQUESTS, "Too much is asked for at the same time", hint=CALL_AGAIN_LATER
    )


def describe_older_program(version: str, host: str) -> ErrorInfo:
    """The program at the other end speaks an older major version of the bus."""
    return ErrorInfo(
        ErrorCode.VERSION_DIFFERS,
        f"The micboard-tui that reads the devices is {version}, too old for this one",
        hint=f"Update micboard-tui on {host}",
    )


def describe_newer_program(version: str) -> ErrorInfo:
    """The program at the other end speaks a newer major version of the bus."""
    return ErrorInfo(
        ErrorCode.VERSION_DIFFERS,
        f"The micboard-tui that reads the devices is {version}, too new for this one",
        hint="Update micboard-tui on this computer",
    )
