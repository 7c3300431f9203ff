"""``diemcau verify-log``: whether a log book is whole, for whoever inspects it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from diemcau.bootstrap import Settings
from diemcau.domain.journal import FaultKind, Verdict, fault
from diemcau.domain.refusal import Invalid
from diemcau.identity.seal import HEAD_FILE, KEY_FILE, HeadFile, PublicSeal, read_seal
from diemcau.ports.journal import HeadCheck, JournalStore
from diemcau.ports.store import StoreFailed
from diemcau.services import journal
from diemcau.store import open_store_to_read

SHOWN = 20
"""Faults that are printed; the number of all is."""


def run(file: Path | None, folder: Path, key: Path | None, database: str = "") -> int:
    """Print the verdict on an export, or on the folder's own log; 1 if there is any fault, else 0.

    Raises ``Invalid``.
    """
    check = trusted(folder, key)
    verdict = verify_file(file, check) if file else asyncio.run(_own(folder, database, check))
    print("\n".join(report(verdict)))
    return int(not verdict.ok)


def trusted(folder: Path, key: Path | None) -> HeadCheck:
    """The key that heads are checked against: the one given, else the folder's own. A file's own
    word for whose it is counts for nothing, so without a key there is a refusal."""
    if key is not None:
        return PublicSeal.read(key)
    own = folder / KEY_FILE
    if own.exists():
        return read_seal(own)
    raise Invalid(
        f"Không có {own} để đối chiếu chữ ký: nêu --key với khóa công khai của máy chủ, hoặc"
        " --folder.",
        f"There is no {own} to check signatures against: give the server's public key with --key,"
        " or --folder.",
    )


def verify_file(file: Path, check: HeadCheck) -> Verdict:
    """An export; raises ``Invalid`` if it cannot be read."""
    try:
        with file.open("rb") as lines:
            return journal.verify_export(lines, check)
    except OSError as error:
        raise Invalid(
            f"Không đọc được {file}: {error.strerror}.", f"Cannot read {file}: {error.strerror}."
        ) from error


async def _own(folder: Path, database: str, check: HeadCheck) -> Verdict:
    """The log of a server, which may be running meanwhile."""
    try:
        store = await open_store_to_read(Settings(folder, database=database).database_url)
        try:
            return await verify_store(store, folder, check)
        finally:
            await store.close()
    except StoreFailed as error:
        raise Invalid(
            f"Không đọc được sổ theo dõi: {error}. Nêu --folder (và --database) của máy chủ, hoặc"
            " một tệp đã xuất.",
            f"The log book cannot be read: {error}. Give the server's --folder (and --database),"
            " or an exported file.",
        ) from error


async def verify_store(store: JournalStore, folder: Path, check: HeadCheck) -> Verdict:
    """A server's own log, against the head that it keeps beside its database: entries without any
    kept head are a fault too. Raises ``Invalid``, ``StoreFailed``."""
    head = HeadFile(folder / HEAD_FILE).read()
    verdict = await journal.verify_store(store, check, [] if head is None else [head])
    if head is not None or verdict.last is None:
        return verdict
    unsigned = fault(FaultKind.UNSIGNED, 1, until=verdict.last.seq)
    return replace(verdict, faults=(*verdict.faults, unsigned))


def report(verdict: Verdict) -> Iterator[str]:
    """The lines that say what was found, in both languages."""
    if verdict.ok:
        yield f"✓ Nhật ký nguyên vẹn: {verdict.count} mục."
        yield f"  The log is whole: {verdict.count} entries."
    else:
        faults = len(verdict.faults)
        yield f"✗ Nhật ký KHÔNG nguyên vẹn: {faults} lỗi trong {verdict.count} mục."
        yield f"  The log is NOT whole: {faults} faults in {verdict.count} entries."
        yield from _faults(verdict)
    if verdict.last is not None:
        yield f"  Mục cuối / last entry: {journal.log_line(verdict.last, 'vi')}"
        yield f"  SHA-256: {verdict.last.hash}"


def _faults(verdict: Verdict) -> Iterator[str]:
    for one in verdict.faults[:SHOWN]:
        yield f"  - [{one.kind}] {one.text.vi}\n    {one.text.en}"
    more = len(verdict.faults) - SHOWN
    if more > 0:
        yield f"  … và {more} lỗi nữa / and {more} more"
