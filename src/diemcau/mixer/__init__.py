"""The mixer: one process per conference that composes picture and sound once, for every site.

Runs on the system's Python (`PYTHONPATH=src /usr/bin/python3 -m diemcau.mixer`), because only there
are the GStreamer bindings; it imports the standard library and `gi`, and nothing else of diemcau.
The pure parts (messages, geometry, hold, playout, watch, on_air, mixminus, rtcp) import without gi.
"""
