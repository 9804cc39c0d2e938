"""Explanations of torch's exceptions about dtypes, gradients and numbers."""

from __future__ import annotations

from dlgrade.judge.explanations.rows import row
from dlgrade.text import both

MIXED = both(
    "The dtypes here are {dtype_a} and {dtype_b}. Convert with X.to(dtype); NumPy's fractions are float64.",
    "这里的数据类型是 {dtype_a} 和 {dtype_b}。请用 X.to(dtype) 统一；NumPy 的小数默认是 float64。",
)
WHOLE = both(
    "The tensor holds integers ({dtype_a}), and the operation needs floats. Use X.float(), or write 1.0 for 1.",
    "张量是整数类型（{dtype_a}），该运算需要浮点数。请用 X.float()，或把 1 写成 1.0。",
)
FLOATS_AS_INDEX = both(
    "An index or a class label must be an integer. Convert it with .long().",
    "下标和类别标签必须是整数，请用 .long() 转换。",
)
DTYPES = (
    row(r"RuntimeError: dot : expected both vectors to have same dtype, but found (?P<dtype_a>\w+) and "
        r"(?P<dtype_b>\w+)", MIXED),
    row(r"RuntimeError: (expected )?(m1 and m2|mat1 and mat2) (to|must) have the same dtype, but got:? "
        r"(?P<dtype_a>\w+( int)?) (!=|and) (?P<dtype_b>\w+( int)?)", MIXED),
    row(r"RuntimeError: Input type \((?P<dtype_a>.*?)\) and (bias|weight) type \((?P<dtype_b>.*?)\)", MIXED),
    row(r"RuntimeError: index_add_\(\): self \((?P<dtype_a>\w+)\) and source \((?P<dtype_b>\w+)\)", MIXED),
    row(r"RuntimeError: scatter\(\): Expected self\.dtype to be equal to src\.dtype", both(
        "The tensor and the values that scatter writes have different dtypes. Convert the values with .to(X.dtype).",
        "scatter 写入的值与张量的数据类型不同，请用 .to(X.dtype) 转换。",
    )),
    row(r"RuntimeError: expected target dtype|RuntimeError: \w+\(\): Expected dtype int32/int64 for index|"
        r"RuntimeError: one_hot is only applicable|RuntimeError: expected scalar type Long|"
        r"RuntimeError: Expected tensor for argument #\d+ 'indices'|IndexError: tensors used as indices must "
        r"be", FLOATS_AS_INDEX),
    row(r"RuntimeError: expected scalar type (?P<dtype_a>\w+) but found (?P<dtype_b>\w+)", MIXED),
    row(r"RuntimeError: mean\(\): could not infer output dtype.*Got: (?P<dtype_a>\w+)", WHOLE),
    row(r"RuntimeError: .*Expected a floating point or complex tensor as input\. Got (?P<dtype_a>\w+)", WHOLE),
    row(r"(NotImplementedError|RuntimeError): \"(?P<name>\w+)\" not implemented for "
        r"'(?P<dtype_a>Long|Int|Short|Char|Byte|Bool)'", WHOLE),
    row(r"(NotImplementedError|RuntimeError): \"(?P<name>\w+)\" not implemented for '(?P<dtype_a>\w+)'", both(
        "The operation does not exist for {dtype_a}. Bit operations such as & need bool or integers.",
        "该运算不支持 {dtype_a}。& 等位运算需要布尔或整数张量。",
    )),
    row(r"RuntimeError: std and var only support floating point", both(
        "std and var need floats, but the tensor holds integers. Use X.float().",
        "std 和 var 需要浮点数，而张量是整数类型。请用 X.float()。",
    )),
    row(r"RuntimeError: [oO]nly Tensors of floating point", both(
        "Only floats have gradients. Give the tensor a float dtype, for example by writing 1.0 for 1.",
        "只有浮点张量才有梯度。请使用浮点类型，例如把 1 写成 1.0。",
    )),
    row(r"(NotImplementedError|RuntimeError): (Subtraction|Negation), the `-` operator", both(
        "A bool tensor has no minus. Write ~mask for the opposite, or mask.float() for numbers.",
        "布尔张量不能相减或取负。取反请写 ~mask，参与数值运算请写 mask.float()。",
    )),
    row(r"RuntimeError: result type (?P<dtype_a>\w+) can't be cast to the desired output type (?P<dtype_b>\w+)", both(
        "The result is {dtype_a} and cannot be stored in place in a tensor of {dtype_b}. Write `x = x / 2` for `x /= "
        "2`.",
        "结果是 {dtype_a}，不能原地存入 {dtype_b} 张量。请把 `x /= 2` 写成 `x = x / 2`。",
    )),
    row(r"TypeError: ~ \(operator\.invert\)", both(
        "~ turns bool masks around, and this tensor is no mask. Compare first, as in ~(X > 0).",
        "~ 只能对布尔掩码取反，这个张量不是掩码。请先比较，例如 ~(X > 0)。",
    )),
    row(r"TypeError: (?P<name>\w+)\(\): argument '(?P<argument>\w+)'( \(position \d+\))? must be Tensor, not "
        r"(?P<kind>[\w.]+)", both(
        "{name} needs a tensor as {argument}, but got a {kind}. Make one with torch.tensor(), or use math for a "
        "number.",
        "{name} 的参数 {argument} 应为张量，得到的却是 {kind}。请用 torch.tensor() 转换；单个数可用 math。",
    )),
    row(r"TypeError: (?P<name>\w+)\(\): argument '(?P<argument>\w+)'.* must be tuple of (?P<kind>\w+), not "
        r"(?P<other>[\w.]+)", both(
        "{argument} of {name} must be a tuple of {kind}, but it is a {other}.",
        "{name} 的参数 {argument} 应为由 {kind} 组成的元组，得到的却是 {other}。",
    )),
    row(r"TypeError: \w+\(\): argument '(?P<argument>\w+)' failed to unpack the object at pos (?P<n>\d+).*but got "
        r"(?P<kind>\w+)", both(
        "A size must be an integer, but number {n} of {argument} is a {kind}. Use // for whole numbers.",
        "大小必须是整数，而 {argument} 的第 {n} 个是 {kind}。整除请用 // 。",
    )),
    row(r"TypeError: (?P<name>\w+)\(\) received an invalid combination of arguments - got (?P<got>\(.{0,150}?\)), but "
        r"expected", both(
        "{name} got {got}, which fits none of its forms. Compare types and order with the forms in the message.",
        "{name} 得到的参数是 {got}，与它的任何一种用法都不符。请对照信息中列出的用法检查类型和顺序。",
    )),
    row(r"TypeError: (?P<name>\w+)\(\) missing \d+ required positional arguments?: (?P<keys>\".{1,100}\")", both(
        "The call of {name} does not give {keys}. PyTorch's names of arguments can differ from NumPy's.",
        "调用 {name} 时没有给出 {keys}。PyTorch 的参数名可能与 NumPy 不同。",
    )),
    row(r"TypeError: expected Tensor as element (?P<i>\d+) in argument 0, but got (?P<kind>\w+)", both(
        "Entry {i} of the list is a {kind}, and all entries must be tensors.",
        "列表中下标为 {i} 的元素是 {kind}，而各元素都必须是张量。",
    )),
    row(r"RuntimeError: Could not infer dtype of (?P<kind>\w+)", both(
        "torch.tensor() got a {kind}, which is no number.",
        "torch.tensor() 得到的是 {kind}，不是数。",
    )),
    row(r"ValueError: expected sequence of length (?P<a>\d+) at dim (?P<axis>\d+) \(got (?P<b>\d+)\)", both(
        "The lists have different lengths, such as {a} and {b}, and so make no tensor. Pad them first.",
        "各列表长度不同（如 {a} 和 {b}），不能组成张量。请先填充到相同长度。",
    )),
)  # fmt: skip

GRADIENTS = (
    row(r"RuntimeError: a( view of a)? leaf Variable that requires grad is being used in an in-place operation", both(
        "A tensor with requires_grad is changed in place. Update parameters inside `with torch.no_grad():`; leave "
        "arguments unchanged.",
        "原地修改了需要梯度的张量。更新模型参数请放在 `with torch.no_grad():` 中；传入的张量请不要原地修改。",
    )),
    row(r"RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        r"operation: \[[\w.]+ (?P<shape>\[.*?\])\], which is output \d+ of (?P<name>[\w:]+)", both(
        "backward() needs a tensor of shape {shape} that was overwritten after {name}. Avoid +=, x[...] = and methods "
        "with _.",
        "反向传播要用到 {name} 得到的、形状为 {shape} 的张量，但它后来被原地修改了。"
        "请避免 += 、x[...] = 和以 _ 结尾的方法。",
    )),
    row(r"RuntimeError: Trying to backward through the graph a second time", both(
        "backward() ran before through the same graph. Is a tensor kept from an earlier step? detach() cuts it off.",
        "同一计算图已经反向传播过一次。是否保留了上一步的张量（如隐状态）？可用 detach() 将其分离。",
    )),
    row(r"RuntimeError: element 0 of tensors does not require grad", both(
        "Nothing that the loss was computed from requires a gradient. Look for detach(), no_grad() or item() on the "
        "way.",
        "计算损失所用的张量都不需要梯度。途中是否用了 detach()、no_grad() 或 item()？参数是否设了 requires_grad？",
    )),
    row(r"RuntimeError: grad can be implicitly created only for scalar outputs", both(
        "backward() starts from a single number. Reduce the tensor first, with sum() or mean().",
        "backward() 只能从标量开始。请先用 sum() 或 mean() 把张量变成标量。",
    )),
    row(r"RuntimeError: Mismatch in shape: grad_output\[0\] has a shape of torch\.Size\((?P<a>.*?)\) "
        r"and output\[0\] has a shape of torch\.Size\((?P<b>.*?)\)", both(
        "The gradient that starts backward() has shape {a}; it needs the shape of the tensor, {b}.",
        "传给 backward() 的梯度形状是 {a}，应与张量的形状 {b} 相同。",
    )),
    row(r"RuntimeError: The differentiated Tensor at index (?P<i>\d+) appears to not have been used|"
        r"RuntimeError: One of the differentiated Tensors appears to not have been used", both(
        "The result does not depend on a tensor that the gradient is asked for. Was a copy or detach() used instead?",
        "结果与所求梯度的张量无关。计算时是否用了它的副本或 detach() 之后的张量？",
    )),
    row(r"RuntimeError: Can't call numpy\(\) on Tensor that requires grad", both(
        "A tensor with a gradient does not become an array. Call X.detach().numpy(), or stay with tensors.",
        "需要梯度的张量不能直接转成数组。请用 X.detach().numpy()，或一直使用张量。",
    )),
    row(r"RuntimeError: Only Tensors created explicitly by the user", both(
        "deepcopy copies parameters, but no tensor that was computed from them. Use X.detach().clone().",
        "deepcopy 只能复制参数，不能复制由它们算出的张量。请用 X.detach().clone()。",
    )),
    row(r"RuntimeError: you can only change requires_grad flags of leaf variables", both(
        "The tensor was computed from others, so its flag is fixed. Use X.detach().",
        "这个张量由其他张量算出，不能修改 requires_grad。请用 X.detach()。",
    )),
    row(r"ValueError: can't optimize a non-leaf Tensor", both(
        "The optimiser takes parameters only, but this tensor was computed from others. Was a parameter replaced by "
        "`w * 2` or the like?",
        "优化器只接受参数，而这个张量由其他张量算出。参数是否被 `w * 2` 之类的结果替换了？",
    )),
    row(r"ValueError: optimizer got an empty parameter list", both(
        "The optimiser got no parameters. Modules in a plain list are not found: use nn.ModuleList or nn.Sequential.",
        "优化器没有得到任何参数。普通列表中的模块不会被注册，请用 nn.ModuleList 或 nn.Sequential。",
    )),
    row(r"TypeError: cannot assign '(?P<kind>[\w.]+)' as parameter '(?P<name>\w+)'", both(
        "{name} is a parameter, and assigning a computed tensor would replace it. Update it in place under "
        "torch.no_grad().",
        "{name} 是参数，不能用计算得到的张量替换。请在 torch.no_grad() 下原地更新它。",
    )),
    row(r"(ValueError: Attempted to use an uninitialized parameter|RuntimeError: Can't access the shape of an "
        r"uninitialized)", both(
        "A lazy layer has no weights before its first input. Call the network once on a batch first.",
        "延后初始化的层在第一次收到输入之前没有权重。请先用一个小批量调用一次网络。",
    )),
    row(r"ValueError: Fan in and fan out can not be computed", both(
        "Xavier and Kaiming need a weight with at least 2 axes. Biases are set by zeros_.",
        "Xavier 和 Kaiming 初始化只用于至少有 2 个轴的权重；偏置请用 zeros_。",
    )),
    row(r"TypeError: (?P<kind>[\w.]+) is not a Module subclass", both(
        "Only modules fit here, but an entry is {kind}. A list is spread with *; a function becomes a layer, such as "
        "nn.ReLU().",
        "这里只能放模块，得到的却是 {kind}。列表要用 * 展开；函数要换成层，例如 nn.ReLU()。",
    )),
)  # fmt: skip

NUMBERS = (
    row(r"(RuntimeError: Boolean value of Tensor|ValueError: The truth value of an array) with more than one", both(
        "A condition needs a single True or False, but here it has many. Use .all(), .any() or torch.where().",
        "条件只能是一个 True 或 False，这里却有许多个。请用 .all()、.any() 或 torch.where()。",
    )),
    row(r"RuntimeError: Boolean value of Tensor with no values", both(
        "A condition needs True or False, but the tensor is empty. Check X.numel() first.",
        "条件需要 True 或 False，而张量为空。请先检查 X.numel()。",
    )),
    row(r"TypeError: only integer tensors of a single element can be converted to an index", both(
        "A list or a range takes one integer, but got a tensor of floats or of several numbers. Use int(x), or index "
        "a tensor.",
        "列表下标和 range 只接受一个整数，得到的却是小数张量或含多个数的张量。请用 int(x)，或改为对张量取下标。",
    )),
    row(r"ValueError: only one element tensors can be converted to Python scalars|TypeError: only "
        r"(size-1|length-1|0-dim\w*) arrays", both(
        "Only a tensor of a single number becomes a Python number. Use a function of torch, or reduce it first.",
        "只有含单个数的张量才能转成 Python 的数。请改用 torch 的函数，或先求和、求平均。",
    )),
    row(r"RuntimeError: a Tensor with (?P<n>\d+) elements cannot be converted to Scalar", both(
        "item() needs a tensor of a single number, but this has {n}. Reduce it first, or use tolist().",
        "item() 只用于含单个数的张量，这里有 {n} 个。请先求和、求平均，或用 tolist()。",
    )),
    row(r"RuntimeError: ZeroDivisionError", both(
        "An integer tensor is divided by 0 here.",
        "这里用整数张量除以了 0。",
    )),
    row(r"RuntimeError: invalid multinomial distribution|RuntimeError: probability tensor contains", both(
        "The weights of a draw must be finite, not negative, and not all 0. Print them.",
        "抽样的权重必须有限、非负，且不全为 0。请打印它们。",
    )),
    row(r"RuntimeError: all elements of input should be between 0 and 1", both(
        "binary_cross_entropy takes probabilities. Apply sigmoid first, or use the form with logits.",
        "binary_cross_entropy 的输入是概率。请先做 sigmoid，或使用带 logits 的版本。",
    )),
    row(r"RuntimeError: selected index k out of range", both(
        "topk asks for more entries than the axis has.",
        "topk 要取的个数超过了该轴的大小。",
    )),
    row(r"RuntimeError: (max|min)\(\): Expected reduction dim|IndexError: arg(max|min)\(\): Expected reduction "
        r"dim", both(
        "The tensor is empty, so it has no largest or smallest entry.",
        "张量为空，没有最大值或最小值。",
    )),
    row(r"RuntimeError: einsum\(\): subscript (?P<letter>\w) has size (?P<b>\d+) .* previously seen size "
        r"(?P<a>\d+)", both(
        "The letter {letter} names axes of sizes {a} and {b}, which must be equal.",
        "字母 {letter} 所指的轴大小分别为 {a} 和 {b}，两者必须相等。",
    )),
    row(r"(RuntimeError: Found no NVIDIA driver|AssertionError: Torch not compiled with CUDA)", both(
        "This machine has no GPU. Use the device of the input, as in `torch.zeros(3, device=X.device)`.",
        "评分环境没有 GPU。请使用输入所在的设备，例如 `torch.zeros(3, device=X.device)`。",
    )),
    row(r"TypeError: can't convert (?P<device>[\w:]+) device type tensor to numpy", both(
        "The tensor is on {device}, and NumPy works in main memory. Call X.cpu() first.",
        "张量在 {device} 上，而 NumPy 只能处理内存中的数据。请先调用 X.cpu()。",
    )),
    row(r"RuntimeError: (Expected all tensors to be on the same device|Tensor on device \S+ is not on)", both(
        "The tensors are on different devices. Create new tensors with device=X.device.",
        "这些张量不在同一设备上。新建张量时请写 device=X.device。",
    )),
)  # fmt: skip

ROWS = (*DTYPES, *GRADIENTS, *NUMBERS)
