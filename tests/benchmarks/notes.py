"""The figures of the course's notes, with our references: python tests/benchmarks/notes.py [--seeds N] [--epochs N]

Trains softmax regression, a multilayer perceptron and one with dropout on the whole of Fashion-MNIST, as the notes do
(batches of 64, learning rate 0.01, 20 epochs), and prints the test accuracy beside the notes' own.
"""

import argparse
import statistics
import sys
import time

import torch

from dlgrade import course
from dlgrade.course.data_sets import DataMissing, data_set
from dlgrade.judge.session import Judge

NOTES = {"softmax regression (ch09)": 0.8335, "MLP, 256 hidden (ch10)": 0.869, "MLP, dropout 0.1 (ch13)": 0.869}


def softmax_regression(reference, _ch10, _ch13):
    W = torch.normal(0, 0.01, (784, 10)).requires_grad_()
    b = torch.zeros(10, requires_grad=True)
    return lambda X: reference.softmax(X @ W + b), [W, b], lambda y_hat, y: reference.cross_entropy(y_hat, y).mean()


def perceptron(_ch09, reference, _ch13):
    parameters = [reference.W1, reference.b1, reference.W2, reference.b2]
    with torch.no_grad():  # the starter's small weights would cost the first epochs
        for weight in (reference.W1, reference.W2):
            torch.nn.init.xavier_uniform_(weight)
    return reference.net, parameters, torch.nn.functional.cross_entropy


def dropout(_ch09, _ch10, reference):
    first, second = torch.nn.Linear(784, 256), torch.nn.Linear(256, 10)

    def net(X):
        hidden = torch.relu(first(X))
        return second(reference.dropout_layer(hidden, 0.1) if torch.is_grad_enabled() else hidden)

    return net, [*first.parameters(), *second.parameters()], torch.nn.functional.cross_entropy


def train(net, parameters, loss, data, epochs):
    """Test accuracy after so many epochs."""
    (X, y), (X_test, y_test) = data
    for _ in range(epochs):
        for rows in torch.randperm(len(y)).split(64):
            loss(net(X[rows]), y[rows]).backward()
            with torch.no_grad():
                for parameter in parameters:
                    parameter -= 0.01 * parameter.grad
                    parameter.grad = None
    with torch.no_grad():
        return (net(X_test).argmax(1) == y_test).double().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    given = parser.parse_args()
    here, generator = course.load(), torch.Generator().manual_seed(0)
    try:
        loaded = [data_set(here, "fashion_mnist").load(60_000, generator, split) for split in ("train", "test")]
    except DataMissing as error:
        sys.exit(str(error))
    data = [(images.reshape(len(images), -1), labels) for images, labels in loaded]
    with Judge(here) as judge:
        references = [judge.content(here.chapter(name)).reference.module for name in ("ch09", "ch10", "ch13")]
    print(f"Fashion-MNIST, batches of 64, learning rate 0.01, {given.epochs} epochs, {given.seeds} seeds")
    for (name, noted), make in zip(NOTES.items(), (softmax_regression, perceptron, dropout), strict=True):
        started, found = time.monotonic(), []
        for seed in range(given.seeds):
            torch.manual_seed(seed)
            found.append(train(*make(*references), data, given.epochs))
        shown, seconds = ", ".join(f"{one:.4f}" for one in found), (time.monotonic() - started) / given.seeds
        print(
            f"  {name}: {statistics.mean(found):.4f} ({shown}); the notes: {noted}; {seconds:.0f} s a run", flush=True
        )


if __name__ == "__main__":
    main()
