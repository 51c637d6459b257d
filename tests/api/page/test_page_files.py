"""The files of the page, without a browser."""

import gzip
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from micboard_tui.api.page_texts import write_page_texts
from micboard_tui.api.routes.page import FILES, FileName, read_file
from micboard_tui.contracts.problem_texts import PROBLEM_TEXTS
from micboard_tui.domain.link_state import LinkState
from micboard_tui.domain.problem import ProblemCode
from tests.api.conftest import ServedRig
from tests.tui.color_vision import contrast
from tests.tui.scripted_rig import THEMES

MAX_BYTES = 60_000
"""Of the files as they are written; the texts of problems, which are those of the board, come beside them."""
MAX_SENT_BYTES = 30_000
"""Compressed, as every browser asks for them."""
NAMES = ("index.html", *get_args(FileName))
CSS = (FILES / "page.css").read_text(encoding="utf-8")
OWN_COLORS = {"alarm"}
"""What the themes do not have: the ground of a row that is critical."""


def palettes() -> Mapping[str, Mapping[str, str]]:
    """The colours of the style sheet."""
    blocks = re.findall(r":root([^{]*)\{([^}]*)\}", CSS)
    assert len(blocks) == 2
    dark, light = (dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", text)) for _, text in blocks)
    return {"stage": dark, "light": light}


def test_our_files_together_are_less_than_60_kb() -> None:
    ours = [file for kind in ("html", "css", "js") for file in FILES.glob(f"*.{kind}")]
    assert {"index.html", "page.css", "page.js"} <= {file.name for file in ours}
    assert sum(file.stat().st_size for file in ours) < MAX_BYTES


def test_all_files_together_are_loaded_at_once_over_a_poor_network() -> None:
    assert (
        sum(min(len(gzip.compress(read_file(name).body)), len(read_file(name).body)) for name in NAMES)
        <= MAX_SENT_BYTES
    )


def test_every_file_is_served_and_no_other() -> None:
    assert {file.name for file in FILES.iterdir()} | {"texts.js"} == set(NAMES)


def test_no_file_names_another_host_or_holds_a_script_or_style_of_its_own() -> None:
    for name in NAMES:
        text = read_file(name).body.decode("utf-8", "replace").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, name
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
    index = (FILES / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<style|style=|\son[a-z]+=|<script(?! type=\"module\" src=)", index) == []


async def test_a_file_that_is_known_is_not_sent_again(served: ServedRig) -> None:
    for address in ("/", *(f"/page/{name}" for name in get_args(FileName))):
        first = await served.client.get(address)
        assert first.status_code == 200
        assert "default-src 'self'" in first.headers["content-security-policy"]
        again = await served.client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_page_is_compressed_for_who_can_read_it(served: ServedRig) -> None:
    packed = await served.client.get("/page/page.js", headers={"Accept-Encoding": "gzip"})
    plain = await served.client.get("/page/page.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


async def test_only_files_of_the_page_are_served(served: ServedRig) -> None:
    for name in ("other.js", "..%2Fserver.py", "%2e%2e/server.py"):
        assert (await served.client.get(f"/page/{name}")).status_code in {404, 422}


def test_the_texts_are_those_of_the_board() -> None:
    written = write_page_texts().decode()
    texts = json.loads(written.removeprefix("export const texts = ").removesuffix(";\n"))
    assert texts["problems"].keys() == {code.value for code in ProblemCode}
    assert list(texts["problems"]) == [code.value for code in ProblemCode], "the worst first"
    lost = texts["problems"]["rf_lost"]
    assert (lost["title"], lost["cure"]) == PROBLEM_TEXTS[ProblemCode.RF_LOST]
    assert (lost["letter"], lost["severity"], lost["value"]) == ("L", "critical", None)
    assert texts["problems"]["will_not_last"]["value"] == "battery"
    off = texts["links"]["transmitter_off"]
    assert (off["name"], off["letter"]) == ("off", "-")
    assert (off["isOnAir"], off["isOutOfReach"], off["isPast"]) == (False, False, True)
    assert texts["links"].keys() == {link.value for link in LinkState}
    assert texts["faults"]["CREDENTIALS_REFUSED"]["title"] == "Wrong password"


@pytest.mark.parametrize("theme", ["stage", "light"])
def test_the_palette_is_that_of_the_theme(theme: str) -> None:
    file = next(file for file in THEMES if file.stem == theme)
    colors = tomllib.loads(file.read_text(encoding="utf-8"))["colors"]
    palette = palettes()[theme]
    assert palette.keys() - OWN_COLORS <= colors.keys()
    assert {name: colors[name] for name in palette.keys() - OWN_COLORS} == {
        name: palette[name] for name in palette.keys() - OWN_COLORS
    }


@pytest.mark.parametrize("theme", ["stage", "light"])
def test_everything_can_be_read(theme: str) -> None:
    palette = palettes()[theme]
    tones = ("text", "dim", "accent", "live", "warning", "critical", "muted")
    for tone in tones:
        for ground in ("background", "surface", "alarm"):
            assert contrast(palette[tone], palette[ground]) >= 4.5, (tone, ground)
    for tone in ("accent", "warning", "critical"):
        assert contrast(palette["background"], palette[tone]) >= 4.5, f"a word on {tone}"
    for tone in ("text", "dim"):
        assert contrast(palette[tone], palette["track"]) >= 4.5, f"{tone} in a field"


def test_the_manifest_makes_it_an_app_of_the_home_screen() -> None:
    manifest = json.loads((FILES / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert manifest["display"] == "standalone"
    assert manifest["start_url"] == manifest["scope"] == "../"
    for icon in manifest["icons"]:
        assert (FILES / icon["src"]).is_file()
    assert (FILES / "icon.png").read_bytes().startswith(b"\x89PNG")
    assert Path(manifest["icons"][1]["src"]).suffix == ".png"
