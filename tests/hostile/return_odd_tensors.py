"""Returns tensors that are no ordinary ones: meta, sparse, quantized, nested, a view of a number ten times over.
Verdict: FAILED | RAISED
"""

import contextlib
import math
import warnings

import torch


def layer_norm(x, *_, **__):
    warnings.simplefilter("ignore")
    makers = (
        lambda: x.to("meta"),
        lambda: x.to_sparse(),
        lambda: x.to_sparse_csr(),
        lambda: x.to_mkldnn(),
        lambda: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8),
        lambda: torch.nested.nested_tensor([x, x]),
        lambda: torch.nested.nested_tensor([x, x], layout=torch.jagged),
        lambda: x.to(torch.float8_e4m3fn),
        lambda: torch.empty(0).expand(0, 1 << 40),
        lambda: torch.zeros(()).expand([1] * 64),
        lambda: torch.zeros(4).as_strided((1 << 20, 1 << 20, 0), (0, 0, 1)),
        lambda: torch._C._functorch._add_batch_dim(x, 0, 1),
        lambda: torch._efficientzerotensor(x.shape),
        lambda: x.to(torch.complex64).conj().imag,
    )
    odd = []
    for maker in makers:
        with contextlib.suppress(Exception):
            odd.append(maker())
    return odd[COUNT.pop() :] if COUNT else odd


COUNT = [7]


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
