"""Named layers from a pattern; receptive fields by marking pixels; weights counted on real layers."""


def vgg_block(num_convs, in_channels, out_channels):
    block = nn.Sequential()
    widths = [in_channels] + [out_channels] * num_convs
    for i in range(num_convs):
        block.append(nn.Conv2d(widths[i], widths[i + 1], (3, 3), (1, 1), padding="same"))
        block.append(nn.ReLU(inplace=True))
    block.append(nn.MaxPool2d(2))
    return block


def vgg(conv_arch):
    net, width = nn.Sequential(), 1
    for number, (depth, channels) in enumerate(conv_arch, start=1):
        net.add_module(f"block{number}", vgg_block(depth, width, channels))
        width = channels
    net.add_module("flatten", nn.Flatten(start_dim=1))
    sizes = [width * 49, 4096, 4096, 10]
    for i in range(3):
        net.add_module(f"linear{i}", nn.Linear(sizes[i], sizes[i + 1]))
        if i < 2:
            net.add_module(f"relu{i}", nn.ReLU())
            net.add_module(f"dropout{i}", nn.Dropout(inplace=True))
    return net


def receptive_field(layers):
    rows = [0, 0]  # the first and the last row that the output pixel sees, layer by layer back to the image
    for kernel, stride in layers[::-1]:
        rows = [rows[0] * stride, rows[1] * stride + kernel - 1]
    return rows[1] - rows[0] + 1


def stacked_vs_large_params(kernel, channels):
    if kernel not in range(3, kernel + 1, 2):
        raise ValueError("kernel")

    def weights(side):
        return side * side * channels * channels

    seen, small = 1, 0
    while seen < kernel:
        seen, small = seen + 2, small + weights(3)
    return weights(kernel), small
