"""ch61 The encoder-decoder architecture: two interfaces, and the model that combines them.

See D2L 9.6 (chapter_recurrent-modern/encoder-decoder.md).
"""

from typing import Any

from torch import Tensor, nn


class Encoder(nn.Module):
    """The interface of all encoders (Cho et al., 2014; Sutskever, Vinyals and Le, 2014; D2L 9.6.1).

    An Encoder is a module without parameters. Code can create it, but not call it: subclasses write `forward`.

    >>> class Doubling(Encoder):
    ...     def forward(self, X, *args):
    ...         return 2 * X
    """

    def __init__(self, **kwargs: Any) -> None:
        """Create the module. Keyword arguments go to nn.Module, which accepts none and raises TypeError."""
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, *args: Any) -> Any:
        """Turn a sequence into the input of the decoder's `init_state`; subclasses define how.

        Args:
            X: the input sequences, (batch, steps) or any input of the subclass. Callers may pass it by name.
            args: any number of further arguments, such as the valid lengths.

        Raises:
            NotImplementedError: always, whatever the arguments are. This error is the right answer, not a gap to fill.
        """
        raise NotImplementedError  # write your code here


class Decoder(nn.Module):
    """The interface of all decoders: two methods that subclasses write (D2L 9.6.2).

    Like `Encoder`, a Decoder is a module without parameters, which code can create but not call.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Create the module. Keyword arguments go to nn.Module, which accepts none and raises TypeError."""
        raise NotImplementedError  # write your code here

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        """Turn the encoder's outputs into the first state of the decoder; subclasses define how.

        Args:
            enc_outputs: the outputs of the encoder. Callers may pass them by name.
            args: any number of further arguments, such as the valid lengths of the encoder's input.

        Raises:
            NotImplementedError: always. This error is the right answer, not a gap to fill.
        """
        raise NotImplementedError  # write your code here

    def forward(self, X: Tensor, state: Any) -> Any:
        """Predict from the target sequence so far and the state; subclasses define how.

        Args:
            X: the input of the decoder, (batch, steps) or any input of the subclass.
            state: the result of `init_state` or of the last step. Callers may pass X and state by name.

        Raises:
            NotImplementedError: always. This error is the right answer, not a gap to fill.
        """
        raise NotImplementedError  # write your code here


class EncoderDecoder(nn.Module):
    """An encoder and a decoder combined into one model for training: the decoder reads the whole target (D2L 9.6.3).

    Attributes:
        encoder: the given encoder.
        decoder: the given decoder. Both are submodules, so their parameters are parameters of the model.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, **kwargs: Any) -> None:
        """Keep both parts.

        Args:
            encoder: a module that is called with (enc_X, *args).
            decoder: a module that is called with (dec_X, state). It has the method `init_state(enc_outputs, *args)`.
            kwargs: passed on to nn.Module, which accepts none and raises TypeError.
        """
        raise NotImplementedError  # write your code here

    def forward(self, enc_X: Tensor, dec_X: Tensor, *args: Any) -> Any:
        """Encode enc_X, compute the first state of the decoder, and decode dec_X from this state.

        Each call of forward does each of the three steps once, in this order. It calls encoder and decoder as modules,
        so that their hooks run. It passes tensors on unchanged, with any dtype and strides. Gradients flow back through
        all steps.

        Args:
            enc_X: the source sequences.
            dec_X: the target sequences that the decoder reads.
            args: any number of further arguments for the encoder and for `init_state`, not for the decoder's forward.

        Returns:
            All that the decoder returns, unchanged.
        """
        raise NotImplementedError  # write your code here
