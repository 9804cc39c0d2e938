"""Checks of ch72: steps of six algorithms on parameters of several shapes, with given gradients or with backward."""

from typing import ClassVar

import pytest
import torch

from dlgrade.testing import written_from_scratch

ZERO = 0.0


# For probes.


def copied(states):
    return [tuple(map(torch.clone, state)) if isinstance(state, tuple) else state.clone() for state in states]


def walk(impl, name, values, states, hyperparams, steps):
    """Take a step with each list of gradients. Return the parameters and the states after each step, and the rest."""
    params, states = [value.clone().requires_grad_() for value in values], copied(states)
    hyperparams, trail = dict(hyperparams), {"params": [], "states": []}
    for grads, changes in steps:
        hyperparams.update(changes)
        for p, g in zip(params, grads, strict=True):
            p.grad = None if g is None else g.clone()
        getattr(impl, name)(params, states, hyperparams)
        trail["params"].append([p.detach().clone() for p in params])
        trail["states"].append(copied(states))
    left = [torch.zeros_like(p) if p.grad is None else p.grad for p in params]
    return {**trail, "left": left, "hyperparams": hyperparams, "own": params, "own_states": states}


def descend(impl, name, values, states, hyperparams, bowls, rounds):
    """Walk down the bowls sum(c / 2 * (p - low)^2) by backward; nothing but the optimiser clears gradients."""
    params, states, trail = [value.clone().requires_grad_() for value in values], copied(states), []
    hyperparams = dict(hyperparams)
    for _ in range(rounds):
        for p, (c, low) in zip(params, bowls, strict=True):
            (c / 2 * (p - low) ** 2).sum().backward()
        getattr(impl, name)(params, states, hyperparams)
        trail.append([p.detach().clone() for p in params])
    return trail


# In the judge.


def magnitudes(generator, shape, low, high, dtype=torch.float32):
    """Numbers of both signs: far enough from zero that a small eps does not count."""
    size = low + (high - low) * torch.rand(shape, generator=generator, dtype=dtype)
    return size * (2 * torch.randint(0, 2, shape, generator=generator) - 1)


class Optimiser:
    """The checks that all six algorithms share.

    Attributes:
        exercise: the name of the function.
        signed: for each state of a parameter, whether its entries have both signs.
        numbers: the hyperparameters, with the range of each.
    """

    exercise = ""
    signed: tuple[bool, ...] = (False,)
    numbers: ClassVar[dict[str, tuple[float, float]]] = {"lr": (0.05, 0.2)}

    def hyperparams(self, chance):
        return {name: round(chance.uniform(*span), 3) for name, span in self.numbers.items()}

    def shapes(self, chance):
        rows, height, width = chance.sample(range(2, 7), 3)
        return [(rows, 1), (1,), (height, width)]

    def states(self, shapes, generator=None, dtype=torch.float32):
        """States of zeros, or drawn with a generator."""

        def state(shape, signed):
            if generator is None:
                return torch.zeros(shape, dtype=dtype)
            drawn = magnitudes(generator, shape, 0.5, 2.0, dtype)
            return drawn if signed else drawn.abs()

        pairs = [tuple(state(shape, signed) for signed in self.signed) for shape in shapes]
        return [pair if len(pair) > 1 else pair[0] for pair in pairs]

    def case(self, generator, chance, steps=1, low=0.5, high=3.0, dtype=torch.float32):
        """The arguments of walk after the name: values, states of zeros, hyperparameters, and gradients."""
        shapes = self.shapes(chance)
        values = [magnitudes(generator, shape, 0.5, 3.0, dtype) for shape in shapes]
        grads = [[magnitudes(generator, shape, low, high, dtype) for shape in shapes] for _ in range(steps)]
        return values, self.states(shapes, dtype=dtype), self.hyperparams(chance), [(g, {}) for g in grads]

    @pytest.mark.points(2)
    def test_first_step(self, agree, generator, chance):
        """The first step, from states of zeros, moves each of several parameters by the formula.
        从全零的状态出发，第一步按公式更新每个参数。"""
        name, case = self.exercise, self.case(generator, chance)
        agree(lambda impl: walk(impl, name, *case)["params"])

    @pytest.mark.points(2)
    def test_several_steps(self, agree, generator, chance):
        """Four steps in a row use the states that the earlier calls left.
        连续更新四步，每一步都沿用之前各次调用留下的状态。"""
        name, case = self.exercise, self.case(generator, chance, steps=4)
        agree(lambda impl: walk(impl, name, *case)["params"])

    @pytest.mark.points(2)
    def test_states(self, agree, generator, chance):
        """The caller's states hold the new values after each step; they need not begin at zero.
        每一步之后，调用者的状态张量中都是新的值；状态不一定从零开始。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, steps=2)
        states = self.states([value.shape for value in values], generator)
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["states"])

    def test_filled_states(self, agree, generator, chance):
        """A step from states that are not zero moves the parameters by the formula.
        状态不为零时，参数也按公式更新。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance)
        states = self.states([value.shape for value in values], generator)
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    def test_changed_numbers(self, agree, generator, chance):
        """The numbers in hyperparams may differ from call to call.
        各次调用时，hyperparams 中的数可以不同。"""
        name, (*rest, steps) = self.exercise, self.case(generator, chance, steps=3)
        changes = [{}, *({k: v for k, v in self.hyperparams(chance).items() if k != "t"} for _ in range(2))]
        steps = [(grads, change) for (grads, _), change in zip(steps, changes, strict=True)]
        agree(lambda impl: walk(impl, name, *rest, steps)["params"])

    def test_sparse_gradients(self, agree, generator, chance):
        """Steps are right if most entries of a gradient are zero.
        梯度的大多数元素为零时，更新也正确。"""
        name, (*rest, steps) = self.exercise, self.case(generator, chance, steps=4)
        steps = [
            ([g * (torch.rand(g.shape, generator=generator) < 0.4) for g in grads], change) for grads, change in steps
        ]
        agree(lambda impl: walk(impl, name, *rest, steps)["params"])

    @pytest.mark.points(2)
    def test_backward_passes(self, agree, generator, chance):
        """Three steps, each after a backward pass, walk down quadratic functions. Nothing else clears the gradients.
        在二次函数上连续更新三步，每步之前做一次反向传播，此外没有别处清零梯度。"""
        name, (values, states, hyperparams, _) = self.exercise, self.case(generator, chance)
        bowls = [
            (0.5 + torch.rand(value.shape, generator=generator), value + magnitudes(generator, value.shape, 2.0, 4.0))
            for value in values
        ]
        agree(lambda impl: descend(impl, name, values, states, hyperparams, bowls, 3))

    @pytest.mark.needs("first_step")
    def test_gradients_cleared(self, agree, generator, chance):
        """After the step each gradient is zeros or None.
        更新之后，每个参数的梯度全为零，或者为 None。"""
        name, case = self.exercise, self.case(generator, chance)

        def probe(impl):
            found = walk(impl, name, *case)
            return found["left"], found["params"]

        agree(probe)

    @pytest.mark.needs("first_step")
    def test_still_a_leaf(self, agree, generator, chance):
        """Records no graph: parameters stay leaves that require gradients, and states do not require gradients.
        更新不计入计算图：参数仍是需要梯度的叶节点，状态不需要梯度。"""
        name, case = self.exercise, self.case(generator, chance)

        def probe(impl):
            found = walk(impl, name, *case)
            states = [s for state in found["own_states"] for s in (state if isinstance(state, tuple) else (state,))]
            leaves = [[p.is_leaf, p.requires_grad] for p in found["own"]]
            return leaves, [s.requires_grad for s in states], found["params"]

        agree(probe)

    def test_float64(self, agree, generator, chance):
        """Parameters and states of float64 are updated in float64.
        参数和状态为 float64 时，以 float64 的精度更新。"""
        name, case = self.exercise, self.case(generator, chance, 2, 1e6, 4e6, torch.float64)
        # float64 has 16 digits. A state that went through float32 has 7.
        agree(lambda impl: walk(impl, name, *case)["params"], rtol=1e-11, atol=1e-11)

    def test_non_contiguous(self, agree, generator, chance):
        """A parameter may have another order in memory.
        参数在内存中可以不连续。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, 2)
        values = [value.T.contiguous().T if value.dim() == 2 else value for value in values]
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    @pytest.mark.bonus
    def test_no_gradient(self, agree, generator, chance):
        """A parameter without a gradient stays as it is, and the others move.
        没有梯度的参数保持不变，其余参数照常更新。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance)
        states = self.states([value.shape for value in values], generator)
        ((first, *others), _) = steps[0]
        steps = [([first, None, *others[1:]], {})]

        def probe(impl):
            found = walk(impl, name, values, states, hyperparams, steps)
            return found["params"], found["states"]

        agree(probe)


class Steady(Optimiser):
    """Algorithms that leave hyperparams as it is."""

    @pytest.mark.needs("first_step")
    def test_hyperparams_unchanged(self, agree, generator, chance):
        """Leaves hyperparams unchanged.
        不修改 hyperparams。"""
        name, case = self.exercise, self.case(generator, chance, 2)

        def probe(impl):
            found = walk(impl, name, *case)
            return found["hyperparams"], found["params"]

        agree(probe)


class Momentum(Steady):
    """Both kinds of momentum."""

    signed = (True,)
    numbers: ClassVar = {"lr": (0.05, 0.2), "momentum": (0.6, 0.85)}

    def test_no_momentum(self, agree, generator, chance):
        """Without momentum a step is one of plain gradient descent.
        momentum 为 0 时，就是普通的梯度下降。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, 2)
        hyperparams["momentum"] = ZERO
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    def test_constant_gradient(self, agree, generator, chance):
        """Under a constant gradient the steps grow towards lr * g / (1 - momentum).
        梯度不变时，每步的移动量逐渐增大，趋于 lr * g / (1 - momentum)。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance)

        def probe(impl):
            trail = walk(impl, name, values, states, hyperparams, steps * 40)["params"]
            return [[after - before for before, after in zip(*trail[i : i + 2], strict=True)] for i in (0, 5, 38)]

        # The difference of two parameters of size 100 loses three digits.
        agree(probe, rtol=1e-3, atol=1e-3)


@pytest.mark.exercise("sgd_momentum")
class TestSgdMomentum(Momentum):
    exercise = "sgd_momentum"

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("nesterov")
class TestNesterov(Momentum):
    exercise = "nesterov"

    test_from_scratch = written_from_scratch


class Scaled:
    """Algorithms that divide by a root, which eps keeps away from zero.

    Attributes:
        tiny: the size of gradients beside which eps counts.
    """

    tiny = 1e-3

    @pytest.mark.points(2)
    def test_tiny_gradients(self, agree, generator, chance):
        """Steps are right where eps counts: its size and its place.
        梯度极小、eps 起作用时，更新也正确：eps 的大小和位置都有影响。"""
        name = self.exercise
        values, *rest = self.case(generator, chance, 3, self.tiny / 2, 2 * self.tiny)
        agree(lambda impl: walk(impl, name, [ZERO * value for value in values], *rest)["params"])


class Squares(Scaled, Steady):
    """Algorithms that leave a parameter in place whose gradient is zero."""

    def test_zero_gradient(self, agree, generator, chance):
        """A gradient of zeros moves no parameter, whatever its state is.
        梯度全为零时，不论状态如何，参数都不移动。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, 2)
        filled = self.states([value.shape for value in values], generator)
        (grads, change), last = steps
        steps = [([ZERO * g for g in grads], change), last]
        agree(lambda impl: [walk(impl, name, values, s, hyperparams, steps)["params"] for s in (states, filled)])


@pytest.mark.exercise("adagrad")
class TestAdagrad(Squares):
    exercise = "adagrad"

    def test_constant_gradient(self, agree, generator, chance):
        """Under a constant gradient step number t is lr / sqrt(t) long.
        梯度不变时，第 t 步的长度为 lr / sqrt(t)。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance)

        def probe(impl):
            trail = walk(impl, name, values, states, hyperparams, steps * 17)["params"]
            return [[after - before for before, after in zip(*trail[i : i + 2], strict=True)] for i in (0, 7, 15)]

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("rmsprop")
class TestRmsprop(Squares):
    exercise = "rmsprop"
    numbers: ClassVar = {"lr": (0.05, 0.2), "gamma": (0.6, 0.85)}

    def test_no_memory(self, agree, generator, chance):
        """With gamma 0 every step is nearly lr long.
        gamma 为 0 时，每一步的长度都约为 lr。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, 2)
        hyperparams["gamma"] = ZERO
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("adadelta")
class TestAdadelta(Squares):
    exercise, signed, numbers, tiny = "adadelta", (False, False), {"rho": (0.6, 0.85)}, 3e-3

    def test_growing_steps(self, agree, generator, chance):
        """From states of zeros the steps begin small and grow.
        状态从零开始时，步子先小后大。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance)

        def probe(impl):
            trail = walk(impl, name, [ZERO * value for value in values], states, hyperparams, steps * 31)["params"]
            return [trail[i] for i in (0, 10, 30)]

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("adam")
class TestAdam(Scaled, Optimiser):
    exercise, signed, tiny = "adam", (True, False), 1e-6

    def hyperparams(self, chance):
        return {"lr": round(chance.uniform(0.05, 0.2), 3), "t": 1}

    @pytest.mark.points(2)
    def test_step_number(self, agree, generator, chance):
        """Raises t by 1 at each call, however many parameters there are, and leaves lr unchanged.
        不论有几个参数，每次调用只把 t 加 1，并且不修改 lr。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, chance.randint(2, 5))

        def probe(impl):
            found = [walk(impl, name, values, states, hyperparams, steps)]
            found.append(walk(impl, name, values[:1], states[:1], hyperparams, [(g[:1], {}) for g, _ in steps]))
            return [(trail["hyperparams"], trail["params"]) for trail in found]

        agree(probe)

    def test_late_step(self, agree, generator, chance):
        """Takes t from hyperparams: training may go on from a later step.
        t 取自 hyperparams：训练可以从较晚的一步继续。"""
        name, (values, states, hyperparams, steps) = self.exercise, self.case(generator, chance, 2)
        states, hyperparams["t"] = self.states([v.shape for v in values], generator), chance.randint(3, 30)
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    def test_zero_gradient(self, agree, generator, chance):
        """A parameter whose gradient is zero moves on, because v is not zero.
        梯度为零时，由于 v 不为零，参数继续移动。"""
        name, (values, states, hyperparams, (first, second)) = self.exercise, self.case(generator, chance, 2)
        steps = [first, ([ZERO * g for g in second[0]], {})]
        agree(lambda impl: walk(impl, name, values, states, hyperparams, steps)["params"])

    test_from_scratch = written_from_scratch
