"""ch61's reference against torch's own transformer, an encoder and a decoder joined, and finite differences."""

import pytest
import torch
from torch import nn


@pytest.fixture(scope="module")
def transformer():
    options = {"dim_feedforward": 8, "dropout": 0.0, "batch_first": True, "dtype": torch.float64}
    return nn.Transformer(4, 2, 2, 2, **options)


@pytest.fixture(scope="module")
def joined(reference, transformer):
    """torch's encoder and decoder behind the reference's interfaces, joined by the reference."""

    class Encoder(reference.Encoder):
        def __init__(self, layers):
            super().__init__()
            self.layers = layers

        def forward(self, X, mask=None):
            return self.layers(X, mask)

    class Decoder(reference.Decoder):
        def __init__(self, layers):
            super().__init__()
            self.layers = layers

        def init_state(self, enc_outputs, _mask=None):
            return enc_outputs

        def forward(self, X, state):
            return self.layers(X, state)

    return reference.EncoderDecoder(Encoder(transformer.encoder), Decoder(transformer.decoder))


def test_joined_against_torch(transformer, joined):
    """The joined parts compute what torch's transformer computes, with and without a mask, and have its parameters."""
    source, target = torch.randn(3, 5, 4).double(), torch.randn(3, 6, 4).double()
    mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)
    torch.testing.assert_close(joined(source, target), transformer(source, target))
    torch.testing.assert_close(joined(source, target, mask), transformer(source, target, src_mask=mask))
    names = [name.replace("coder.", "coder.layers.", 1) for name in transformer.state_dict()]
    assert list(joined.state_dict()) == names


def test_gradients(joined):
    """Gradients reach source and target, as finite differences say."""
    source, target = torch.randn(2, 3, 4).double(), torch.randn(2, 2, 4).double()
    assert torch.autograd.gradcheck(joined, (source.requires_grad_(), target.requires_grad_()))


def test_interfaces_are_open(reference):
    """A method that a subclass lacks raises NotImplementedError; an added layer is registered, as in any module."""

    class Half(reference.Decoder):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(2, 3)

        def init_state(self, enc_outputs, *_):
            return enc_outputs

    half = Half()
    assert [name for name, _ in half.named_parameters()] == ["dense.weight", "dense.bias"]
    assert half.init_state(7) == 7
    for refused in (
        lambda: half(None, None),
        lambda: reference.Decoder().init_state(None, 1, 2),
        lambda: reference.Encoder()(None, 1, 2),
    ):
        with pytest.raises(NotImplementedError):
            refused()
