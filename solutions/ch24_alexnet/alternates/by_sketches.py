"""The size of the flattened maps from a trial run; recursion over children; shapes of a batch without examples."""


def alexnet(in_channels=1, num_classes=10):
    def convolution(before, after, kernel, **how):
        return nn.Conv2d(before, after, kernel, **how), nn.ReLU()

    def hidden(before):
        return nn.Linear(before, 4096), nn.ReLU(), nn.Dropout(0.5)

    features = nn.Sequential(
        *convolution(in_channels, 96, 11, stride=4, padding=1),
        nn.MaxPool2d(3, stride=2),
        *convolution(96, 256, 5, padding="same"),
        nn.MaxPool2d(3, stride=2),
        *convolution(256, 384, 3, padding="same"),
        *convolution(384, 384, 3, padding="same"),
        *convolution(384, 256, 3, padding="same"),
        nn.MaxPool2d(3, stride=2),
        nn.Flatten(),
    )
    size = 224
    for layer in features:
        if isinstance(layer, nn.MaxPool2d):
            size = (size - 3) // 2 + 1
        elif isinstance(layer, nn.Conv2d) and layer.stride == (4, 4):
            size = (size + 2 - 11) // 4 + 1
    return nn.Sequential(*features, *hidden(256 * size**2), *hidden(4096), nn.Linear(4096, num_classes))


def count_parameters(net, trainable_only=True):
    def visit(module):
        for _, parameter in module.named_parameters(recurse=False):
            seen.add(parameter)
        for child in module.children():
            visit(child)

    seen = set()
    visit(net)
    return sum(parameter.nelement() for parameter in seen if parameter.requires_grad or trainable_only is False)


def memory_of_activations(net, input_shape, bytes_per_element=4):
    modes = [(module, module.training) for module in net.modules()]
    for module, _ in modes:
        module.training = False
    # Every layer here keeps the examples apart, so that one of them tells the shape of all.
    with torch.no_grad():
        Y, total = torch.ones(1, *input_shape[1:]), 0
        for layer in net:
            Y = layer(Y)
            total += Y[0].nelement() * input_shape[0] * bytes_per_element
    for module, training in modes:
        module.training = training
    return total
