"""Small things that tests are made of: a directory of three MCUs, and descriptions of sessions."""

from diemcau.domain.directory import Directory, Mcu, Site
from diemcau.domain.units import Unit
from diemcau.provinces import TIERS

MASTER, NORTH, SOUTH = "tinh", "bac", "nam"
GUIDED, GATEWAY = "hang", "s-hang"

OFFER = "\r\n".join(
    [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 00:11",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
        "a=sendonly",
        "a=rtpmap:111 opus/48000/2",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
        "c=IN IP4 0.0.0.0",
        "a=mid:1",
        "a=sendonly",
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:97 H264/90000",
        "a=fmtp:97 packetization-mode=1;profile-level-id=42e01f",
        "",
    ]
)
"""What a browser offers to publish, shortened."""


def directory() -> Directory:
    """A province with its MCU, two districts with an MCU each, and two communes in each."""
    units = [Unit("u-tinh", "Tỉnh Mẫu", "province")]
    sites = [Site("s-tinh", "01", "UBND tỉnh Mẫu", "u-tinh", MASTER, 1)]
    for district, mcu in (("bac", NORTH), ("nam", SOUTH)):
        units.append(Unit(f"u-{district}", f"Huyện {district}", "district", "u-tinh"))
        for number in (1, 2):
            name = f"{district}-{number}"
            units.append(Unit(f"u-{name}", f"Xã {name}", "commune", f"u-{district}"))
            site = Site(f"s-{name}", name, f"UBND xã {name}", f"u-{name}", mcu, len(sites) + 1)
            sites.append(site)
    mcus = [
        Mcu(MASTER, "MCU tỉnh", "Văn phòng UBND", "", ("u-tinh",)),
        Mcu(NORTH, "MCU bắc", "VNPT", MASTER, ("u-bac",)),
        Mcu(SOUTH, "MCU nam", "Viettel", MASTER, ("u-nam",)),
    ]
    return Directory([*TIERS, *units, *mcus, *sites])


def with_guided() -> Directory:
    """The same with an MCU of another make: two sites of it, and its gateway at the province's."""
    return Directory(
        [
            *directory().entries,
            Unit("u-hang", "Sở Mẫu", "district", "u-tinh"),
            Mcu(GUIDED, "MCU hãng khác", unit="u-hang", gateway=GATEWAY),
            Site(GATEWAY, "90", "Điểm nối MCU hãng khác", "u-tinh", MASTER, 90),
            Site("s-hang-1", "91", "Sở Mẫu 1", "u-hang", GUIDED, 91),
            Site("s-hang-2", "92", "Sở Mẫu 2", "u-hang", GUIDED, 92),
        ]
    )
