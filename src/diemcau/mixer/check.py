"""Whether a recording plays: `python3 -m diemcau.mixer.check FILE` decodes its last seconds.

It may be one that is being written, or that nobody ended: only the head and the last clusters are
read, so a long file takes no longer than a short one. It says what came out as one line of JSON.
"""

import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from diemcau.mixer.gst import SECOND, Gio, Gst, chain, make, on_buffer

# A cluster begins with a keyframe, every two seconds or so: its id, size, and the id of its time
# (RFC 9559 section 5.1.3).
CLUSTER = re.compile(rb"\x1f\x43\xb6\x75\x01.{7}\xe7", re.DOTALL)
CLUSTERS = 3
HEAD, TAIL = 2**16, 2**22
# A machine that is busy with people's pictures lets a check wait.
LONGEST_S = 50
# Picture and sound end together, but for what was under way when the file was cut off.
APART_S = 1.0
NICENESS = 10


def excerpt(path: Path) -> bytes:
    """A short file with the last clusters of a long one; b"" where there is none."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        first = CLUSTER.search(head)
        if first is None:
            return b""
        file.seek(max(first.start(), file.seek(0, os.SEEK_END) - TAIL))
        tail = file.read()
    last = [found.start() for found in CLUSTER.finditer(tail)][-CLUSTERS:]
    return head[: first.start()] + tail[last[0] :] if last else b""


class Decoding:
    """Decodes a Matroska file in memory; `ends` has the time (s) of each last buffer that came
    out, pictures first."""

    def __init__(self, data: bytes) -> None:
        self.counts = [0, 0]
        self.ends = [0.0, 0.0]
        self._pipeline = Gst.Pipeline.new("check")
        source = make("giostreamsrc")
        source.set_property("stream", Gio.MemoryInputStream.new_from_data(data))
        # The queue keeps the demuxer from looking up an index that speaks of the whole file.
        demuxer = make("matroskademux")
        chain(self._pipeline, source, make("queue"), demuxer)
        heads = {"video_0": make("queue"), "audio_0": make("queue")}
        chain(self._pipeline, heads["video_0"], make("avdec_h264"), self._counting(0))
        chain(self._pipeline, heads["audio_0"], make("opusdec"), self._counting(1))

        def link(_demuxer: Any, pad: Any) -> None:
            if (head := heads.get(pad.get_name())) is not None:
                pad.link(head.get_static_pad("sink"))

        demuxer.connect("pad-added", link)

    def run(self) -> bool:
        """Whether it came to its end without an error; raises ``TimeoutError``."""
        self._pipeline.set_state(Gst.State.PLAYING)
        wanted = Gst.MessageType.EOS | Gst.MessageType.ERROR
        message = self._pipeline.get_bus().timed_pop_filtered(LONGEST_S * SECOND, wanted)
        self._pipeline.set_state(Gst.State.NULL)
        if message is None:
            raise TimeoutError
        return bool(message.type == Gst.MessageType.EOS)

    def _counting(self, stream: int) -> Any:
        sink = make("fakesink", sync=False)

        def count(_pad: Any, info: Any) -> None:
            self.counts[stream] += 1
            self.ends[stream] = info.get_buffer().pts / SECOND

        on_buffer(sink.get_static_pad("sink"), count)
        return sink


def check(path: Path) -> dict[str, Any]:
    """`plays`, `seconds` (the file's length), and how many `pictures` and `sounds` came out."""
    data = excerpt(path)
    if not data:
        return {"plays": False, "seconds": 0.0, "pictures": 0, "sounds": 0}
    decoding = Decoding(data)
    whole = decoding.run()
    pictures, sounds = decoding.counts
    together = abs(decoding.ends[0] - decoding.ends[1]) <= APART_S
    return {
        "plays": whole and together and min(pictures, sounds) > 0,
        "seconds": round(max(decoding.ends), 2),
        "pictures": pictures,
        "sounds": sounds,
    }


def main(arguments: Sequence[str]) -> int:
    """0 if it plays, 1 if not; 2, and nothing said, where there was no time to find out."""
    with suppress(PermissionError):
        os.nice(NICENESS)
    Gst.init(None)
    try:
        found = check(Path(arguments[0]))
    except TimeoutError:
        return 2
    print(json.dumps(found))
    return 0 if found["plays"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
