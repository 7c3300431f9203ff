"""Scenes that are kept under a name."""

import re
from collections.abc import Sequence

from diemcau.domain.conference import Scene
from diemcau.domain.journal import Note
from diemcau.domain.refusal import Invalid, Text, Unknown
from diemcau.domain.saved_scene import SavedScene, saved
from diemcau.ports.clock import Clock
from diemcau.services.records import Records

_ID = re.compile(r"[a-z0-9-]{1,64}")


class Scenes:
    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock

    def all(self) -> Sequence[SavedScene]:
        return sorted(self._records.all(SavedScene).values(), key=lambda kept: kept.name)

    async def keep(self, scene_id: str, name: str, scene: Scene, by: str) -> SavedScene:
        """Keep a scene, in place of a former one of that id."""
        if not _ID.fullmatch(scene_id):
            raise Invalid(
                "Mã bố cục gồm chữ thường, số và dấu gạch nối, tối đa 64 ký tự.",
                "A scene's id has lower-case letters, digits and hyphens, 64 at most.",
            )
        kept = saved(scene_id, name, scene, by, self._clock.now())
        await self._records.commit(kept, notes=[_note(by, "scene.kept", kept)])
        return kept

    async def drop(self, scene_id: str, by: str) -> None:
        kept = self._records.get(SavedScene, scene_id)
        if kept is None:
            raise Unknown(
                f"Không có bố cục đã lưu «{scene_id}».", f"No scene {scene_id!r} is kept."
            )
        await self._records.commit(removes=[kept], notes=[_note(by, "scene.dropped", kept)])


def _note(by: str, action: str, kept: SavedScene) -> Note:
    words = {
        "scene.kept": Text(f"Lưu bố cục «{kept.name}»", f"Scene {kept.name!r} kept"),
        "scene.dropped": Text(f"Bỏ bố cục «{kept.name}»", f"Scene {kept.name!r} dropped"),
    }
    return Note(by, action, f"scene/{kept.id}", words[action])
