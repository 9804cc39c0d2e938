"""ch55's reference against torch's RNN, its clipping and its optimizer, and finite differences."""

import math

import pytest
import torch
from torch import nn

CPU = torch.device("cpu")


def draw(*shapes):
    return [torch.randn(*shape, dtype=torch.float64) for shape in shapes]


def parameters(vocab, hiddens):
    return draw((vocab, hiddens), (hiddens, hiddens), (hiddens,), (hiddens, vocab), (vocab,))


@pytest.mark.parametrize(("steps", "batch", "vocab", "hiddens"), [(6, 3, 5, 4), (1, 1, 2, 7), (3, 2, 1, 1)])
def test_against_torch(reference, steps, batch, vocab, hiddens):
    """Outputs and state are those of torch's RNN with a linear layer, from any first state."""
    params, (X, H) = parameters(vocab, hiddens), draw((steps, batch, vocab), (batch, hiddens))
    net = nn.RNN(vocab, hiddens, bias=False, dtype=torch.float64)
    net.load_state_dict({"weight_ih_l0": params[0].T, "weight_hh_l0": params[1].T})
    params[2] *= 0
    states, last = net(X, H[None])
    outputs, (new,) = reference.rnn(X, (H,), params)
    torch.testing.assert_close(outputs, states.flatten(0, 1) @ params[3] + params[4])
    torch.testing.assert_close(new, last[0])


def test_gradients(reference):
    """The gradients agree with finite differences."""
    arguments = [a.requires_grad_() for a in (*draw((3, 2, 3), (2, 2)), *parameters(3, 2))]
    assert torch.autograd.gradcheck(lambda x, h, *p: reference.rnn(x, (h,), p)[0], arguments)


@pytest.mark.parametrize("theta", [0.5, 3.0, 1e3])
def test_clipping_against_torch(reference, theta):
    """Gradients are clipped as torch clips them; torch adds 1e-6 to the norm."""
    nets = [nn.ParameterList(torch.zeros(*shape) for shape in ((3, 4), (5,))) for _ in range(2)]
    for pair in zip(*nets, strict=True):
        grad = 2 * torch.randn(pair[0].shape)
        for p in pair:
            p.grad = grad.clone()
    reference.grad_clipping(nets[0], theta)
    nn.utils.clip_grad_norm_(nets[1], theta)
    for one, other in zip(*nets, strict=True):
        torch.testing.assert_close(one.grad, other.grad)


class Model(nn.Module):
    """A character model around torch's GRU."""

    def __init__(self, vocab, hiddens):
        super().__init__()
        self.rnn, self.linear, self.vocab = nn.GRU(vocab, hiddens), nn.Linear(hiddens, vocab), vocab

    def begin_state(self, batch_size, device):
        return torch.zeros(1, batch_size, self.rnn.hidden_size, device=device)

    def forward(self, X, state):
        Y, state = self.rnn(nn.functional.one_hot(X.T, self.vocab).float(), state)
        return self.linear(Y.flatten(0, 1)), state


def test_learns_a_cycle(reference):
    """A net from scratch and a module with torch's optimizer both learn a cycle of letters, and recite it."""
    letters = "abcd"
    X = torch.arange(24).reshape(1, 24) % 4
    data = [(X[:, i : i + 6], (X[:, i : i + 6] + 1) % 4) for i in range(0, 24, 6)]
    torch.manual_seed(0)
    scratch = reference.RNNModelScratch(4, 8, CPU, reference.get_params, reference.init_rnn_state, reference.rnn)
    module = Model(4, 8)

    def descend(batch_size):
        for p in scratch.params:
            p.data -= p.grad / batch_size
            p.grad.zero_()

    class Vocab:
        idx_to_token = letters

        def __getitem__(self, letter):
            return letters.index(letter)

    for net, updater in ((scratch, descend), (module, torch.optim.SGD(module.parameters(), lr=1.0))):
        history = [
            reference.train_epoch_ch8(net, data, nn.CrossEntropyLoss(), updater, CPU, use_random_iter=False)
            for _ in range(60)
        ]
        assert history[0][0] > 3
        assert history[-1][0] < 1.1
        assert all(math.isfinite(speed) and speed > 0 for _, speed in history)
        assert reference.predict_ch8("bc", 6, net, Vocab(), CPU) == "bcdabcda"
