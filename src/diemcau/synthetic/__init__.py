"""Synthetic sites: real WebRTC publishers without cameras, for the demo, the benches and the tests.

Stands alone (standard library and GStreamer through ``gi``), because it is run by the system's
Python: ``PYTHONPATH=src /usr/bin/python3 -m diemcau.synthetic --config sites.json``.
"""
