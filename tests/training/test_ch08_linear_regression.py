"""ch08, trained: the book's loop, of the submission's parts, finds the weights that the data was made from."""

import pytest
import torch

from dlgrade.testing import expect

EXAMPLES, EPOCHS, BATCH, LR = 1000, 5, 10, 0.03
STEPS = EPOCHS * EXAMPLES // BATCH


def fit(impl, start, batches):
    """Minibatches of ten (D2L 3.2.7); returns each of them, and the weights after it."""
    w, b = start["w"].clone().requires_grad_(), start["b"].clone().requires_grad_()
    (X, y), trail = batches.examples, []
    for _ in range(EPOCHS):
        for features, labels in impl.data_iter(BATCH, X, y):
            impl.squared_loss(impl.linreg(features, w, b), labels).sum().backward()
            impl.sgd([w, b], LR, BATCH)
            trail.append({"features": features, "labels": labels, "w": w.detach().clone(), "b": b.detach().clone()})
    return trail


def proof(X, y, start):
    """proof(trail): every batch is of the data, and every step is the exercise's."""
    examples = sorted(torch.cat([X, y], dim=1).tolist())

    def proof(trail):
        expect(
            len(trail) == STEPS,
            f"{EPOCHS} epochs have {len(trail)} batches; expected {STEPS}.",
            f"{EPOCHS} 个迭代周期共有 {len(trail)} 个小批量；应为 {STEPS}。",
        )
        features, labels, w, b = (
            torch.stack([step[name] for step in trail]) for name in ("features", "labels", "w", "b")
        )
        rows = torch.cat([features, labels], dim=2).reshape(EPOCHS, EXAMPLES, -1)
        expect(
            all(sorted(epoch.tolist()) == examples for epoch in rows),
            "The batches of an epoch do not hold each example exactly once.",
            "一个迭代周期的小批量中，不是每个样本都恰好出现一次。",
        )
        before_w, before_b = torch.cat([start["w"][None], w[:-1]]), torch.cat([start["b"][None], b[:-1]])
        error = features @ before_w + before_b[:, None] - labels
        steps = before_w - LR * features.mT @ error / BATCH, before_b - LR * error.sum(1) / BATCH
        right = all(torch.allclose(a, e, rtol=1e-4, atol=1e-5) for a, e in zip((w, b), steps, strict=True))
        expect(
            right,
            "A step does not change w and b by -lr * gradient / batch_size. Does anything but sgd change them?",
            "有的步骤没有按 -lr * 梯度 / batch_size 更新 w 和 b。除 sgd 之外是否有别处修改了它们？",
        )

    return proof


@pytest.mark.exercise("sgd")
class TestSGD:
    @pytest.mark.points(3)
    @pytest.mark.timeout(40)
    def test_learns(self, training, randn):
        """A training loop of your data_iter, linreg, squared_loss and sgd finds the weights of 1,000 noisy examples.
        用你的 data_iter、linreg、squared_loss 和 sgd 组成训练循环，从 1000 个带噪声的样本中还原真实的权重。"""
        X, y, w, b = training.draw("linear", EXAMPLES)
        start = {"features": X[:BATCH], "labels": y[:BATCH], "w": 0.01 * randn(3, 1), "b": torch.zeros(1)}

        def score(_impl, last):
            return max((last["w"] - w).abs().max().item(), (last["b"] - b).abs().max().item())

        training(
            "recovered_weights", fit, (X, y), score, steps=STEPS, batch=BATCH, stretches=1, start=start,
            proof=proof(X, y, start), better="lower", best=training.best("linear", EXAMPLES),
        )  # fmt: skip
