"""What a room found when it tried its own camera, sound and line before joining (R6.1-4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from diemcau.domain.refusal import Invalid

ITEMS = ("camera", "microphone", "loudspeaker", "echo", "network", "codec")

MARKS: Mapping[str, tuple[str, ...]] = {
    "camera": ("camera",),
    "picture": ("camera", "codec"),
    "microphone": ("microphone",),
    "sound-out": ("microphone", "echo"),
    "sound-in": ("loudspeaker",),
    "line": ("network",),
}
"""The check items of a procedure that a self-test can answer, and the parts of it that do."""


@dataclass(frozen=True)
class Finding:
    """One part of the test; ``figures``: what was measured, by name."""

    item: str
    passed: bool
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SelfTest:
    """The last test of a site in a session; ``dossier``: as of ``talk.Incident``."""

    id: str
    dossier: str
    site: str
    at: datetime
    by: str
    results: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return all(finding.passed for finding in self.results)


def tested(dossier: str, site: str, results: Iterable[Finding], by: str, now: datetime) -> SelfTest:
    """Raises ``Invalid`` for an unknown or repeated item, none at all, or a failure unexplained."""
    found = tuple(results)
    items = [finding.item for finding in found]
    if not items or not set(items) <= set(ITEMS) or len(set(items)) < len(items):
        raise Invalid(
            f"Kết quả tự kiểm tra gồm các mục, mỗi mục một lần: {', '.join(ITEMS)}.",
            f"A self-test has these items, each once at most: {', '.join(ITEMS)}.",
        )
    if any(not finding.passed and not finding.note.strip() for finding in found):
        raise Invalid("Hãy ghi rõ lỗi của mục không đạt.", "Say what is wrong with a failed item.")
    return SelfTest(f"{dossier}.{site}", dossier, site, now, by, found)


def answers(test: SelfTest) -> Mapping[str, tuple[bool, str]]:
    """By check item: whether it passed, and what is wrong. An item is answered by all its parts
    that were tried; one of which nothing was tried is not answered."""
    found = {finding.item: finding for finding in test.results}
    told: dict[str, tuple[bool, str]] = {}
    for item, parts in MARKS.items():
        tried = [found[part] for part in parts if part in found]
        if tried:
            failed = [finding.note for finding in tried if not finding.passed]
            told[item] = (not failed, "; ".join(failed))
    return told
