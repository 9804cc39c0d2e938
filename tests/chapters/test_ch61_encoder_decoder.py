"""ch61: Encoder, Decoder, EncoderDecoder."""

import pytest
import torch
from torch import nn

from dlgrade.testing import close, gradients, promise, standard

OPEN = "NotImplementedError"


def outcome(action):
    """For probes: return the result of the action, or the name of the exception that it raises."""
    try:
        return action()
    except NotImplementedError:  # be it one of the submission's own kinds of it
        return OPEN
    except Exception as error:
        return type(error).__name__


def completed(plain, method):
    """For probes: return a module of a subclass, where this method doubles its first argument."""
    return type("Completed", (type(plain),), {method: lambda _self, X, *_: 2 * X})()


class NotedEncoder(nn.Module):
    """For probes: records its arguments and returns 3 X - 1."""

    def __init__(self, log):
        super().__init__()
        self.log, self.weight = log, nn.Parameter(torch.tensor(3.0))

    def forward(self, X, *args):
        self.log.append(["encoder", X, *args])
        return self.weight * X - 1


class NotedDecoder(nn.Module):
    """For probes: records its arguments. The state is twice the mean of the outputs; a call returns X / 2 + state."""

    def __init__(self, log):
        super().__init__()
        self.log, self.weight = log, nn.Parameter(torch.tensor(0.5))

    def init_state(self, enc_outputs, *args):
        self.log.append(["init_state", enc_outputs, *args])
        return 2 * enc_outputs.mean(dim=1, keepdim=True)

    def forward(self, X, state, *further):
        self.log.append(["decoder", X, state, *further])
        return self.weight * X + state.mean(dim=1, keepdim=True), state + 1


def joined(impl):
    """For probes: return a model of both, and the list of their records."""
    log = []
    return impl.EncoderDecoder(NotedEncoder(log), NotedDecoder(log)), log


def decoded(enc_X, dec_X, encoder=3.0, decoder=0.5):
    """Return the result of the model of both with these weights, by a formula."""
    state = 2 * (encoder * enc_X - 1).mean(dim=1, keepdim=True)
    return decoder * dec_X + state, state + 1


def noted(impl, part, enc_X, dec_X, *args):
    """For probes: call the model; return the arguments of each call of this part, and the result of the model."""
    net, log = joined(impl)
    result = net(enc_X, dec_X, *args)
    return [given for name, *given in log if name == part], result


@pytest.mark.exercise("Encoder")
class TestEncoder:
    @pytest.mark.points(2)
    def test_forward_left_open(self, run, randn):
        """Can be created, but not called: forward raises NotImplementedError.
        可以创建，但不能调用：forward 抛出 NotImplementedError。"""
        X = randn(2, 4)

        def probe(impl):
            net = impl.Encoder()
            return outcome(lambda: net(X)), outcome(lambda: net.forward(X)), completed(net, "forward")(X)

        close(run(probe), (OPEN, OPEN, 2 * X))

    def test_further_arguments(self, run, randn):
        """Takes any number of further arguments; subclasses use them.
        可接受任意多个其他参数，怎样使用由子类规定。"""
        X, valid_len = randn(2, 4), torch.tensor([1, 3])

        def probe(impl):
            net = impl.Encoder()
            nets = net, completed(net, "forward")
            further = [], [valid_len], [valid_len, None, 3]
            return [outcome(lambda net=net, more=more: net(X, *more)) for net in nets for more in further]

        close(run(probe), [OPEN] * 3 + [2 * X] * 3)

    def test_argument_by_name(self, run, randn):
        """Takes X by name.
        可以用参数名传入 X。"""
        X = randn(2, 4)

        def probe(impl):
            net = impl.Encoder()
            return outcome(lambda: net(X=X)), outcome(lambda: net(X)), completed(net, "forward")(X=X)

        close(run(probe), (OPEN, OPEN, 2 * X))

    def test_subclass(self, run, randn):
        """A subclass needs only forward: its parameters are registered, and a call runs its forward.
        子类只需实现 forward：它的参数会被注册，调用时运行它的 forward。"""
        X = randn(3, 2)

        def probe(impl):
            plain = impl.Encoder()

            class Scaling(type(plain)):
                def __init__(self, factor, **kwargs):
                    super().__init__(**kwargs)
                    self.factor = nn.Parameter(torch.tensor(factor))

                def forward(self, X, *args):
                    return self.factor * X, len(args)

            net = Scaling(2.0)
            names = [name for name, _ in net.named_parameters()], [name for name, _ in plain.named_parameters()]
            return net(X, None, None), names, isinstance(plain, nn.Module), outcome(lambda: plain(X))

        close(run(probe), ((2 * X, 2), (["factor"], []), True, OPEN))

    def test_keyword_arguments(self, run, randn):
        """Passes keyword arguments on to nn.Module, which raises TypeError.
        把关键字参数传给 nn.Module，由它抛出 TypeError。"""
        X = randn(2, 4)

        def probe(impl):
            net = impl.Encoder()
            found = outcome(lambda: net(X)), completed(net, "forward")(X)
            return found, outcome(lambda: impl.Encoder(num_hiddens=8) is None)

        close(run(probe), ((OPEN, 2 * X), "TypeError"))


@pytest.mark.exercise("Decoder")
class TestDecoder:
    @pytest.mark.points(2)
    def test_forward_left_open(self, run, randn):
        """Can be created, but not called: forward raises NotImplementedError.
        可以创建，但不能调用：forward 抛出 NotImplementedError。"""
        X, state = randn(2, 4), randn(1, 2, 3)

        def probe(impl):
            net = impl.Decoder()
            return outcome(lambda: net(X, state)), outcome(lambda: net.forward(X, None)), completed(net, "forward")(X)

        close(run(probe), (OPEN, OPEN, 2 * X))

    @pytest.mark.points(2)
    def test_init_state_left_open(self, run, randn):
        """init_state raises NotImplementedError, too.
        init_state 也抛出 NotImplementedError。"""
        outputs, state = randn(4, 2, 3), randn(1, 2, 3)

        def probe(impl):
            net = impl.Decoder()
            unset = outcome(lambda: net.init_state(outputs)), outcome(lambda: net.init_state((outputs, state)))
            return unset, completed(net, "init_state").init_state(outputs)

        close(run(probe), ((OPEN, OPEN), 2 * outputs))

    def test_further_arguments(self, run, randn):
        """init_state takes any number of further arguments.
        init_state 可接受任意多个其他参数。"""
        outputs, valid_len = randn(4, 2, 3), torch.tensor([1, 3])

        def probe(impl):
            net = impl.Decoder()
            nets = net, completed(net, "init_state")
            further = [], [valid_len], [None, 3]
            return [
                outcome(lambda net=net, more=more: net.init_state(outputs, *more)) for net in nets for more in further
            ]

        close(run(probe), [OPEN] * 3 + [2 * outputs] * 3)

    def test_arguments_by_name(self, run, randn):
        """Takes X, state and enc_outputs by name.
        可以用参数名传入 X、state 和 enc_outputs。"""
        X, state = randn(2, 4), randn(1, 2, 3)

        def probe(impl):
            net = impl.Decoder()
            unset = outcome(lambda: net(X=X, state=state)), outcome(lambda: net.init_state(enc_outputs=state))
            return unset, completed(net, "forward")(X)

        close(run(probe), ((OPEN, OPEN), 2 * X))

    def test_subclass(self, run, randn):
        """A subclass needs only init_state and forward: its parameters are registered, and calls run its methods.
        子类只需实现 init_state 和 forward：它的参数会被注册，调用时运行它的这两个方法。"""
        X, start = randn(3, 2), randn(3, 1)

        def probe(impl):
            plain = impl.Decoder()

            class Adding(type(plain)):
                def __init__(self, factor, **kwargs):
                    super().__init__(**kwargs)
                    self.factor = nn.Parameter(torch.tensor(factor))

                def init_state(self, enc_outputs, *args):
                    return enc_outputs - len(args)

                def forward(self, X, state):
                    return self.factor * X + state, state

            net = Adding(3.0)
            names = [name for name, _ in net.named_parameters()], [name for name, _ in plain.named_parameters()]
            unset = outcome(lambda: plain.init_state(start)), outcome(lambda: plain(X, start))
            return net(X, net.init_state(start, None)), names, isinstance(plain, nn.Module), unset

        close(run(probe), ((3 * X + start - 1, start - 1), (["factor"], []), True, (OPEN, OPEN)))

    def test_keyword_arguments(self, run, randn):
        """Passes keyword arguments on to nn.Module, which raises TypeError.
        把关键字参数传给 nn.Module，由它抛出 TypeError。"""
        X = randn(2, 4)

        def probe(impl):
            net = impl.Decoder()
            found = outcome(lambda: net.init_state(X)), completed(net, "init_state").init_state(X)
            return found, outcome(lambda: impl.Decoder(num_hiddens=8) is None)

        close(run(probe), ((OPEN, 2 * X), "TypeError"))


@pytest.mark.exercise("EncoderDecoder")
class TestEncoderDecoder:
    @standard(promise.untouched, promise.float64_transposed, net=lambda impl: joined(impl)[0])
    def arguments(self, randn):
        return {"enc_X": randn(2, 5), "dec_X": randn(2, 3), "valid_len": torch.tensor([2, 3])}

    @pytest.mark.points(2)
    def test_result(self, run, randn):
        """Returns all outputs of the decoder, from its own input and the state of the encoder's outputs.
        返回解码器的全部输出：它读入自己的输入，以及由编码器的输出得到的状态。"""
        enc_X, dec_X = randn(3, 5), randn(3, 4)
        close(run(lambda impl: joined(impl)[0](enc_X, dec_X)), decoded(enc_X, dec_X))

    def test_order_of_calls(self, run, randn):
        """Calls the encoder, init_state and the decoder in this order, each once.
        依次调用编码器、init_state 和解码器，各一次。"""
        enc_X, dec_X = randn(2, 3), randn(2, 4)

        def probe(impl):
            net, log = joined(impl)
            result = net(enc_X, dec_X)
            return [name for name, *_ in log], result

        close(run(probe), (["encoder", "init_state", "decoder"], decoded(enc_X, dec_X)))

    def test_encoder_arguments(self, run, randn):
        """Passes the source and all further arguments to the encoder.
        把源序列和所有其他参数传给编码器。"""
        enc_X, dec_X, valid_len = randn(2, 3), randn(2, 4), torch.tensor([2, 3])
        further = [], [valid_len], [valid_len, "more", 7]
        found = run(lambda impl: [noted(impl, "encoder", enc_X, dec_X, *more) for more in further])
        close(found, [([[enc_X, *more]], decoded(enc_X, dec_X)) for more in further])

    def test_init_state_arguments(self, run, randn):
        """Passes the encoder's outputs and all further arguments to init_state.
        把编码器的输出和所有其他参数传给 init_state。"""
        enc_X, dec_X, valid_len = randn(2, 3), randn(2, 4), torch.tensor([2, 3])
        further = [], [valid_len], [valid_len, "more", 7]
        found = run(lambda impl: [noted(impl, "init_state", enc_X, dec_X, *more) for more in further])
        close(found, [([[3 * enc_X - 1, *more]], decoded(enc_X, dec_X)) for more in further])

    def test_decoder_arguments(self, run, randn):
        """Passes only its input and the state to the decoder.
        只把输入和状态传给解码器。"""
        enc_X, dec_X, valid_len = randn(2, 3), randn(2, 4), torch.tensor([2, 3])
        result = decoded(enc_X, dec_X)
        found = run(lambda impl: [noted(impl, "decoder", enc_X, dec_X, *more) for more in ([], [valid_len, 7])])
        close(found, [([[dec_X, result[1] - 1]], result)] * 2)

    @pytest.mark.points(2)
    def test_parameters(self, run, randn):
        """Has the parameters of both parts under their names, and uses their values.
        包含两部分的参数，名称不变，并用这些参数的值来计算。"""
        enc_X, dec_X, (encoder, decoder) = randn(2, 3), randn(2, 4), randn(2)
        values = {"encoder.weight": encoder, "decoder.weight": decoder}

        def probe(impl):
            net, _ = joined(impl)
            parameters = dict(net.named_parameters())
            for name, parameter in parameters.items():
                parameter.data.copy_(values.get(name, torch.zeros(())))
            return sorted(parameters), net(enc_X, dec_X)

        close(run(probe), (["decoder.weight", "encoder.weight"], decoded(enc_X, dec_X, encoder, decoder)))

    def test_attributes(self, run, randn):
        """The attributes encoder and decoder are the given modules.
        属性 encoder 和 decoder 就是传入的那两个模块。"""
        enc_X, dec_X = randn(2, 3), randn(2, 4)

        def probe(impl):
            parts = NotedEncoder([]), NotedDecoder([])
            net = impl.EncoderDecoder(*parts)
            same = [getattr(net, name, None) is part for name, part in zip(("encoder", "decoder"), parts, strict=True)]
            return same, net(enc_X, dec_X)

        close(run(probe), ([True, True], decoded(enc_X, dec_X)))

    def test_modes(self, run, randn):
        """Switches both parts to evaluation mode and back to training mode.
        可把两部分一起切换到评估模式，再切换回训练模式。"""
        enc_X, dec_X = randn(2, 3), randn(2, 4)

        def probe(impl):
            parts, modes = (NotedEncoder([]), NotedDecoder([])), []
            net = impl.EncoderDecoder(*parts)
            for mode in (False, True):
                net.train(mode)
                modes += [part.training for part in parts]
            return modes, net(enc_X, dec_X)

        close(run(probe), ([False, False, True, True], decoded(enc_X, dec_X)))

    def test_hooks(self, run, randn):
        """Calls both parts as modules, so that their hooks run.
        把两部分作为模块来调用，使它们的钩子得以运行。"""
        enc_X, dec_X = randn(2, 3), randn(2, 4)

        def probe(impl):
            parts, seen = (NotedEncoder([]), NotedDecoder([])), []
            for part in parts:
                part.register_forward_hook(lambda module, *_: seen.append(type(module).__name__))
            return impl.EncoderDecoder(*parts)(enc_X, dec_X), seen

        close(run(probe), (decoded(enc_X, dec_X), ["NotedEncoder", "NotedDecoder"]))

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Gradients flow to both inputs and to the parameters of both parts.
        梯度可以传到两个输入和两部分的参数。"""
        inputs = randn(3, 5, dtype=torch.float64), randn(3, 4, dtype=torch.float64)

        def probe(impl):
            parts = NotedEncoder([]).double(), NotedDecoder([]).double()
            net = impl.EncoderDecoder(*parts)
            return [*gradients(lambda *given: net(*given)[0], *inputs), *(part.weight.grad for part in parts)]

        encoder, decoder = NotedEncoder([]).double(), NotedDecoder([]).double()
        expected = gradients(lambda enc, dec: decoder(dec, decoder.init_state(encoder(enc)))[0], *inputs)
        close(run(probe), [*expected, encoder.weight.grad, decoder.weight.grad])

    def test_one_sentence(self, run, randn):
        """Takes a batch of one, and single steps.
        可接受只有一个样本的批量，以及只有一个时间步的序列。"""
        pairs = [(randn(1, 5), randn(1, 3)), (randn(1, 1), randn(1, 1)), (randn(2, 1), randn(2, 4))]
        found = run(lambda impl: [joined(impl)[0](*pair) for pair in pairs])
        close(found, [decoded(*pair) for pair in pairs])

    def test_second_call(self, run, randn):
        """A second call starts anew, with the state of its own source.
        第二次调用重新开始，状态由新的源序列得到。"""
        pairs = [(randn(2, 3), randn(2, 4)) for _ in range(3)]

        def probe(impl):
            net, log = joined(impl)
            return [net(*pair) for pair in pairs], len(log)

        close(run(probe), ([decoded(*pair) for pair in pairs], 9))

    def test_together(self, run, randn):
        """Combines subclasses of your own two interfaces.
        可以把你的两个接口的子类合在一起。"""
        enc_X, dec_X = randn(3, 4), randn(3, 2)

        def probe(impl):
            class Summing(type(impl.Encoder())):
                def forward(self, X, *_):
                    return X.sum(dim=1, keepdim=True)

            class Subtracting(type(impl.Decoder())):
                def init_state(self, enc_outputs, *_):
                    return enc_outputs / 4

                def forward(self, X, state, *_):
                    return X - state, state

            return impl.EncoderDecoder(Summing(), Subtracting())(enc_X, dec_X)

        means = enc_X.mean(dim=1, keepdim=True)
        close(run(probe), (dec_X - means, means))

    def test_keyword_arguments(self, run, randn):
        """Passes keyword arguments on to nn.Module, which raises TypeError.
        把关键字参数传给 nn.Module，由它抛出 TypeError。"""
        enc_X, dec_X = randn(2, 3), randn(2, 4)

        def probe(impl):
            net, _ = joined(impl)
            parts = NotedEncoder([]), NotedDecoder([])
            return net(enc_X, dec_X), outcome(lambda: impl.EncoderDecoder(*parts, num_hiddens=8) is None)

        close(run(probe), (decoded(enc_X, dec_X), "TypeError"))
