"""The limits of a cascade plan: what a plan breaks, and what a problem lacks whatever the plan.

Every text names the thing that is short, by how much, and what can be done about it.
"""

from collections.abc import Iterator, Mapping

from diemcau.domain.cascade_plan import CascadePlan, PlanProblem
from diemcau.domain.refusal import Text


def violations(problem: PlanProblem, plan: CascadePlan) -> list[Text]:
    """Everything that is wrong with a plan, as one edited by hand may be; empty if nothing is."""
    found = [*_strangers(problem, plan)]
    if found:
        return found
    return [
        *_homes(problem, plan),
        *_ways(problem, plan),
        *_links(problem, plan),
        *_loads(problem, plan),
    ]


def _strangers(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    if plan.master != problem.master:
        yield Text(
            f"Phương án lấy {problem.name(plan.master)} làm chủ, phiên họp lấy MCU"
            f" {problem.name(problem.master)}; hãy lập lại phương án.",
            f"The plan has the master {problem.name(plan.master)}, the session"
            f" {problem.name(problem.master)}; make the plan anew.",
        )
    for mcu in sorted(plan.mcus - problem.mcu.keys()):
        yield Text(
            f"Không có MCU «{mcu}» trong danh bạ của ngày họp; hãy chọn MCU khác.",
            f"There is no MCU {mcu!r} in the directory of that day; choose another.",
        )
    for site in plan.home.keys() - problem.site.keys():
        yield Text(
            f"Điểm cầu «{site}» không dự phiên họp này; hãy bỏ khỏi phương án.",
            f"Site {site!r} takes no part in this session; take it out of the plan.",
        )


def _homes(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    for site in problem.sites:
        home, allowed = plan.home.get(site.id), problem.homes(site)
        if home is None:
            yield Text(
                f"Điểm cầu {site.name} chưa được gán vào MCU nào; hãy chọn một MCU.",
                f"Site {site.name} is at no MCU; choose one.",
            )
        elif site.id in problem.pins and home != problem.pins[site.id]:
            pinned = problem.name(problem.pins[site.id])
            yield Text(
                f"Điểm cầu {site.name} đã được ghim vào {pinned} nhưng phương án đặt ở MCU"
                f" {problem.name(home)}; hãy chuyển lại hoặc bỏ ghim.",
                f"Site {site.name} is pinned to {pinned}, the plan has it at MCU"
                f" {problem.name(home)}; move it back or take the pin away.",
            )
        elif home not in allowed:
            names = ", ".join(map(problem.name, allowed)) or "–"
            yield Text(
                f"{problem.name(home)} không được nhận điểm cầu {site.name}; hãy chọn: {names},"
                " hoặc ghim điểm cầu vào MCU đó.",
                f"{problem.name(home)} may not take site {site.name}; choose one of: {names},"
                " or pin the site to it.",
            )


def _ways(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    if plan.master in plan.parent:
        yield Text(
            f"MCU chủ {problem.name(plan.master)} không được nối lên MCU nào; hãy bỏ đường nối đó.",
            f"The master {problem.name(plan.master)} hangs under no other MCU; remove that link.",
        )
    for mcu in sorted(plan.mcus):
        depth = plan.depths.get(mcu)
        name = problem.name(mcu)
        if depth is None and _circles(plan.parent, mcu):
            yield Text(
                f"{name} nằm trong một vòng nối kín; hãy nối nó về phía MCU chủ.",
                f"{name} is in a circle of links; link it towards the master.",
            )
        elif depth is None:
            yield Text(
                f"{name} chưa nối về MCU chủ; hãy chọn MCU cấp trên cho nó.",
                f"{name} is not joined to the master; choose an MCU above it.",
            )
        elif depth > problem.levels:
            yield Text(
                f"{name} ở cấp cascade {depth}, chỉ cho phép {problem.levels}; hãy nối nó lên"
                " MCU gần MCU chủ hơn.",
                f"{name} is at cascade level {depth}, {problem.levels} are allowed; link it to"
                " one nearer to the master.",
            )


def _circles(parent: Mapping[str, str], mcu: str) -> bool:
    seen: set[str] = set()
    while mcu in parent and mcu not in seen:
        seen.add(mcu)
        mcu = parent[mcu]
    return mcu in seen


def _links(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    for child, above in sorted(plan.parent.items()):
        one, other = problem.name(child), problem.name(above)
        line = problem.line(child, above)
        if line is None:
            yield Text(
                f"Không có đường truyền giữa {one} và {other}; hãy thêm đường truyền vào"
                " danh bạ hoặc nối qua MCU khác.",
                f"There is no line between {one} and {other}; enter one in the directory or"
                " go through another MCU.",
            )
        elif line.mbps < problem.link_mbps:
            yield _narrow(problem, one, other, line.mbps)
        wanted = problem.trunks.get(child, above)
        if wanted != above:
            yield Text(
                f"{one} đã được cố định nối lên {problem.name(wanted)} nhưng phương án nối"
                f" lên {other}; hãy nối lại hoặc bỏ cố định.",
                f"{one} is fixed under {problem.name(wanted)}, the plan hangs it under MCU"
                f" {other}; link it back or lift the fixing.",
            )


def _narrow(problem: PlanProblem, one: str, other: str, mbps: float) -> Text:
    need = problem.link_mbps
    return Text(
        f"Đường truyền {one} – {other} chỉ có {mbps:g} Mbit/s, cần {need:.3g}; hãy nâng băng thông"
        " hoặc nối qua MCU khác.",
        f"The line {one} – {other} carries {mbps:g} Mbit/s, {need:.3g} are needed; have it widened"
        " or go through another MCU.",
    )


def _loads(problem: PlanProblem, plan: CascadePlan) -> Iterator[Text]:
    for mcu in sorted(plan.mcus):
        its = problem.mcu[mcu]
        sites, links = len(plan.sites_of(mcu)), plan.links_of(mcu)
        short = sites + links - its.capacity
        if short > 0:
            yield Text(
                f"{problem.name(mcu)} thiếu {short} cổng ({sites} điểm cầu và {links} đường nối, có"
                f" {its.capacity} cổng); hãy chuyển bớt sang MCU khác hoặc mở thêm cổng.",
                f"{problem.name(mcu)} is short of {short} ports ({sites} sites and {links} links,"
                f" {its.capacity} ports); move some to another MCU or add ports.",
            )
        need = sites * problem.site_mbps + links * problem.link_mbps
        if need > its.mbps + 1e-6:
            yield Text(
                f"{problem.name(mcu)} thiếu {need - its.mbps:.3g} Mbit/s (cần {need:.4g}, có"
                f" {its.mbps:g}); hãy chuyển bớt điểm cầu hoặc nâng băng thông.",
                f"{problem.name(mcu)} is short of {need - its.mbps:.3g} Mbit/s ({need:.4g} needed,"
                f" {its.mbps:g} there); move sites away or widen its connection.",
            )


def shortages(problem: PlanProblem) -> list[Text]:
    """What no plan can mend: sites without any MCU, and MCUs that no line joins to the master."""
    if problem.master not in problem.mcu:
        return [
            Text(
                f"MCU chủ «{problem.master}» không có trong danh bạ của ngày họp; hãy chọn MCU"
                " khác làm chủ.",
                f"The master {problem.master!r} is not in the directory of that day; choose"
                " another.",
            )
        ]
    found: dict[Text, None] = {}
    for group in problem.groups:
        if not group.homes:
            found.update(dict.fromkeys(_homeless(problem, site) for site in group.sites))
        elif not any(mcu in problem.distance for mcu in group.homes):
            found.update(dict.fromkeys(_out_of_reach(problem, mcu) for mcu in group.homes))
    return list(found)


def _homeless(problem: PlanProblem, site: str) -> Text:
    name = problem.site[site].name
    pin = problem.pins.get(site)
    if pin is not None:
        return Text(
            f"Điểm cầu {name} được ghim vào MCU «{pin}» không có trong danh bạ; hãy ghim lại.",
            f"Site {name} is pinned to MCU {pin!r}, which is not in the directory; pin it anew.",
        )
    return Text(
        f"Không MCU nào được nhận điểm cầu {name}; hãy gán nó vào một MCU trong danh bạ.",
        f"No MCU may take site {name}; give it one in the directory.",
    )


def _out_of_reach(problem: PlanProblem, mcu: str) -> Text:
    """Why an MCU cannot be joined: a fixed link, a narrow line, too many levels, or no line."""
    name, master = problem.name(mcu), problem.name(problem.master)
    narrow = [
        line
        for line in problem.lines
        if mcu in (line.lower, line.upper) and line.mbps < problem.link_mbps
    ]
    if mcu in problem.trunks:
        above = problem.name(problem.trunks[mcu])
        return Text(
            f"{name} được cố định nối lên {above}, đường đó không dẫn về MCU chủ {master}"
            f" trong {problem.levels} cấp; hãy bỏ cố định hoặc thêm đường truyền.",
            f"{name} is fixed under {above}, from where no line leads to the master"
            f" {master} within {problem.levels} levels; lift the fixing or add a line.",
        )
    if narrow and not problem.ways_up[mcu]:
        line = max(narrow, key=lambda line: line.mbps)
        return _narrow(problem, problem.name(line.lower), problem.name(line.upper), line.mbps)
    return Text(
        f"Không có đường truyền từ {name} về MCU chủ {master} trong {problem.levels} cấp; hãy"
        " thêm đường truyền vào danh bạ.",
        f"No line leads from {name} to the master {master} within {problem.levels} levels;"
        " enter one in the directory.",
    )
