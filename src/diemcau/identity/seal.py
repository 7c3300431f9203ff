"""The key that signs the log book's head (Ed25519, RFC 8032), and where the last head is kept."""

import json
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from diemcau.domain.journal import Head, head_of
from diemcau.domain.plain import canonical
from diemcau.domain.refusal import Invalid
from diemcau.identity.files import make_once, overwrite

KEY_FILE = "journal-key.pem"
HEAD_FILE = "journal-head.json"


class PublicSeal:
    """A ``ports.journal.HeadCheck``. Signatures are 128 hexadecimal digits, in lower case only."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._public = key
        self.public_key = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @classmethod
    def read(cls, file: Path) -> "PublicSeal":
        """From a PEM file; raises ``Invalid``."""
        try:
            key = load_pem_public_key(file.read_bytes())
        except (OSError, ValueError, UnsupportedAlgorithm) as error:
            raise _no_key(file, str(error)) from error
        if not isinstance(key, Ed25519PublicKey):
            raise _no_key(file, "Ed25519")
        return cls(key)

    def check(self, head: Head) -> bool:
        try:
            signature = bytes.fromhex(head.signature)
            self._public.verify(signature, head.claim())
        except (ValueError, InvalidSignature):
            return False
        return signature.hex() == head.signature


class Seal(PublicSeal):
    """A ``ports.journal.Sealer``."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        super().__init__(key.public_key())
        self._private = key

    def sign(self, seq: int, hash: str, at: datetime) -> Head:
        unsigned = Head(seq, hash, at, "")
        return Head(seq, hash, at, self._private.sign(unsigned.claim()).hex())


def load_seal(folder: Path) -> Seal:
    """The key of a data folder; made (mode 0600) where there is none.

    Raises ``Invalid`` for a file that is none; it is left as it is.
    """
    file = folder / KEY_FILE
    if not file.exists():
        make_once(
            file,
            Ed25519PrivateKey.generate().private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
            ),
        )
    return read_seal(file)


def read_seal(file: Path) -> Seal:
    """The key in a file; raises ``Invalid``."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Invalid(
            f"{file} bị hỏng. Lấy lại từ bản sao lưu; nếu xóa nó, các bản chốt nhật ký đã ký chỉ"
            " còn kiểm được bằng khóa công khai đã xuất trước đây.",
            f"{file} is damaged. Restore it from a backup; if it is deleted, heads of the log that"
            " were signed with it can be checked only with the public key exported before.",
        )
    return Seal(key)


def _no_key(file: Path, why: str) -> Invalid:
    return Invalid(
        f"{file} không phải khóa công khai Ed25519 dạng PEM: {why}.",
        f"{file} is no Ed25519 public key in PEM: {why}.",
    )


class HeadFile:
    """The last head, kept beside the database: what finds a log whose end was cut off.

    A head is never forgotten for one that does not come after it: then it is set aside.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> Head | None:
        """The head; None where none was written. Raises ``Invalid`` for a damaged file."""
        try:
            return head_of(json.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            raise Invalid(
                f"{self._file} bị hỏng: {error}. Hãy chuyển tệp này đi nơi khác làm bằng chứng,"
                " rồi đối chiếu nhật ký với bản xuất gần nhất.",
                f"{self._file} is damaged: {error}. Move it away as evidence, and check the log"
                " against the last export.",
            ) from error

    def write(self, head: Head) -> None:
        """Waits for the disk: milliseconds. Raises ``Invalid`` as ``read`` does, ``OSError``."""
        former = self.read()
        if former is not None and former.seq >= head.seq and former.hash != head.hash:
            self.set_aside(former)
        overwrite(self._file, canonical(head.form()) + b"\n")

    def set_aside(self, head: Head) -> None:
        """Keep a head that the log no longer bears out, beside the file, as evidence."""
        name = f"{self._file.stem}-{head.seq}-{head.at:%Y%m%dT%H%M%S%fZ}{self._file.suffix}"
        make_once(self._file.with_name(name), canonical(head.form()) + b"\n")
