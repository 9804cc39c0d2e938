"""The same with more of torch: nanmean, one_hot, asarray, addresses of storages."""

from torch.nn import functional as F


def contiguous_strides(shape):
    sizes = [max(1, size) for size in shape][:0:-1] if len(shape) else []
    products = list(itertools.accumulate(sizes, lambda a, b: a * b, initial=1))
    return tuple(products[::-1]) if len(shape) else ()


def broadcast_shape(*shapes):
    result = ()
    for shape in shapes:
        rank = max(len(shape), len(result))
        one, other = ((1,) * (rank - len(s)) + tuple(s) for s in (result, shape))
        if any(a != b and 1 not in (a, b) for a, b in zip(one, other, strict=True)):
            raise ValueError(f"{result} and {shape}")
        result = tuple(b if a == 1 else a for a, b in zip(one, other, strict=True))
    return result


def shares_storage(x, y):
    ranges = [range(s.data_ptr(), s.data_ptr() + s.nbytes()) for s in (x.untyped_storage(), y.untyped_storage())]
    return max(r.start for r in ranges) < min(r.stop for r in ranges)


def reshape_copies(x, shape):
    return x.reshape(*shape).untyped_storage().data_ptr() != x.untyped_storage().data_ptr()


def from_array(array, copy=False):
    return torch.asarray(array, copy=copy)


def fill_missing(X):
    return X.nan_to_num(0) + X.isnan() * X.nanmean(dim=0).nan_to_num(0)


def get_dummies(column, dummy_na=False):
    names = sorted(set(filter(lambda value: value is not None, column)))
    places = torch.tensor([len(names) if v is None else names.index(v) for v in column], dtype=torch.int64)
    table = F.one_hot(places, len(names) + 1).float()
    return names, table if dummy_na else table[:, :-1]
