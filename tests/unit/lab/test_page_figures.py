"""What ``bench page`` makes of what its probe saw."""

from diemcau.benches.page import figures, heaviest_task


def test_tasks_are_counted_and_updates_ranked() -> None:
    seen = {"tasks": [51.4, 80.6], "updates": [float(ms) for ms in range(1, 101)]}
    said = figures(seen, 1_234_567)
    assert (said["long_tasks"], said["longest_task_ms"]) == (2, 81)
    assert (said["update_to_paint_p50_ms"], said["update_to_paint_p99_ms"]) == (50.0, 99.0)
    assert said["memory_growth_mb"] == 1.23


def test_a_calm_page_has_no_long_task_and_no_figure_is_made_up_without_updates() -> None:
    said = figures({"tasks": [], "updates": []}, -20_000)
    assert (said["long_tasks"], said["longest_task_ms"]) == (0, 0)
    assert said["update_to_paint_p99_ms"] is None
    assert said["memory_growth_mb"] == -0.02


def test_the_heaviest_task_is_the_pages_own_and_counts_by_its_cpu() -> None:
    def task(pid: int, tid: int, dur: int, tdur: int) -> dict[str, object]:
        return {"name": "RunTask", "pid": pid, "tid": tid, "dur": dur, "tdur": tdur}

    main = {"name": "thread_name", "pid": 1, "tid": 1, "args": {"name": "CrRendererMain"}}
    other = {"name": "thread_name", "pid": 1, "tid": 2, "args": {"name": "Compositor"}}
    tasks = [task(1, 1, 361_000, 13_000), task(1, 1, 30_000, 20_400), task(1, 2, 90_000, 90_000)]
    assert heaviest_task([*tasks, main, other]) == 20
    assert heaviest_task([other, *tasks]) is None
