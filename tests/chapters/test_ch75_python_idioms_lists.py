"""ch75: append_to, scale_copy, evaluated_at_call."""

import pytest

from dlgrade.testing import value_or_error


def snapshot(result):
    """For probes: a list as it is now. Anything else stays as it is."""
    return list(result) if isinstance(result, list) else result


def lists(chance, *lengths):
    """Lists of numbers."""
    return [[chance.randint(1, 99) for _ in range(length)] for length in lengths]


@pytest.mark.exercise("append_to")
class TestAppendTo:
    @pytest.mark.points(2)
    def test_given_list(self, agree, chance):
        """Appends the value at the end of the list.
        把值加到列表末尾。"""
        cases = [(chance.randint(100, 199), items) for items in lists(chance, 1, 2, 5)]
        agree(lambda impl: [impl.append_to(value, list(items)) for value, items in cases])

    @pytest.mark.points(2)
    def test_same_list(self, agree, chance):
        """Changes the list itself and returns it.
        修改传入的列表本身，并返回它。"""
        (items,), (a, b) = lists(chance, 3), chance.sample(range(100, 200), 2)

        def probe(impl):
            mine = list(items)
            other_name = mine
            results = [impl.append_to(a, mine), impl.append_to(b, mine)]
            return [result is mine for result in results], other_name

        agree(probe)

    @pytest.mark.points(2)
    def test_without_a_list(self, agree, chance):
        """Begins a new list in each call without items.
        没有给出 items 时，每次调用都从新的列表开始。"""
        values = chance.sample(range(100), 4)
        agree(lambda impl: [snapshot(impl.append_to(value)) for value in values])

    @pytest.mark.points(2)
    def test_none_given(self, agree, chance):
        """None has the same effect as no list.
        items 为 None 时，效果与没有给出相同。"""
        calls = list(zip(chance.sample(range(100), 4), [(None,), (), (None,), (None,)], strict=True))
        agree(lambda impl: [snapshot(impl.append_to(value, *rest)) for value, rest in calls])

    def test_independent_lists(self, agree, chance):
        """A change of a result does not show in later or earlier results.
        修改一个结果，不影响之前和之后的结果。"""
        a, b, c, d = chance.sample(range(100), 4)

        def probe(impl):
            first = impl.append_to(a)
            second = impl.append_to(b)
            if isinstance(first, list):
                first.append(c)
            return first, second, impl.append_to(d)

        agree(probe)

    @pytest.mark.points(2)
    def test_empty_list(self, agree, chance):
        """Uses an empty list that is given.
        使用传入的空列表。"""
        a, b = chance.sample(range(100), 2)

        def probe(impl):
            mine = []
            result = impl.append_to(a, mine)
            return mine, result is mine, impl.append_to(b, [])

        agree(probe)

    def test_both_kinds_of_calls(self, agree, chance):
        """Calls with and without a list do not disturb each other.
        给出列表和不给出列表的调用互不影响。"""
        (items,), values = lists(chance, 2), chance.sample(range(100, 200), 5)

        def probe(impl):
            mine, found = list(items), []
            for number, value in enumerate(values):
                found.append(snapshot(impl.append_to(value, mine) if number % 2 else impl.append_to(value)))
            return found, mine

        agree(probe)

    def test_one_element(self, agree, chance):
        """Any value becomes one element: a list, None, 0, a text, or a value that is there already.
        任何值都成为一个元素：列表、None、0、文本，或列表中已有的值。"""
        (items, value), text = lists(chance, 3, 2), f"text {chance.randint(10, 99)}"
        values = [value, None, 0, text, items[0], []]
        agree(lambda impl: [[impl.append_to(v, list(items)), impl.append_to(v)] for v in values])

    @pytest.mark.needs("given_list")
    def test_same_element(self, agree, chance):
        """The element is the value itself, not a copy.
        加入的元素就是这个值本身，而不是副本。"""
        (value,), more = lists(chance, 2), chance.randint(100, 199)

        def probe(impl):
            mine = list(value)
            result = impl.append_to(mine, [0])
            mine.append(more)
            return result

        agree(probe)

    def test_by_keyword(self, agree, chance):
        """The parameters have the names value and items.
        参数名是 value 和 items。"""
        (items,), value = lists(chance, 3), chance.randint(100, 199)
        agree(lambda impl: [impl.append_to(items=list(items), value=value), impl.append_to(value=value)])

    @pytest.mark.points(2)
    def test_default_value(self, agree, chance):
        """The default value is None, and stays None.
        默认值是 None，而且始终是 None。"""
        a, b = chance.sample(range(100), 2)

        def probe(impl):
            defaults = [list(impl.append_to.__defaults__ or ())]
            results = [snapshot(impl.append_to(value)) for value in (a, b)]
            return defaults, results, list(impl.append_to.__defaults__ or ())

        agree(probe)

    def test_order(self, agree, chance):
        """Keeps the order of the list.
        保持列表的顺序。"""
        items = chance.sample(range(1, 99), 6)
        agree(lambda impl: impl.append_to(0, list(items)))


@pytest.mark.exercise("scale_copy")
class TestScaleCopy:
    @pytest.fixture
    def numbers(self, chance):
        """numbers(3): three numbers of both signs, with fractions of a quarter."""
        return lambda count: [chance.choice((-1, 1)) * chance.randint(5, 99) / 4 for _ in range(count)]

    @pytest.fixture
    def nested(self, numbers):
        """A list with lists in it, to the depth 4."""
        a, b, c, d, e, f, g, h = numbers(8)
        return [a, [b, [c, d], [[e]]], [], [f, g], h]

    @pytest.mark.points(2)
    def test_numbers(self, agree, numbers, chance):
        """Multiplies each number by the factor.
        每个数都乘以 factor。"""
        cases = [(numbers(chance.randint(2, 5)), factor) for factor in chance.sample((2, 0.5, -4, 1.5, -0.25), 5)]
        agree(lambda impl: [impl.scale_copy(xs, factor) for xs, factor in cases])

    @pytest.mark.points(2)
    def test_argument_unchanged(self, agree, numbers, chance):
        """The list that is given stays as it is, under any of its names.
        传入的列表保持不变，不论用哪个名称访问它。"""
        xs, factor = numbers(chance.randint(3, 5)), chance.randint(2, 9)

        def probe(impl):
            mine = list(xs)
            other_name = mine
            result = impl.scale_copy(mine, factor)
            return other_name, result

        agree(probe)

    @pytest.mark.points(2)
    def test_nested(self, agree, nested, chance):
        """Multiplies the numbers in lists at every depth.
        各层列表中的数都乘以 factor。"""
        cases, factor = [nested, [nested, [nested[0], []]]], chance.choice((2, 3, -5, 0.5))
        agree(lambda impl: [impl.scale_copy(xs, factor) for xs in cases])

    @pytest.mark.points(2)
    def test_nested_unchanged(self, agree, nested, chance):
        """Lists in the list stay as they are, too.
        列表中的各层列表也保持不变。"""
        factor = chance.randint(2, 9)

        def probe(impl):
            result = impl.scale_copy(nested, factor)
            return nested, result

        agree(probe)

    @pytest.mark.needs("numbers")
    def test_new_list(self, agree, numbers, chance):
        """The result is a new list, also for the factor 1 and for an empty list.
        结果是新的列表，factor 为 1 或列表为空时也是如此。"""
        xs, more, factor = numbers(3), numbers(1)[0], chance.randint(2, 9)

        def probe(impl):
            found = []
            for items, by in ((xs, factor), (xs, 1), (xs, 1.0), ([], factor), ([], 1)):
                mine = list(items)
                result = impl.scale_copy(mine, by)
                result.append(more)
                found.append((mine, result))
            return found

        agree(probe)

    @pytest.mark.needs("nested")
    def test_new_inner_lists(self, agree, nested, numbers):
        """A change of an inner list of the result does not show in the argument, also for the factor 1.
        修改结果的内层列表，不影响传入的列表；factor 为 1 时也是如此。"""
        more = numbers(1)[0]

        def probe(impl):
            for factor in (1, 2):
                result = impl.scale_copy(nested, factor)
                result[1].append(more)
                result[1][1].append(more)
                result[1][2][0].append(more)
                result[2].append(more)
            return nested, impl.scale_copy(nested, 1)

        agree(probe)

    @pytest.mark.needs("nested")
    def test_same_list_twice(self, agree, numbers, chance):
        """A list that is at several places of xs is scaled once at each, and has a copy for each.
        同一列表出现在 xs 的多处时，每一处都只乘一次，各有自己的副本。"""
        xs, (a, more), factor = numbers(2), numbers(2), chance.randint(2, 9)

        def probe(impl):
            mine = list(xs)
            result = impl.scale_copy([mine, a, [mine], mine], factor)
            first = [list(part) if isinstance(part, list) else part for part in result]
            result[0].append(more)
            return first, result

        agree(probe)

    def test_factor_of_zero(self, agree, nested):
        """The factor 0 gives zeros.
        factor 为 0 时得到零。"""
        agree(lambda impl: [impl.scale_copy(nested, 0), impl.scale_copy(nested, 2)])

    def test_factor_of_one(self, agree, nested, numbers):
        """The factor 1 gives the same numbers.
        factor 为 1 时，得到同样的数。"""
        xs = numbers(3)
        agree(lambda impl: [impl.scale_copy(items, factor) for items in (xs, nested) for factor in (1, 3)])

    def test_ints_and_floats(self, agree, chance):
        """Gives ints for ints times ints, and floats otherwise.
        整数乘以整数得到整数，否则得到浮点数。"""
        xs, factor = [chance.randint(2, 99) for _ in range(4)], chance.randint(2, 9)
        agree(lambda impl: [[repr(x) for x in impl.scale_copy([*xs, 0.5], by)] for by in (factor, float(factor), 0.5)])

    def test_empty_and_short_lists(self, agree, numbers, chance):
        """Lists may be empty or have a single element.
        列表可以为空，也可以只有一个元素。"""
        (a, b), factor = numbers(2), chance.randint(2, 9)
        agree(lambda impl: [impl.scale_copy(xs, factor) for xs in ([], [a], [[]], [[b]], [[], [[]]])])

    @pytest.mark.needs("numbers")
    def test_second_call(self, agree, numbers, chance):
        """A second call gives a second list.
        第二次调用给出另一个列表。"""
        xs, factor = numbers(3), chance.randint(2, 9)

        def probe(impl):
            first, second = impl.scale_copy(xs, factor), impl.scale_copy(xs, factor)
            first.pop()
            return first, second, impl.scale_copy(second, factor)

        agree(probe)


@pytest.mark.exercise("evaluated_at_call")
class TestEvaluatedAtCall:
    @pytest.fixture
    def numbers(self, chance):
        """Ten different numbers, in no order."""
        return chance.sample(range(1, 99), 10)

    @pytest.mark.points(2)
    def test_new_default(self, agree, numbers):
        """Calls the factory anew in each call without data.
        没有给出 data 时，每次调用都重新调用 factory。"""

        def probe(impl):
            rest = list(numbers)
            function = impl.evaluated_at_call(lambda: rest.pop())
            return [function() for _ in range(4)], function(numbers[0])

        agree(probe)

    @pytest.mark.points(2)
    def test_time_of_the_call(self, agree, numbers):
        """The default is that of the time of the call, not of the definition.
        默认值是调用时的值，而不是定义时的值。"""

        def probe(impl):
            clock, seen = [0], []
            display_time = impl.evaluated_at_call(lambda: clock[0])
            for now in numbers:
                clock[0] = now
                seen += [display_time(), display_time(now + 100)]
            return seen

        agree(probe)

    @pytest.mark.points(2)
    def test_data_given(self, agree, numbers):
        """Returns data if it is given, by position or as data=.
        给出 data 时返回 data，可以按位置给出，也可以写作 data=。"""
        a, b, c, *_ = numbers

        def probe(impl):
            function = impl.evaluated_at_call(lambda: c)
            return function(a), function(), function(data=b), function()

        agree(probe)

    @pytest.mark.points(2)
    def test_falsy_data(self, agree, numbers):
        """Data such as 0, "", [] or False counts, and None does not.
        0、""、[]、False 这样的 data 有效，None 无效。"""

        def probe(impl):
            function = impl.evaluated_at_call(lambda: numbers[0])
            return [function(data) for data in (0, "", [], False, 0.0, None)]

        agree(probe)

    @pytest.mark.points(2)
    def test_calls_of_the_factory(self, agree, numbers):
        """Calls the factory once for each missing data, and otherwise never.
        每次缺少 data 时调用 factory 一次，其他时候都不调用。"""
        a, b, *_ = numbers

        def probe(impl):
            calls, counts = [], []

            def factory():
                calls.append(a)
                return a

            function = impl.evaluated_at_call(factory)
            counts.append(len(calls))
            for data in ((), (b,), (None,), (0,), ()):
                counts += [function(*data), len(calls)]
            return counts

        agree(probe)

    def test_falsy_results(self, agree, numbers):
        """Results of the factory such as 0, None or "" are passed on, and are not kept.
        factory 返回 0、None、"" 这样的结果时，照样传出，也不保留。"""

        def probe(impl):
            results = [0, None, "", numbers[0], [], None, *numbers]
            function = impl.evaluated_at_call(lambda: results.pop(0))
            return [function() for _ in range(7)], function(numbers[0])

        agree(probe)

    @pytest.mark.needs("new_default", "data_given")
    def test_same_objects(self, agree, numbers):
        """Passes on data and results of the factory themselves, not copies.
        传出的是 data 和 factory 的结果本身，而不是副本。"""
        a, b, c, *_ = numbers

        def probe(impl):
            kept, mine = [a], [b]
            function = impl.evaluated_at_call(lambda: kept)
            function().append(c)
            function(mine).append(c)
            return kept, mine, function() is kept

        agree(probe)

    def test_new_lists(self, agree, numbers):
        """A factory of lists gives a new list to each call.
        factory 创建列表时，每次调用都得到新的列表。"""

        def probe(impl):
            function = impl.evaluated_at_call(lambda: numbers[:2])

            def add(number):
                function().append(number)

            for number in numbers:
                value_or_error(add, number)
            return function(), function(numbers)

        agree(probe)

    def test_two_functions(self, agree, numbers):
        """Two functions have their own factories.
        两个函数各有自己的 factory。"""
        a, b, c, *_ = numbers

        def probe(impl):
            first = impl.evaluated_at_call(lambda: a)
            second = impl.evaluated_at_call(lambda: b)
            return first(), second(), first(c), second(), first()

        agree(probe)

    @pytest.mark.points(2)
    def test_exceptions(self, agree, numbers):
        """An exception of the factory reaches the caller, and a later call tries again.
        factory 抛出的异常传到调用者，之后的调用会重新尝试。"""

        def probe(impl):
            seen = []

            def factory():
                seen.append(0)
                if len(seen) in (1, 3):
                    raise (ValueError if len(seen) == 1 else KeyError)(numbers[0])
                return numbers[len(seen)]

            function = value_or_error(impl.evaluated_at_call, factory)
            return [value_or_error(function) for _ in range(4)], value_or_error(function, numbers[5])

        agree(probe)

    def test_default_is_none(self, agree, numbers):
        """The parameter of the function has the default None.
        返回的函数的参数默认值为 None。"""
        a, *_ = numbers

        def probe(impl):
            function = impl.evaluated_at_call(lambda: a)
            before = list(getattr(function, "__defaults__", None) or ())
            return before, function(), list(getattr(function, "__defaults__", None) or ())

        agree(probe)

    def test_several_calls_with_data(self, agree, numbers):
        """A given value does not stay for later calls.
        给出的值不会保留到之后的调用。"""
        a, *rest = numbers

        def probe(impl):
            function = impl.evaluated_at_call(lambda: a)
            return [function(*data) for number in rest for data in ((number,), ())]

        agree(probe)
