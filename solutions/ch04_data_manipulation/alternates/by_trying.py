"""The same by trying: products of what follows, writes that are looked for, masks and lists."""

import math


def contiguous_strides(shape):
    return tuple(math.prod(size or 1 for size in shape[axis + 1 :]) for axis in range(len(shape)))


def broadcast_shape(*shapes):
    rank = max((len(shape) for shape in shapes), default=0)
    result = [1] * rank
    for shape in shapes:
        for axis, size in enumerate(shape, start=rank - len(shape)):
            if result[axis] == 1:
                result[axis] = size
            elif size not in (1, result[axis]):
                raise ValueError(f"axis {axis} has sizes {result[axis]} and {size}")
    return tuple(result)


def shares_storage(x, y):
    mine, yours = (torch.empty(0, dtype=torch.uint8).set_(t.untyped_storage()) for t in (x.detach(), y.detach()))
    before = yours.clone()
    mine.bitwise_not_()
    changed = not torch.equal(before, yours)
    mine.bitwise_not_()
    return changed


def reshape_copies(x, shape):
    try:
        x.view(*shape)
    except RuntimeError:
        return True
    return False


def from_array(array, copy=False):
    return torch.as_tensor(array.copy() if copy else array)


def fill_missing(X):
    means = torch.from_numpy(np.nan_to_num(np.array([_mean(column) for column in X.T])))
    result = X.clone()
    for i, j in X.isnan().nonzero().tolist():
        result[i, j] = means[j]
    return result


def _mean(column):
    there = [value for value in column.double().tolist() if not math.isnan(value)]
    return sum(there) / len(there) if there else 0.0


def get_dummies(column, dummy_na=False):
    names = sorted(set(column) - {None})
    columns = [[value == name for value in column] for name in names]
    if dummy_na:
        columns.append([value is None for value in column])
    return names, torch.tensor(columns, dtype=torch.float32).reshape(len(columns), len(column)).T
