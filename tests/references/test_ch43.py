"""ch43's reference against plain loops, numpy.average, a search by brute force and torch's AveragedModel."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel


def test_tta_predict(reference):
    """tta_predict agrees with a loop over images, classes and views, for a network in evaluation mode."""
    X = torch.randn(5, 2, 3, 4)
    net = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(24), nn.Dropout(0.5), nn.Linear(24, 3))
    net[1].running_mean.normal_()
    views = [lambda X: X, lambda X: X.flip(-1), lambda X: 2 * X]
    result = reference.tta_predict(net.train(), X, views)
    assert not result.requires_grad
    net.eval()
    for i in range(5):
        logits = [net(view(X[i : i + 1]))[0].tolist() for view in views]
        for c in range(3):
            shares = [np.exp(row[c]) / np.exp(row).sum() for row in logits]
            assert result[i, c].item() == pytest.approx(np.mean(shares), rel=1e-5)
    torch.testing.assert_close(reference.tta_predict(net, X, [lambda X: X]), net(X).softmax(dim=1).detach())
    with pytest.raises(ValueError, match="no transforms"):
        reference.tta_predict(net, X, [])


def test_weighted_ensemble(reference):
    """weighted_ensemble agrees with numpy.average, which refuses weights that are all 0 as well."""
    for dtype in (torch.float32, torch.float64):
        probs = list(torch.randn(3, 4, 5, dtype=dtype).softmax(dim=2))
        for weights in ([1.0, 2.0, 0.5], (3, 0, 1), [0.2, 0.2, 0.2]):
            expected = torch.from_numpy(np.average(torch.stack(probs).numpy(), axis=0, weights=weights)).to(dtype)
            result = reference.weighted_ensemble(probs, weights)
            torch.testing.assert_close(result, expected)
            torch.testing.assert_close(result.sum(dim=1), torch.ones(4, dtype=dtype))
    for weights in ([0.0, 0.0, 0.0], [1.0, -0.1, 1.0], [1.0, 1.0]):
        with pytest.raises(ValueError, match="weights"):
            reference.weighted_ensemble(probs, weights)


@pytest.mark.parametrize("factor", [0.08, 0.5, 1.0, 4.0, 15.0])
def test_fit_temperature(reference, factor):
    """No other temperature has a smaller loss, and the temperature scales with the logits."""
    base = 2 * torch.randn(400, 5, dtype=torch.float64)
    y = torch.multinomial(base.softmax(dim=1), 1)[:, 0]
    best = reference.fit_temperature(factor * base, y)
    assert best == pytest.approx(factor * reference.fit_temperature(base, y), rel=1e-6)
    assert best == pytest.approx(factor, rel=0.3)
    others = best * torch.cat([torch.logspace(-2, 2, 401), torch.tensor([0.999, 1.001])]).double()
    losses = [F.cross_entropy(factor * base / other, y).item() for other in others]
    assert F.cross_entropy(factor * base / best, y).item() <= min(losses) + 1e-12
    assert reference.fit_temperature(factor * base + 1e4, y) == pytest.approx(best, rel=1e-6)


def test_swa_average(reference):
    """swa_average agrees with torch's AveragedModel, and takes integers from the last checkpoint."""

    def network():
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))

    average, states = AveragedModel(network(), use_buffers=True), []
    for step in range(4):
        net = network()
        for _ in range(step + 1):
            net(torch.randn(6, 3))
        average.update_parameters(net)
        states.append({name: value.clone() for name, value in net.state_dict().items()})
    expected, result = average.module.state_dict(), reference.swa_average(states)
    assert result.keys() == expected.keys()
    for name, value in result.items():
        if value.is_floating_point():
            torch.testing.assert_close(value, expected[name])
        else:
            torch.testing.assert_close(value, torch.tensor(4))
    with pytest.raises(ValueError, match="names"):
        reference.swa_average([*states, {"0.weight": torch.ones(4, 3)}])
    with pytest.raises(ValueError, match="none"):
        reference.swa_average([])
