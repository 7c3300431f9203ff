"""Makes stills: receives a forwarded picture until a whole keyframe is there, and decodes that one.

A process of its own on the system's Python, as the mixer is. What it is told, and says, is section
5 of docs/protocol.md.
"""
