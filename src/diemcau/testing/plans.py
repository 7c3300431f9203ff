"""A small problem of a cascade plan: a master and two satellites, each with its sites."""

from diemcau.domain.cascade_plan import PlanLine, PlanMcu, PlanProblem, PlanSite


def star(ports: int) -> PlanProblem:
    """A master with so many ports, and two satellites of three sites each. A has a port too many
    for its three sites and its link, B one too few, but the master may take B's."""
    return PlanProblem(
        "m",
        (PlanMcu("m", "Chủ", ports), PlanMcu("a", "A", 5), PlanMcu("b", "B", 3)),
        (PlanLine("a", "m", carrier="VNPT"), PlanLine("b", "m"), PlanLine("a", "b", priority=2)),
        tuple(PlanSite(f"a{n}", f"A {n}", ("a",)) for n in range(3))
        + tuple(PlanSite(f"b{n}", f"B {n}", ("b", "m")) for n in range(3)),
    )
