"""What ``bench checks`` makes of its runs."""

from diemcau.benches.checks import Run, figures
from diemcau.domain.examination import Fault


def test_a_fault_counts_as_found_where_every_run_found_it_by_its_name() -> None:
    faults = {"a": Fault.HUM, "b": Fault.BLACK, "c": Fault.LOSS}
    runs = [
        Run({"a": ("hum",), "b": ("black",), "c": ("jitter",), "d": ()}, 8.0, 2),
        Run({"a": ("hum",), "b": (), "c": ("loss", "jitter"), "d": ("noise",)}, 10.0, 2),
    ]
    said = figures(faults, runs)
    assert (said["sites"], said["faults_injected"], said["faults_found"]) == (4, 3, 1)
    assert said["missed"] == ["black", "loss"]
    assert [one["site"] for one in said["false"]] == ["c", "c", "d"]
    assert (said["seconds"], said["seconds_of_a_wave"], said["seconds_for_150"]) == (8.0, 4.0, 300)
