"""With unfold, windows that are shifted, marginal tables of all lengths, and logarithms."""

import math


def autoregressive_dataset(x, tau):
    T = x.shape[0]
    if T - tau < 1:
        raise ValueError
    windows = x.unfold(0, tau + 1, 1)
    return windows[:, :tau], windows[:, tau:]


def multistep_predict(net, x, n_train, tau, T):
    with torch.inference_mode():
        preds = [x[: n_train + tau]]
        window = preds[0][n_train:].unsqueeze(0)
        for _ in range(T - n_train - tau):
            step = net(window)
            preds.append(step[0])
            window = torch.cat((window, step), dim=1)[:, 1:]
        return torch.cat(preds)


def k_step_features(net, x, tau, max_steps):
    table = x.detach().unfold(0, tau + max_steps, 1).clone()
    for i in range(tau, tau + max_steps):
        table[:, i] = net(table[:, i - tau : i]).detach().squeeze(1)
    return table


def chain_rule_prob(joint, seq):
    tables = [joint.double()]
    while tables[0].dim():
        tables.insert(0, tables[0].sum(dim=-1))
    masses = torch.stack([tables[t][tuple(seq[:t])] for t in range(len(seq) + 1)])
    conditionals = masses[1:] / masses[:-1]
    return conditionals.nan_to_num(0.0).prod().item()


def markov_chain_prob(init, P, seq):
    states = torch.tensor(seq)
    logs = torch.cat((init[states[:1]], P[states[:-1], states[1:]])).double().log()
    return math.exp(logs.sum().item())
