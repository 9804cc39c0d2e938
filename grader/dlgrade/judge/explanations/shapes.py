"""Explanations of shapes and indices that do not fit, of tensors, arrays and layers."""

from __future__ import annotations

from dlgrade.judge.explanations.rows import row
from dlgrade.text import both

SHAPES = (
    row(r"RuntimeError: The size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\) "
        r"at non-singleton dimension (?P<axis>\d+)", both(
        "The sizes of axis {axis} are {a} and {b}. Broadcasting aligns the last axes and needs equal sizes or a 1.",
        "第 {axis} 轴的大小是 {a} 和 {b}。广播从最后一轴对齐，各轴大小须相等，或其中一个为 1。",
    )),
    row(r"RuntimeError: output with shape (?P<a>\[.*?\]) doesn't match the broadcast shape (?P<b>\[.*?\])", both(
        "The result has shape {b} and does not fit in place into a tensor of shape {a}. Write `x = x + y` for `x += "
        "y`.",
        "结果的形状是 {b}，不能原地存入形状为 {a} 的张量。请把 `x += y` 写成 `x = x + y`。",
    )),
    row(r"RuntimeError: mat1 and mat2 shapes cannot be multiplied \((?P<rows>\d+)x(?P<a>\d+) and "
        r"(?P<b>\d+)x(?P<columns>\d+)\)",
        both(
        "The first matrix has {a} columns, the second has {b} rows: both must be equal. For nn.Linear, {b} is "
        "in_features.",
        "第一个矩阵有 {a} 列，第二个有 {b} 行，两者必须相等。若是 nn.Linear，{b} 就是 in_features。",
    )),
    row(r"RuntimeError: size mismatch, got input \(\d+\), mat \((?P<rows>\d+)x(?P<a>\d+)\), vec \((?P<b>\d+)\)", both(
        "The matrix has {a} columns, the vector has {b} entries: both must be equal.",
        "矩阵有 {a} 列，向量有 {b} 个元素，两者必须相等。",
    )),
    row(r"RuntimeError: inconsistent tensor size, expected tensor \[(?P<a>\d+)\] and src \[(?P<b>\d+)\]", both(
        "A product of two vectors needs equal lengths; these have {a} and {b} entries.",
        "两个向量的点积要求长度相等，这里分别有 {a} 和 {b} 个元素。",
    )),
    row(r"RuntimeError: Expected size for first two dimensions of batch2 tensor to be: "
        r"\[(?P<n>\d+), (?P<a>\d+)\] but got: \[(?P<m>\d+), (?P<b>\d+)\]", both(
        "A batched product needs equal batches ({n} and {m}), and columns of the first ({a}) equal to rows of the "
        "second ({b}).",
        "批量矩阵乘法要求：批量大小相等（{n} 和 {m}），且前者的列数（{a}）等于后者的行数（{b}）。",
    )),
    row(r"RuntimeError: (?P<name>\w+) must be a (3D tensor|matrix)", both(
        "bmm multiplies tensors with 3 axes, and mm with 2 axes. The operator @ takes both, and vectors.",
        "bmm 只接受 3 个轴的张量，mm 只接受 2 个轴的。@ 运算符两者都接受，也接受向量。",
    )),
    row(r"RuntimeError: 1D tensors expected, but got (?P<a>\d)D and (?P<b>\d)D", both(
        "dot multiplies two vectors; these tensors have {a} and {b} axes. The operator @ multiplies matrices.",
        "dot 只计算两个向量的点积，这里的张量分别有 {a} 和 {b} 个轴。矩阵乘法请用 @ 。",
    )),
    row(r"RuntimeError: vector \+ matrix @ vector expected, got \d+, (?P<a>\d+), (?P<b>\d+)", both(
        "mv needs a matrix and a vector; these tensors have {a} and {b} axes.",
        "mv 需要一个矩阵和一个向量，这里的张量分别有 {a} 和 {b} 个轴。",
    )),
    row(r"RuntimeError: both arguments to matmul need to be at least 1D", both(
        "@ does not take single numbers. Multiply a number with *.",
        "@ 不接受标量。与数相乘请用 * 。",
    )),
    row(r"RuntimeError: shape '(?P<shape>\[.*?\])' is invalid for input of size (?P<n>\d+)", both(
        "The tensor has {n} elements, which do not fill the shape {shape} exactly. A -1 is computed from the rest.",
        "张量共有 {n} 个元素，无法恰好排成 {shape} 。形状中的 -1 由其余各轴算出。",
    )),
    row(r"RuntimeError: view size is not compatible with input tensor's size and stride", both(
        "The entries lie in another order in memory, as after transpose or permute. Use reshape instead of view.",
        "张量的元素在内存中不连续，例如经过 transpose 或 permute 之后。请用 reshape 代替 view。",
    )),
    row(r"RuntimeError: The expanded size of the tensor \((?P<a>\d+)\) must match the existing size "
        r"\((?P<b>\d+)\)", both(
        "{b} entries are to be put where {a} fit. Compare the shapes on both sides of =, or in expand().",
        "要放入 {b} 个元素，而位置只有 {a} 个。请比较等号两边的形状，或 expand() 的参数。",
    )),
    row(r"RuntimeError: shape mismatch: value tensor of shape (?P<b>\[.*?\]) cannot be broadcast to indexing result "
        r"of shape (?P<a>\[.*?\])", both(
        "The chosen entries have shape {a}, but the value right of = has shape {b}.",
        "被赋值的部分形状是 {a}，等号右边的形状是 {b}。",
    )),
    row(r"RuntimeError: Sizes of tensors must match except in dimension (?P<axis>\d+)\. Expected size (?P<a>\d+) but "
        r"got size (?P<b>\d+)",
        both(
        "cat joins along axis {axis}; all other axes need equal sizes, but here are {a} and {b}. Is another axis "
        "meant?",
        "cat 沿第 {axis} 轴连接，其余各轴大小须相等，这里却是 {a} 和 {b}。是否应沿另一个轴连接？",
    )),
    row(r"RuntimeError: Tensors must have same number of dimensions: got (?P<a>\d+) and (?P<b>\d+)", both(
        "The tensors to be joined have {a} and {b} axes. unsqueeze() adds an axis of size 1.",
        "要连接的张量分别有 {a} 和 {b} 个轴。unsqueeze() 可以加上大小为 1 的轴。",
    )),
    row(r"RuntimeError: stack expects each tensor to be equal size, but got (?P<a>\[.*?\]) at entry 0 and "
        r"(?P<b>\[.*?\])", both(
        "stack needs tensors of the same shape; these have {a} and {b}.",
        "stack 要求各张量形状相同，这里却有 {a} 和 {b}。",
    )),
    row(r"RuntimeError: permute\(.*?\): number of dimensions .* input\.dim\(\) = (?P<a>\d+) .*?len\(dims\) = "
        r"(?P<b>\d+)", both(
        "The tensor has {a} axes, but permute lists {b}. Name each axis once.",
        "张量有 {a} 个轴，permute 却列出了 {b} 个。每个轴都要列出一次。",
    )),
    row(r"IndexError: Dimension out of range \(expected to be in range of \[(?P<low>-?\d+), (?P<high>-?\d+)\], but "
        r"got (?P<axis>-?\d+)\)",
        both(
        "Axis {axis} does not exist here: allowed are {low} to {high}. Print the shape of the tensor.",
        "这里没有第 {axis} 轴，只能是 {low} 到 {high}。请打印张量的形状。",
    )),
    row(r"RuntimeError: t\(\) expects a tensor with <= 2 dimensions, but self is (?P<n>\d+)D", both(
        "t() transposes matrices, but this tensor has {n} axes. Swap two axes with transpose(a, b).",
        "t() 只转置矩阵，而这个张量有 {n} 个轴。请用 transpose(a, b) 交换两个轴。",
    )),
    row(r"ValueError: operands could not be broadcast together with shapes (?P<a>\(.*?\)) (?P<b>\(.*?\))", both(
        "NumPy arrays of shapes {a} and {b} do not broadcast: aligned at the last axis, sizes must be equal or 1.",
        "形状为 {a} 和 {b} 的数组不能广播：从最后一轴对齐，各轴大小须相等或为 1。",
    )),
    row(r"ValueError: (shapes|matmul: Input operand 1 has a mismatch)", both(
        "The first array needs as many columns as the second has rows. Print both shapes.",
        "第一个数组的列数须等于第二个数组的行数。请打印两者的形状。",
    )),
)  # fmt: skip

LAYERS = (
    row(r"RuntimeError: Given groups=\d+, weight of size .*, expected input(?P<shape>\[.*?\]) to have (?P<a>\d+) "
        r"channels, "
        r"but got (?P<b>\d+) channels", both(
        "The convolution expects {a} input channels, but the input of shape {shape} has {b}. Axis 1 holds the "
        "channels.",
        "卷积层需要 {a} 个输入通道，形状为 {shape} 的输入却有 {b} 个。通道在第 1 轴。",
    )),
    row(r"RuntimeError: Expected (?P<needed>.*?) input to (?P<name>\w+), but got input of size: "
        r"(?P<shape>(torch\.Size\()?\[.*?\])", both(
        "{name} needs (batch, channels, height, width) or the like; the input has shape {shape}.",
        "{name} 的输入应为（批量，通道，高，宽）这样的形状，这里却是 {shape}。",
    )),
    row(r"RuntimeError: Calculated padded input size per channel: \((?P<a>.*?)\)\. Kernel size: \((?P<b>.*?)\)", both(
        "The kernel ({b}) is larger than its padded input ({a}). Has the picture become too small on its way here?",
        "卷积核（{b}）比填充后的输入（{a}）还大。图像到这一层时是否已经太小？",
    )),
    row(r"RuntimeError: Given input size: \((?P<a>.*?)\)\. Calculated output size: \((?P<b>.*?)\)\. Output size is "
        r"too small", both(
        "Pooling would turn {a} into {b}, which is empty. Has the picture become too small on its way here?",
        "汇聚会把 {a} 变成 {b}，结果为空。图像到这一层时是否已经太小？",
    )),
    row(r"RuntimeError: running_mean should contain (?P<b>\d+) elements not (?P<a>\d+)", both(
        "The layer was made for {a} features, but the input has {b} on axis 1.",
        "这个规范化层按 {a} 个特征创建，而输入的第 1 轴有 {b} 个。",
    )),
    row(r"ValueError: expected (?P<a>.*?) input \(got (?P<b>\d)D input\)", both(
        "The layer takes {a} tensors, and the input has {b} axes.",
        "这个层需要 {a} 张量，而输入有 {b} 个轴。",
    )),
    row(r"ValueError: Expected more than 1 value per channel when training", both(
        "Batch normalisation cannot train on one value per channel: its variance is 0. Use eval() or a larger batch.",
        "训练时，每个通道只有一个值就无法做批量规范化，因为方差为 0。请用 eval() 或更大的批量。",
    )),
    row(r"RuntimeError: Given normalized_shape=(?P<a>\[.*?\]), expected .* but got input of size(?P<b>\[.*?\])", both(
        "LayerNorm was made for last axes of sizes {a}, but the input has shape {b}.",
        "LayerNorm 按最后几个轴的大小 {a} 创建，而输入的形状是 {b}。",
    )),
    row(r"RuntimeError: input\.size\(-1\) must be equal to input_size\. Expected (?P<a>\d+), got (?P<b>\d+)", both(
        "The recurrent layer was made for {a} features per step, but the last axis of the input has {b}.",
        "循环层按每步 {a} 个特征创建，而输入最后一轴的大小是 {b}。",
    )),
    row(r"RuntimeError: Expected hidden size (?P<a>\(.*?\)), got (?P<b>\[.*?\])", both(
        "The state must have shape {a} (layers, batch, hidden units), but has {b}.",
        "隐状态的形状应为 {a}（层数，批量大小，隐藏单元数），这里却是 {b}。",
    )),
    row(r"IndexError: index out of range in self", both(
        "An index is negative, or not below the number of rows (of an Embedding: num_embeddings).",
        "有的下标为负数，或不小于行数（嵌入层的行数是 num_embeddings）。请打印最大的下标并比较。",
    )),
    row(r"(IndexError|RuntimeError): index (?P<i>-?\d+) is out of bounds for (dimension|axis) (?P<axis>\d+) with size "
        r"(?P<n>\d+)", both(
        "Index {i} is asked for, but the axis has only {n} entries, counted from 0.",
        "要取的下标是 {i}，而该轴只有 {n} 个元素，且下标从 0 数起。",
    )),
    row(r"IndexError: too many indices for (tensor|array)", both(
        "The index has more parts than the tensor has axes. Print its shape.",
        "下标的个数多于张量的轴数。请打印它的形状。",
    )),
    row(r"IndexError: invalid index of a 0-dim tensor", both(
        "The tensor is a single number without axes. Use it as it is, or item().",
        "这个张量是没有轴的标量，不能再取下标。请直接使用它，或用 item()。",
    )),
    row(r"IndexError: The shape of the mask (?P<a>\[.*?\]) at index (?P<axis>\d+) does not match .* "
        r"(?P<b>\[.*?\])", both(
        "The mask has shape {a}, but the tensor has shape {b}. A mask needs the shape of the axes that it chooses "
        "from.",
        "掩码的形状是 {a}，张量的形状是 {b}。掩码的形状须与被选取的各轴一致。",
    )),
    row(r"IndexError: shape mismatch: indexing tensors could not be broadcast together with shapes "
        r"(?P<shapes>.{1,100})", both(
        "Index tensors are paired entry by entry and need shapes that broadcast; these are {shapes}.",
        "多个下标张量逐个配对，形状须能广播；这里是 {shapes}。",
    )),
    row(r"RuntimeError: Index tensor must have the same number of dimensions", both(
        "gather and scatter need an index with as many axes as the tensor. unsqueeze() adds an axis.",
        "gather 和 scatter 的下标张量须与原张量轴数相同。unsqueeze() 可以增加一个轴。",
    )),
    row(r"IndexError: Target (?P<y>-?\d+) is out of bounds", both(
        "Class {y} has no column among the predictions: classes run from 0 to the number of columns - 1.",
        "预测中没有类别 {y} 对应的列：类别从 0 到列数减 1。",
    )),
    row(r"ValueError: Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)", both(
        "The loss got {a} predictions and {b} labels. Compare the first axes of both.",
        "损失函数收到 {a} 个预测和 {b} 个标签。请比较两者的第一个轴。",
    )),
    row(r"RuntimeError: Class values must be smaller than num_classes", both(
        "one_hot got a class that is not below num_classes. Classes run from 0 to num_classes - 1.",
        "one_hot 收到的类别不小于 num_classes。类别从 0 到 num_classes - 1。",
    )),
    row(r"AssertionError: embed_dim must be divisible by num_heads", both(
        "The number of hidden units must be a multiple of the number of heads.",
        "隐藏单元数必须是注意力头数的整数倍。",
    )),
)  # fmt: skip

ROWS = (*SHAPES, *LAYERS)
