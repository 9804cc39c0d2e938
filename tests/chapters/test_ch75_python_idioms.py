"""ch75: public_methods, name_kind.

Probes make classes, lists and functions with drawn names and numbers.
"""

import math

import pytest

from dlgrade.testing import shuffled, value_or_error, words


def method(*_):
    """For probes: a function that is a method of a class."""
    return 0


def made(members, *bases):
    """For probes: a new class with these members."""
    return type("Net", bases, dict(members))


def methods(*names):
    """For probes: a method for each name."""
    return dict.fromkeys(names, method)


@pytest.mark.exercise("public_methods")
class TestPublicMethods:
    @pytest.fixture
    def names(self, generator):
        """Twelve different names, in no order."""
        return shuffled(generator, words(generator, 12, length=4))

    @pytest.mark.points(2)
    def test_own_methods(self, agree, names, chance):
        """Returns the sorted names of the methods of an instance.
        返回实例的方法名，按顺序排列。"""
        some, few = names[: chance.randint(4, 7)], names[-chance.randint(1, 3) :]
        agree(lambda impl: [impl.public_methods(made(methods(*part))()) for part in (some, few)])

    @pytest.mark.points(2)
    def test_underscores(self, agree, names):
        """Leaves out all names that begin with an underscore, and no others.
        略去所有以下划线开头的名称，但不略去其他名称。"""
        a, b, c, d, e, *_ = names
        members = methods(f"{a}_{b}", f"_{b}", f"__{c}", f"__{d}__", f"{e}_", d, f"_{a}_", f"{c}__")
        agree(lambda impl: impl.public_methods(made(members)()))

    def test_magic_methods(self, agree, names):
        """Leaves out magic methods, also those of the class itself.
        略去魔术方法，包括类自己定义的魔术方法。"""
        members = methods(*names[:3], "__call__", "__len__", "__getitem__")
        agree(lambda impl: impl.public_methods(made(members)()))

    @pytest.mark.points(2)
    def test_inherited(self, agree, names):
        """Includes inherited methods, and each name once.
        包含继承的方法，每个名称只出现一次。"""
        a, b, c, d, e, f, *_ = names

        def probe(impl):
            first = made(methods(a, b, f"_{c}"))
            second, other = made(methods(c, a), first), made(methods(f))
            third = made(methods(d, e, c), second, other)
            return [impl.public_methods(kind()) for kind in (first, second, third, made({}, third))]

        agree(probe)

    @pytest.mark.points(2)
    def test_data(self, agree, names, chance):
        """Leaves out attributes that cannot be called, in the class and in the instance.
        略去不可调用的属性，不论它在类中还是在实例中。"""
        a, b, c, d, e, f, g, *_ = names
        number = chance.randint(1, 9)

        def probe(impl):
            net = made({**methods(a, b), c: number, d: "text", e: None})()
            setattr(net, f, [number])
            setattr(net, g, 0.5)
            return impl.public_methods(net)

        agree(probe)

    def test_removed_method(self, agree, names):
        """Leaves out an inherited method that a class replaces by data.
        子类用数据取代继承的方法时，略去这个名称。"""
        a, b, c, *_ = names
        agree(lambda impl: impl.public_methods(made({b: None}, made(methods(a, b, c)))()))

    @pytest.mark.points(2)
    def test_properties(self, agree, names, chance):
        """Leaves out properties and does not evaluate them, even if their value can be called.
        略去属性（property）且不求值，即使它的值可以调用。"""
        a, b, c, d, e, *_ = names
        number = chance.randint(1, 9)

        def probe(impl):
            seen = []

            def observed(_):
                seen.append(number)
                return method

            def broken(_):
                raise ValueError(number)

            base = made({**methods(a), d: property(broken)})
            net = made({**methods(b), c: property(observed), e: property(broken)}, base)()
            return value_or_error(impl.public_methods, net), seen

        agree(probe)

    @pytest.mark.points(2)
    def test_class_and_static_methods(self, agree, names):
        """Includes class methods and static methods.
        包含类方法和静态方法。"""
        a, b, c, d, *_ = names
        members = {a: classmethod(method), b: staticmethod(method), **methods(c)}
        agree(
            lambda impl: [impl.public_methods(made(members)()), impl.public_methods(made(methods(d), made(members))())]
        )

    def test_callable_attributes(self, agree, names):
        """Includes functions and classes that an instance stores, and callable objects and classes of its class.
        包含实例中保存的函数和类，以及它的类中可调用的对象和类。"""
        a, b, c, d, e, f, *_ = names

        def probe(impl):
            layer = made(methods("__call__"))
            net = made({**methods(a), b: layer(), c: layer})()
            setattr(net, d, method)
            setattr(net, e, layer)
            setattr(net, f"_{f}", method)
            return impl.public_methods(net)

        agree(probe)

    @pytest.mark.points(2)
    def test_class(self, agree, names):
        """Accepts a class, too.
        obj 也可以是类。"""
        a, b, c, d, e, f, *_ = names
        members = {**methods(a, f"_{b}"), b: classmethod(method), c: 1, d: property(method), e: staticmethod(method)}
        agree(lambda impl: [impl.public_methods(kind) for kind in (made(members), made(methods(f), made(members)))])

    def test_builtin_objects(self, agree, chance):
        """Accepts objects of Python's own types, and modules.
        obj 也可以是 Python 自带类型的对象或模块。"""
        number = chance.randint(1, 9)
        agree(lambda impl: [impl.public_methods(obj) for obj in ([number], {number}, str(number), number, math)])

    def test_capitals(self, agree, names):
        """Sorts as sorted() does: capitals come first.
        与 sorted() 的顺序相同：大写字母在前。"""
        a, b, c, d, e, *_ = names
        agree(lambda impl: impl.public_methods(made(methods(a, b.title(), c, d.upper(), e))()))

    def test_nothing_is_called(self, agree, names):
        """Calls no method.
        不调用任何方法。"""
        a, b, c, *_ = names

        def probe(impl):
            seen = []
            members = {name: lambda *_, name=name: seen.append(name) for name in (a, b, "__call__", "__len__")}
            return impl.public_methods(made({**members, c: staticmethod(lambda: seen.append(c))})()), seen

        agree(probe)

    def test_none(self, agree, names):
        """Returns an empty list if there is no such name.
        没有这样的名称时，返回空列表。"""
        a, b, c, *_ = names
        agree(lambda impl: [impl.public_methods(made(members)()) for members in ({}, methods(f"_{a}"), methods(b, c))])


@pytest.mark.exercise("name_kind")
class TestNameKind:
    @pytest.fixture
    def kinds(self, agree, generator):
        """kinds(["_{}", "{}"]): asks for the kinds of these names, each with several drawn words, in a drawn order."""

        def ask(*forms):
            names = [form.format(word) for form in forms for word in words(generator, 3)]
            names = shuffled(generator, names)
            agree(lambda impl: [impl.name_kind(name) for name in names])

        return ask

    @pytest.mark.points(2)
    def test_four_kinds(self, kinds):
        """Tells the four kinds from one another.
        区分四种名称。"""
        kinds("{}", "_{}", "__{}", "__{}__")

    @pytest.mark.points(2)
    def test_ends(self, kinds):
        """Underscores at the end matter only after two or more in front: two make a name magic.
        只有以两个或更多下划线开头时，末尾的下划线才有影响：有两个就是 magic。"""
        kinds("__{}__", "__{}_", "_{}__", "_{}_", "{}__", "{}_", "{}")

    def test_three_underscores(self, kinds):
        """More than two underscores count as two.
        两个以上的下划线与两个相同。"""
        kinds("___{}", "____{}", "___{}___", "___{}__", "__{}___", "___{}_", "_{}___", "{}___")

    def test_underscores_within(self, kinds):
        """Underscores between other characters do not matter.
        其他字符之间的下划线没有影响。"""
        kinds("{0}_{0}", "{0}__{0}", "_{0}_{0}", "__{0}__{0}", "__{0}_{0}__", "{0}__{0}__", "__{0}__{0}_")

    @pytest.mark.points(2)
    def test_renamed(self, agree, generator):
        """The name that Python gives a private attribute is protected.
        Python 给私有属性改的名称属于 protected。"""
        nets, (name, other) = [word.title() for word in words(generator, 3)], words(generator, 2)
        renamed = [f"_{net}__{part}" for net in nets for part in (name, other)]
        names = shuffled(generator, [*renamed, f"__{name}", f"_{other}", name, f"__{other}__"])
        agree(lambda impl: [impl.name_kind(each) for each in names])

    def test_underscores_alone(self, agree, generator, chance):
        """Names of underscores alone are protected.
        只由下划线组成的名称属于 protected。"""
        word = words(generator, 1)[0]
        names = shuffled(generator, ["_" * count for count in range(1, chance.randint(6, 9))] + [word, f"__{word}"])
        agree(lambda impl: [impl.name_kind(name) for name in names])

    def test_short_names(self, agree, generator):
        """A single other character is enough.
        只有一个其他字符也足够。"""
        forms = shuffled(generator, ["{}", "_{}", "__{}", "__{}__", "_{}_", "__{}_", "{}_", "___{}__"])
        letters = words(generator, 8, length=1)
        names = [form.format(letter) for form, letter in zip(forms, letters, strict=True)]
        agree(lambda impl: [impl.name_kind(name) for name in names])

    def test_capitals_and_digits(self, agree, generator, chance):
        """Capitals, digits and Chinese characters are like other characters.
        大写字母、数字和汉字与其他字符一样。"""
        upper = words(generator, 1)[0].upper()
        others = [upper, upper.title(), f"x{chance.randint(0, 9)}", "数", f"{chance.randint(0, 9)}"]
        forms = ["_{}", "__{}", "__{}__"]
        names = shuffled(generator, [form.format(other) for form in forms for other in others] + others[:4])
        agree(lambda impl: [impl.name_kind(name) for name in names])

    def test_known_names(self, agree, generator):
        """Magic names need not be Python's own.
        magic 名称不必是 Python 自己的。"""
        word = words(generator, 1)[0]
        known = [
            "__init__",
            "__len__",
            "__getitem__",
            "__all__",
            "forward",
            "_parameters",
            "__call_impl",
            f"__{word}__",
        ]
        names = shuffled(generator, known)
        agree(lambda impl: [impl.name_kind(name) for name in names])
