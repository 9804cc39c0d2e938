"""ch28's reference against torch's own normalisations and finite differences."""

import torch
from torch.nn import functional as F


def test_reference_against_torch(reference):
    """The reference agrees with torch's own normalisations, whose running variance is unbiased."""
    X, gamma, beta = torch.randn(8, 6, 5, 4).double(), torch.randn(6).double(), torch.randn(6).double()
    mean, var = torch.randn(6).double(), torch.rand(6).double() + 0.5
    torch_mean, torch_var = mean.clone(), var.clone()
    expected = F.batch_norm(X, torch_mean, torch_var, gamma, beta, training=True, momentum=0.1)
    per_channel = [t.reshape(1, 6, 1, 1) for t in (gamma, beta, mean, var)]
    Y, new_mean, new_var = reference.batch_norm(X, *per_channel, eps=1e-5, momentum=0.9)
    count = X.numel() / 6
    biased = var * 0.9 + (torch_var - var * 0.9) * (count - 1) / count
    for one, other in ((Y, expected), (new_mean.flatten(), torch_mean), (new_var.flatten(), biased)):
        torch.testing.assert_close(one, other)
    torch.testing.assert_close(reference.layer_norm(X, (5, 4)), F.layer_norm(X, (5, 4)))
    torch.testing.assert_close(reference.instance_norm(X, gamma, beta), F.instance_norm(X, weight=gamma, bias=beta))
    torch.testing.assert_close(reference.group_norm(X, 3, gamma, beta), F.group_norm(X, 3, gamma, beta))


def test_reference_gradients(reference):
    """The reference's gradients agree with finite differences."""
    X, gamma, beta = (torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((4, 3), (3,), (3,)))
    stats = torch.zeros(3).double(), torch.ones(3).double()
    assert torch.autograd.gradcheck(lambda *t: reference.batch_norm(*t, *stats, 1e-5, 0.9)[0], (X, gamma, beta))
    assert torch.autograd.gradcheck(lambda x, w, b: reference.layer_norm(x, (3,), w, b), (X, gamma, beta))
