"""Excess over the chord, loops over values, masks, and an active set for the simplex."""


def is_convex_on_grid(f, a, b, n=201, tol=1e-9):
    if n < 2:
        raise ValueError("two points are needed")
    if b - a <= 0:
        raise ValueError("a must be less than b")
    grid = [((n - 1 - i) * a + i * b) / (n - 1) for i in range(n)]
    worst = max(f(0.5 * x + 0.5 * y) - 0.5 * f(x) - 0.5 * f(y) for x in grid for y in grid if x != y)
    return bool(worst <= tol)


def jensen_gap(f, x, p):
    expected, centre = 0, 0
    for value, probability in zip(x, p, strict=True):
        expected = expected + probability * f(value)
        centre = centre + probability * value
    return expected - f(centre)


def project_box(x, low, high):
    if low > high:
        raise ValueError
    result = x.clone()
    result[x < low] = low
    result[x > high] = high
    return result


def project_simplex(v):
    v = v - v.amax()
    kept = v > -1  # smaller entries are 0 in any case
    while True:
        theta = (v[kept].sum() - 1) / kept.sum()
        smaller = kept & (v > theta)
        if smaller.equal(kept):
            return (v - theta) * kept
        kept = smaller


def projected_gd(grad, project, x0, lr, steps):
    points = [x0.clone()]
    while len(points) <= steps:
        points.append(project(points[-1] - lr * grad(points[-1])))
    return points[-1]
