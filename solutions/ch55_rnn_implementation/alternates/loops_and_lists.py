"""Sequence by sequence and unit by unit, gradients unscaled where they are short, losses by exact sums."""


def get_params(vocab_size, num_hiddens, device):
    sizes = {"xh": (vocab_size, num_hiddens), "hh": (num_hiddens,) * 2, "h": (num_hiddens,)}
    sizes |= {"hq": (num_hiddens, vocab_size), "q": (vocab_size,)}
    made = {name: torch.zeros(size, device=device) for name, size in sizes.items()}
    for name in ("hq", "hh", "xh"):
        made[name].normal_(0, 0.01)
    return [tensor.requires_grad_() for tensor in made.values()]


def init_rnn_state(batch_size, num_hiddens, device):
    return (torch.zeros([batch_size, num_hiddens], device=device),)


def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    steps, batch, _ = inputs.shape
    rows, last = {}, []
    for i in range(batch):
        h = state[0][i]
        for t in range(steps):
            h = torch.tanh(inputs[t, i] @ W_xh + h @ W_hh + b_h)
            rows[t, i] = h @ W_hq + b_q
        last.append(h)
    return torch.stack([rows[t, i] for t in range(steps) for i in range(batch)]), (torch.stack(last),)


def predict_ch8(prefix, num_preds, net, vocab, device):
    state = net.begin_state(batch_size=1, device=device)

    def read(index):
        nonlocal state
        logits, state = net(torch.tensor(index, device=device).reshape(1, 1), state)
        return logits

    *before, last = (vocab[character] for character in prefix)
    for index in before:
        read(index)
    written = [*before, last]
    while len(written) < len(prefix) + num_preds:
        scores = read(written[-1]).flatten().tolist()
        written.append(scores.index(max(scores)))
    return "".join(vocab.idx_to_token[index] for index in written)


def grad_clipping(net, theta):
    params = [p for p in (net.parameters() if isinstance(net, torch.nn.Module) else net.params) if p.requires_grad]
    grads = [p.grad for p in params if p.grad is not None]
    norm = math.sqrt(math.fsum(grad.double().pow(2).sum().item() for grad in grads))
    if norm >= theta:
        for grad in grads:
            grad.copy_(grad * (theta / norm))


def _forget(state):
    for part in [state] if isinstance(state, torch.Tensor) else state:
        part.detach_()


def train_epoch_ch8(net, train_iter, loss, updater, device, use_random_iter):
    began, total, tokens, state = time.monotonic(), [], 0, None
    for X, Y in train_iter:
        if state is None or use_random_iter:
            state = net.begin_state(batch_size=Y.size(0), device=device)
        _forget(state)
        labels = torch.cat([Y.to(device)[:, t] for t in range(Y.size(1))]).long()
        logits, state = net(X.to(device), state)
        value = loss(logits, labels).mean()
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            value.backward()
            grad_clipping(net, 1)
            updater.step()
        else:
            value.backward()
            grad_clipping(net, 1)
            updater(batch_size=1)
        total.append(value.item() * labels.numel())
        tokens += labels.numel()
    return math.exp(math.fsum(total) / tokens), tokens / (time.monotonic() - began)
