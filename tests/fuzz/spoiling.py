"""Spoils the replies of workers, as bytes and as trees; for replies.py."""

from __future__ import annotations

import struct

import msgspec

HEADER = struct.Struct(">I")
NUMBERS = (
    0, 1, -1, 7, 12, 13, 100, 255, 65536, 999_999, 1_000_001, -(2**31), 2**31, 2**40, 2**48, 2**53, 2**62, 2**63 - 1,
    -(2**63), 2**63, 2**64 - 1,
)  # fmt: skip
FLOATS = (0.0, -0.0, 0.5, 1e-300, 1e300, float("inf"), float("-inf"), float("nan"))
TAGS = tuple("ltsdTAibyvo")
WORDS = (
    "", "a", "é", "批量", "\0", "\x1b[2J", "\u202e", "\u2028", "￿", "a\nb\n", "]]>", "<b>&amp;", "{{x}}", "x" * 101,
    "ch28_batch_norm.py", "value", "raised", "missing", "unsendable", "too_large", "circular", "NameError",
    "CUDA error", *TAGS, "float32", "bool", "bfloat16", "complex64", "cpu", "cuda", "<f4", "|b1", "<c8", "<f16", "<U1",
    "-7", "9" * 3999, "9" * 4001, "٣",
)  # fmt: skip
NODES = (
    ["l", []], ["t", []], ["s", []], ["d", []], ["y", "float32"], ["v", "cpu"], ["o", "Net", "Net()"], ["b", 0],
    ["b", b"\xff"], ["i", "9" * 40], ["T", "float32", [], "cpu", b"\0\0\xc0\x7f"], ["T", "bool", [2], "cpu", b"\2\1"],
    ["T", "int64", [0, 2**39], "cpu", b""], ["T", "uint8", [1] * 32, "cpu", b"x"], ["T", "float32", [2], "cpu", 0],
    ["T", "float32", [1], "cuda", b"1234"], ["A", "<f8", [1], b"12345678"], ["A", "<f16", [1], bytes(16)],
    ["A", "|b1", [2], b"\2\0"], ["A", "<f4", [0, 3], b""], ["d", [[1, 2], [True, 3], [1.0, 4]]],
    ["d", [[["t", [1, "a"]], ["s", [1, "a", None]]]]],
)  # fmt: skip


def spoiled(rng, frame, others):
    """Return the frame with its tensors, its tree or its bytes changed, or two of these; sometimes unchanged."""
    way = rng.random()
    if way < 0.01:
        return frame
    if way > 0.97:
        return with_another_answer(frame, rng.choice(others))
    if way < 0.15:
        return with_tensors_spoiled(rng, frame)
    if way < 0.85:
        frame = with_tree_spoiled(rng, frame, others)
    if way > 0.83:
        frame = with_bytes_spoiled(rng, frame, others)
    return frame


def with_another_answer(frame, other):
    """Return the frame with the answer to another question."""
    (size,), (other_size,) = HEADER.unpack_from(frame), HEADER.unpack_from(other)
    head, answer = (msgspec.msgpack.decode(f[4 : 4 + s]) for f, s in ((frame, size), (other, other_size)))
    content = msgspec.msgpack.encode({**answer, "number": head["number"]})
    return HEADER.pack(len(content)) + content + other[4 + other_size :]


def with_tensors_spoiled(rng, frame):
    """Return the frame with other bytes in its tensors: other values of the same shape."""
    (size,) = HEADER.unpack_from(frame)
    content = bytearray(frame)
    for _ in range(rng.choice((1, 2, 8))):
        at = rng.randrange(4 + size, max(4 + size + 1, len(content)))
        content[at : at + 4] = rng.choice((rng.randbytes(4), b"\0\0\xc0\x7f", b"\0\0\x80\xff"))[: len(content) - at]
    return bytes(content)


def with_bytes_spoiled(rng, frame, others):
    content = bytearray(frame)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        if not content:
            break
        at = rng.randrange(min(len(content), rng.choice((8, 200, len(content)))))
        way = rng.randrange(8)
        if way == 0:
            content[at] ^= 1 << rng.randrange(8)
        elif way == 1:
            content[at] = rng.choice(
                (0, 1, 0x7F, 0x80, 0x90, 0xA0, 0xC0, 0xC1, 0xC4, 0xC6, 0xCB, 0xCF, 0xDB, 0xDD, 0xDF, 0xFF)
            )
        elif way == 2:
            content[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif way == 3:
            del content[at : at + rng.choice((1, 4, 32))]
        elif way == 4:
            del content[at:]
        elif way == 5:
            content[at : at + 4] = HEADER.pack(rng.choice((0, 1, at, len(content), 2**21, 2**31, 2**32 - 1)))
        elif way == 6:
            content[at:at] = content[at : at + rng.choice((4, 64, 512))]
        else:
            other = rng.choice(others)
            content[at:] = other[rng.randrange(len(other)) :]
    return bytes(content)


def with_tree_spoiled(rng, frame, others):
    """Return the frame with its head changed as a tree, the right sizes, and mostly the same bytes of tensors."""
    (size,) = HEADER.unpack_from(frame)
    head, rest = msgspec.msgpack.decode(frame[4 : 4 + size]), frame[4 + size :]
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        head = mutated(rng, head, others)
    if rest and rng.random() < 0.05:
        rest = with_bytes_spoiled(rng, rest, others)
        if isinstance(head, dict):
            head["sizes"] = [len(rest)]
    try:
        content = msgspec.msgpack.encode(head)
    except (TypeError, OverflowError, RecursionError, ValueError):  # a key that no map can have
        return frame
    return HEADER.pack(len(content)) + content + rest


def mutated(rng, tree, others):
    """Return the tree with one node, somewhere, replaced, repeated, moved or left out."""
    if isinstance(tree, dict) and tree and rng.random() < 0.95:
        inside = "error" if tree.get("status") == "raised" else "value"
        names = (*tree, "error", "syntax", "x") if rng.random() < 0.2 else tuple(tree)
        key = inside if "status" in tree and rng.random() < 0.85 else rng.choice(names)
        if rng.random() < 0.03:
            return {name: part for name, part in tree.items() if name != key}
        return {**tree, key: mutated(rng, tree.get(key), others)}
    if isinstance(tree, list) and tree and rng.random() < 0.85:
        at = rng.randrange(len(tree))
        if at == 0 and tree[0] in TAGS and len(tree) > 1 and rng.random() < 0.9:  # most trees keep their kind
            at = 1
        way = 1.0 if tree[0] in TAGS and rng.random() < 0.9 else rng.random()
        if way < 0.04:
            return tree[:at] + tree[at + 1 :]
        if way < 0.08:
            return tree[:at] + tree[at : at + 1] * rng.choice((2, 3, 13, 50)) + tree[at + 1 :]
        if way < 0.11:
            return rng.sample(tree, len(tree))
        return [*tree[:at], mutated(rng, tree[at], others), *tree[at + 1 :]]
    return replacement(rng, tree, others)


def replacement(rng, tree, others):
    """Return another node, mostly of the same type, so that the judge reads it further."""
    alike = {bool: (True, False), int: NUMBERS, float: FLOATS, str: WORDS, bytes: (b"", b"\2\0\0\0")}
    if type(tree) in alike and rng.random() < 0.7:
        return rng.choice(alike[type(tree)])
    if isinstance(tree, list) and tree and tree[0] in TAGS and rng.random() < 0.7:
        return rng.choice(NODES)
    way = rng.randrange(14)
    if way < 2:
        return rng.choice(NUMBERS)
    if way < 4:
        return rng.choice(WORDS)
    if way < 7:
        return rng.choice(NODES)
    if way == 7:
        return rng.choice(FLOATS)
    if way == 8:
        return rng.choice((None, True, False, b"", b"\2\0\0\0", [], {}, {"a": []}, [rng.choice(NUMBERS)] * 3))
    if way == 9 and isinstance(tree, str):
        return tree * rng.choice((2, 30)) + rng.choice(WORDS)
    if way == 10:
        return large(rng) if rng.random() < 0.02 else [tree]
    if way == 11 and isinstance(tree, int):
        return tree + rng.choice((-1, 1, 256)) if -(2**62) < tree < 2**62 else 0
    if way == 12:
        error = {
            "type": "E",
            "message": rng.choice(WORDS),
            "frames": [[rng.choice(WORDS), rng.choice(NUMBERS), "f", 1]],
        }
        flags = dict.fromkeys(("not_implemented", "out_of_memory", "forbidden", "gpu_error"), rng.random() < 0.2)
        syntax = [rng.choice(WORDS), rng.choice(NUMBERS), rng.choice(NUMBERS), rng.choice(WORDS)]
        return {**error, **flags, "syntax": rng.choice((None, syntax))}
    other = rng.choice(others)
    (size,) = HEADER.unpack_from(other)
    return msgspec.msgpack.decode(other[4 : 4 + size]).get(rng.choice(("value", "error")))


def large(rng):
    """Return a node that is large or deep, near the limits and beyond."""
    size = rng.choice((50, 4_000, 5_000, 60_000, 210_000))
    make = rng.choice(
        (
            lambda: "x" * (5 * size), lambda: ["l", [0] * size], lambda: ["s", list(range(size))], lambda: nested(size),
            lambda: ["d", [[f"key {i}", i] for i in range(size)]],
            lambda: ["d", [[["t", [i]], 0] for i in range(size)]], lambda: ["b", b"\0" * size],
            lambda: [["f", 1, "g", 1]] * size,
            lambda: ["l", [["T", "uint8", [2], "cpu", 0]] * size],
        )
    )  # fmt: skip
    return make()


def nested(size):
    tree = ["l", []]
    for _ in range(min(300, size)):
        tree = ["l", [tree]]
    return tree
