"""Each layer over the whole sequence before the next one; rows of an identity; a closed form."""


class RNNModel(nn.Module):
    def __init__(self, rnn_layer, vocab_size, **kwargs):
        super().__init__(**kwargs)
        directions = 1 + int(rnn_layer.bidirectional)
        self.linear = nn.Linear(directions * rnn_layer.hidden_size, vocab_size)
        self.num_directions, self.num_hiddens = directions, rnn_layer.hidden_size
        self.vocab_size, self.rnn = vocab_size, rnn_layer

    def forward(self, inputs, state):
        weight = self.linear.weight
        one_hot = torch.eye(self.vocab_size, dtype=weight.dtype, device=weight.device)
        Y, state = self.rnn(one_hot[inputs.long()].transpose(0, 1), state)
        outputs = self.linear(Y)
        return outputs.reshape(-1, self.vocab_size), state

    def begin_state(self, device, batch_size=1):
        def zeros():
            return torch.zeros(self.rnn.num_layers * self.num_directions, batch_size, self.num_hiddens).to(device)

        return (zeros(), zeros()) if self.rnn.mode == "LSTM" else zeros()


def _layer(inputs, H, W_xh, W_hh, b_h):
    ahead = torch.einsum("tni,ih->tnh", inputs, W_xh) + b_h
    states = []
    for X in ahead:
        H = (X + H.mm(W_hh)).tanh()
        states.append(H)
    return torch.stack(states)


def deep_rnn(inputs, states, params, W_hq, b_q):
    last = []
    for H, layer in zip(states, params, strict=True):
        inputs = _layer(inputs, H, *layer)
        last.append(inputs[-1])
    return inputs.flatten(0, 1) @ W_hq + b_q, last


def rnn_param_count(input_size, hidden_size, num_layers, kind, bidirectional=False):
    kinds = ["rnn", None, "gru", "lstm"]
    if kind is None or kind not in kinds:
        raise ValueError(kind)
    h, d = hidden_size, 2 if bidirectional else 1
    lowest = h * input_size + h * h + 2 * h
    above = h * d * h + h * h + 2 * h
    return d * (kinds.index(kind) + 1) * (lowest + (num_layers - 1) * above)
