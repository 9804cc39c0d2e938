"""A regular expression for the log; gradients by torch.autograd.grad; layers in lists."""

import re

import torch
from torch import nn


def forward_backward_update_order(events):
    letters = "".join(event[0] for event in events)  # f, z, b, s
    return re.fullmatch("((f+z|z+f)[fz]*bf*s)*", letters) is not None


class LinearModel(nn.Module):
    def __init__(self, in_features=1, out_features=1):
        super().__init__()
        self.add_module("linear", nn.Linear(in_features, out_features))

    def forward(self, x):
        return torch.addmm(self.linear.bias, x, self.linear.weight.t())


def fit(model, criterion, optimizer, X, y, epochs):
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    losses = torch.zeros(epochs, dtype=torch.float64)
    model.train()
    for epoch in range(epochs):
        output = model(X)
        if list(output.shape) != list(y.shape):
            raise ValueError("shapes differ")
        loss = criterion(output, y)
        losses[epoch] = loss.detach()
        for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
            parameter.grad = gradient
        optimizer.step()
    return losses.tolist()


class DiabetesNet(nn.Module):
    def __init__(self):
        super().__init__()
        for number, (inputs, outputs) in enumerate(((8, 6), (6, 4), (4, 1)), start=1):
            self.add_module(f"linear{number}", nn.Linear(inputs, outputs))

    def forward(self, x):
        for layer in self.children():
            x = (1 + torch.tanh(layer(x) / 2)) / 2
        return x
