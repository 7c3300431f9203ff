"""JSON Merge Patch (RFC 7396): how a page is told what changed.

State never holds None, so ``apply(old, diff(old, new)) == new`` for any two states.
"""

from typing import Any

Json = dict[str, Any]


def diff(old: Json, new: Json) -> Json:
    """The smallest merge patch that turns ``old`` into ``new``."""
    patch: Json = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if before is value or before == value:
            continue
        both = isinstance(before, dict) and isinstance(value, dict)
        patch[name] = diff(before, value) if both else value  # type: ignore[arg-type]
    return patch


def apply(target: Any, patch: Any) -> Any:
    """``target`` after the patch, as section 2 of RFC 7396 writes it; neither is altered."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = apply(result.get(name), value)
    return result
