"""Measurements on real media: each module's ``run(quick)`` gives one record of figures.

Figures are latencies and ratios taken within one run on one machine: compare, don't quote.
"""
