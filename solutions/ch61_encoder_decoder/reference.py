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
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG encoder-swallows-keywords: super().__init__()
        # END SOLUTION

    def forward(self, X: Tensor, *args: Any) -> Any:
        # WRONG encoder-takes-one-argument: def forward(self, X: Tensor) -> Any:
        # WRONG forward-left-to-torch: def encode(self, X: Tensor, *args: Any) -> Any:
        """Turn a sequence into the input of the decoder's `init_state`; subclasses define how.

        Args:
            X: the input sequences, (batch, steps) or any input of the subclass. Callers may pass it by name.
            args: any number of further arguments, such as the valid lengths.

        Raises:
            NotImplementedError: always, whatever the arguments are. This error is the right answer, not a gap to fill.
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG encoder-gives-nothing: return None
        # WRONG encoder-gives-its-input: return X
        # WRONG not-implemented-is-no-exception: raise NotImplemented
        # WRONG encoder-raises-something-else: raise RuntimeError
        # WRONG encoder-returns-the-error: return NotImplementedError
        # END SOLUTION


class Decoder(nn.Module):
    """The interface of all decoders: two methods that subclasses write (D2L 9.6.2).

    Like `Encoder`, a Decoder is a module without parameters, which code can create but not call.
    """

    def __init__(self, **kwargs: Any) -> None:
        """Create the module. Keyword arguments go to nn.Module, which accepts none and raises TypeError."""
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG decoder-swallows-keywords: super().__init__()
        # END SOLUTION

    def init_state(self, enc_outputs: Any, *args: Any) -> Any:
        # WRONG state-method-under-another-name: def begin_state(self, enc_outputs: Any, *args: Any) -> Any:
        # WRONG state-from-the-outputs-alone: def init_state(self, enc_outputs: Any) -> Any:
        """Turn the encoder's outputs into the first state of the decoder; subclasses define how.

        Args:
            enc_outputs: the outputs of the encoder. Callers may pass them by name.
            args: any number of further arguments, such as the valid lengths of the encoder's input.

        Raises:
            NotImplementedError: always. This error is the right answer, not a gap to fill.
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG outputs-taken-for-the-state: return enc_outputs
        # WRONG no-state-by-default: return None
        # WRONG init-state-raises-something-else: raise NotImplemented
        # END SOLUTION

    def forward(self, X: Tensor, state: Any) -> Any:
        # WRONG state-under-another-name: def forward(self, X: Tensor, hidden: Any) -> Any:
        # WRONG decoder-without-a-state: def forward(self, X: Tensor) -> Any:
        """Predict from the target sequence so far and the state; subclasses define how.

        Args:
            X: the input of the decoder, (batch, steps) or any input of the subclass.
            state: the result of `init_state` or of the last step. Callers may pass X and state by name.

        Raises:
            NotImplementedError: always. This error is the right answer, not a gap to fill.
        """
        # BEGIN SOLUTION
        raise NotImplementedError
        # WRONG decoder-gives-its-input: return X, state
        # WRONG decoder-raises-something-else: raise RuntimeError
        # WRONG decoder-gives-nothing: return None
        # END SOLUTION


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
        # BEGIN SOLUTION
        super().__init__(**kwargs)
        # WRONG model-swallows-keywords: super().__init__()
        # WRONG model-without-super-init: pass
        self.encoder = encoder
        self.decoder = decoder
        # WRONG parts-in-a-list, 2 lines: self.parts = [encoder, decoder]
        # END SOLUTION

    def forward(self, enc_X: Tensor, dec_X: Tensor, *args: Any) -> Any:
        # WRONG source-and-target-swapped: def forward(self, dec_X: Tensor, enc_X: Tensor, *args: Any) -> Any:
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
        # BEGIN SOLUTION
        enc_outputs = self.encoder(enc_X, *args)
        # WRONG none-for-a-valid-length: enc_outputs = self.encoder(enc_X, *(args or (None,)))
        # WRONG further-arguments-for-the-decoder-alone: enc_outputs = self.encoder(enc_X)
        # WRONG star-forgotten: enc_outputs = self.encoder(enc_X, args)
        # WRONG parts-in-a-list: enc_outputs = self.parts[0](enc_X, *args)
        # WRONG forward-called-directly: enc_outputs = self.encoder.forward(enc_X, *args)
        # WRONG one-further-argument: enc_outputs = self.encoder(enc_X, *args[:1])
        dec_state = self.decoder.init_state(enc_outputs, *args)
        # WRONG init-state-of-the-encoder: dec_state = self.encoder.init_state(enc_outputs, *args)
        # WRONG none-for-a-valid-length: dec_state = self.decoder.init_state(enc_outputs, *(args or (None,)))
        # WRONG first-of-the-outputs: dec_state = self.decoder.init_state(enc_outputs[0], *args)
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
        # WRONG one-further-argument: dec_state = self.decoder.init_state(enc_outputs, *args[:1])
        # WRONG state-from-the-source: dec_state = self.decoder.init_state(enc_X, *args)
        # WRONG encoder-left-out-of-the-state: dec_state = self.decoder.init_state(dec_X, *args)
        return self.decoder(dec_X, dec_state)
        # WRONG last-target-left-out: return self.decoder(dec_X[:, :-1], dec_state)
        # WRONG decoder-results-swapped: return self.decoder(dec_X, dec_state)[::-1]
        # WRONG decoder-arguments-swapped: return self.decoder(dec_state, dec_X)
        # WRONG state-not-passed: return self.decoder(dec_X)
        # WRONG decoder-reads-the-source: return self.decoder(enc_X, dec_state)
        # WRONG further-arguments-for-everybody: return self.decoder(dec_X, dec_state, *args)
        # WRONG logits-alone: return self.decoder(dec_X, dec_state)[0]
        # WRONG parts-in-a-list: return self.parts[1](dec_X, dec_state)
        # WRONG forward-called-directly: return self.decoder.forward(dec_X, dec_state)
        # WRONG decoder-reads-the-encoder: return self.decoder(enc_outputs, dec_state)
        # WRONG state-alone: return self.decoder(dec_X, dec_state)[1]
        # WRONG first-state-returned: return self.decoder(dec_X, dec_state)[0], dec_state
        # WRONG outputs-for-everything: return enc_outputs, self.decoder(dec_X, dec_state)
        # END SOLUTION
