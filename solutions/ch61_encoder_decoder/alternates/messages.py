"""With messages, keyword arguments, and submodules added by name."""


class Encoder(nn.Module):
    def __init__(self, **kwargs):
        nn.Module.__init__(self, **kwargs)

    def forward(self, X, *args):
        raise NotImplementedError(f"{type(self).__name__} does not say how to encode")


class Decoder(nn.Module):
    def forward(self, X, state):
        raise NotImplementedError(f"{type(self).__name__} does not say how to decode")

    def init_state(self, enc_outputs, *args):
        raise NotImplementedError(f"{type(self).__name__} does not say where to start")


class EncoderDecoder(nn.Module):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.add_module("encoder", encoder)
        self.add_module("decoder", decoder)

    def forward(self, enc_X, dec_X, *args):
        return self.decoder(X=dec_X, state=self.decoder.init_state(self.encoder(enc_X, *args), *args))
