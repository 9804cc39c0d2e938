"""Values as data: the form in which a worker sends a value, which cannot execute anything.

A value becomes a tree of None, bool, int, float, str and tagged lists; msgpack carries the tree. The judge builds the
value again from the tree alone, within limits: nothing in the tree names code.

========================  =====================================================
`["l", items]`            list; `"t"` tuple (and torch.Size), `"s"` set
`["d", [[k, v], ...]]`    dict, in order
`["T", dtype, shape, device, bytes]`   torch.Tensor, contiguous, little-endian
`["A", dtype, shape, bytes]`           numpy array, little-endian
`["i", digits]`           int beyond 64 bits; `["b", bytes]` bytes
`["y", name]`             torch.dtype; `["v", name]` torch.device
`["o", type, repr]`       any other object; no check can mistake it for data
========================  =====================================================

On the channel the bytes of tensors and arrays come after the tree, which has the number of a blob in their place. So a
limit on the tree's size keeps it quick to read, no matter what it is made of.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dlgrade.worker.limits import MAX_NODES, MAX_SIZE

MAX_DEPTH = 40
MAX_ODD_KEYS = 4096  # keys and elements that are not strings, whose hashes can be made to collide
MAX_REPR = 200
MAX_TEXT = 1 << 20  # characters of a string

DTYPES: dict[str, torch.dtype] = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128,
        torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool,
    )
}  # fmt: skip
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}


@dataclass(frozen=True)
class Other:
    """An object that is not data, known only by the name of its type and its repr."""

    type: str
    repr: str


class Unsendable(Exception):
    """The value cannot be sent: `reason` is too_large, too_deep, circular or long_number; `size` in bytes."""

    def __init__(self, reason: str, size: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.size = min(size, MAX_SIZE)


class Malformed(Exception):
    """The tree is not one that an honest worker sends."""


def to_tree(value: Any, max_bytes: int, blobs: list[bytes] | None = None) -> Any:
    """Return the value as a tree. `blobs`, where given, takes the bytes of its tensors and arrays.

    Raises:
        Unsendable: the value is too large, too deep or contains itself.
    """
    return _Writer(max_bytes, blobs).write(value, ())


class _Writer:
    def __init__(self, max_bytes: int, blobs: list[bytes] | None) -> None:
        self.bytes_left = max_bytes
        self.blobs = blobs
        self.nodes_left = MAX_NODES

    def spend(self, size: int) -> None:
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise Unsendable("too_large", size)

    def put(self, content: bytes) -> bytes | int:
        if self.blobs is None:
            return content
        self.blobs.append(content)
        return len(self.blobs) - 1

    def write(self, value: Any, above: tuple[int, ...]) -> Any:
        self.nodes_left -= 1
        if self.nodes_left < 0:
            raise Unsendable("too_large")
        kind = type(value)
        if value is None or kind in (bool, float):
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else self.big(value)
        if kind is str:
            self.spend(len(value) * 4)
            return self.text(value)
        for base in (list, tuple, set, frozenset, dict):  # a named tuple is a tuple, an OrderedDict a dict
            if isinstance(value, base) and issubclass(kind, base):
                return self.container(base, value, above)
        return self.leaf(kind, value)

    def text(self, value: str) -> str:
        value = clean(value)
        if len(value) > MAX_TEXT:
            raise Unsendable("too_large", len(value))
        return value

    def big(self, value: int) -> Any:
        if value.bit_length() > 10_000:
            raise Unsendable("long_number")
        return ["i", str(value)]

    def container(self, kind: type, value: Any, above: tuple[int, ...]) -> Any:
        if id(value) in above:
            raise Unsendable("circular")
        if len(above) >= MAX_DEPTH:
            raise Unsendable("too_deep")
        above = (*above, id(value))
        if kind in (dict, set, frozenset) and sum(type(key) is not str for key in value) > MAX_ODD_KEYS:
            raise Unsendable("too_large")
        if kind is dict:
            return ["d", [[self.write(k, above), self.write(v, above)] for k, v in dict.items(value)]]
        if kind in (set, frozenset):
            return ["s", [self.write(item, above) for item in sorted(value, key=repr)]]
        return ["l" if kind is list else "t", [self.write(item, above) for item in value]]

    def leaf(self, kind: type, value: Any) -> Any:
        if kind in (torch.Tensor, torch.nn.Parameter):
            return self.tensor(value)
        if kind is np.ndarray and value.dtype.kind in "fiubc":
            self.spend(value.nbytes)
            little = value.astype(value.dtype.newbyteorder("<"), copy=False)
            return ["A", little.dtype.str, list(value.shape), self.put(np.ascontiguousarray(little).tobytes())]
        if isinstance(value, (np.number, np.bool_)) and type(value.item()) in (bool, int, float):
            return value.item()
        if kind is bytes:
            self.spend(len(value))
            return ["b", self.put(value)]
        if kind is torch.dtype:
            return ["y", str(value)]
        if kind is torch.device:
            return ["v", str(value)]
        return ["o", _type_name(kind), _safe_repr(value)]

    def tensor(self, value: torch.Tensor) -> Any:
        name = DTYPE_NAMES.get(value.dtype)
        if name is None or value.layout is not torch.strided or value.device.type == "meta":
            return ["o", f"torch.Tensor ({value.dtype}, {value.layout}, {value.device})", ""]
        self.spend(value.numel() * value.element_size())
        flat = value.detach().resolve_conj().resolve_neg().cpu().contiguous().reshape(-1)
        if flat.numel() <= 1 and flat.stride(0) != 1:  # counts as contiguous, and still cannot be viewed as bytes
            flat = flat.clone(memory_format=torch.contiguous_format)
        content = flat.view(torch.uint8).numpy().tobytes()
        return ["T", name, list(value.shape), value.device.type, self.put(content)]


def name_of(kind: type) -> str:
    """Return the name that a class was made with, no matter what its metaclass says."""
    name: str = vars(type)["__qualname__"].__get__(kind)
    return name


def _type_name(kind: type) -> str:
    bases = vars(type)["__mro__"].__get__(kind)[1:-1]
    torch_bases = [name_of(base) for base in bases if str(vars(base).get("__module__")).startswith("torch")]
    subclass = f" (a subclass of torch.{torch_bases[0]})" if torch_bases else ""
    return clipped(name_of(kind) + subclass, MAX_REPR)


def clean(text: str) -> str:
    """Escape surrogates, which no encoding can carry."""
    return text.encode("utf-8", "backslashreplace").decode()


def clipped(text: Any, limit: int) -> str:
    """Return the first `limit` characters of a string as a plain, clean string; "" for any other object."""
    if not issubclass(type(text), str):  # isinstance would ask the object
        return ""
    return clean(str.__getitem__(text, slice(limit)))[:limit]


def _safe_repr(value: Any) -> str:
    try:
        text = re.sub(r" at 0x[0-9a-f]+", "", clipped(repr(value), 10 * MAX_REPR))
        return " ".join(text.split())[:MAX_REPR]
    except Exception as error:
        return clipped(f"<repr raised {name_of(type(error))}>", MAX_REPR)


def holds_other(tree: Any) -> bool:
    """Return whether a well-formed tree contains an object that is not data."""
    if type(tree) is not list:
        return False
    if tree[0] == "d":
        return any(holds_other(part) for pair in tree[1] for part in pair)
    return tree[0] == "o" or (tree[0] in ("l", "t", "s") and any(holds_other(item) for item in tree[1]))


def from_tree(tree: Any, blobs: Sequence[bytes] = ()) -> Any:
    """Return the value of a tree. Raises `Malformed` for a tree that `to_tree` never makes."""
    try:
        return _TreeReader(blobs).read(tree, 0)
    except Malformed:
        raise
    except Exception as error:  # numpy and torch refuse a shape by exceptions of their own
        raise Malformed(type(error).__name__) from None


class _TreeReader:
    def __init__(self, blobs: Sequence[bytes]) -> None:
        self.blobs = dict(enumerate(blobs))
        self.nodes_left = MAX_NODES

    def read(self, tree: Any, depth: int) -> Any:
        self.nodes_left -= 1
        if self.nodes_left < 0:
            raise Malformed("too many nodes")
        if tree is None or type(tree) in (bool, float):
            return tree
        if type(tree) in (int, str):
            return _plain(tree)
        if depth > MAX_DEPTH + 1 or type(tree) is not list or not tree or type(tree[0]) is not str:
            raise Malformed("not a node")
        tag, *rest = tree
        if tag in ("l", "t", "s", "d"):
            (items,) = _fields(rest, list)
            return self.container(tag, items, depth)
        if tag == "T":
            name, sizes, device, content = _fields(rest, str, list, str, None)
            return _tensor(name, sizes, device, self.bytes(content))
        if tag == "A":
            code, sizes, content = _fields(rest, str, list, None)
            return _array(code, sizes, self.bytes(content))
        if tag == "b":
            return self.bytes(_fields(rest, None)[0])
        return _named(tag, rest)

    def bytes(self, content: Any) -> bytes:
        """Return the content, or the blob of this number. A blob is used once, as copies of it would have no limit."""
        if type(content) is int:
            content = self.blobs.pop(content, None)
        if type(content) is not bytes:
            raise Malformed("no content")
        return content

    def container(self, tag: str, items: list[Any], depth: int) -> Any:
        if tag == "d":
            return self.dict(items, depth)
        values = [self.read(item, depth + 1) for item in items]
        if tag != "s":
            return values if tag == "l" else tuple(values)
        _bound(values)
        return set(values)

    def dict(self, items: list[Any], depth: int) -> dict[Any, Any]:
        if any(type(pair) is not list or len(pair) != 2 for pair in items):
            raise Malformed("wrong pairs")
        keys = [self.read(key, depth + 1) for key, _ in items]
        _bound(keys)
        return dict(zip(keys, (self.read(value, depth + 1) for _, value in items), strict=True))


def _plain(value: int | str) -> int | str:
    within = len(value) <= MAX_TEXT if isinstance(value, str) else -(2**63) <= value < 2**63
    if not within:
        raise Malformed("too large")
    return value


def _bound(keys: list[Any]) -> None:
    """Refuse so many keys that their hashes can be made to collide. Raises `Malformed`."""
    if sum(type(key) is not str for key in keys) > MAX_ODD_KEYS:
        raise Malformed("too many keys")


def _named(tag: str, rest: list[Any]) -> Any:
    if tag == "o":
        kind, representation = _fields(rest, str, str)
        if max(len(kind), len(representation)) > MAX_REPR:
            raise Malformed("too long")
        return Other(kind, representation)
    (name,) = _fields(rest, str)
    if tag == "i" and len(name) < 4000 and name.removeprefix("-").isdecimal():
        return int(name)
    if tag == "y":
        return DTYPES.get(name.removeprefix("torch."), Other("torch.dtype", name[:MAX_REPR]))
    if tag == "v":
        return Other("torch.device", name[:MAX_REPR])
    raise Malformed(f"unknown tag {tag[:20]!r}")


def _fields(rest: list[Any], *kinds: type | None) -> list[Any]:
    """Return the fields of a node, if each is of its kind; None is any kind. Raises `Malformed`."""
    if len(rest) != len(kinds):
        raise Malformed("wrong fields")
    for field, kind in zip(rest, kinds, strict=True):  # a generator would take three times as long
        if kind is not None and type(field) is not kind:
            raise Malformed("wrong fields")
    return rest


def _shape(sizes: list[Any], item_size: int, content: bytes) -> tuple[int, ...]:
    if len(sizes) > 32 or any(type(size) is not int or not 0 <= size < 2**40 for size in sizes):
        raise Malformed("wrong shape")
    if math.prod(sizes) * item_size != len(content):
        raise Malformed("shape and content differ")
    return tuple(sizes)


def _tensor(name: str, sizes: list[Any], device: str, content: bytes) -> Any:
    if name not in DTYPES:
        raise Malformed("unknown dtype")
    dtype = DTYPES[name]
    shape = _shape(sizes, dtype.itemsize, content)
    if device != "cpu":  # the value is known, but on a device that the check does not expect
        return Other(f"torch.Tensor on {device[:20]} ({name}, shape {shape})", "")
    if not content:
        return torch.empty(shape, dtype=dtype)
    if name == "bool":
        content = _zeros_and_ones(content)
    return torch.frombuffer(bytearray(content), dtype=dtype).reshape(shape)


def _zeros_and_ones(content: bytes) -> bytes:
    """Replace each byte by 0 or 1: another byte in a bool is undefined behaviour."""
    bools: bytes = (np.frombuffer(content, dtype=np.uint8) != 0).tobytes()
    return bools


def tensor_of(content: bytes, dtype: torch.dtype, place: tuple[int, Any, Any], requires_grad: bool) -> torch.Tensor:
    """Return a tensor made of the bytes of a storage. For tensors inside probes, which the judge sends.

    Args:
        content: the bytes of the storage.
        dtype: the dtype of the tensor.
        place: the offset, shape and strides of the tensor in the storage.
        requires_grad: whether the tensor requires gradients.
    """
    data = torch.frombuffer(bytearray(content), dtype=torch.uint8) if content else torch.empty(0, dtype=torch.uint8)
    return torch.empty(0, dtype=dtype).set_(data.untyped_storage(), *place).requires_grad_(requires_grad)


def _array(code: str, sizes: list[Any], content: bytes) -> np.ndarray[Any, Any]:
    if len(code) > 4 or code[0] not in "<|" or code[1:2] not in tuple("fiubc") or not code[2:].isdecimal():
        raise Malformed("unknown array type")
    try:
        dtype = np.dtype(code)
    except TypeError:
        raise Malformed("unknown array type") from None
    if dtype.kind == "b":
        content = _zeros_and_ones(content)
    return np.frombuffer(content, dtype=dtype).reshape(_shape(sizes, dtype.itemsize, content))
