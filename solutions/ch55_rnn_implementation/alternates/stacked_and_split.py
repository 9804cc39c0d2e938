"""All inputs projected at once, the gradient as one vector, perplexity from a list of losses."""


def get_params(vocab_size, num_hiddens, device):
    def layer(inputs, outputs):
        return nn.init.normal_(torch.empty((inputs, outputs), device=device), std=0.01)

    W_hq, b_q = layer(num_hiddens, vocab_size), torch.zeros(vocab_size).to(device)
    W_hh, b_h = layer(num_hiddens, num_hiddens), torch.zeros(num_hiddens).to(device)
    return [nn.Parameter(param) for param in (layer(vocab_size, num_hiddens), W_hh, b_h, W_hq, b_q)]


def init_rnn_state(batch_size, num_hiddens, device):
    return tuple(torch.zeros(1, batch_size, num_hiddens).to(device))


def rnn(inputs, state, params):
    W_xh, W_hh, b_h, W_hq, b_q = params
    H, states = state[0], []
    for ahead in torch.einsum("tbv,vh->tbh", inputs, W_xh).unbind():
        H = torch.addmm(ahead + b_h, H, W_hh).tanh()
        states.append(H)
    return torch.stack(states).flatten(0, 1) @ W_hq + b_q, (H,)


@torch.no_grad()
def predict_ch8(prefix, num_preds, net, vocab, device):
    def index_of(position, logits):
        return vocab[prefix[position]] if position < len(prefix) else logits[0].topk(1).indices.item()

    state, logits = net.begin_state(1, device), None
    text, last = "", len(prefix) + num_preds - 1
    for position in range(last + 1):
        index = index_of(position, logits)
        text += vocab.idx_to_token[index]
        if position < last:
            logits, state = net(torch.full((1, 1), index, device=device), state)
    return text


def _trained(net):
    given = net.params if hasattr(net, "params") else net.parameters()
    return [p for p in given if p.requires_grad and p.grad is not None]


def grad_clipping(net, theta):
    params = _trained(net)
    norm = torch.linalg.vector_norm(torch.cat([p.grad.flatten() for p in params])).item()
    for p in params:
        p.grad.mul_(1.0 if norm <= theta else theta / norm)


def train_epoch_ch8(net, train_iter, loss, updater, device, use_random_iter):
    timer, losses, state = Timer(), [], None
    by_torch = isinstance(updater, torch.optim.Optimizer)
    for X, Y in train_iter:
        X, Y = X.to(device), Y.to(device)
        if use_random_iter or not losses:
            state = net.begin_state(len(X), device)
        logits, state = net(X, state)
        values = loss(logits, Y.t().reshape(-1).to(torch.int64))
        if by_torch:
            updater.zero_grad(set_to_none=False)
        values.mean().backward()
        grad_clipping(net, theta=1.0)
        if by_torch:
            updater.step()
        else:
            updater(1)
        state = state.detach() if torch.is_tensor(state) else tuple(part.detach() for part in state)
        losses.append(values.detach().double().expand(Y.numel()))
    seconds = timer.stop()
    losses = torch.cat(losses)
    return losses.mean().exp().item(), len(losses) / seconds
