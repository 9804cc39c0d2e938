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
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG encoder-swallows-keywords: super().__init__()
        # END SOLUTION

    def forward(self, X: Tensor, *args: Any) -> Any:
        # WRONG encoder-takes-one-argument: def forward(self, X: Tensor) -> Any:
        # WRONG forward-left-to-torch: def encode(self, X: Tensor, *args: Any) -> Any:
        """Turn a sequence into whatever the decoder's `init_state` takes. Every subclass says how; this one cannot.

        Args:
            X: the input sequences, (batch, steps) or whatever the subclass takes.
            args: further arguments, such as the valid lengths.

        Raises:
            NotImplementedError: always, whatever the arguments. (That is the answer here, not a blank to fill.)
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG encoder-gives-nothing: return None
        # WRONG encoder-gives-its-input: return X
        # WRONG not-implemented-is-no-exception: raise NotImplemented
        # END SOLUTION


class Decoder(nn.Module):
    """What every decoder looks like (D2L 9.6.2): an interface with two methods that are left to its subclasses.

    As `Encoder`, it is a module without parameters and can be made.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Make the module. Keyword arguments are passed on to nn.Module, which knows none and refuses them."""
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG decoder-swallows-keywords: super().__init__()
        # END SOLUTION

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        # WRONG state-method-under-another-name: def begin_state(self, enc_outputs: Any, *args: Any) -> Any:
        # WRONG state-from-the-outputs-alone: def init_state(self, enc_outputs: Any) -> Any:
        """Turn what the encoder gave into the state that decoding starts from.

        Args:
            enc_outputs: what the encoder returned.
            args: further arguments, such as the valid lengths of the encoder's input.

        Raises:
            NotImplementedError: always.
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG outputs-taken-for-the-state: return enc_outputs
        # WRONG no-state-by-default: return None
        # END SOLUTION

    def forward(self, X: Tensor, state: Any) -> Any:
        # WRONG decoder-without-a-state: def forward(self, X: Tensor) -> Any:
        """Predict from the target sequence so far and the state.

        Args:
            X: the decoder's input, (batch, steps) or whatever the subclass takes.
            state: what `init_state` or the step before gave.

        Raises:
            NotImplementedError: always.
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG decoder-gives-its-input: return X, state
        # END SOLUTION


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
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG model-swallows-keywords: super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        # WRONG parts-in-a-list, 2 lines: self.parts = [encoder, decoder]
        # END SOLUTION

    def forward(self, enc_X: Tensor, dec_X: Tensor, *args: Any) -> Any:
        # WRONG source-and-target-swapped: def forward(self, dec_X: Tensor, enc_X: Tensor, *args: Any) -> Any:
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
        # BEGIN SOLUTION
        enc_outputs = self.encoder(enc_X, *args)
        # WRONG further-arguments-for-the-decoder-alone: enc_outputs = self.encoder(enc_X)
        # WRONG star-forgotten: enc_outputs = self.encoder(enc_X, args)
        # WRONG parts-in-a-list: enc_outputs = self.parts[0](enc_X, *args)
        # WRONG forward-called-directly: enc_outputs = self.encoder.forward(enc_X, *args)
        dec_state = self.decoder.init_state(enc_outputs, *args)
        # WRONG further-arguments-for-the-encoder-alone: dec_state = self.decoder.init_state(enc_outputs)
        # WRONG star-forgotten: dec_state = self.decoder.init_state(enc_outputs, args)
        # WRONG outputs-for-a-state: dec_state = enc_outputs
        # WRONG parts-in-a-list: dec_state = self.parts[1].init_state(enc_outputs, *args)
        # WRONG encoder-run-twice: dec_state = self.decoder.init_state(self.encoder(enc_X, *args), *args)
        # WRONG encoder-cut-off: dec_state = self.decoder.init_state(enc_outputs.detach(), *args)
        # WRONG state-kept-between-calls:
        #     if not hasattr(self, "state"):
        #         self.state = self.decoder.init_state(enc_outputs, *args)
        #     dec_state = self.state
        return self.decoder(dec_X, dec_state)
        # WRONG decoder-reads-the-source: return self.decoder(enc_X, dec_state)
        # WRONG further-arguments-for-everybody: return self.decoder(dec_X, dec_state, *args)
        # WRONG logits-alone: return self.decoder(dec_X, dec_state)[0]
        # WRONG parts-in-a-list: return self.parts[1](dec_X, dec_state)
        # WRONG forward-called-directly: return self.decoder.forward(dec_X, dec_state)
        # END SOLUTION
