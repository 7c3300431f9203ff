"""The log's key and the file that keeps its last head."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from diemcau.domain.refusal import Invalid
from diemcau.identity import HeadFile, PublicSeal, load_seal
from tests.logs import NOW


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert load_seal(folder).public_key == load_seal(folder).public_key
    assert stat.S_IMODE((folder / "journal-key.pem").stat().st_mode) == 0o600


def test_programs_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {seal.public_key for seal in pool.map(load_seal, [tmp_path] * 40)}
    assert len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["journal-key.pem"]


def other_kind() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff", other_kind()])
def test_a_damaged_key_is_named_and_kept(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "journal-key.pem"
    file.write_bytes(content)
    with pytest.raises(Invalid, match="journal-key"):
        load_seal(tmp_path)
    assert file.read_bytes() == content


@pytest.mark.parametrize("content", [None, b"no key", other_kind()])
def test_what_is_no_public_key_is_named(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "public.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Invalid, match=r"public\.pem"):
        PublicSeal.read(file)


def test_the_last_head_is_kept(tmp_path: Path) -> None:
    file, seal = HeadFile(tmp_path / "data" / "journal-head.json"), load_seal(tmp_path)
    assert file.read() is None
    for seq in (1, 2, 2, 9):
        head = seal.sign(seq, "ab" * 32, NOW)
        file.write(head)
        assert file.read() == head
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["journal-head.json"]


@pytest.mark.parametrize("seq", [3, 9])
def test_a_head_that_the_new_one_does_not_follow_is_set_aside(seq: int, tmp_path: Path) -> None:
    file, seal = HeadFile(tmp_path / "journal-head.json"), load_seal(tmp_path)
    former, new = seal.sign(9, "ab" * 32, NOW), seal.sign(seq, "cd" * 32, NOW)
    file.write(former)
    file.write(new)
    assert file.read() == new
    kept = tmp_path / "journal-head-9-20261124T010203000456Z.json"
    assert HeadFile(kept).read() == former


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"seq":1}', b"[" * 100_000]
)
def test_a_damaged_head_is_named_and_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal-head.json"
    path.write_bytes(content)
    with pytest.raises(Invalid, match="journal-head"):
        HeadFile(path).write(load_seal(tmp_path).sign(1, "ab" * 32, NOW))
    assert path.read_bytes() == content
