"""ch12: init_params, l2_penalty, sgd_weight_decay, weight_decay_groups, project_l2_ball."""

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    close,
    expect,
    gradient_weights,
    gradients,
    promise,
    set_parameters,
    standard,
    written_from_scratch,
)

INPUTS = 200
OWN = ["weight", "bias"]  # what a layer calls its parameters


@pytest.mark.exercise("init_params")
class TestInitParams:
    @pytest.mark.points(2)
    def test_shapes(self, run, chance):
        """Returns random weights (200, 1) and a zero bias (1,) in every call.
        每次调用都返回随机的权重 (200, 1) 和值为 0 的偏置 (1,)。"""
        calls = chance.randint(3, 50)
        weights, biases = run(lambda impl: list(zip(*(impl.init_params() for _ in range(calls)), strict=True)))
        distinct = torch.cat(weights).unique().numel()
        en = f"The {INPUTS * calls} weights of {calls} calls have {distinct} different values; random weights differ."
        zh = f"{calls} 次调用得到的 {INPUTS * calls} 个权重只有 {distinct} 个不同的值；随机的权重应当互不相同。"
        expect(distinct > INPUTS * calls / 2, en, zh)
        close(biases, (torch.zeros(1),) * calls)

    def test_other_inputs(self, run, chance):
        """Draws as many weights as the global num_inputs says.
        抽取的权重个数由全局变量 num_inputs 决定。"""
        inputs = chance.sample(range(2, 150), 2)

        def probe(impl):
            module, found = impl.init_params.__globals__, []
            before = module.get("num_inputs")
            try:
                for module["num_inputs"] in inputs:
                    w, b = impl.init_params()
                    found.append((list(w.shape), len(w.unique()), torch.equal(w, impl.init_params()[0]), b))
            finally:
                module["num_inputs"] = before
            return found

        close(run(probe), [([n, 1], n, False, torch.zeros(1)) for n in inputs])

    @pytest.mark.needs("shapes")
    @pytest.mark.points(2)
    def test_trainable(self, run, randn):
        """Returns leaves that require gradients and get the gradients of a linear regression.
        两者都是需要梯度的叶子张量，能得到线性回归的梯度。"""
        X = randn(5, INPUTS)

        def probe(impl):
            w, b = impl.init_params()
            loss = (X @ w + b).sum()
            if loss.requires_grad:
                loss.backward()
            leaves = [p.is_leaf and p.requires_grad for p in (w, b)]
            return leaves, [p.grad if p.is_leaf else None for p in (w, b)]

        close(run(probe), ([True, True], [X.sum(0)[:, None], torch.tensor([5.0])]))

    def test_fresh_draw(self, run, chance):
        """Draws new weights and creates a new bias in every call.
        每次调用都重新抽取权重，并创建新的偏置。"""
        calls = chance.randint(2, 50)

        def probe(impl):
            weights = []
            for _ in range(calls):
                w, b = impl.init_params()
                b.data += 1
                weights.append(w.detach())
            return weights, impl.init_params()[1]

        weights, zero = run(probe)
        expect(
            min((weights[-1] - w).std() for w in weights[:-1]) > 0.5 * weights[-1].std(),  # independent: 1.4 times
            "Two calls give the same or nearly the same weights.",
            "两次调用得到的权重相同或几乎相同。",
        )
        close(zero, torch.zeros(1))

    @pytest.mark.points(2)
    def test_moments(self, run, chance):
        """Draws weights with the moments of the standard normal distribution: 0, 1, 0, 3.
        多次抽取的权重符合标准正态分布的各阶矩：0、1、0、3。"""
        calls = chance.randint(50, 150)
        draws = run(lambda impl: torch.cat([impl.init_params()[0].detach() for _ in range(calls)])).double()
        moments = [(1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)]  # power, its mean, its variance
        for power, mean, variance in moments:
            found, deviation = (draws**power).mean().item(), (variance / draws.numel()) ** 0.5
            expect(
                abs(found - mean) < 6 * deviation,
                f"The mean of w^{power} over {draws.numel()} weights is {found:.3f}; expected {mean}.",
                f"{draws.numel()} 个权重的 w^{power} 均值为 {found:.3f}，应为 {mean}。",
            )


@pytest.mark.exercise("l2_penalty")
class TestL2Penalty:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("w"))
    def arguments(self, randn, chance):
        return {"w": randn(*chance.sample(range(2, 9), 2))}

    @pytest.mark.points(2)
    def test_column(self, run, randn):
        """Returns half the squared norm of weights (n, 1), as a tensor of shape ().
        返回权重 (n, 1) 的范数平方的一半，形状为 ()。"""
        w = 3 * randn(7, 1)
        close(run(lambda impl: impl.l2_penalty(w)), torch.linalg.vector_norm(w) ** 2 / 2)

    def test_any_shape(self, run, randn):
        """Accepts vectors, matrices and kernels, and counts all elements alike.
        可以是向量、矩阵或卷积核，所有元素同等对待。"""
        for w in (2 * randn(6), 2 * randn(4, 4), 2 * randn(3, 5), randn(2, 3, 3, 3)):
            close(run(lambda impl, w=w: impl.l2_penalty(w)), torch.linalg.vector_norm(w) ** 2 / 2)

    def test_known_values(self, run, chance):
        """Returns 12.5 for (3, 4), 4.5 for (-1, 2, -2), and k^2 times as much for k times the weights.
        (3, 4) 的惩罚为 12.5，(-1, 2, -2) 的惩罚为 4.5；权重变为 k 倍时，惩罚变为 k^2 倍。"""
        factor, weights = chance.randint(2, 99), [torch.tensor([3.0, 4.0]), torch.tensor([[-1.0], [2.0], [-2.0]])]
        found = run(lambda impl: [impl.l2_penalty(w) for w in (*weights, factor * weights[0])])
        close(found, [torch.tensor(x) for x in (12.5, 4.5, 12.5 * factor**2)])

    def test_not_rooted(self, run, randn):
        """Returns a hundred times the penalty for ten times the weights.
        权重变为十倍时，惩罚变为一百倍。"""
        w = randn(6) + 1
        small, large = run(lambda impl: [impl.l2_penalty(w), impl.l2_penalty(10 * w)])
        close(large, 100 * (w @ w) / 2)
        close(small * 100, large)

    def test_zero(self, run, randn):
        """Returns zero for zero weights, with a gradient of zero, not NaN.
        权重全为零时惩罚为零，梯度也为零，而不是 NaN。"""
        zero, w = torch.zeros(4), randn(4)
        found = run(lambda impl: [impl.l2_penalty(zero), impl.l2_penalty(w), *gradients(impl.l2_penalty, zero + 0)])
        close(found, [torch.tensor(0.0), w @ w / 2, zero])


def step(impl, values, grads, lr, wd):
    """What one step makes of tensors with these values and gradients, and whether their gradients are gone."""
    params = [value.clone().requires_grad_() for value in values]
    for p, grad in zip(params, grads, strict=True):
        p.grad = None if grad is None else grad.clone()
    impl.sgd_weight_decay(params, lr, wd)
    return [p.detach() for p in params], [p.grad is None or not p.grad.any().item() for p in params]


@pytest.fixture
def tensors(randn):
    """A weight (4, 2) and a bias (2,), and gradients of their shapes."""
    return lambda dtype=torch.float32: [[randn(*s, dtype=dtype) for s in ((4, 2), (2,))] for _ in range(2)]


def stepped(values, grads, lr, wd):
    """What `step` should give."""
    return [(1 - lr * wd) * value - lr * grad for value, grad in zip(values, grads, strict=True)], [True] * len(values)


@pytest.mark.exercise("sgd_weight_decay")
class TestSgdWeightDecay:
    @pytest.mark.points(2)
    def test_one_step(self, run, tensors):
        """Shrinks every tensor, moves it against its gradient, and clears the gradient.
        缩小每个张量，沿负梯度方向更新，并清除梯度。"""
        values, grads = tensors()
        for lr, wd in ((0.1, 3.0), (0.5, 0.4), (1.0, 0.25)):
            found = run(lambda impl, lr=lr, wd=wd: step(impl, values, grads, lr, wd))
            close(found, stepped(values, grads, lr, wd))

    def test_no_decay(self, run, tensors):
        """Takes a step of plain gradient descent if wd = 0.
        wd = 0 时，就是一步普通的梯度下降。"""
        values, grads = tensors()
        close(run(lambda impl: step(impl, values, grads, 0.3, 0.0)), stepped(values, grads, 0.3, 0.0))

    def test_zero_gradient(self, run, tensors):
        """Shrinks elements by the factor 1 - lr wd if their gradient is zero.
        梯度为零的元素，只乘以 1 - lr wd。"""
        values, grads = tensors()
        grads[0][1:] = grads[1][:] = 0
        close(run(lambda impl: step(impl, values, grads, 0.2, 2.0)), stepped(values, grads, 0.2, 2.0))

    def test_without_gradient(self, run, tensors):
        """Leaves a tensor unchanged if its gradient is None.
        梯度为 None 的张量保持不变。"""
        values, grads = tensors()
        (w, b), _ = stepped(values, grads, 0.2, 2.0)
        found = run(lambda impl: [step(impl, values, g, 0.2, 2.0)[0] for g in ([grads[0], None], [None, grads[1]])])
        close(found, [[w, values[1]], [values[0], b]])

    @pytest.mark.points(2)
    def test_several_steps(self, run, randn):
        """Takes three right steps on the mean loss of a regression, with no gradient left over from an earlier step.
        在回归的平均损失上连续更新三步，不残留上一步的梯度。"""
        X, y, start = randn(6, 3), randn(6, 1), randn(3, 1)

        def probe(impl):
            w, seen = start.clone().requires_grad_(), []
            for _ in range(3):
                (((X @ w - y) ** 2).mean() / 2).backward()
                impl.sgd_weight_decay([w], 0.3, 0.5)
                seen.append(w.detach().clone())
            return seen

        expected, w = [], start
        for _ in range(3):
            w = (1 - 0.3 * 0.5) * w - 0.3 * X.t() @ (X @ w - y) / 6
            expected.append(w)
        close(run(probe), expected)

    @pytest.mark.points(2)
    def test_same_as_penalty(self, run, randn):
        """Equals plain gradient descent on the mean loss plus wd * ||w||^2 / 2.
        与在平均损失加 wd * ||w||^2 / 2 上做普通的梯度下降相同。"""
        X, y, start, lr, wd = randn(5, 3), randn(5, 1), randn(3, 1), 0.2, 1.5

        def probe(impl):
            found = []
            for decay, penalty in ((wd, 0.0), (0.0, wd)):
                w = start.clone().requires_grad_()
                (((X @ w - y) ** 2).mean() / 2 + penalty * (w * w).sum() / 2).backward()
                impl.sgd_weight_decay([w], lr, decay)
                found.append(w.detach())
            return found

        expected = start - lr * (X.t() @ (X @ start - y) / 5 + wd * start)
        close(run(probe), [expected, expected])

    def test_in_place(self, run, tensors):
        """Writes into the given tensors: tensors that share their memory see the new values.
        原地写入传入的张量，与之共享内存的张量也能看到新值。"""
        (w, _), (grad, _) = tensors()

        def probe(impl):
            p = w.clone().requires_grad_()
            shared, p.grad = p.detach(), grad.clone()
            impl.sgd_weight_decay([p], 0.2, 2.0)
            return p.detach(), shared

        (expected,), _ = stepped([w], [grad], 0.2, 2.0)
        close(run(probe), (expected, expected))

    @pytest.mark.needs("one_step")
    def test_no_graph(self, run, tensors):
        """Keeps parameters as leaves that require gradients, and the next backward pass works.
        参数仍是需要梯度的叶子张量，下一次反向传播照常进行。"""
        (w, _), (grad, _) = tensors()

        def probe(impl):
            p = nn.Parameter(w.clone())
            p.grad = grad.clone()
            impl.sgd_weight_decay([p], 0.2, 2.0)
            (p * p).sum().backward()
            return p.detach(), p.grad, p.is_leaf and p.requires_grad, torch.is_grad_enabled()

        (expected,), _ = stepped([w], [grad], 0.2, 2.0)
        close(run(probe), (expected, 2 * expected, True, True))

    def test_float64(self, run, tensors):
        """Keeps float64 and its precision, for a tuple of tensors that are not contiguous in memory.
        保持 float64 及其精度；可以传入 tuple，张量在内存中可以不连续。"""
        values, grads = tensors(torch.float64)

        def probe(impl):
            params = tuple(value.t().clone().t().requires_grad_() for value in values[:1])
            params[0].grad = grads[0].clone()
            impl.sgd_weight_decay(params, 0.2, 2.0)
            return params[0].detach()

        close(run(probe), stepped(values, grads, 0.2, 2.0)[0][0])

    test_from_scratch = written_from_scratch


class Mixture(nn.Module):
    """Parameters of its own, of 0 to 3 dimensions, beside a module two levels down and a buffer."""

    def __init__(self, deep):
        super().__init__()
        for name, shape in (("scale", ()), ("offset", (3,)), ("matrix", (1, 2)), ("cube", (2, 1, 2))):
            self.register_parameter(name, nn.Parameter(torch.ones(shape)))
        self.register_buffer("table", torch.ones(2, 2))
        self.inner = nn.ModuleDict({deep: nn.Sequential(nn.Linear(2, 1))})


@pytest.fixture
def words(chance):
    """Five names for layers, none of which says what a layer is."""
    return ["".join(chance.sample("cdfghjkmpqvx", 6)) for _ in range(5)]


def network(words, *layers):
    """The layers under these names; they are not run."""
    return nn.ModuleDict(dict(zip(words, layers, strict=False)))


def tied(words):
    """Two linear layers that share their weight, the second used twice."""
    first, second = nn.Linear(3, 3), nn.Linear(3, 3)
    second.weight = first.weight
    return network(words, first, second, nn.ReLU(), second)


def frozen(words):
    """Half of the parameters do not require gradients."""
    layers = nn.Linear(2, 3), nn.Linear(3, 3), nn.BatchNorm1d(3)
    for p in (*layers[0].parameters(), layers[1].bias, layers[2].weight):
        p.requires_grad_(requires_grad=False)
    return network(words, *layers)


def named(impl, net, wd=0.5):
    """The groups, with names in place of parameters."""
    names = {id(p): name for name, p in net.named_parameters()}
    groups = impl.weight_decay_groups(net, wd)
    return [([names.get(id(p), "?") for p in group["params"]], group.get("weight_decay")) for group in groups]


def grouped(found, decayed, others, wd=0.5):
    """Require these names, in any order."""
    close([(sorted(names), decay) for names, decay in found], [(sorted(decayed), wd), (sorted(others), 0.0)])


@pytest.mark.exercise("weight_decay_groups")
class TestWeightDecayGroups:
    @pytest.mark.points(2)
    def test_linear_layers(self, run, words):
        """Decays the weights of linear layers, not their biases.
        线性层的权重要衰减，偏置不衰减。"""
        found = run(lambda impl: named(impl, network(words, nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))))
        grouped(found, *[[f"{layer}.{kind}" for layer in words[:3:2]] for kind in ("weight", "bias")])

    def test_normalisation(self, run, words):
        """Decays kernels, not the scales and shifts of normalisation layers.
        卷积核要衰减，规范化层的拉伸和偏移参数不衰减。"""
        layers = [nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Conv1d(2, 4, 1, bias=False), nn.LayerNorm(4)]
        found = run(lambda impl: named(impl, network(words, *layers)))
        a, b, c, d, _ = words
        grouped(found, [f"{a}.weight", f"{c}.weight"], [f"{a}.bias", *(f"{n}.{p}" for n in (b, d) for p in OWN)])

    def test_other_layers(self, run, words):
        """Decays the matrices of any layer: embeddings, recurrent layers, a layer norm over two axes.
        任何层中的矩阵都要衰减：嵌入层、循环层、在两个轴上的层规范化。"""
        layers, (a, b, c, *_) = [nn.Embedding(3, 2), nn.RNN(2, 1), nn.LayerNorm((2, 2))], words
        found = run(lambda impl: named(impl, network(words, *layers)))
        matrices = [f"{a}.weight", f"{b}.weight_ih_l0", f"{b}.weight_hh_l0", f"{c}.weight", f"{c}.bias"]
        grouped(found, matrices, [f"{b}.bias_ih_l0", f"{b}.bias_hh_l0"])

    @pytest.mark.points(2)
    def test_own_parameters(self, run, words):
        """Finds parameters of the module itself and deep inside it, by dimensions alone, without buffers.
        找出模块自身的参数和深层嵌套的参数，只看维数；不包括缓冲区。"""
        deep = words[0]
        found = run(lambda impl: named(impl, Mixture(deep)))
        grouped(found, ["matrix", "cube", f"inner.{deep}.0.weight"], ["scale", "offset", f"inner.{deep}.0.bias"])

    def test_shared(self, run, words):
        """Lists a shared parameter once.
        多个模块共享的参数只列出一次。"""
        found = run(lambda impl: named(impl, tied(words)))
        grouped(found, [f"{words[0]}.weight"], [f"{name}.bias" for name in words[:2]])

    def test_frozen(self, run, words):
        """Omits parameters that do not require gradients.
        不包括不需要梯度的参数。"""
        grouped(run(lambda impl: named(impl, frozen(words))), [f"{words[1]}.weight"], [f"{words[2]}.bias"])

    def test_empty_group(self, run, words):
        """Returns two groups even if there are no biases, or only 1-D parameters.
        没有偏置或只有一维参数时，仍然返回两组。"""
        nets = [nn.Linear(2, 3, bias=False), nn.LayerNorm(3)]
        bare, norm, named_norm = run(lambda impl: [named(impl, net) for net in (*nets, network(words, nets[1]))])
        grouped(bare, ["weight"], [])
        grouped(norm, [], OWN)
        grouped(named_norm, [], [f"{words[0]}.{name}" for name in OWN])

    @pytest.mark.points(2)
    def test_decay(self, run, chance):
        """Makes an optimiser shrink the weights of the net and nothing else.
        优化器按这些组更新时，只缩小网络的权重，其余参数不变。"""
        seed = chance.randrange(1000)

        def probe(impl):
            net = set_parameters(nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2)), seed)
            for wd in (3.0, 0.0):
                for group in impl.weight_decay_groups(net, wd):
                    for p in group["params"]:
                        p.data *= 1 - 0.1 * (group.get("weight_decay") or 0.0)
            return dict(net.state_dict())

        expected = dict(set_parameters(nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2)), seed).state_dict())
        expected["0.weight"] = 0.7 * expected["0.weight"]
        close(run(probe), expected)

    @pytest.mark.needs("linear_layers")
    def test_net_untouched(self, run, words):
        """Leaves the net unchanged.
        不修改网络。"""

        def probe(impl):
            net = frozen(words)
            before = [p.clone() for p in net.parameters()]
            found = named(impl, net)
            unchanged = [torch.equal(p, old) for p, old in zip(net.parameters(), before, strict=True)]
            return found, unchanged, [p.requires_grad for p in net.parameters()]

        found, unchanged, required = run(probe)
        close([unchanged, required], [[True] * 6, [False, False, True, False, False, True]])
        grouped(found, [f"{words[1]}.weight"], [f"{words[2]}.bias"])


@pytest.fixture
def of_norm(randn):
    """Random weights of a shape and a norm."""

    def draw(norm, *shape, dtype=torch.float32):
        w = randn(*shape, dtype=dtype)
        return w * (norm / torch.linalg.vector_norm(w))

    return draw


@pytest.mark.exercise("project_l2_ball")
class TestProjectL2Ball:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        call=lambda impl, w: [impl.project_l2_ball(w, theta) for theta in (1.0, 5.0, 20.0)],
    )
    def arguments(self, of_norm):
        return {"w": of_norm(4.0, 3, 5)}

    @pytest.mark.points(2)
    def test_outside(self, run, of_norm):
        """Scales weights outside the ball to norm theta and keeps their direction.
        球外的权重缩放到范数 theta，方向不变。"""
        w = of_norm(4.0, 6)
        found = run(lambda impl: [impl.project_l2_ball(w, theta) for theta in (3.0, 0.5)])
        close(found, [w * 3 / 4, w / 8])

    @pytest.mark.points(2)
    def test_inside(self, run, of_norm):
        """Returns weights inside the ball exactly as they are.
        球内的权重原样返回，每一位都不变。"""
        w = of_norm(1.5, 6)
        close_by, deep, outside = run(lambda impl: [impl.project_l2_ball(w, theta) for theta in (2.0, 4.0, 1.0)])
        for inside in (close_by, deep):
            expect(torch.equal(inside, w), "Weights inside the ball are changed.", "球内的权重被改变了。")
        close(outside, w / 1.5)

    def test_boundary(self, run, chance):
        """Keeps weights whose norm is theta.
        范数恰好为 theta 的权重保持不变。"""
        size = chance.randint(1, 99)
        w = size * torch.tensor([3.0, -4.0])
        close(run(lambda impl: [impl.project_l2_ball(x, 5.0 * size) for x in (w, -2 * w)]), [w, -w])

    def test_zero(self, run, chance):
        """Keeps zero weights, and turns all weights into zeros if theta = 0.
        零权重保持为零；theta = 0 时，任何权重都变为零。"""
        size = chance.randint(1, 99)
        zero, w = torch.zeros(3), size * torch.tensor([2.0, -1.0, 2.0])
        given = [(zero, 1.0), (zero, 0.0), (w, 0.0), (w, float(size))]
        close(run(lambda impl: [impl.project_l2_ball(x, theta) for x, theta in given]), [zero, zero, zero, w / 3])

    def test_matrix(self, run, of_norm):
        """Measures a flat, tall or square matrix by its Frobenius norm.
        矩阵无论扁、高还是方，都用弗罗贝尼乌斯范数度量。"""
        for shape in ((2, 5), (5, 2), (3, 3)):
            w = of_norm(4.0, *shape)
            found = run(lambda impl, w=w: [impl.project_l2_ball(w, theta) for theta in (1.0, 5.0, 20.0)])
            close(found, [w / 4, w, w])

    def test_other_shapes(self, run, of_norm):
        """Accepts columns, kernels and a single weight.
        可以是列向量、卷积核或单个权重。"""
        for w in (of_norm(3.0, 5, 1), of_norm(3.0, 2, 1, 3, 3), torch.tensor([[-3.0]]), torch.tensor([3.0])):
            close(run(lambda impl, w=w: impl.project_l2_ball(w, 2.0)), w * 2 / 3)

    @pytest.mark.points(2)
    def test_gradients(self, run, of_norm):
        """Gives the right gradients: unchanged inside; outside only the part across w, times theta / ||w||.
        梯度正确：球内原样传回；球外只保留与 w 垂直的部分，并乘以 theta / ||w||。"""
        w = of_norm(4.0, 3, 2, dtype=torch.float64)
        found = run(lambda impl: [gradients(lambda x, t=t: impl.project_l2_ball(x, t), w)[0] for t in (1.0, 5.0, 20.0)])
        sent = gradient_weights(w)
        close(found, [(sent - w * (w * sent).sum() / 16) / 4, sent, sent])

    test_from_scratch = written_from_scratch
