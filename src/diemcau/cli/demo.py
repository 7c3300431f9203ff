"""``diemcau demo``: a province in session on one machine, to look at and to play with."""

import asyncio
import contextlib
import signal
import tempfile
from pathlib import Path

import httpx2

from diemcau.bootstrap import is_loopback
from diemcau.domain.directory import Directory
from diemcau.domain.refusal import Invalid
from diemcau.lab.cast import PASSWORD, Cast, fill
from diemcau.lab.errors import LabError
from diemcau.lab.meeting import Meeting
from diemcau.lab.office import Office
from diemcau.lab.province import Province

TITLE = "Hội nghị trực tuyến toàn tỉnh"
TOMORROW = "Hội nghị giao ban các huyện, xã"


def run(province: str, sites: int, host: str, port: int, seconds: float) -> None:
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(province, sites, host, port, seconds))
    except LabError as error:
        raise SystemExit(f"diemcau: {error}") from None


async def _run(name: str, count: int, host: str, port: int, seconds: float) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if seconds:
        loop.call_later(seconds, ended.set)
    with tempfile.TemporaryDirectory(prefix="diemcau-demo-") as folder:
        print("Đang khởi động… / starting…", flush=True)
        async with Province(Path(folder), name, host=host, port=port) as province:
            *chosen, guest = spread(province.directory, province.master, count + 1)
            async with httpx2.AsyncClient(base_url=province.url, timeout=60) as client:
                client.headers["Authorization"] = f"Bearer {province.token()}"
                cast = await fill(client, province.directory, [*chosen, guest])
                office = Office(client, cast, province.directory, province.master)
                held = await office.in_session(TITLE, [*chosen, guest])
                meeting = await province.join(held["conference"])
                await meeting.mcus_online()
                await province.publish(meeting, chosen, play=True)
                await office.tomorrow(TOMORROW, seats(province.directory, province.master))
            await meeting.sites_ready(len(chosen))
            _tell(province, meeting, len(chosen), guest, is_loopback(host))
            _tell_of(cast, province.public_url)
            await ended.wait()
            print("Đang dừng… / stopping…", flush=True)


def spread(directory: Directory, master: str, count: int) -> list[str]:
    """The chair's site at the master, and sites of all MCUs in turn."""
    by_mcu = [
        [site.id for site in directory.sites.values() if site.mcu == mcu] for mcu in directory.mcus
    ]
    chair = next(site.id for site in directory.sites.values() if site.mcu == master)
    deepest = max(len(group) for group in by_mcu)
    in_turn = [group[i] for i in range(deepest) for group in by_mcu if i < len(group)]
    chosen = [chair, *(site for site in in_turn if site != chair)]
    if not 1 <= count <= len(chosen):
        raise Invalid(
            f"Tỉnh này có {len(chosen)} điểm cầu; chọn --sites từ 1 đến {len(chosen)}.",
            f"This province has {len(chosen)} sites; choose --sites from 1 to {len(chosen)}.",
        )
    return chosen[:count]


def seats(directory: Directory, master: str, most: int = 24) -> list[str]:
    """The chair's site, those of the units right below the province, and communes to fill up."""
    sites = directory.sites
    home = sites[spread(directory, master, 1)[0]].unit
    near = [s.id for s in sites.values() if directory.unit(s.unit).parent == home]
    rest = spread(directory, master, min(most, len(sites)))
    return list(dict.fromkeys([rest[0], *near[: most // 2], *rest]))[:most]


def _tell_of(cast: Cast, url: str) -> None:
    """Who can sign in. Notices go out to nobody here: they are answered in the pages."""
    members = "\n".join(
        f"  {member.login:<16} {member.title} ({member.name})" for member in cast.members.values()
    )
    print(
        f"Văn phòng đang làm việc: đăng nhập tại {url}/, mật khẩu chung «{PASSWORD}»\n"
        f"The office at work: sign in at {url}/, everybody's password is {PASSWORD!r}\n\n"
        f"{members}\n\n"
        "Ctrl-C để dừng / to stop",
        flush=True,
    )


def _tell(province: Province, meeting: Meeting, sites: int, guest: str, local: bool) -> None:
    """Where to go, with links that need no account. The guest's site waits for a real camera."""
    operator, chair = province.token("operator"), province.token("chair", meeting.id)
    own = province.token("site", meeting.id, guest)
    page = f"{province.public_url}/c/{meeting.id}"
    name = province.directory.site(guest).name
    print(
        f"\n{TITLE}: {sites} điểm cầu / sites, {len(province.hosts)} MCU\n\n"
        f"  Phòng điều khiển / control room   {page}/control#token={operator}\n"
        f"  Bàn chủ tọa / chair's desk        {page}/chair#token={chair}\n"
        f"  Màn hình chính / main screen      {page}/screen#token={chair}\n"
        f"  Vào họp với tư cách / join as {name}:\n"
        f"                                    {page}/site/{guest}#token={own}\n"
        f"  Trang đầu / home                  {province.public_url}/#token={operator}\n",
        flush=True,
    )
    if not local:
        print(
            "  HTTPS dùng chứng thư tự tạo; trình duyệt sẽ hỏi một lần.\n"
            "  HTTPS uses a certificate made here; browsers ask once.\n",
            flush=True,
        )
