"""The law of the house: from what is observed to what is desired, by one rule for every kind.

``diff`` names the actions that can be done now; whoever carries them out asks again until none is
left. What cannot be done yet (its needs are not there) is not named: it will be, next time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from diemcau.domain.resources import (
    BLANK,
    Admission,
    ChildLink,
    Examination,
    Input,
    Key,
    Listener,
    Publisher,
    Resource,
    Uplink,
    feed_key,
)
from diemcau.domain.source import site_of


@dataclass(frozen=True)
class Create:
    resource: Resource


@dataclass(frozen=True)
class Update:
    old: Resource
    resource: Resource


@dataclass(frozen=True)
class Delete:
    resource: Resource


Action = Create | Update | Delete


def resolve(desired: Iterable[Resource], observed: Iterable[Resource]) -> tuple[Resource, ...]:
    """The desired state as far as it is possible now.

    Rules become things (an admission: what each session of the site shall be), and whatever would
    draw on a feed that is not here draws on the nearest thing that is: a lane on ``blank``, a
    listener on the programme, a mixer slot or an examination on nothing.
    """
    observed = tuple(observed)
    here = frozenset(key for resource in observed for key in resource.provides)
    rules = {(r.conference, r.site): r for r in desired if isinstance(r, Admission)}
    resolved: list[Resource] = []
    for resource in desired:
        match resource:
            case Admission():
                pass
            case Uplink() if feed_key(resource.conference, resource.source) not in here:
                resolved.append(replace(resource, source=BLANK))
            case ChildLink() if resource.source and (
                feed_key(resource.conference, resource.source) not in here
            ):
                resolved.append(replace(resource, source=BLANK))
            case Input() if feed_key(resource.conference, resource.feed) not in here:
                pass
            case Examination() if not resource.needs <= here:
                pass
            case _:
                resolved.append(resource)
    rooms = {r.conference for r in desired if r.kind == "room"}
    for resource in observed:
        match resource:
            case Publisher() if (resource.conference, site_of(resource.site)) in rules:
                resolved.append(resource)
            case Listener() if resource.conference in rooms:
                kept = _listening(resource, rules.get((resource.conference, resource.site)), here)
                resolved += [kept] if kept else []
    return tuple(resolved)


def _listening(session: Listener, rule: Admission | None, here: frozenset[Key]) -> Listener | None:
    """What the session shall play: its feed as soon as it is here, and the sound its site's rule
    names. None for a site that is not admitted."""
    if session.site and rule is None:
        return None
    if feed_key(session.conference, session.feed) not in here:
        return session
    sound = rule.sound if rule is not None and session.feed == "program" else session.feed
    if feed_key(session.conference, sound) not in here:
        sound = session.feed
    return replace(session, picture=session.feed, sound=sound)


def diff(desired: Iterable[Resource], observed: Iterable[Resource]) -> tuple[Action, ...]:
    """The actions possible now that lead from observed to desired, at most one per key.

    Removals come first. A resource whose identity differs is removed; it is made anew the next
    time, when its key is free.
    """
    observed = tuple(observed)
    wanted = {resource.key: resource for resource in resolve(desired, observed)}
    present = {resource.key: resource for resource in observed}
    here = frozenset(key for resource in observed for key in resource.provides)
    actions: list[Action] = []
    for key, old in present.items():
        new = wanted.get(key)
        if new is None or new.identity != old.identity:
            actions.append(Delete(old))
        elif new != old and new.needs <= here:
            actions.append(Update(old, new))
    for key, new in wanted.items():
        if key not in present and not new.passive and new.needs <= here:
            actions.append(Create(new))
    return tuple(sorted(actions, key=lambda action: not isinstance(action, Delete)))


@dataclass(frozen=True)
class Retries:
    """When a failed key may be tried again: the wait doubles, within bounds; others never wait."""

    first_s: float = 0.2
    most_s: float = 5.0
    waits: dict[Key, tuple[int, float]] = field(default_factory=dict)

    def failed(self, key: Key, now: float) -> "Retries":
        """``now`` in seconds of any steady clock."""
        count = self.waits.get(key, (0, 0.0))[0]
        wait = min(self.most_s, self.first_s * 2**count)
        return replace(self, waits={**self.waits, key: (count + 1, now + wait)})

    def succeeded(self, key: Key) -> "Retries":
        return replace(self, waits={k: v for k, v in self.waits.items() if k != key})

    def ready(self, actions: Iterable[Action], now: float) -> tuple[Action, ...]:
        return tuple(a for a in actions if self._due(a.resource.key) <= now)

    def next_due(self, now: float) -> float | None:
        """Seconds until the next waiting key is due, or None."""
        later = [due - now for _, due in self.waits.values() if due > now]
        return min(later, default=None)

    def _due(self, key: Key) -> float:
        return self.waits.get(key, (0, 0.0))[1]
