"""A client's bytes as frames, and what becomes of them on a bad day."""

import struct
from collections.abc import Sequence

from hypothesis import strategies as st

PROTOCOL = b"AMQP\x00\x00\x09\x01"


def raw_frame(
    kind: int, channel: int, payload: bytes, end: bytes = b"\xce", size: int | None = None
) -> bytes:
    """Make any frame."""
    return struct.pack(">BHI", kind, channel, len(payload) if size is None else size) + payload + end


def raw_frames(data: bytes) -> list[bytes]:
    """Cut bytes into frames."""
    cut = []
    while data:
        size = struct.unpack_from(">I", data, 3)[0] + 8
        cut.append(data[:size])
        data = data[size:]
    return cut


@st.composite
def damaged(draw: st.DrawFn, capture: Sequence[bytes]) -> bytes:
    """What a client has sent, with bits flipped, frames cut, dropped, repeated, swapped, of wrong length."""
    sent = list(capture)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(sent) - 1))
        frame = sent[at]
        if len(frame) < 8:
            continue
        (channel,) = struct.unpack_from(">H", frame, 1)
        match draw(
            st.sampled_from(["bit", "payload", "size", "channel", "cut", "drop", "repeat", "swap", "add"])
        ):
            case "bit":
                where = draw(st.integers(0, len(frame) - 1))
                flipped = frame[where] ^ 1 << draw(st.integers(0, 7))
                sent[at] = frame[:where] + bytes([flipped]) + frame[where + 1 :]
            case "payload":
                where = draw(st.integers(7, len(frame) - 1))
                sent[at] = raw_frame(frame[0], channel, frame[7:where] + draw(st.binary(max_size=40)))
            case "size":
                sent[at] = raw_frame(frame[0], channel, frame[7:-1], size=draw(st.integers(0, 2**32 - 1)))
            case "channel":
                sent[at] = frame[:1] + struct.pack(">H", draw(st.integers(0, 300))) + frame[3:]
            case "cut":
                sent[at] = frame[: draw(st.integers(1, len(frame)))]
            case "drop":
                sent[at : at + 1] = [] if len(sent) > 1 else [PROTOCOL]
            case "repeat":
                sent.insert(draw(st.integers(0, len(sent))), frame)
            case "swap":
                other = draw(st.integers(0, len(sent) - 1))
                sent[at], sent[other] = sent[other], frame
            case _:
                kind, number = draw(st.integers(0, 9)), draw(st.integers(0, 3))
                sent.insert(at, raw_frame(kind, number, draw(st.binary())))
    return b"".join(sent)
