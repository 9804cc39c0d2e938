"""Parameters by their names, a function for one step, torch's biases half and half."""

NAMES = [f"{kind}{gate}" for gate in "ifoc" for kind in ("W_x", "W_h", "b_")] + ["W_hq", "b_q"]


def get_lstm_params(vocab_size, num_hiddens, device):
    size = {"x": vocab_size, "q": vocab_size}
    made = {}
    for name in sorted(NAMES):
        shape = [size.get(letter, num_hiddens) for letter in name.split("_")[1]]
        made[name] = torch.zeros(shape, device=device)
        if name.startswith("W"):
            made[name].normal_(0, 0.01)
        made[name].requires_grad = True
    return [made[name] for name in NAMES]


def init_lstm_state(batch_size, num_hiddens, device):
    return torch.zeros(batch_size, num_hiddens).to(device), torch.zeros(batch_size, num_hiddens).to(device)


def _step(X, H, C, p):
    def affine(gate):
        return (
            torch.einsum("bv,vh->bh", X, p["W_x" + gate])
            + torch.einsum("bi,ih->bh", H, p["W_h" + gate])
            + p["b_" + gate]
        )

    C = affine("f").sigmoid() * C + affine("i").sigmoid() * affine("c").tanh()
    return affine("o").sigmoid() * C.tanh(), C


def lstm(inputs, state, params):
    p = dict(zip(NAMES, params, strict=True))
    H, C = state
    outputs = []
    for t in range(inputs.shape[0]):
        H, C = _step(inputs[t], H, C, p)
        outputs.append(torch.addmm(p["b_q"], H, p["W_hq"]))
    return torch.stack(outputs).flatten(0, 1), (H, C)


def to_torch_lstm(params):
    p = dict(zip(NAMES, params, strict=True))
    half = torch.stack([p["b_" + gate] for gate in "ifco"]).flatten() / 2
    return {
        "weight_ih_l0": torch.stack([p["W_x" + gate].t() for gate in "ifco"]).flatten(0, 1),
        "weight_hh_l0": torch.stack([p["W_h" + gate].t() for gate in "ifco"]).flatten(0, 1),
        "bias_ih_l0": half,
        "bias_hh_l0": half.clone(),
    }
