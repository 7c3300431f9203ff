"""Scenes that are kept under a name, to be applied or made ready again."""

from dataclasses import dataclass
from datetime import datetime

from diemcau.domain.conference import Scene
from diemcau.domain.layout import Pane, custom, layout
from diemcau.domain.refusal import Invalid


@dataclass(frozen=True)
class SavedScene:
    """``layout`` names a layout that ships, or is "" and ``panes`` say it; ``sites`` may be none:
    then it is a layout alone, to be filled."""

    id: str
    name: str
    layout: str
    panes: tuple[Pane, ...]
    sites: tuple[str, ...]
    at: datetime
    by: str

    @property
    def scene(self) -> Scene:
        if self.layout:
            return Scene(layout(self.layout), self.sites)
        return Scene(custom([(pane.x, pane.y, pane.w, pane.h) for pane in self.panes]), self.sites)


def saved(scene_id: str, name: str, scene: Scene, by: str, now: datetime) -> SavedScene:
    if not name.strip():
        raise Invalid("Hãy đặt tên cho bố cục.", "Give the scene a name.")
    named = "" if scene.layout.id == "custom" else scene.layout.id
    panes = () if named else scene.layout.panes
    sites = scene.sites if scene.shown else ()
    return SavedScene(scene_id, name.strip(), named, panes, sites, now, by)
