"""What an alarm says to people."""

from diemcau.domain.alarms import Alarm
from diemcau.domain.directory import Directory
from diemcau.domain.refusal import Text

_KINDS = {
    "lost": Text("mất kết nối", "connection lost"),
    "black": Text("hình đen", "black picture"),
    "frozen": Text("hình đứng", "frozen picture"),
    "silent": Text("không có tiếng", "no sound"),
    "loss": Text("mất gói nhiều", "many packets lost"),
    "quality": Text("đường truyền kém", "poor line"),
}


def words(alarm: Alarm, directory: Directory) -> Text:
    """Whose it is, what, and how many suffer from it."""
    name, kind = named(alarm.subject, directory), _KINDS[alarm.kind]
    many = len(alarm.sites)
    if alarm.subject.startswith("site/") or not many:
        return Text(f"{name.vi}: {kind.vi}", f"{name.en}: {kind.en}")
    return Text(
        f"{name.vi}: {kind.vi} ({many} điểm cầu bị ảnh hưởng)",
        f"{name.en}: {kind.en} ({many} sites affected)",
    )


def named(subject: str, directory: Directory) -> Text:
    """A subject's name; of what is not in the directory any more, its id."""
    kind, *ids = subject.split("/")
    known = directory.sites if kind == "site" else directory.mcus
    names = [known[one].name if one in known else one for one in ids]
    if kind == "link":
        return Text(f"Đường nối {' – '.join(names)}", f"Link {' – '.join(names)}")
    return Text(names[0], names[0])
