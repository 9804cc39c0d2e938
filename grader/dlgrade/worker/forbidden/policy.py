"""The modules, names and attributes that code must not use: they lead around the rules of an exercise.

Code that an exercise reaches may use torch's public modules, numpy and the harmless part of the standard library.
Code that only runs at import may use any library, but not the constructs that could disarm the guard and the record.
"""

from __future__ import annotations

import types
from typing import Any

# Modules whose public names exercises may use. A name that ends in `.` includes all public modules below it.
ALLOWED = {
    "__future__", "abc", "bisect", "cmath", "collections", "collections.abc", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "enum", "fractions", "functools", "heapq", "itertools", "math", "numbers", "operator",
    "random", "re", "statistics", "string", "struct", "textwrap", "time", "typing", "typing_extensions", "warnings",
    "inspect", "types", "logging", "json", "hashlib", "d2l", "d2l.torch", "numpy", "numpy.fft", "numpy.linalg",
    "numpy.random", "numpy.typing", "numpy.ma", "numpy.lib.stride_tricks", "torch", "torch.autograd",
    "torch.autograd.functional", "torch.autograd.function", "torch.cuda", "torch.fft", "torch.func", "torch.linalg",
    "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.modules.", "torch.nn.parameter", "torch.nn.utils.",
    "torch.optim.", "torch.random", "torch.sparse", "torch.special", "torch.types", "torch.version", "torch.utils",
    "torch.utils.data.", "torch.utils.checkpoint", "torch.testing", "torch.distributions.", "torch.functional",
    "torch.autograd.forward_ad", "torch.autograd.grad_mode", "torch.autograd.variable", "torch.autograd.gradcheck",
    "torchvision.",
}  # fmt: skip

# Modules that no code may use, not even at import: they reach interpreter internals, other threads or unseen code.
DANGEROUS = {
    "_thread", "asyncio", "bdb", "builtins", "cProfile", "cffi", "cloudpickle", "code", "codeop", "concurrent",
    "copyreg", "ctypes", "dill", "dlgrade", "doctest", "gc", "imp", "importlib", "joblib", "logging.config",
    "marshal", "mmap", "multiprocessing", "numba", "numpy.ctypeslib", "pdb", "pickle", "pkgutil", "posix", "profile",
    "pydoc", "pytest", "rlcompleter", "runpy", "shelve", "signal", "subprocess", "threading", "trace", "triton",
    "unittest", "zipimport",
    *(f"torch.{part}" for part in (
        "_", "autograd.profiler", "autograd.profiler_legacy", "distributed", "fx", "hub", "library",
        "multiprocessing", "ops", "overrides", "package", "profiler", "utils._", "utils.cpp_extension",
    )),
}  # fmt: skip
WHOLLY_DENIED = {"builtins", "torch"}  # dangerous modules of which no part is harmless
HARMLESS_PARTS = {"gc.collect", "gc.disable", "gc.enable", "gc.freeze", "importlib.util.find_spec"}

# Denied parts of otherwise harmless modules: to all code that runs, and to the code of exercises.
DENIED = {
    "builtins.__import__", "builtins.breakpoint", "builtins.compile", "builtins.eval", "builtins.exec",
    "builtins.globals", "builtins.locals", "dataclasses.make_dataclass", "inspect.currentframe",
    "inspect.get_annotations", "inspect.getattr_static", "inspect.getclosurevars", "inspect.getframeinfo",
    "inspect.getgeneratorlocals", "inspect.getinnerframes", "inspect.getmembers", "inspect.getmembers_static",
    "inspect.getmodule", "inspect.getouterframes", "inspect.stack", "inspect.trace", "inspect.unwrap", "os.close",
    "os.dup2", "os.fork", "os.write", "pandas.eval", "pandas.read_pickle", "string.Formatter", "sys.addaudithook",
    "sys.meta_path", "sys.modules", "sys.path_hooks", "sys.path_importer_cache", "sys.setprofile", "sys.settrace",
    "timeit.Timer", "timeit.repeat", "timeit.timeit", "types.CellType", "types.CodeType", "types.FrameType",
    "types.FunctionType", "types.LambdaType", "types.TracebackType", "types.new_class", "typing.ForwardRef",
    "typing.get_type_hints",
}  # fmt: skip
DENIED_IN_EXERCISES = {
    "builtins.open", "numpy.load", "operator.attrgetter", "operator.methodcaller",
    "torch.compile", "torch.load", "torch.save",
}  # fmt: skip
# Modules of which exercises may use only these names.
PARTS_ONLY = {
    "numpy.lib": {"stride_tricks"},
    "os": {"_exit", "cpu_count", "environ", "getcwd", "getpid", "linesep", "sep"},
    "sys": {"byteorder", "exit", "float_info", "getsizeof", "maxsize", "stderr", "stdout", "version", "version_info"},
}
UNPICKLING = {"allow_pickle", "pickle_module", "weights_only"}  # arguments that let torch.load and numpy.load run code
INTERNAL = {"torch", "numpy", "sys", "dataclasses"}  # their private names lead to internals that no student needs
# Private names in modules of torch.nn that textbooks' code imports, and that lead nowhere: they repeat a number.
HARMLESS_PRIVATE = {"_ntuple", "_single", "_pair", "_triple", "_quadruple", "_reverse_repeat_tuple"}

# Attributes that lead from an object to the interpreter's own structures, whatever the object is.
DENIED_ATTRIBUTES = {
    "__annotations__", "__builtins__", "__closure__", "__code__", "__defaults__", "__func__", "__getattribute__",
    "__globals__", "__import__", "__kwdefaults__", "__loader__", "__match_args__", "__reduce__", "__reduce_ex__",
    "__self__", "__spec__", "__subclasses__", "__wrapped__", "ag_code", "ag_frame", "annotation", "aten",
    "cell_contents", "co_code", "co_consts", "cr_code", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals",
    "f_locals", "gi_code", "gi_frame", "tb_frame", "tb_next", "_getframe", "_C", "_VF", "_VariableFunctions",
    "_autograd", "_ops", "_profiler", "_disable_profiler_legacy", "_disable_profiler", "_enable_profiler",
    "_enable_profiler_legacy", "profiler_legacy",
}  # fmt: skip
DENIED_NAMES = {"__builtins__", "__loader__", "__spec__"}
MODULE_FACTS = {"__doc__", "__file__", "__name__", "__path__", "__version__"}

LIBRARIES = {"torch", "numpy", "builtins", "math", "torchvision"}  # nobody may change them


def allows_module(path: str, *, exercise: bool) -> bool:
    """Return whether code may use a module: code that an `exercise` reaches, or any code that runs at import."""
    if exercise:
        return (
            path in ALLOWED
            or path in PARTS_ONLY
            or ("._" not in path and any(f"{path}.".startswith(entry) for entry in ALLOWED if entry[-1] == "."))
        )
    return not any(path == entry or path.startswith(_below(entry)) for entry in DANGEROUS)


def _below(entry: str) -> str:
    return entry if entry[-1] == "_" else f"{entry}."


def allows_part(path: str, *, exercise: bool) -> bool:
    """Return whether code may use this name of a module that it may use."""
    home, _, name = path.rpartition(".")
    if exercise and home in PARTS_ONLY:
        return name in PARTS_ONLY[home]
    if path in DENIED or (exercise and path in DENIED_IN_EXERCISES):
        return False
    private = name[:1] == "_" and name[:2] != "__"
    if name in HARMLESS_PRIVATE and home.startswith("torch.nn.modules."):
        return True
    return not private or not (exercise or home.partition(".")[0] in INTERNAL)


def allows_attribute(name: str, *, of_module: bool = False) -> bool:
    """Return whether code may read an attribute of this name. Modules have dunder names of their own."""
    if of_module and name[:2] == "__":
        return name in MODULE_FACTS
    return name not in DENIED_ATTRIBUTES


def is_library(thing: Any) -> bool:
    """Return whether a module, class or function belongs to a library, so that nobody else may change it."""
    home = thing.__name__ if isinstance(thing, types.ModuleType) else getattr(thing, "__module__", None)
    if not isinstance(home, str) or home.startswith("torch.backends"):
        return False
    return home.partition(".")[0] in LIBRARIES


# Suspicious names, which staff should look at even in code that nothing reaches.
SUSPICIOUS_MODULES = {
    "_thread", "builtins", "ctypes", "dlgrade", "gc", "importlib", "marshal", "pickle", "subprocess", "threading",
}  # fmt: skip
SUSPICIOUS_NAMES = {"__builtins__", "__import__", "eval", "exec"}
HONEST = {"annotation", "aten", "__annotations__", "__func__", "__match_args__", "__self__"}
SUSPICIOUS_ATTRIBUTES = (DENIED_ATTRIBUTES - HONEST) | {
    "_current_frames", "_getframe", "setprofile", "settrace",
}  # fmt: skip
