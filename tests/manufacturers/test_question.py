import anyio
import anyio.lowlevel

from micboard_tui.manufacturers.question import Questions

TIMEOUT_S = 0.05


class Asking:
    """Questions to a device that answers the ``answers_on``-th one; its clock is moved by hand."""

    def __init__(self, answers_on: int = 1) -> None:
        self.now = 0.0
        self.sent = 0
        self.round_trips: list[float] = []
        self._answers_on = answers_on
        self.questions: Questions[str] = Questions(anyio.Lock(), lambda: self.now, self.round_trips.append)

    async def send(self) -> None:
        self.sent += 1

    async def answer(self) -> None:
        while self.sent < self._answers_on:
            await anyio.lowlevel.checkpoint()
        await anyio.lowlevel.checkpoint()
        self.now += 0.25
        self.questions.take("something else")
        self.questions.take("yes")
        self.questions.take("yes, again")

    async def ask(self, tries: int) -> str | None:
        return await self.questions.ask(self.send, lambda text: text.startswith("yes"), TIMEOUT_S, tries)


async def test_the_first_message_that_answers_is_the_answer_and_its_time_is_reported() -> None:
    asking = Asking()
    async with anyio.create_task_group() as group:
        group.start_soon(asking.answer)
        assert await asking.ask(1) == "yes"
    assert (asking.sent, asking.round_trips) == (1, [0.25])
    assert asking.questions.pending is None


async def test_a_question_is_sent_again_until_it_is_answered() -> None:
    asking = Asking(answers_on=3)
    async with anyio.create_task_group() as group:
        group.start_soon(asking.answer)
        assert await asking.ask(4) == "yes"
    assert asking.sent == 3


async def test_after_all_tries_there_is_no_answer() -> None:
    asking = Asking()
    assert await asking.ask(2) is None
    assert (asking.sent, asking.round_trips) == (2, [])


async def test_closing_ends_the_wait_and_only_the_last_question_is_asked() -> None:
    asking = Asking(answers_on=2)
    async with anyio.create_task_group() as group:
        group.start_soon(asking.ask, 5)
        await anyio.sleep(0.001)
        group.start_soon(asking.answer)
        assert await asking.questions.ask_last(asking.send, lambda text: text == "yes", 1.0) == "yes"
    assert asking.sent == 2
    assert await asking.ask(1) is None
    assert asking.sent == 2
