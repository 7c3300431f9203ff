"""Says what this system's Python has of what the mixer and the synthetic sites need.

    PYTHONPATH=src /usr/bin/python3 -m diemcau.synthetic.probe compositor x264enc …

Prints one JSON object: the GStreamer elements of the arguments that are missing, the Python modules
that are, GStreamer's version, and whether Pango finds a font for Vietnamese.
"""

from __future__ import annotations

import json
import sys
from typing import Any

MODULES = ("Gst", "GstVideo", "GstWebRTC", "GstSdp", "Gio", "Pango", "PangoCairo")
LETTERS = "Đặng Thị Hữu Nghĩa, ấp Đồng Bưởi, huyện Mỹ Lộc"


def probe(elements: list[str]) -> dict[str, Any]:
    """What is missing; never raises."""
    found: dict[str, Any] = {"elements": list(elements), "modules": [], "version": "", "font": ""}
    try:
        import gi
    except ImportError:
        return {**found, "modules": ["gi"]}
    loaded: dict[str, Any] = {}
    for name in MODULES:
        try:
            gi.require_version(name, "2.0" if name == "Gio" else "1.0")
            loaded[name] = __import__(f"gi.repository.{name}", fromlist=[name])
        except (ImportError, ValueError):
            found["modules"].append(name)
    try:
        import cairo
    except ImportError:
        found["modules"].append("cairo")
    else:
        if "PangoCairo" in loaded:
            found["font"] = _font(cairo, loaded["PangoCairo"])
    if "Gst" in loaded:
        gst = loaded["Gst"]
        gst.init(None)
        found["version"] = ".".join(map(str, gst.version()[:3]))
        found["elements"] = [name for name in elements if gst.ElementFactory.find(name) is None]
    return found


def _font(cairo: Any, pango_cairo: Any) -> str:
    """``ok`` when every Vietnamese letter has a shape, else ``missing``."""
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 8, 8))
    layout = pango_cairo.create_layout(context)
    layout.set_text(LETTERS, -1)
    return "missing" if layout.get_unknown_glyphs_count() else "ok"


if __name__ == "__main__":
    print(json.dumps(probe(sys.argv[1:])))
