"""Messages decoded where they lie: whole, final, masked, uncompressed data frames at the head of
what one read brought, which nearly all frames are."""

try:
    from websockets.speedups import apply_mask
except ImportError:
    from websockets.utils import apply_mask

from . import framing

Message = str | bytes
_TEXT, _BINARY, _MASKED = framing.FINAL_TEXT, framing.FINAL_BINARY, framing.MASKED

__all__ = ["Message", "apply_mask", "messages_in"]


def messages_in(data: bytes, largest: int, messages: list[Message]) -> tuple[int, int]:
    """Append the messages at the head of `data`; (bytes of their frames, bytes of their payloads).

    Ends before the first frame that is anything else (empty, over `largest` or 65,535 bytes, not
    whole, no UTF-8): that is for the conversation.
    """
    at, end, payload_bytes = 0, len(data), 0
    while end - at > 6:
        first, size, start = data[at], data[at + 1] - _MASKED, at + 6
        if size == 126:
            size, start = data[at + 2] << 8 | data[at + 3], at + 8
        elif size == 127:
            break
        stop = start + size
        if stop > end or size > largest or size <= 0:
            break
        if first == _TEXT:
            try:
                messages.append(apply_mask(data[start:stop], data[start - 4 : start]).decode())
            except UnicodeDecodeError:
                break
        elif first == _BINARY:
            messages.append(apply_mask(data[start:stop], data[start - 4 : start]))
        else:
            break
        at, payload_bytes = stop, payload_bytes + size
    return at, payload_bytes
