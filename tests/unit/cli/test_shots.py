"""The pictures of the pages: all pages, all captions, small files."""

import re
from pathlib import Path

import pytest

from diemcau.cli.shot_list import SHOTS, SIZES, index
from diemcau.cli.shots import LARGEST

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs/pictures"
FILES = [file for shot in SHOTS for file in shot.files]


def words(source: str, name: str) -> list[str]:
    """The strings of a constant array of the router."""
    found = re.search(rf"const {name} = \[([^\]]*)\]", source)
    assert found
    return re.findall(r"'([^']+)'", found[1])


def routed() -> set[str]:
    """The pages of the router; the tabs of a dossier are pages, and ``entry`` only leads on."""
    source = (ROOT / "web/src/lib/session.ts").read_text("utf-8")
    found = re.search(r"export type Route =(.*?);\n\n", source, re.DOTALL)
    assert found
    literals = re.findall(r"page: ((?:'[a-z-]+'[ |]*)+)", found[1])
    pages = {page for one in literals for page in re.findall(r"'([a-z-]+)'", one)}
    pages |= set(words(source, "OFFICE"))
    pages |= {f"dossier/{tab}" for tab in words(source, "TABS")}
    assert {"control", "mcu", "desk-is-home"} & pages == {"control", "mcu"}
    return pages - {"dossier", "entry", "unknown"}


def test_every_page_of_the_router_is_shown() -> None:
    assert {shot.page for shot in SHOTS} == routed()


def test_names_are_ones_own() -> None:
    assert len(set(FILES)) == len(FILES)


def test_the_index_is_that_of_the_list() -> None:
    assert (ROOT / "docs/pictures.md").read_text("utf-8") == index()


def test_the_folder_has_these_pictures_and_no_other() -> None:
    assert sorted(file.name for file in PICTURES.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("file", FILES)
def test_a_picture_is_small_in_bytes_and_of_its_size_in_pixels(file: str) -> None:
    data = (PICTURES / file).read_bytes()
    assert len(data) <= LARGEST
    frame = re.search(rb"\xff[\xc0\xc2]\x00\x11\x08(..)(..)", data, re.DOTALL)
    assert frame
    height, width = (int.from_bytes(part) for part in frame.groups())
    assert (width, height) in SIZES
    assert file.endswith(f"-{width}.jpg")
