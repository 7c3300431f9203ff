"""The web pages: one page for all addresses of the application, files beside it, nothing else."""

from pathlib import Path

import httpx2
import pytest


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>app")
    (folder / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "outside.txt").write_text("secret")
    return folder


@pytest.mark.parametrize(
    "path", ["/", "/a", "/c/c1/chair", "/c/c1/mcu/m1", "/d/new", "/d/d1/checks", "/urgent"]
)
async def test_every_address_of_the_application_is_the_one_page(
    path: str, built: Path, client: httpx2.AsyncClient
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.text.endswith("app")
    assert answer.headers["cache-control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept(
    built: Path, client: httpx2.AsyncClient
) -> None:
    answer = await client.get("/assets/app-1a2b.js")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/nothing.js", "/../outside.txt", "/%2e%2e/outside.txt", "/assets", "/a%00b", "/x" * 9]
)
async def test_nothing_else_is_served(path: str, built: Path, client: httpx2.AsyncClient) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_pages_that_are_not_built_say_what_to_do(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "./diemcau server" in answer.text
