"""With einsum and lerp, the inputs' share of all steps computed ahead, and parameters by their names."""

from torch.nn import functional as F

NAMES = "W_xz W_hz b_z W_xr W_hr b_r W_xh W_hh b_h W_hq b_q".split()


def get_params(vocab_size, num_hiddens, device):
    sizes = {"x": vocab_size, "q": vocab_size}
    params = {}
    for name in reversed(NAMES):
        kind, letters = name.split("_")
        if kind == "b":
            params[name] = torch.zeros(sizes.get(letters, num_hiddens), device=device, requires_grad=True)
        else:
            shape = [sizes.get(letter, num_hiddens) for letter in letters]
            params[name] = torch.empty(shape, device=device).normal_(0, 0.01).requires_grad_(True)
    return [params[name] for name in NAMES]


def init_gru_state(batch_size, num_hiddens, device):
    return (torch.full((batch_size, num_hiddens), 0.0, device=device),)


def gru(inputs, state, params):
    p = dict(zip(NAMES, params, strict=True))
    ahead = {g: torch.einsum("tbv,vh->tbh", inputs, p["W_x" + g]) + p["b_" + g] for g in "zrh"}
    (H,) = state
    outputs = []
    for t in range(len(inputs)):
        Z, R = ((ahead[g][t] + torch.einsum("bi,ij->bj", H, p["W_h" + g])).sigmoid() for g in "zr")
        candidate = (ahead["h"][t] + torch.einsum("bi,bi,ij->bj", R, H, p["W_hh"])).tanh()
        H = torch.lerp(candidate, H, Z)
        outputs.append(torch.addmm(p["b_q"], H, p["W_hq"]))
    return torch.stack(outputs).flatten(0, 1), (H,)


def gru_cell_torch(x, h, w_ih, w_hh, b_ih, b_hh):
    from_x = F.linear(x, w_ih, b_ih).unflatten(1, (3, -1)).unbind(1)
    from_h = F.linear(h, w_hh, b_hh).unflatten(1, (3, -1)).unbind(1)
    r, z = ((a + b).sigmoid() for a, b in zip(from_x[:2], from_h[:2], strict=True))
    return torch.lerp((from_x[2] + r * from_h[2]).tanh(), h, z)
