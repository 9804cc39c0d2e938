"""ch72's reference against torch.optim, loops over numbers, and closed forms."""

import math

import pytest
import torch

CASES = {
    "sgd_momentum": (1, {"lr": 0.1, "momentum": 0.7}, torch.optim.SGD, {"lr": 0.1, "momentum": 0.7}),
    "nesterov": (1, {"lr": 0.1, "momentum": 0.7}, torch.optim.SGD, {"lr": 0.1, "momentum": 0.7, "nesterov": True}),
    "adadelta": (2, {"rho": 0.8}, torch.optim.Adadelta, {"lr": 1.0, "rho": 0.8, "eps": 1e-5}),
    "adam": (2, {"lr": 0.1, "t": 1}, torch.optim.Adam, {"lr": 0.1, "eps": 1e-6}),
}


def walks(reference, name, number, hyperparams, optimiser, steps=10):
    """The parameters after each step of the reference and of torch, on the same gradients, in float64."""
    shapes = [(3, 1), (1,), (2, 4)]
    own = [torch.randn(shape, dtype=torch.float64).requires_grad_() for shape in shapes]
    theirs = [p.detach().clone().requires_grad_() for p in own]
    states = [tuple(torch.zeros_like(p, requires_grad=False) for _ in range(number)) for p in own]
    states = [pair if number > 1 else pair[0] for pair in states]
    torchs, trail = optimiser(theirs), []
    for _ in range(steps):
        for p, q in zip(own, theirs, strict=True):
            g = torch.randn_like(p.detach())
            p.grad = g + g.sign()
            q.grad = p.grad.clone()
        getattr(reference, name)(own, states, hyperparams)
        torchs.step()
        assert all(not p.grad.any() for p in own)
        trail.append(([p.detach().clone() for p in own], [q.detach().clone() for q in theirs]))
    return trail


@pytest.mark.parametrize("name", CASES)
def test_as_torch(reference, name):
    """Ten steps on drawn gradients are those of torch.optim."""
    number, hyperparams, kind, settings = CASES[name]
    for own, theirs in walks(reference, name, number, dict(hyperparams), lambda params: kind(params, **settings)):
        torch.testing.assert_close(own, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "hyperparams", "kind", "settings"),
    [
        ("adagrad", {"lr": 0.1}, torch.optim.Adagrad, {"lr": 0.1, "eps": 0}),
        ("rmsprop", {"lr": 0.1, "gamma": 0.8}, torch.optim.RMSprop, {"lr": 0.1, "alpha": 0.8, "eps": 0}),
    ],
)
def test_nearly_as_torch(reference, name, hyperparams, kind, settings):
    """torch adds eps outside the root. Beside gradients above 1 an eps of 1e-6 does not count."""
    for own, theirs in walks(reference, name, 1, hyperparams, lambda params: kind(params, **settings), steps=3):
        torch.testing.assert_close(own, theirs, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["adagrad", "rmsprop"])
def test_as_numbers(reference, name):
    """Adagrad and RMSProp agree with a loop over Python's numbers, also where eps counts."""
    for scale in (1.0, 1e-3):
        p = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        s, x, total = torch.zeros(1, dtype=torch.float64), 0.0, 0.0
        for g in (2 * scale, -scale, 0.0, 3 * scale):
            p.grad = torch.tensor([g], dtype=torch.float64)
            getattr(reference, name)([p], [s], {"lr": 0.3, "gamma": 0.6})
            total = total + g * g if name == "adagrad" else 0.6 * total + 0.4 * g * g
            x -= 0.3 * g / math.sqrt(total + 1e-6)
            assert p.item() == pytest.approx(x, rel=1e-12)
            assert s.item() == pytest.approx(total, rel=1e-12)


def test_closed_forms_on_a_quadratic(reference):
    """On c / 2 * p^2 momentum follows the powers of a matrix."""
    c, lr, momentum = 0.8, 0.5, 0.6
    for name, look in (("sgd_momentum", 0.0), ("nesterov", 1.0)):
        p, v = torch.ones(1, dtype=torch.float64, requires_grad=True), torch.zeros(1, dtype=torch.float64)
        # v' = momentum v + c p; p' = p - lr v', or p - lr (c p + momentum v') when the step looks ahead.
        plain = [1 - lr * c, -lr * momentum]
        ahead = [1 - lr * c * (1 + momentum), -lr * momentum**2]
        matrix = torch.tensor([ahead if look else plain, [c, momentum]], dtype=torch.float64)
        for step in range(1, 9):
            (c / 2 * p**2).sum().backward()
            getattr(reference, name)([p], [v], {"lr": lr, "momentum": momentum})
            expected = torch.linalg.matrix_power(matrix, step) @ torch.tensor([1.0, 0.0], dtype=torch.float64)
            torch.testing.assert_close(torch.stack([p.detach()[0], v[0]]), expected)


def test_adam_begins_with_lr(reference):
    """Adam's first step is lr * sign(g), and t counts calls."""
    p, settings = torch.zeros(3, requires_grad=True), {"lr": 0.2, "t": 1}
    p.grad = torch.tensor([2.0, -3.0, 0.5])
    reference.adam([p, p], [(torch.zeros(3), torch.zeros(3)) for _ in range(2)], settings)
    torch.testing.assert_close(p.detach(), torch.tensor([-0.2, 0.2, -0.2]), rtol=1e-4, atol=1e-6)
    assert settings == {"lr": 0.2, "t": 2}


def test_first_states(reference):
    """The states that are given have the shapes of the book's linear model and share no memory."""
    assert [s.shape for s in reference.init_rmsprop_states(5)] == [(5, 1), (1,)]
    (v_w, s_w), (v_b, s_b) = reference.init_adadelta_states(5)
    v_w += 1
    v_b += 1
    assert not s_w.any()
    assert not s_b.any()
