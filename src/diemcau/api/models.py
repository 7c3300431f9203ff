"""What clients send, as pydantic reads it. Unknown members are refused: they are mistakes."""

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    model_validator,
)

from diemcau.domain.conference import Scene
from diemcau.domain.journal import LAST_SEQ
from diemcau.domain.layout import custom, layout
from diemcau.domain.localtime import YEARS
from diemcau.domain.refusal import Invalid
from diemcau.domain.roles import Role
from diemcau.domain.selftest import Finding
from diemcau.domain.source import CONTENT

Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=300)]
"""Text on one line, without control characters."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]*$", max_length=64)]

SourceId = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9-]*({re.escape(CONTENT)})?$", max_length=72)
]
"""A site's camera, by the site's id, or its content."""


Seq = Annotated[int, Field(ge=0, le=LAST_SEQ)]
"""The number of an entry of the log book."""


def _within_years(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError(f"a year from {YEARS[0]} to {YEARS[-1]}, please")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_within_years)]
"""A time with its zone."""


Figures = Annotated[
    dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")], FiniteFloat],
    Field(max_length=40),
]
"""What a page measures, by name."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NothingIn(Body):
    pass


class ConferenceIn(Body):
    title: Annotated[Line, StringConstraints(min_length=1, strip_whitespace=True)]
    master: Id
    sites: Annotated[list[Id], Field(min_length=1, max_length=4095)]
    chair: Id = ""
    buses: list[Literal["program", "chair"]] = ["program", "chair"]
    max_sites: int | None = None


class SceneIn(Body):
    layout: Annotated[str, Field(max_length=64)] | None = None
    panes: list[tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]] | None = None
    sites: list[SourceId] = []

    def scene(self) -> Scene:
        """Raises ``Invalid``."""
        if (self.layout is None) == (self.panes is None):
            raise Invalid(
                "Một cảnh có «layout» hoặc «panes», một trong hai.",
                "A scene has either 'layout' or 'panes'.",
            )
        if self.panes is not None:
            return Scene(custom(self.panes), tuple(self.sites))
        return Scene(layout(self.layout or ""), tuple(self.sites))


class PreviewIn(Body):
    scene: SceneIn


class TakeIn(Body):
    """A scene, or an item of the script; ``reason``: why it departs from that, where it does."""

    scene: SceneIn | None = None
    item: Id = ""
    reason: Line = ""

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.scene and self.item:
            raise ValueError("a scene or an item, not both")
        return self


class CallIn(Body):
    site: Id


class MuteIn(Body):
    site: Id
    muted: bool


class MuteAllIn(Body):
    but: Annotated[list[Id], Field(alias="except")] = []


class BannerIn(Body):
    text: Line


class OnIn(Body):
    on: bool


class RehearsalIn(Body):
    sites: Annotated[list[Id], Field(max_length=4096)] = []


class SlateIn(Body):
    text: Annotated[Line, StringConstraints(max_length=120)] = ""


class FloorIn(Body):
    site: Id


class TurnIn(Body):
    sites: Annotated[list[Id], Field(min_length=2, max_length=4095)]
    seconds: Annotated[int, Field(ge=10, le=120)] = 30


class ExtendIn(Body):
    minutes: Annotated[int, Field(ge=1, le=240)]


class ChatIn(Body):
    text: Annotated[Line, StringConstraints(min_length=1, max_length=300)]


class FindingIn(Body):
    item: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,40}$")]
    passed: bool
    note: Line = ""
    figures: Figures = {}


class SelfTestIn(Body):
    results: Annotated[list[FindingIn], Field(min_length=1, max_length=20)]

    def findings(self) -> list[Finding]:
        return [Finding(one.item, one.passed, one.note, one.figures) for one in self.results]


class SavedSceneIn(Body):
    name: Annotated[Line, StringConstraints(min_length=1, max_length=80)]
    scene: SceneIn


class LinkIn(Body):
    role: Literal[Role.OPERATOR, Role.CHAIR, Role.SITE, Role.VIEWER]
    site: Id = ""
    hours: Annotated[FiniteFloat, Field(gt=0, le=24 * 31)] = 12.0
