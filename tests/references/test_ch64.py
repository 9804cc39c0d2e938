"""ch64's reference against torch's normal densities, combinations, torch.dot and finite differences."""

import itertools

import torch
from torch.distributions import Normal


def test_pooling_against_densities(reference):
    """The weights are what normal densities of width 1 / w around the keys share out among themselves."""
    x_train, y_train, x_test = (torch.randn(n, dtype=torch.float64) for n in (7, 7, 4))
    for w in (0.3, 1.0, 4.0):
        density = Normal(x_train, 1 / w).log_prob(x_test[:, None]).exp()
        expected = (density @ y_train) / density.sum(dim=1)
        predictions, weights = reference.nadaraya_watson(x_test, x_train, y_train, w)
        torch.testing.assert_close(predictions, expected)
        torch.testing.assert_close(weights, density / density.sum(dim=1, keepdim=True))
        net = reference.NWKernelRegression().double()
        net.w.data.fill_(w)
        torch.testing.assert_close(net(x_test, x_train.repeat(4, 1), y_train.repeat(4, 1)), expected)
        torch.testing.assert_close(net.attention_weights, weights)


def test_limits(reference):
    """Without width all points count alike, with a large w the nearest alone; nothing is NaN a million units away."""
    x, y = torch.arange(5.0), torch.randn(5)
    torch.testing.assert_close(reference.nadaraya_watson(x, x, y, 0.0)[0], y.mean().expand(5))
    torch.testing.assert_close(reference.nadaraya_watson(x + 0.4, x, y, 100.0)[0], y)
    assert not reference.nadaraya_watson(torch.tensor([1e6, -1e6]), x, y)[0].isnan().any()


def test_learning_narrows_the_kernel(reference):
    """Gradient descent on the book's curve, without noise, lowers the error that leaving one out measures."""
    x = torch.linspace(0, 5, 50, dtype=torch.float64)
    y = 2 * x.sin() + x**0.8
    net = reference.NWKernelRegression().double()
    net.w.data.fill_(1)
    keys, values = reference.leave_one_out(x, y)
    errors = []
    for _ in range(20):
        error = ((net(x, keys, values) - y) ** 2).sum() / 2
        errors.append(error.item())
        net.w.data += 0.1 * -torch.autograd.grad(error, net.w)[0]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < errors[0] / 2
    assert net.w.item() > 1


def test_leaving_one_out_against_combinations(reference):
    """The rows are the combinations of n - 1 examples, from the one without the first to the one without the last."""
    for n in (1, 2, 3, 6):
        x, y = torch.randint(4, (n,)).double(), torch.randn(n)
        for found, items in zip(reference.leave_one_out(x, y), (x, y), strict=True):
            assert found.dtype == items.dtype
            assert found.shape == (n, n - 1)
            assert [tuple(row) for row in found.tolist()] == [*itertools.combinations(items.tolist(), n - 1)][::-1]


def test_sums_against_dot(reference):
    """A weighted sum is torch.dot, example by example."""
    for n, k in ((1, 1), (1, 4), (3, 1), (3, 5)):
        weights, values = torch.randn(2, n, k).unbind()
        torch.testing.assert_close(
            reference.batch_weighted_sum(weights, values), torch.stack([*map(torch.dot, weights, values)])
        )


def test_gradients_against_finite_differences(reference):
    """All gradients, that of w included, are those of finite differences."""
    m, n = 3, 4
    shapes = ((m,), (n,), (n,)), ((m,), (m, n), (m, n), (1,)), ((n,), (n,)), ((m, n), (m, n))
    drawn = [[torch.randn(s, dtype=torch.float64, requires_grad=True) for s in each] for each in shapes]

    def learnt(queries, keys, values, w):
        net = reference.NWKernelRegression().double()
        return torch.func.functional_call(net, {"w": w}, (queries, keys, values))

    functions = reference.nadaraya_watson, learnt, reference.leave_one_out, reference.batch_weighted_sum
    for function, inputs in zip(functions, drawn, strict=True):
        assert torch.autograd.gradcheck(function, inputs)
