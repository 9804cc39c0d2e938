"""ch04's reference against torch's and numpy's own shapes, memory and means, and plain Python."""

import itertools

import numpy as np
import pytest
import torch

SIZES = 0, 1, 2, 3


@pytest.mark.parametrize("rank", range(5))
def test_strides_against_torch(reference, rank):
    """The strides of every shape of small sizes are those of a new tensor."""
    for shape in itertools.product(SIZES, repeat=rank):
        assert reference.contiguous_strides(shape) == torch.empty(shape).stride()


def test_broadcasting_against_torch(reference):
    """Any two small shapes, and triples of smaller ones, are broadcast or refused as torch and numpy do."""
    shapes = [shape for rank in range(4) for shape in itertools.product(SIZES, repeat=rank)]
    few = [shape for shape in shapes if len(shape) < 3]
    for group in itertools.chain([()], itertools.product(shapes, repeat=2), itertools.product(few, repeat=3)):
        try:
            expected = torch.broadcast_shapes(*group)
        except RuntimeError:
            with pytest.raises(ValueError, match="broadcast"):
                np.broadcast_shapes(*group)
            with pytest.raises(ValueError, match="broadcast"):
                reference.broadcast_shape(*group)
        else:
            assert reference.broadcast_shape(*group) == expected == np.broadcast_shapes(*group)


def test_memory_against_numpy(reference):
    """reshape copies where numpy's does, and where view refuses; a result shares unless it is a copy."""
    x = torch.arange(48.0).reshape(2, 4, 6)
    given = (
        x,
        x.transpose(1, 2),
        x.permute(2, 0, 1),
        x[:, ::2],
        x[:, :, :3],
        x[:, 1:2],
        x[..., ::3],
        x[:1].expand(2, 4, 6),
    )
    found = set()
    for y in given:
        for shape in itertools.product((1, 2, 3, 4, 6, 8, 12, 24), repeat=3):
            if np.prod(shape) == y.numel():
                copies = reference.reshape_copies(y, shape)
                found.add(copies)
                assert copies != np.shares_memory(y.numpy(), y.numpy().reshape(shape))
                assert reference.shares_storage(x, y.reshape(shape)) != copies
                assert copies == _refused(y, shape)
    assert found == {True, False}


def _refused(x, shape):
    try:
        x.view(shape)
    except RuntimeError:
        return True
    return False


@pytest.mark.parametrize("copy", [False, True])
def test_array_against_numpy(reference, copy):
    """A tensor of an array shares memory with it, by numpy's account, unless it is a copy."""
    table = np.arange(12.0).reshape(3, 4)
    for array in (table, table.T, table[::2], table[:, 1:3], table.astype(np.int32)):
        tensor = reference.from_array(array, copy)
        np.testing.assert_array_equal(tensor.numpy(), array, strict=True)
        assert np.shares_memory(tensor.numpy(), array) != copy


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_means_against_numpy(reference, dtype):
    """Gaps get numpy's nanmean of their column, in new memory; a column of gaps gets zeros."""
    X = torch.randn(20, 5, dtype=dtype)
    X[torch.rand(20, 5) < 0.5] = torch.nan
    X[0, :4], X[:, 4] = 1, torch.nan
    filled = reference.fill_missing(X)
    means = torch.from_numpy(np.nanmean(X[:, :4].numpy(), axis=0))
    torch.testing.assert_close(filled, torch.where(X.isnan(), torch.cat([means, means.new_zeros(1)]), X))
    assert not reference.shares_storage(filled, X)


@pytest.mark.parametrize("dummy_na", [False, True])
def test_categories_against_plain_python(reference, dummy_na):
    """Every row has a one where it should and no other, and tells its category."""
    names, places = ["", "a", "b", "nan"], [*torch.randint(0, 5, (30,)).tolist(), 0, 1, 2, 3, 4]
    column = [[*names, None][place] for place in places]
    found, table = reference.get_dummies(column, dummy_na)
    assert found == names
    assert table.dtype == torch.float32
    assert table.shape == (35, 5 if dummy_na else 4)
    assert table.tolist() == [[float(i == place) for i in range(table.shape[1])] for place in places]
