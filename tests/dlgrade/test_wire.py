"""Values cross as data: every kind arrives as it was sent, and a malformed tree is refused and does nothing else."""

import contextlib
import random
import struct
import warnings

import msgspec
import numpy as np
import pytest
import torch

from dlgrade.judge.compare import Comparison, Tolerance
from dlgrade.judge.reasons import from_reply
from dlgrade.results import Verdict
from dlgrade.submission import Submission
from dlgrade.worker import wire
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import unpack_reply
from dlgrade.worker.wire import Malformed, Other, Unsendable, from_tree, to_tree

EXACT = Comparison(Tolerance(0.0, 0.0))


def crossed(value, max_bytes=1 << 20):
    """Return the value as it arrives, through the bytes of the channel."""
    content = msgspec.msgpack.encode(to_tree(value, max_bytes))
    return from_tree(msgspec.msgpack.decode(content))


PLAIN = [
    None, True, 0, -1, 2**63 - 1, -(2**63), 2**63, -(2**200), 0.1, float("inf"), "", "批量 \n\0", b"\x00\xff",
    [], (), {}, set(), [1, [2.5, (None,)]], {"a": (1, 2), 3: [], (4, "b"): {"c": {5}}}, {1, 2, 3}, torch.float16,
]  # fmt: skip


@pytest.mark.parametrize("value", PLAIN, ids=lambda value: ascii(value)[:20])
def test_plain_values(value):
    """Numbers, text, bytes, containers and dtypes arrive with their types."""
    arrived = crossed(value)
    assert type(arrived) is type(value)
    assert arrived == value


def test_not_a_number():
    """NaN stays NaN, in a number and in a tensor."""
    number, tensor = crossed([float("nan"), torch.tensor([torch.nan, 1.0])])
    assert number != number
    assert tensor.isnan().tolist() == [True, False]


@pytest.mark.parametrize("dtype", wire.DTYPES.values(), ids=wire.DTYPES)
def test_tensors(dtype):
    """A tensor of every dtype arrives bit by bit: with values, of one element, empty, and not contiguous."""
    tensor = (torch.arange(24).reshape(2, 3, 4) - 7).to(dtype)
    one = tensor[0, 0, ::4], tensor[0, 0, 0], tensor[:1, 0, ::4]
    for value in (tensor, *one, tensor[:, :0], tensor[:0, 0, 0], tensor.transpose(0, 2), tensor[:, ::2]):
        arrived = crossed(value)
        assert (arrived.dtype, arrived.shape) == (dtype, value.shape)
        assert torch.equal(arrived, value)


def test_views_of_complex_tensors():
    """Lazy conjugates and negations arrive with their values."""
    tensor = torch.tensor([1 + 2j, 3 - 4j])
    for value in (tensor.conj(), tensor.conj().imag):
        assert torch.equal(crossed(value), value)


def test_parameters_arrive_as_tensors():
    """A parameter arrives as a plain tensor without a graph."""
    arrived = crossed(torch.nn.Parameter(torch.ones(2)))
    assert type(arrived) is torch.Tensor
    assert not arrived.requires_grad


CODES = ["?", "i1", "u1", "i2", "u4", "i8", "f2", "f4", "f8", "c8", "c16", ">f4", ">i2", ">c16"]


@pytest.mark.parametrize("code", CODES)
def test_arrays(code):
    """A numpy array of every kind arrives with its values, in any byte order and layout."""
    array = np.arange(12).reshape(3, 4).astype(code)
    for value in (array, array.T, array[:, ::2], array[:0], array[0, :1].reshape(())):
        arrived = crossed(value)
        assert arrived.shape == value.shape
        assert arrived.dtype == value.dtype.newbyteorder("<")
        assert np.array_equal(arrived, value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.float32(0.5), 0.5), (np.float64(0.5), 0.5), (np.int64(3), 3), (np.bool_(True), True), (np.float16(2), 2.0)],
    ids=lambda value: type(value).__name__,
)
def test_numpy_numbers_arrive_as_plain_ones(value, plain):
    """A number of numpy's arrives as a plain number of Python."""
    arrived = crossed(value)
    assert type(arrived) is type(plain)
    assert arrived == plain


ODD = {
    "object": object(),
    "function": len,
    "module": torch.nn.Linear(2, 2),
    "complex": 1 + 2j,
    "range": range(3),
    "text-array": np.array(["a"]),
    "object-array": np.array([{}], dtype=object),
    "long-double": np.longdouble(1),
    "half-character": "\ud800",
    "meta": torch.empty(2, device="meta"),
    "sparse": torch.eye(2).to_sparse(),
    "float8": torch.ones(2).to(torch.float8_e4m3fn),
    "subclass": torch.ones(2).as_subclass(type("Mine", (torch.Tensor,), {})),
    "subclass-of-int": type("Number", (int,), {})(3),
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_anything_else(value):
    """An object that is not data arrives as its type and its repr, or as text; never as an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's about sparse tensors
        arrived = crossed({"x": value})["x"]
    assert isinstance(arrived, (Other, str, float))
    if isinstance(arrived, Other):
        assert len(arrived.repr) <= wire.MAX_REPR


def test_unprintable_object():
    """An object whose repr raises arrives all the same."""

    class Shy:
        def __repr__(self):
            raise ValueError("no")

    assert crossed([Shy()])[0].repr == "<repr raised ValueError>"


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def circular_list():
    value = []
    value.append([value])
    return value


def circular_dict():
    value = {}
    value["self"] = (value,)
    return value


UNSENDABLE = {
    "tensor": (lambda: torch.zeros(300_000), "too_large"),
    "expanded": (lambda: torch.zeros(1).expand(300_000), "too_large"),
    "array": (lambda: np.zeros(300_000), "too_large"),
    "together": (lambda: [torch.zeros(100_000)] * 3, "too_large"),
    "text": (lambda: "x" * 2_000_000, "too_large"),
    "bytes": (lambda: bytes(2_000_000), "too_large"),
    "number": (lambda: 1 << 20_000, "long_number"),
    "nodes": (lambda: [0] * 300_000, "too_large"),
    "deep": (lambda: nested(100_000), "too_deep"),
    "list": (circular_list, "circular"),
    "dict": (circular_dict, "circular"),
}


@pytest.mark.parametrize(("make", "reason"), UNSENDABLE.values(), ids=UNSENDABLE)
def test_limits(make, reason):
    """A value that is too large, too deep or contains itself is refused with the reason."""
    with pytest.raises(Unsendable) as caught:
        to_tree(make(), 1 << 20)
    assert caught.value.reason == reason


def test_the_deepest_value_arrives():
    """The deepest value that may be sent can also be read."""
    depth = wire.MAX_DEPTH - 1
    assert crossed(nested(depth)) == nested(depth)


def test_the_same_value_twice_is_not_circular():
    """A list that occurs twice, but not in itself, is data."""
    value = [1]
    assert crossed([value, value]) == [[1], [1]]


def deep_tree(depth):
    tree = ["l", []]
    for _ in range(depth):
        tree = ["l", [tree]]
    return tree


MALFORMED = {
    "not-a-node": b"bytes",
    "empty": [],
    "no-tag": [1, 2],
    "unknown-tag": ["z", 1],
    "tag-alone": ["l"],
    "list-of-text": ["l", "abc"],
    "field-too-many": ["l", [], []],
    "pairs": ["d", [["a"]]],
    "unhashable-key": ["d", [[["l", []], 1]]],
    "unhashable-element": ["s", [["l", []]]],
    "dict-as-node": {"a": 1},
    "not-digits": ["i", "1e5"],
    "minus-alone": ["i", "-"],
    "endless-digits": ["i", "9" * 10_000],
    "tensor-dtype": ["T", "float33", [1], "cpu", b"\0\0\0\0"],
    "tensor-short": ["T", "float32", [2], "cpu", b"\0\0\0\0"],
    "tensor-negative": ["T", "float32", [-1, -1], "cpu", b"\0\0\0\0"],
    "tensor-true": ["T", "uint8", [True], "cpu", b"\0"],
    "tensor-fraction": ["T", "uint8", [1.0], "cpu", b"\0"],
    "tensor-many-axes": ["T", "uint8", [1] * 100, "cpu", b"\0"],
    "tensor-huge-and-empty": ["T", "float32", [0, 2**39, 2**39], "cpu", b""],
    "tensor-huge": ["T", "float32", [2**62, 2**62], "cpu", b""],
    "tensor-text": ["T", "float32", [1], "cpu", "\0\0\0\0"],
    "array-no-type": ["A", "", [1], b"\0"],
    "array-objects": ["A", "|O8", [1], bytes(8)],
    "array-text": ["A", "<U1", [1], bytes(4)],
    "array-size": ["A", "<f3", [1], bytes(3)],
    "array-size-zero": ["A", "<f0", [3], b""],
    "array-short": ["A", "<f4", [2], bytes(4)],
    "array-huge-and-empty": ["A", "<f4", [0, 2**39, 2**39], b""],
    "array-many-axes": ["A", "|u1", [1] * 100, b"\0"],
    "deep": deep_tree(500),
    "number-beyond-64-bits": 2**63,
    "long-text": "x" * (wire.MAX_TEXT + 1),
    "long-key": ["d", [["x" * (wire.MAX_TEXT + 1), 1]]],
    "long-name": ["o", "N" * (wire.MAX_REPR + 1), ""],
    "long-repr": ["o", "N", "r" * (wire.MAX_REPR + 1)],
    "nodes": ["l", [0] * wire.MAX_NODES],
    "odd-keys": ["d", [[n, n] for n in range(wire.MAX_ODD_KEYS + 1)]],
    "odd-elements": ["s", list(range(wire.MAX_ODD_KEYS + 1))],
    "no-blob": ["b", 0],
    "negative-blob": ["b", -1],
}


@pytest.mark.parametrize("tree", MALFORMED.values(), ids=MALFORMED)
def test_malformed_trees(tree):
    """A tree that no honest worker sends is refused as malformed."""
    with pytest.raises(Malformed):
        from_tree(tree)


def test_a_blob_is_used_once():
    """A blob makes only one tensor: a small message cannot mention a blob so often that the judge's memory is full."""
    tree = ["T", "uint8", [3], "cpu", 0]
    assert from_tree(tree, [b"abc"]).tolist() == [97, 98, 99]
    with pytest.raises(Malformed):
        from_tree(["l", [tree, tree]], [b"abc"])


@pytest.mark.parametrize("tree", [["T", "bool", [3], "cpu", b"\0\1\2"], ["A", "|b1", [3], b"\0\1\2"]], ids=["T", "A"])
def test_bools_are_zero_or_one(tree):
    """Bools are true or false and nothing else, no matter which bytes a worker sends."""
    assert from_tree(tree).view(torch.uint8 if tree[0] == "T" else np.uint8).tolist() == [0, 1, 1]


def test_lying_classes():
    """A class that lies about its names and bases arrives as any other object."""

    class Liar(type):
        __name__ = __mro__ = __module__ = property(lambda _: 1 / 0)

    class Lie(metaclass=Liar):
        __module__ = 5

        def __repr__(self):
            return type("Words", (str,), {"__getitem__": lambda *_: 5})("r" * 1_000_000)

    arrived = crossed(Lie())
    assert (arrived.type[-3:], arrived.repr) == ("Lie", "r" * wire.MAX_REPR)


# Replies.


def failure(**changes):
    flags = dict.fromkeys(("not_implemented", "out_of_memory", "forbidden", "gpu_error"), False)
    return {"type": "E", "message": "m", **flags, "frames": [["f.py", 1, "g", 1]], **changes}


def framed(**changes):
    """Return a reply with these fields as a frame."""
    reply = {"number": 1, "status": "value", "forbidden": [], "sizes": [], "value": None, **changes}
    head = msgspec.msgpack.encode(reply)
    return struct.pack(">I", len(head)) + head


FAR = 1_000_001
REFUSED = {
    "number": {"number": -1},
    "forbidden": {"forbidden": ["f"] * 13},
    "forbidden-name": {"forbidden": ["f" * 201]},
    "sizes": {"sizes": [0] * 200_001},
    "negative-size": {"sizes": [-1, 1]},
    "huge-size": {"sizes": [2**63 - 1, 2**63 - 1]},
    "blobs": {"blobs": [b""]},
    "type": {"error": failure(type="E" * 101)},
    "message": {"error": failure(message="m" * 2001)},
    "frames": {"error": failure(frames=[["f.py", 1, "g", 1]] * 13)},
    "file": {"error": failure(frames=[["f" * 101, 1, "g", 1]])},
    "function": {"error": failure(frames=[["f.py", 1, "g" * 101, 1]])},
    "line": {"error": failure(frames=[["f.py", -1, "g", 1]])},
    "far-line": {"error": failure(frames=[["f.py", FAR, "g", 1]])},
    "times": {"error": failure(frames=[["f.py", 1, "g", FAR]])},
    "syntax-line": {"error": failure(syntax=["f.py", FAR, 1, "x"])},
    "syntax-column": {"error": failure(syntax=["f.py", 1, FAR, "x"])},
    "syntax-negative": {"error": failure(syntax=["f.py", 1, -1, "x"])},
    "syntax-source": {"error": failure(syntax=["f.py", 1, 1, "x" * 201])},
    "unavailable-name": {"error": failure(unavailable=["module", "n" * 201])},
    "unavailable-kind": {"error": failure(unavailable=["error", "n"])},
    "unavailable-nothing": {"error": failure(unavailable=["module"])},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_replies_beyond_the_limits(changes):
    """A reply with a number, a string or a list beyond its limit is no reply."""
    assert unpack_reply(framed()) is not None
    assert unpack_reply(framed(error=failure())) is not None
    assert unpack_reply(framed(**changes)) is None


UNANSWERED = {
    "raised-nothing": {"status": "raised"},
    "missing-nothing": {"status": "missing"},
    "missing-at-length": {"status": "missing", "value": ["n" * 101, None]},
    "unsendable-for-no-reason": {"status": "unsendable", "value": ["tired", 1]},
    "unsendable-negative": {"status": "unsendable", "value": ["too_large", -1]},
    "unsendable-endless": {"status": "unsendable", "value": ["too_large", 2**62 + 1]},
}


@pytest.mark.parametrize("changes", UNANSWERED.values(), ids=UNANSWERED)
def test_replies_that_say_nothing(changes):
    """A reply whose status and fields do not belong together is refused."""
    with pytest.raises(msgspec.ValidationError):
        from_reply(unpack_reply(framed(**changes)), Submission.from_source("", "f.py"), Limits())


def mutated(rng, tree):
    """Return the tree with one node, somewhere, replaced by another node."""
    if isinstance(tree, list) and tree and rng.random() < 0.8:
        at = rng.randrange(len(tree))
        return [*tree[:at], mutated(rng, tree[at]), *tree[at + 1 :]]
    sizes = [0, 1, -1, 7, 2**31, 2**39, 2**63 - 1]
    tags = [*"ltsdTAibyvo", "float32", "bool", "cpu", "cuda", "<f4", "|b1", "<c8"]
    return rng.choice(
        [
            None, True, 0.5, b"", b"\x02\0\0\0", "", "é", [], {}, {"a": []}, rng.choice(sizes), rng.choice(tags),
            [rng.choice(sizes) for _ in range(rng.randrange(4))], [rng.choice(tags), rng.choice(sizes), []],
            ["T", "float32", [rng.choice(sizes) for _ in range(3)], "cpu", b""],
            ["A", rng.choice(["<f4", "|b1", "<i8"]), [rng.choice(sizes) for _ in range(3)], b""],
        ]
    )  # fmt: skip


def test_fuzz():
    """Each of ten thousand spoiled trees becomes a value or is refused as malformed; nothing else is raised."""
    rng = random.Random(28)
    sample = [torch.ones(2, 3), np.zeros(3), {"a": (1, 2.5), 2**70: {3}}, b"x", None, torch.float32, object(), True]
    honest = to_tree(sample, 1 << 20)
    for _ in range(10_000):
        tree = honest
        for _ in range(rng.randrange(1, 4)):
            tree = mutated(rng, tree)
        with contextlib.suppress(Malformed):
            EXACT.difference(from_tree(tree), sample)


def test_fuzzed_bytes():
    """A flipped byte in the channel becomes another value or is refused, by the decoder or as malformed."""
    rng = random.Random(28)
    honest = msgspec.msgpack.encode(to_tree([torch.ones(2, 3), np.zeros(3), {"a": (1, 2**70)}, {4}], 1 << 20))
    for _ in range(3_000):
        content = bytearray(honest)
        content[rng.randrange(len(content))] = rng.randrange(256)
        try:
            tree = msgspec.msgpack.decode(bytes(content))
        except ValueError:
            continue
        with contextlib.suppress(Malformed):
            from_tree(tree)


def test_broken_text_in_the_channel(grade):
    """A reply with a string that is no text is a crash of the submission, not a fault of the grader."""
    report = grade(
        "import os, struct, sys\n"
        "def norm_stat_count(shape, kind):\n"
        "    frame = sys._getframe()\n"
        "    while 'replies' not in frame.f_locals: frame = frame.f_back\n"
        "    number = struct.pack('>BQ', 0xCF, frame.f_locals['question'].number)\n"
        "    rest = b'\\xa6status\\xa5value\\xa9forbidden\\x90\\xa5sizes\\x90\\xa5value\\xa1\\xff'\n"
        "    body = b'\\x85\\xa6number' + number + rest\n"
        "    os.write(frame.f_locals['replies'], struct.pack('>II', len(body) + 4, len(body)) + body)\n"
        "    os._exit(0)\n",
        keyword="norm_stat_count",
    )
    assert {check.verdict for check in report.checks} == {Verdict.CRASHED}
