"""Two interfaces of one base, whose open methods share one refusal; the parts of the model looked up by name."""


class Missing(NotImplementedError):
    pass


class Interface(nn.Module):
    def refuse(self, *given):
        raise Missing(f"{type(self).__name__} was given {len(given)} arguments")


class Encoder(Interface):
    def forward(self, X, *args):
        self.refuse(X, *args)


class Decoder(Interface):
    def init_state(self, enc_outputs, *args):
        self.refuse(enc_outputs, *args)

    def forward(self, X, state):
        self.refuse(X, state)


class EncoderDecoder(nn.Module):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        for name, part in (("encoder", encoder), ("decoder", decoder)):
            setattr(self, name, part)

    def forward(self, *sequences):
        enc_X, dec_X, *args = sequences
        parts = dict(self.named_children())
        encoder, decoder = parts["encoder"], parts["decoder"]
        state = decoder.init_state(encoder(enc_X, *args), *args)
        return decoder(dec_X, state)
