"""``recap``: what became of a show, in each of its formats."""

from pathlib import Path

from tests.cli.conftest import Command
from tests.cli.schemas import check_fits
from tests.cli.test_commands import said_no


def test_a_recap_is_printed_and_written_in_each_format(micboard: Command, tmp_path: Path) -> None:
    assert micboard("events", "mark", "crackle <b>").code == 0
    assert micboard("handover", "write", "pack 7 rattles").code == 0
    text = micboard("recap", "--since", "10m")
    assert text.code == 0
    assert text.out.startswith("Recap: ")
    assert "crackle <b>" in text.out
    assert "pack 7 rattles" in text.out
    assert "Not measured:\n  There were no channels" in text.out
    document = check_fits("recap", micboard("recap", "--since", "10m", "--json").out)
    assert document["show"] is None
    assert [note["text"] for note in document["handover"]] == ["pack 7 rattles"]
    assert document["alarm_figures"]["count"] == 0
    assert [marker["text"] for marker in document["markers"]] == ["crackle <b>"]
    assert micboard("recap", "--since", "10m", "--format", "csv").out.startswith("mic,name,channel,on air,")
    assert "crackle \\<b\\>" in micboard("recap", "--format", "markdown", "-o", "-").out
    file = tmp_path / "tonight.html"
    assert micboard("recap", "--format", "html", "-o", str(file)).out == f"Wrote the recap to {file}.\n"
    assert "crackle &lt;b&gt;" in file.read_text(encoding="utf-8")
    assert "is there already" in micboard("recap", "-o", str(file)).err
    assert micboard("recap", "-o", str(file), "--yes").code == 0
    assert "Compared with" in micboard("recap", "--since", "10m", "--compare-since", "2h").out
    said_no(micboard("recap", "--compare"), "SHOW_NOT_FOUND")
    assert micboard("recap", "--compare", "--compare-since", "2h").code == 2
    assert micboard("recap", "--compare-until", "2h").code == 2
    assert micboard("recap", "--json", "--format", "csv").code == 2


def test_an_end_before_the_start_and_a_file_that_cannot_be_written_are_refused(
    micboard: Command, tmp_path: Path
) -> None:
    assert micboard("recap", "--since", "1m", "--until", "2m").code == 2
    assert micboard("show", "new", "Romeo").code == 0
    assert micboard("show", "use", "Romeo").code == 0
    assert micboard("show", "start").code == 0
    said_no(micboard("recap", "--until", "1h"), "INVALID_VALUE")
    refused = micboard("recap", "-o", str(tmp_path / "not there" / "recap.html"))
    assert (refused.code, refused.err.split(":")[0]) == (1, "DIRECTORY_NOT_WRITABLE")
