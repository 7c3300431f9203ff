"""What ``bench chair`` makes of its calls."""

from diemcau.benches.chair import Call, figures


def test_the_systems_own_figures_are_held_against_what_was_seen() -> None:
    said = figures([Call(270.0, 230.0, 210.0), Call(300.0, 320.0, 290.0)])
    assert (said["calls"], said["p50_ms"], said["p99_ms"]) == (2, 270.0, 300.0)
    assert said["page_figure_off_by_ms_max"] == 40.0
    assert said["server_figure_off_by_ms_max"] == 60.0
