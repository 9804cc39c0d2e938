"""ch61 Encoder-decoder architecture: two interfaces, and the model that joins them.

D2L section 9.6 (chapter_recurrent-modern/encoder-decoder.md).
"""

from typing import Any

from torch import Tensor, nn


class Encoder(nn.Module):
    """What every encoder looks like (Cho et al., 2014; Sutskever, Vinyals and Le, 2014; D2L 9.6.1): an interface.

    It is a module without parameters, and can be made; only its `forward` is left to the classes that inherit from it.

    >>> class Doubling(Encoder):
    ...     def forward(self, X, *args):
    ...         return 2 * X
    """

    def __init__(self, **kwargs: Any) -> None:
        """Make the module. Keyword arguments are passed on to nn.Module, which knows none and refuses them."""
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, *args: Any) -> Any:
        """Turn a sequence into whatever the decoder's `init_state` takes. Every subclass says how; this one cannot.

        Args:
            X: the input sequences, (batch, steps) or whatever the subclass takes.
            args: further arguments, such as the valid lengths.

        Raises:
            NotImplementedError: always, whatever the arguments. (That is the answer here, not a blank to fill.)
        """
        raise NotImplementedError  # write your code here


class Decoder(nn.Module):
    """What every decoder looks like (D2L 9.6.2): an interface with two methods that are left to its subclasses.

    As `Encoder`, it is a module without parameters and can be made.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Make the module. Keyword arguments are passed on to nn.Module, which knows none and refuses them."""
        raise NotImplementedError  # write your code here

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        """Turn what the encoder gave into the state that decoding starts from.

        Args:
            enc_outputs: what the encoder returned.
            args: further arguments, such as the valid lengths of the encoder's input.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Any) -> Any:
        """Predict from the target sequence so far and the state.

        Args:
            X: the decoder's input, (batch, steps) or whatever the subclass takes.
            state: what `init_state` or the step before gave.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError  # write your code here


class EncoderDecoder(nn.Module):
    """An encoder and a decoder joined to one model (D2L 9.6.3), for training: the decoder reads the whole target.

    Attributes:
        encoder: the encoder that was given.
        decoder: the decoder that was given. Both are submodules: their parameters are the model's.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, **kwargs: Any) -> None:
        """Keep both parts.

        Args:
            encoder: a module that is called with (enc_X, *args).
            decoder: a module with `init_state(enc_outputs, *args)`, which is called with (dec_X, state).
            kwargs: passed on to nn.Module, which knows none and refuses them.
        """
        raise NotImplementedError  # write your code here

    def forward(self, enc_X: Tensor, dec_X: Tensor, *args: Any) -> Any:
        """Encode enc_X, make the decoder's first state of it, and decode dec_X from there.

        Each of the three happens once a call, anew in every call; encoder and decoder are called as modules, so that
        their hooks run. Gradients flow back through all of it.

        Args:
            enc_X: the source sequences.
            dec_X: the target sequences that the decoder reads.
            args: further arguments, any number of them, for the encoder and for `init_state`, not for the decoder's
                forward.

        Returns:
            What the decoder returns, as it is.
        """
        raise NotImplementedError  # write your code here
