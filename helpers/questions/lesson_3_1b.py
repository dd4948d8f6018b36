"""Questions of lesson 3-1b: filters made by hand, and learnt."""

import numpy as np

from helpers import chapter
from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Choice, Number, Numbers, named
from helpers.reference.filters import (
    SOBEL_X,
    SOBEL_Y,
    filter_image,
    gaussian_filter,
    mean_filter,
    sobel_magnitude,
)
from helpers.reference.geometry import windows
from helpers.wording import number, products, total, trimmed


@question(chapter.FIGURE_3_2_INPUT[1:, 1:], draw=lambda rng: (whole_numbers(rng, (3, 3), 0, 9),))
def window_mean(window):
    """What the mean filter makes of a window."""
    mean = (window * mean_filter(3)).sum()
    values = {"sum": total(window.ravel()), "all": window.sum(), "mean": trimmed(mean, 2)}
    return Number(
        text=say("The mean filter of side 3 lies on this window. Which number does it give?"),
        given={say("window"): window},
        answer=mean,
        decimals=2,
        mistakes=[
            (window.sum(), say("That is the sum of the nine pixels: each of them has the weight $1/9$.")),
            (np.median(window), say("That is the median, the middle one of the sorted pixels.")),
            (window.sum() / 3, say("A window of side 3 has more than three pixels.")),
        ],
        hints=[say("Add up all nine pixels first.")],
        explanation=say("$({sum})/9 = {all}/9$ = **{mean}**.", **values),
    )


_BELLS = [
    (1, 1, 1.0),
    (0, 1, 1.0),
    (0, 2, 1.0),
    (2, 0, 2.0),
    (1, 1, 2.0),
    (2, 2, 2.0),
    (1, 1, 0.5),
    (1, 2, 1.0),
]


@question(1, 1, 1.0, draw=lambda rng: rng.choice(_BELLS))
def gaussian_middle(below, right, sigma):
    """How much heavier the middle of a Gaussian filter is."""
    weights = gaussian_filter(2 * max(below, right) + 1, sigma)
    middle = len(weights) // 2
    times = weights[middle, middle] / weights[middle + below, middle + right]
    square = below**2 + right**2
    exponent = square / (2 * sigma**2)
    values = {"u": below, "v": right, "sigma": number(sigma), "exponent": number(exponent)}
    return Number(
        text=say(
            "Take $\\sigma = {sigma}$. How many times as heavy as the weight at $u = {u}$, $v = {v}$ is the "
            "one in the middle? (A calculator helps.)",
            **values,
        ),
        answer=times,
        decimals=1,
        mistakes=[
            (1 / times, say("You have divided the other way round: the middle is the heavier one.")),
            (np.exp(square / sigma**2), say("In the exponent stands $2\\sigma^2$, not $\\sigma^2$.")),
            (exponent, say("That is the exponent, without its sign. Now take $e$ to this power.")),
            (
                np.exp(square / (2 * sigma)) if sigma != 1 else None,
                say("Under the fraction bar $\\sigma$ is squared."),
            ),
        ],
        hints=[
            say("In the middle $u$ and $v$ are 0, so there the exponential is 1. And at the other place?"),
            say("What is $u^2 + v^2$? Divide it by $2\\sigma^2$."),
        ],
        explanation=say(
            "The exponent is $-({u}^2 + {v}^2)/(2 \\cdot {sigma}^2) = -{exponent}$ there, and 0 in the "
            "middle, which is $e^{{{exponent}}}$ = **{times}** times as heavy.",
            times=trimmed(times, 1),
            **values,
        ),
    )


@question(9, True, draw=lambda rng: (rng.randint(2, 20), rng.random() < 0.5))
def sobel_edge(height, upright):
    """What Sobel's two filters make of an edge."""
    edge = np.array([[0, 0, 0, height, height, height]] * 4)
    edge = edge if upright else np.repeat([[0], [0], [height], [height]], 6, axis=1)
    along = [filter_image(edge, kernel).max() for kernel in (SOBEL_X, SOBEL_Y)]
    names = say("largest in Gx"), say("largest in Gy")

    values = {"height": height, "x": number(along[0]), "y": number(along[1])}

    def large(value):
        return named(names, *((value, None) if upright else (None, value)))

    return Numbers(
        text=say(
            "Which of $S_x$ and $S_y$ finds this edge? What is the largest number that each of them gives?"
        ),
        given={say("edge"): edge},
        answer=named(names, *along),
        mistakes=[
            (named(names, *along[::-1]), say("The other one: $S_x$ compares left and right.")),
            (large(height), say("The difference is right. In how many rows, or columns, does it count?")),
            (large(2 * height), say("That is one of the three rows, or columns. All of them are added up.")),
            (
                large(3 * height),
                say("Not all weights on the bright side are 1: the middle one counts twice."),
            ),
            (named(names, max(along), max(along)), say("Only one of the two filters finds a change here.")),
        ],
        hints=[
            say("Lay each filter on the edge: which pixels of the window have a weight other than 0?"),
            say("One side of the window is dark, so it gives 0. Add up the weights on the bright side."),
        ],
        explanation=say(
            "One filter finds ${height} \\cdot (1 + 2 + 1)$. For the other one both sides are alike, so that "
            "nothing remains. It is **{x}** in Gx and **{y}** in Gy.",
            **values,
        ),
    )


@question(1, draw=lambda rng: (rng.randint(2, 12),))
def sobel_ramp(step):
    """What Sobel x makes of a slow rise."""
    ramp = step * np.array([[0, 1, 2, 3, 4, 5]] * 3)
    answer = filter_image(ramp, SOBEL_X)[1, 2]
    return Number(
        text=say("Now the brightness rises slowly to the right. What does $S_x$ give away from the border?"),
        given={say("ramp"): ramp},
        answer=answer,
        mistakes=[
            (4 * step, say("The two columns that are compared are not neighbours: how far apart are they?")),
            (2 * step, say("So much is the difference. There are weights of 1, 2 and 1 for it.")),
            (6 * step, say("You have added up the difference in three rows. The middle one counts twice.")),
            (step, say("That is the difference of two neighbours. $S_x$ compares others, and with weights.")),
            (0, say("Nothing remains only where both sides are alike.")),
        ],
        hints=[say("Take one window. How much brighter is its right column than its left one?")],
        explanation=say(
            "The two columns lie two pixels apart and differ by {difference}. The weights add up to 4: "
            "**{answer}**.",
            difference=2 * step,
            answer=number(answer),
        ),
    )


_ROWS = [(1, 1, 1), (1, 2, 1), (0, 1, 1), (1, 1, 0), (1, 0, -1), (2, 1, 0), (1, 0, 1)]


@question((1, 1, 1), (1, 1, 1), draw=lambda rng: (rng.choice(_ROWS), rng.choice(_ROWS)))
def twice_in_a_row(first, second):
    """The one filter that does the work of two."""
    both = np.convolve(first, second)
    turned = np.convolve(first, second[::-1])
    return Array(
        text=say(
            "On a row of pixels: the first filter, and then the second one on what comes out. One filter of "
            "five weights does both in a single step. Fill it in."
        ),
        given={say("first"): np.array([first]), say("second"): np.array([second])},
        answer=both,
        mistakes=[
            (
                np.ones_like(both) if first == second == (1, 1, 1) else None,
                say("All alike? The middle pixel gets into the result in several ways."),
            ),
            (
                np.pad(np.multiply(first, second), 1),
                say("The second one works on what comes *out* of the first."),
            ),
            (
                np.pad(np.add(first, second), 1),
                say("You have added the filters. They work one after the other."),
            ),
            (
                None if np.array_equal(both, turned) else turned,
                say("You have turned one of the two filters."),
            ),
        ],
        hints=[
            say("Call the pixels $a, b, c, d, e$. Which three sums does the first filter give?"),
            say("Multiply them by the second filter's weights and add up. What stands before $a$ then?"),
        ],
        explanation=say(
            "The first filter gives three sums, each one pixel further on, and the second adds them up with "
            "its weights. The outermost pixel comes in by one of them, the middle one by all three: "
            "{products} = **{middle}**.",
            products=products(first[::-1], second),
            middle=number(both[2]),
        ),
    )


def _spoilt(rng):
    window = whole_numbers(rng, (3, 3), 3, 9)
    window[1, 1] = 0
    window[1, 1] = 90 + -window.sum() % 9
    return (window,)


@question(np.array([[5, 6, 4], [7, 97, 6], [5, 8, 6]]), draw=_spoilt)
def mean_or_median(window):
    """A spoilt pixel under the mean and under the median."""
    names = say("mean"), say("median")
    mean, median, spoilt = window.mean(), np.median(window), window[1, 1]
    return Numbers(
        text=say(
            "The middle pixel of this window is spoilt. What do the mean and the median put in its place?"
        ),
        given={say("window"): window},
        answer=named(names, mean, median),
        mistakes=[
            (named(names, median, mean), say("You have exchanged the two.")),
            (
                named(names, None, spoilt),
                say("Sort the nine pixels first. The median is the middle one then."),
            ),
            (
                named(names, (window.sum() - spoilt) / 8, None),
                say("The filter does not know which pixel is spoilt: it takes all nine."),
            ),
            (named(names, window.sum(), None), say("The mean is the sum, divided by nine.")),
        ],
        hints=[say("Sort the nine pixels. The fifth is the median.")],
        explanation=say(
            "A ninth of the sum is **{mean}**: the spoilt pixel lifts it above all its neighbours. Sorted, "
            "that pixel stands at the end, and the fifth is **{median}**.",
            mean=number(mean),
            median=number(median),
        ),
    )


def _medians(row):
    """Take the median of three along a row; its ends are repeated."""
    return np.median(windows(np.pad([row], ((0, 0), (1, 1)), mode="edge"), (1, 3)), axis=(2, 3))[0]


@question(6, 9, draw=lambda rng: (rng.randint(1, 9), rng.randint(1, 9)))
def median_together(left, right):
    """The median of two rows, apart and together."""
    first, second = np.array([0, left, 0, 0, 0]), np.array([0, 0, right, 0, 0])
    answer = _medians(first + second)
    apart = _medians(first) + _medians(second)
    larger = np.array([0, left, max(left, right), right, 0])
    return Array(
        text=say(
            "Take the median of each pixel and its two neighbours in these rows, and nothing is left: a "
            "single bright pixel is never the middle one. Now add up the rows first, and take the median "
            "then. (At the ends the last pixel counts twice.)"
        ),
        given={say("first row"): first, say("second row"): second},
        answer=answer,
        mistakes=[
            (
                apart,
                say("That is the median of each row, added up. Here the two bright pixels come together."),
            ),
            (
                None if left == right else first + second,
                say("That is the sum itself. Now the median of each three."),
            ),
            (
                larger,
                say("That is the largest of each three. The median is the middle one when they are sorted."),
            ),
        ],
        hints=[say("Write down the sum. For each place take it and its two neighbours, and sort the three.")],
        explanation=say(
            "Two windows hold both bright pixels, and there the smaller one of the two is the middle one. "
            "Apart nothing is left, and together something is."
        ),
    )


@question()
def more_blur():
    """What a wider Gaussian leaves of the edges."""
    texture = np.tile([0, 0, 60, 60], (24, 4))
    picture = np.hstack([texture, texture + 150])
    steep = [
        np.count_nonzero(sobel_magnitude(filter_image(picture, gaussian_filter(9, s))) > 40) for s in (0.5, 2)
    ]
    return Choice(
        text=say("Does a larger $\\sigma$ leave more edges or fewer?"),
        options=[
            say("More: what is blurred is broad, and so are its edges."),
            say("As many: the edges only move a little."),
            say("Fewer: fine texture blurs away, and outlines are left."),
        ],
        answer=1 + int(np.sign(steep[0] - steep[1])),
        mistakes=[
            (0, say("Step 3 thins every edge again. What does a blur do to a fine pattern of grass?")),
            (1, say("A blur makes every change less steep. Which ones are too weak then?")),
        ],
        explanation=say(
            "A blur takes the difference out of what lies close together: fine texture is gone first."
        ),
    )


def _weights(rng):
    return whole_numbers(rng, (3, 3), -2, 3), rng.choice([2, 5, 10, 20, 50])


@question(np.array([[0, -1, 0], [-1, 6, -1], [0, -1, 0]]), 20, draw=_weights)
def even_area(kernel, grey):
    """What a filter makes of an area of one grey."""
    weights = kernel.sum()
    answer = filter_image(np.full((3, 3), grey), kernel)[1, 1]
    return Number(
        text=say("What does this filter make of an area in which every pixel is {grey}?", grey=grey),
        given={say("filter"): kernel},
        answer=answer,
        mistakes=[
            (kernel[1, 1] * grey, say("The weights around the middle count, too: they meet the same grey.")),
            (abs(kernel).sum() * grey, say("Some weights are below 0: subtract them.")),
            (
                weights if weights else None,
                say("That is the sum of the weights. What does it do to the grey?"),
            ),
            (None if weights == 1 else grey, say("So it is where the weights add up to 1. Do they here?")),
        ],
        hints=[say("Every weight meets the same number. So what matters about the nine weights?")],
        explanation=say(
            "Only the sum of the weights matters: ${weights} \\cdot {grey}$ = **{answer}**.",
            weights=number(weights),
            grey=grey,
            answer=number(answer),
        ),
    )


@question((1, 2), draw=lambda rng: (rng.choice([(1, 2), (1, 0), (0, 1), (2, 1)]),))
def single_one(place):
    """What a filter with a single 1 beside the middle does."""
    kernel, point = np.zeros((3, 3), int), np.zeros((5, 5))
    kernel[place], point[2, 2] = 1, 1
    row, column = np.argwhere(filter_image(point, kernel) == 1)[0]
    moves = [(2, 1), (2, 3), (1, 2), (3, 2)]
    answer = moves.index((row, column))
    return Choice(
        text=say("A single 1, not in the middle but beside it. What does the filter do to a picture?"),
        given={say("filter"): kernel},
        options=[
            say("It moves it one pixel to the left."),
            say("It moves it one pixel to the right."),
            say("It moves it one pixel up."),
            say("It moves it one pixel down."),
        ],
        answer=answer,
        mistakes=[
            (
                answer ^ 1,
                say("Each pixel takes the value of the neighbour at the 1. Which way does that one go?"),
            ),
            (answer ^ 2, say("Which neighbour of a pixel lies under the 1?")),
            (answer ^ 3, say("Which neighbour of a pixel lies under the 1?")),
        ],
        explanation=say("Each pixel takes the value at the 1, so the picture moves the other way."),
    )


@question()
def no_weights():
    """Which operation is no filter with weights."""
    pictures = [np.array([[0, 4, 1], [7, 2, 9], [3, 8, 5]]), np.array([[6, 0, 2], [1, 9, 3], [8, 4, 4]])]
    to_the_left = np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0]])
    operations = [
        *(lambda window, k=k: (window * k).sum() for k in (mean_filter(3), to_the_left)),
        np.median,
        lambda window: (window * SOBEL_X).sum(),
    ]
    linear = [np.isclose(sum(map(act, pictures)), act(sum(pictures))) for act in operations]
    return Choice(
        text=say("Which of these *cannot* be done by nine weights, whatever they are?"),
        options=[
            say("Blur a picture with the mean."),
            say("Move a picture by one pixel."),
            say("Replace each pixel by the median of its window."),
            say("Find upright edges with Sobel."),
        ],
        answer=linear.index(False),
        mistakes=[
            (0, say("Nine times the weight $1/9$.")),
            (1, say("A single 1 beside the middle does it.")),
            (3, say("These are nine weights: −1, 0, 1, −2, 0, 2, −1, 0, 1.")),
        ],
        explanation=say("The median compares and sorts. It does not weigh, as step 5 shows."),
    )


CHECK_YOURSELF = (sobel_edge, twice_in_a_row, mean_or_median, even_area, no_weights)
