"""ch81: forward_backward_update_order, LinearModel, fit, DiabetesNet."""

import pytest
import torch
from torch import nn

from dlgrade.testing import close, promise, set_parameters, standard, value_or_error

WORDS = {"f": "forward", "z": "zero_grad", "b": "backward", "s": "step"}


@pytest.fixture
def logs(chance):
    """logs(valid, invalid): the two in a drawn order. Each log is given by the first letters of its events."""

    def draw(valid, invalid):
        drawn = chance.sample([*valid, *invalid], len(valid) + len(invalid))
        return [[WORDS[letter] for letter in log] for log in drawn]

    return draw


@pytest.fixture
def cycles(chance):
    """cycles(n): n valid cycles, which differ."""
    kinds = ["fzbs", "zfbs", "ffzbs", "zffbs", "fzfbs", "zzfbs", "zfzbs", "fzbfs", "zfbffs"]
    return lambda count: [chance.choice(kinds) for _ in range(count)]


@pytest.mark.exercise("forward_backward_update_order")
class TestForwardBackwardUpdateOrder:
    @pytest.mark.points(2)
    def test_usual_loop(self, agree, logs):
        """Accepts the usual loop with any number of cycles, and refuses a loop without one of the four calls.
        循环多少次都有效；缺少四种调用之一的循环无效。"""
        valid = ["fzbs" * n for n in range(1, 8)]
        cases = logs(valid, ["bs", "fzbsbs", *(log.replace(letter, "") for log in valid[:3] for letter in "fzbs")])
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in cases])

    @pytest.mark.points(2)
    def test_zero_grad(self, agree, logs):
        """Accepts zero_grad anywhere before backward, but neither between backward and step nor in other cycles.
        zero_grad 可以在 backward 之前的任何位置；不能在 backward 与 step 之间，也不能只在别的循环中。"""
        valid = ["zfbs", "fzbs", "zfbsfzbs", "fzbszfbs", "zfzbs", "fzzbs", "zzfbs", "zfbszfbs", "zffbs"]
        invalid = ["fbzs", "fbs", "zfbzs", "fbsz", "zfbsfbs", "fzbsfbzs", "fbszfbs", "fbszfbsz", "zfbsfbszfbs", "bs"]
        cases = logs(valid, invalid)
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in cases])

    @pytest.mark.points(2)
    def test_one_backward_and_one_step(self, agree, logs):
        """Each cycle has exactly one backward and then one step.
        每个循环恰有一次 backward，之后恰有一次 step。"""
        valid = ["fzbs", "zfbs", "fzbsfzbs", "zfbsfzbs", "fzbszfbs", "zfbszfbszfbs", "ffzbs"]
        invalid = ["fzbss", "fzbbs", "zfbfbs", "zfsb", "fzs", "sfzb", "zsfbs", "fzbsfzbbs", "zfbszfbss", "fzsbs", "s"]
        cases = logs(valid, invalid)
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in cases])

    @pytest.mark.points(2)
    def test_forward(self, agree, logs):
        """Each backward needs a forward of its own cycle; further forwards are allowed.
        每次 backward 之前，同一循环中须有 forward；forward 可以不止一次。"""
        valid = ["ffzbs", "zffbs", "fzfbs", "fzbfs", "zfbffs", "fzbfsfzbs", "zfffbs", "fzbfszfbs"]
        invalid = ["zbs", "zbfs", "fzbszbs", "zfbszbs", "zfbfszbs", "ffzbszbs", "zbsfzbs", "fzbfszbfs", "bs", "fzbsbs"]
        cases = logs(valid, invalid)
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in cases])

    @pytest.mark.points(2)
    def test_unfinished_cycle(self, agree, logs):
        """The last event is a step; a log without events is valid.
        最后一个事件是 step；空的记录有效。"""
        valid = ["", "fzbs", "zfbs", "fzbsfzbs", "zfbsfzbs"]
        invalid = ["f", "z", "fz", "zfb", "fzbsf", "fzbsz", "zfbszf", "fzbsfzb", "zfbszfbf", "fzbszfbsff"]
        cases = [[], *logs(valid, invalid)]
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in cases])

    @pytest.mark.points(2)
    def test_every_cycle(self, agree, cycles, chance):
        """Notices a mistake in any cycle of a long log.
        长的记录中，任何一个循环有错都能发现。"""
        cases = []
        for _ in range(6):
            long = cycles(chance.randint(3, 7))
            cases.append("".join(long))
            wrong = chance.choice(["fbs", "zbs", "bs", "fzs", "fzbb", "fbzs", "zfbss", "zfbbs", "fzsb", "zfb", "bfzs"])
            cases.append("".join([*long[: (place := chance.randrange(len(long)))], wrong, *long[place + 1 :]]))
        chance.shuffle(cases)
        events = [[WORDS[letter] for letter in log] for log in cases]
        agree(lambda impl: [impl.forward_backward_update_order(log) for log in events])

    @pytest.mark.needs("usual_loop")
    def test_arguments_untouched(self, agree, cycles, chance):
        """Accepts a tuple, too, and leaves a list of events unchanged.
        也可以传入元组；不修改传入的列表。"""
        log = [WORDS[letter] for letter in "".join(cycles(chance.randint(2, 4)))]
        broken = tuple(log[: -chance.randint(1, 3)])

        def probe(impl):
            events = list(log)
            found = impl.forward_backward_update_order(events), impl.forward_backward_update_order(broken)
            return found, impl.forward_backward_update_order(tuple(log)), events

        agree(probe)


def fixed(module, dtype=torch.float32):
    """The module with parameters that are always the same."""
    return set_parameters(module, seed=0).to(dtype)


def shapes(module):
    """The names and shapes of a module's parameters."""
    return {name: list(parameter.shape) for name, parameter in sorted(module.named_parameters())}


def linear(x, outputs):
    """The linear model with fixed parameters, from torch's functions."""
    layer = fixed(nn.ModuleDict({"linear": nn.Linear(x.shape[1], outputs)}), x.dtype)["linear"]
    return nn.functional.linear(x, layer.weight, layer.bias).detach()


@pytest.fixture
def examples(randn, chance):
    """examples(features): a few examples."""
    return lambda features: randn(chance.randint(3, 9), features)


@pytest.mark.exercise("LinearModel")
class TestLinearModel:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("x"),
        promise.gradients("x"),
        net=lambda impl: fixed(impl.LinearModel(4, 3)),
    )
    def arguments(self, examples):
        return {"x": examples(4)}

    @pytest.mark.points(2)
    def test_one_feature(self, run, examples):
        """Maps one feature to one output by default.
        默认由一个特征得到一个输出。"""
        x = examples(1)
        close(run(lambda impl: fixed(impl.LinearModel())(x)), linear(x, 1))

    @pytest.mark.points(2)
    def test_several_features(self, run, examples, chance):
        """Maps several features to several outputs.
        由多个特征得到多个输出。"""
        features, outputs = chance.sample(range(2, 9), 2)
        x = examples(features)
        close(run(lambda impl: fixed(impl.LinearModel(features, outputs))(x)), linear(x, outputs))

    def test_single_output(self, run, examples, chance):
        """A single output keeps its axis: the result is (n, 1).
        只有一个输出时保留这个轴，结果的形状是 (n, 1)。"""
        features = chance.randint(2, 9)
        x = examples(features)
        close(run(lambda impl: fixed(impl.LinearModel(features))(x)), linear(x, 1))

    def test_as_many_outputs_as_features(self, run, examples, chance):
        """Computes the same map if there are as many outputs as features.
        输出与特征一样多时，计算方法不变。"""
        features = chance.randint(2, 6)
        x = examples(features)
        close(run(lambda impl: fixed(impl.LinearModel(features, features))(x)), linear(x, features))

    @pytest.mark.points(2)
    def test_parameters(self, agree, chance):
        """The parameters are linear.weight, (out_features, in_features), and linear.bias, and no others.
        参数只有 linear.weight 和 linear.bias，前者的形状是 (out_features, in_features)。"""
        features, outputs = chance.sample(range(2, 99), 2)

        def probe(impl):
            models = impl.LinearModel(), impl.LinearModel(features), impl.LinearModel(out_features=outputs)
            return [shapes(model) for model in (*models, impl.LinearModel(features, outputs))]

        agree(probe)


class Scaled(nn.Module):
    """For probes: a linear layer, twice as large in training. It notes the size of each batch that it gets."""

    def __init__(self, features, outputs):
        super().__init__()
        self.layer = nn.Linear(features, outputs)
        self.seen = []

    def forward(self, X):
        self.seen.append(list(X.shape))
        return (2 if self.training else 1) * self.layer(X)


def sgd(model, **settings):
    """Minibatch descent for the parameters of a model."""
    return torch.optim.SGD(model.parameters(), **{"lr": 0.05, **settings})


def after_fit(impl, X, y, epochs, criterion=None, optimizer=sgd):
    """The losses of a fit and the parameters after it, for a linear layer with fixed parameters."""
    model = fixed(nn.Linear(X.shape[1], y.shape[1]), X.dtype)
    losses = impl.fit(model, criterion or nn.MSELoss(), optimizer(model), X, y, epochs)
    return [loss.item() if torch.is_tensor(loss) else loss for loss in losses], dict(model.named_parameters())


@pytest.fixture
def data(randn, chance):
    """data(): examples and targets, (n, d) and (n, c)."""

    def draw():
        n, d, c = chance.sample(range(2, 8), 3)
        return randn(n, d), randn(n, c)

    return draw


@pytest.mark.exercise("fit")
class TestFit:
    @standard(
        promise.untouched,
        promise.float64,
        call=lambda impl, X, y, epochs: after_fit(impl, X, y, epochs),
    )
    def arguments(self, data, chance):
        X, y = data()
        return {"X": X, "y": y, "epochs": chance.randint(3, 6)}

    @pytest.mark.points(2)
    def test_losses(self, agree, data, chance):
        """Returns the loss of each epoch, from before its update.
        返回每个迭代周期更新之前的损失。"""
        X, y = data()
        epochs = chance.randint(4, 8)
        agree(lambda impl: after_fit(impl, X, y, epochs)[0])

    @pytest.mark.points(2)
    def test_parameters(self, agree, data, chance):
        """The losses and the parameters come from one update in each epoch, by the gradients of this epoch.
        每个迭代周期用本周期的梯度更新一次参数，损失和参数都由此得到。"""
        X, y = data()
        epochs = chance.sample(range(2, 7), 2)
        agree(lambda impl: [after_fit(impl, X, y, some) for some in epochs])

    def test_one_epoch(self, agree, data):
        """Makes one update in one epoch.
        只有一个迭代周期时更新一次。"""
        X, y = data()
        agree(lambda impl: after_fit(impl, X, y, 1))

    def test_no_epoch(self, agree, data, chance):
        """Returns an empty list for 0 epochs, and changes no parameter.
        迭代周期数为 0 时返回空列表，参数不变。"""
        X, y = data()
        epochs = chance.randint(2, 4)
        agree(lambda impl: [after_fit(impl, X, y, 0), after_fit(impl, X, y, epochs)])

    @pytest.mark.points(2)
    def test_optimizers(self, agree, data, chance):
        """Lets the given optimizer make the update, such as Adam or descent with momentum.
        由传入的优化器更新参数，例如 Adam 或带动量的梯度下降。"""
        X, y = data()
        lr, momentum = chance.uniform(0.02, 0.1), chance.uniform(0.5, 0.9)

        def probe(impl):
            adam = after_fit(impl, X, y, 4, optimizer=lambda model: torch.optim.Adam(model.parameters(), lr=lr))
            return adam, after_fit(impl, X, y, 4, optimizer=lambda model: sgd(model, lr=lr, momentum=momentum))

        agree(probe)

    @pytest.mark.points(2)
    def test_criterion(self, agree, data, randn):
        """Calls the given criterion on the output and y, in this order.
        对输出和 y 调用传入的 criterion，顺序不能颠倒。"""
        X, y = data()
        factor = 1 + randn(1).abs()

        def uneven(output, target):
            return (output * factor - target).square().sum() / 9 + output.abs().mean()

        agree(lambda impl: [after_fit(impl, X, y, 4, uneven), after_fit(impl, X, y, 4, nn.L1Loss())])

    @pytest.mark.points(2)
    def test_old_gradients(self, agree, data):
        """Gradients from before the call have no influence.
        调用之前留下的梯度不影响结果。"""
        X, y = data()

        def probe(impl):
            model = fixed(nn.Linear(X.shape[1], y.shape[1]))
            model(X + 1).square().sum().backward()
            losses = impl.fit(model, nn.MSELoss(), sgd(model), X, y, 3)
            return losses, dict(model.named_parameters())

        agree(probe)

    @pytest.mark.points(2)
    def test_training_mode(self, agree, data):
        """Puts the model into training mode, where it stays.
        让模型进入训练模式，并一直保持。"""
        X, y = data()

        def probe(impl):
            found = []
            for before in (False, True):
                model = fixed(Scaled(X.shape[1], y.shape[1])).train(before)
                losses = impl.fit(model, nn.MSELoss(), sgd(model), X, y, 3)
                found.append((losses, model(X)))
            return found

        agree(probe)

    @pytest.mark.needs("losses")
    def test_whole_data_set(self, agree, data, chance):
        """Calls the model once in each epoch, on all of X.
        每个迭代周期只对整个 X 调用一次模型。"""
        X, y = data()
        epochs = chance.randint(2, 6)

        def probe(impl):
            model = fixed(Scaled(X.shape[1], y.shape[1]))
            return impl.fit(model, nn.MSELoss(), sgd(model), X, y, epochs), model.seen

        agree(probe)

    def test_parameters_of_the_optimizer(self, agree, data):
        """Changes only the parameters that the optimizer has.
        只改变优化器所管理的参数。"""
        X, y = data()

        def probe(impl):
            model = fixed(nn.Sequential(nn.Linear(X.shape[1], 4), nn.Tanh(), nn.Linear(4, y.shape[1])))
            losses = impl.fit(model, nn.MSELoss(), sgd(model[2]), X, y, 4)
            return losses, dict(model.named_parameters())

        agree(probe)

    def test_further_fit(self, agree, data, chance):
        """A second fit goes on where the first ended.
        再次调用时，从上次结束的地方继续训练。"""
        X, y = data()
        epochs = chance.sample(range(2, 6), 2)

        def probe(impl):
            model = fixed(nn.Linear(X.shape[1], y.shape[1]))
            optimizer = sgd(model, momentum=0.5)
            losses = [impl.fit(model, nn.MSELoss(), optimizer, X, y, some) for some in epochs]
            return losses, dict(model.named_parameters())

        agree(probe)

    def test_rising_loss(self, agree, data, chance):
        """Trains for all epochs, even if the loss rises.
        即使损失上升，也训练完所有迭代周期。"""
        X, y = data()
        epochs = chance.randint(4, 7)
        # the learning rate is too large on purpose, and numbers grow fast
        agree(
            lambda impl: after_fit(impl, X, y, epochs, nn.MSELoss(reduction="sum"), lambda m: sgd(m, lr=1.5)), rtol=1e-4
        )

    @pytest.mark.points(2)
    def test_shape_of_targets(self, agree, randn, chance):
        """Raises ValueError if y has another shape than the output, and changes no parameter.
        y 与输出的形状不同时抛出 ValueError，参数不变。"""
        n, d = chance.randint(3, 6), chance.randint(2, 5)
        X, wrong = randn(n, d), [randn(n), randn(1, n, 1), randn(1, 1), randn(n, n), randn(1, n)]
        right = randn(n, 1)

        def probe(impl):
            found = []
            for y in wrong:
                model = fixed(nn.Linear(d, 1))
                losses = value_or_error(impl.fit, model, nn.MSELoss(), sgd(model), X, y, 2)
                found.append([losses, dict(model.named_parameters())])
            return found, after_fit(impl, X, right, 2)

        agree(probe)

    @pytest.mark.needs("losses")
    def test_python_floats(self, agree, data, chance):
        """The losses are Python floats.
        各个损失是 Python 的 float。"""
        X, y = data()
        epochs = chance.randint(2, 9)

        def probe(impl):
            model = fixed(nn.Linear(X.shape[1], y.shape[1]))
            losses = impl.fit(model, nn.MSELoss(), sgd(model), X, y, epochs)
            return [type(losses).__name__, *(type(loss).__name__ for loss in losses)]

        agree(probe)


def diabetes(x):
    """The net with fixed parameters, in float64, by the formula."""
    widths = {"linear1": nn.Linear(8, 6), "linear2": nn.Linear(6, 4), "linear3": nn.Linear(4, 1)}
    y = x.double()
    for layer in fixed(nn.ModuleDict(widths)).double().values():
        y = 1 / (1 + torch.exp(-(y @ layer.weight.T + layer.bias)))
    return y.detach().to(x.dtype)


@pytest.mark.exercise("DiabetesNet")
class TestDiabetesNet:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("x"),
        promise.gradients("x"),
        net=lambda impl: fixed(impl.DiabetesNet()),
    )
    def arguments(self, examples):
        return {"x": examples(8)}

    @pytest.mark.points(2)
    def test_probabilities(self, run, examples):
        """Applies three layers, each followed by a sigmoid.
        依次经过三个线性层，每层之后都有 sigmoid。"""
        x = examples(8)
        close(run(lambda impl: fixed(impl.DiabetesNet())(x)), diabetes(x))

    @pytest.mark.points(2)
    def test_other_parameters(self, agree, examples, chance):
        """Uses its parameters, whichever they are.
        无论参数取什么值，都按参数计算。"""
        x, seeds = examples(8), chance.sample(range(1, 10**6), 2)
        agree(lambda impl: [set_parameters(impl.DiabetesNet(), seed, scale=2.0)(x) for seed in seeds])

    def test_large_inputs(self, run, examples, chance):
        """Is a number from 0 to 1 for very large inputs, too.
        输入很大时，结果也是 0 到 1 之间的数。"""
        x = 10 ** chance.uniform(3, 5) * examples(8)
        close(run(lambda impl: fixed(impl.DiabetesNet())(x)), diabetes(x))

    def test_large_scores(self, agree, examples, chance):
        """Is a number from 0 to 1 for very large weights, too.
        权重很大时，结果也是 0 到 1 之间的数。"""
        x, seeds = examples(8), chance.sample(range(1, 10**6), 8)
        agree(lambda impl: [set_parameters(impl.DiabetesNet(), seed, scale=300.0)(x) for seed in seeds])

    def test_training_and_evaluation(self, run, examples):
        """Computes the same in training and in evaluation.
        训练时和评估时的结果相同。"""
        x = examples(8)

        def probe(impl):
            net = fixed(impl.DiabetesNet())
            return net.train()(x), net.eval()(x)

        close(run(probe), (diabetes(x), diabetes(x)))

    def test_parameters(self, agree, examples):
        """The net has the parameters of linear1, linear2 and linear3, and no others.
        参数只有 linear1、linear2 和 linear3 的，形状正确。"""
        x = examples(8)
        agree(lambda impl: (shapes(impl.DiabetesNet()), fixed(impl.DiabetesNet())(x)))
