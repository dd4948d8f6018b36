"""Questions of lesson 3-0: what one should know before, and what an explorer shows."""

import numpy as np

from helpers.language import say
from helpers.questions.catalogue import question, whole_numbers
from helpers.questions.question import Array, Cell, Choice, Number, Numbers
from helpers.reference.geometry import sides_through_layers
from helpers.reference.gradient_check import numerical_gradient
from helpers.wording import number, products, total


def slope(function, x):
    """Measure a slope that is a whole number."""
    return round(float(numerical_gradient(lambda place: function(place[0]), [x])[0]))


def _factor_and_place(rng):
    return rng.randint(2, 6), rng.randint(2, 6)


@question(3, 4, draw=_factor_and_place)
def slope_of_a_square(factor, x):
    """A derivative."""
    return Number(
        text=say("What is the slope of ${factor}x^2$ at $x = {x}$?", factor=factor, x=x),
        answer=slope(lambda place: factor * place**2, x),
        mistakes=[
            (factor * x**2, say("That is how high the curve is there. The slope says how steep it is.")),
            (factor * x, say("You have left out the 2: the derivative of $x^2$ is $2x$, not $x$.")),
            (2 * x, say("The factor before $x^2$ stays: the curve is that many times as steep.")),
        ],
        hints=[
            say("The derivative of $x^2$ is $2x$. What does the factor before it do to the slope?"),
            say(
                "If derivatives are new to you, a book of calculus has them under “differentiation rules”. "
                "The first of the routes above does without."
            ),
        ],
        explanation=say(
            "The derivative is $2 \\cdot {factor}x = {double}x$, so at $x = {x}$ the slope is **{slope}**.",
            factor=factor,
            double=2 * factor,
            x=x,
            slope=2 * factor * x,
        ),
    )


def _inside(rng):
    return rng.randint(3, 5), rng.randint(1, 5), rng.randint(2, 4)


@question(3, 4, 3, draw=_inside)
def square_of_a_difference(factor, less, x):
    """The chain rule."""
    inside = factor * x - less
    return Number(
        text=say(
            "What is the slope of $({factor}x - {less})^2$ at $x = {x}$?", factor=factor, less=less, x=x
        ),
        answer=slope(lambda place: (factor * place - less) ** 2, x),
        mistakes=[
            (2 * inside, say("That is the slope of the square alone. What is inside moves, too: how fast?")),
            (inside**2, say("That is the value of the function there, and not its slope.")),
            (
                2 * factor**2 * x,
                say("You have taken the square apart: $(a - b)^2$ is not $a^2 - b^2$. Keep the bracket."),
            ),
            (
                2 * factor * x,
                say("The bracket counts as a whole, with the number that is subtracted, and it moves, too."),
            ),
            (factor * inside, say("The square itself brings a factor of 2.")),
        ],
        hints=[
            say("Call what is in the bracket $u$. How fast does $u^2$ grow with $u$, and $u$ with $x$?"),
            say(
                "The two slopes are multiplied. This is the chain rule; if it is new to you, read about it "
                "in a book of calculus before lesson 3-1d comes to its gradients."
            ),
        ],
        explanation=say(
            "The bracket is $u = {inside}$. The square grows by $2u = {outer}$ for each unit of $u$, and $u$ "
            "by {factor} for each unit of $x$: ${outer} \\cdot {factor} = {slope}$. So the slope is "
            "**{slope}**.",
            inside=number(inside),
            outer=number(2 * inside),
            factor=factor,
            slope=number(2 * inside * factor),
        ),
    )


def _slope_and_step(rng):
    return rng.choice([-8, -5, -4, 4, 5, 6, 8, 12]), rng.randint(1, 3), rng.randint(3, 9)


@question(12, 2, 5, draw=_slope_and_step)
def small_step(slope_there, hundredths, height):
    """What a slope says of a small step."""
    step = hundredths / 100
    change = slope_there * step
    return Number(
        text=say(
            "At some place a smooth function is {height}, and its slope there is {slope}. You go {step} to "
            "the right. By about how much does the function change?",
            height=height,
            slope=number(slope_there),
            step=number(step),
        ),
        answer=float(np.multiply(slope_there, step)),
        decimals=2,
        mistakes=[
            (slope_there, say("That would be the change over a whole unit. You go a small part of one.")),
            (
                height + change,
                say("That is how high it is afterwards. The question is by how much it changes."),
            ),
            (slope_there / step, say("The change is the slope times the step, not divided by it.")),
        ],
        hints=[
            say("A slope tells the change for a step of 1. For a step that small, take the same share."),
            say("Multiply the slope by the step."),
        ],
        explanation=say(
            "Slope times step: ${slope} \\cdot {step} = {change}$. So it changes by **{change}**. A gradient "
            "says the same for many numbers at once, and a network learns with it.",
            slope=number(slope_there),
            step=number(step),
            change=number(change),
        ),
    )


def _place(rng):
    return tuple(rng.sample([1, 2, 3], 2))


@question(2, 3, draw=_place)
def row_then_column(row, column):
    """An index is row, then column, from 1."""
    return Cell(
        text=say(
            "The book writes an index as row, then column, both counted from 1. Choose "
            "$a_{{{row}{column}}}$.",
            row=row,
            column=column,
        ),
        grid=np.arange(11, 27).reshape(4, 4),
        answer=(int(row - 1), int(column - 1)),
        mistakes=[
            ((column - 1, row - 1), say("You have gone across first. The first number names the row.")),
            ((row, column), say("You have counted from 0, as Python does. The book counts from 1.")),
        ],
        hints=[say("The first number counts rows from the top, the second one columns from the left.")],
        explanation=say(
            "Row {row} from the top, column {column} from the left. Python counts from 0 and writes "
            "`a[{python_row}, {python_column}]` for the same number.",
            row=row,
            column=column,
            python_row=row - 1,
            python_column=column - 1,
        ),
    )


def _corner(rng):
    return rng.randint(0, 2), rng.randint(0, 2)


@question(1, 0, draw=_corner)
def part_of_an_array(row, column):
    """A slice of an array."""
    a = np.arange(16).reshape(4, 4)

    def part(row, column):
        return a[row : row + 2, column : column + 2]

    return Array(
        text=say("Which numbers are in `a[{rows}, {columns}]`?", rows=_slice(row), columns=_slice(column)),
        given={"a": a},
        answer=part(row, column),
        mistakes=[
            (
                part(row - 1, column - 1) if row and column else None,
                say("Python counts from 0: the first row has the number 0."),
            ),
            (
                part(row, column - 1) if column else None,
                say("The rows are right. Python counts the columns from 0, too."),
            ),
            (
                part(row - 1, column) if row else None,
                say("The columns are right. Python counts the rows from 0, too."),
            ),
            (
                part(column, row) if row != column else None,
                say("The part before the comma chooses rows, the part behind it columns."),
            ),
            (
                part(row or 1, column or 1) if not (row and column) else None,
                say("With no number before the colon, one takes all from the very first, which is number 0."),
            ),
            (
                part(row + 1, column + 1) if row + column > 0 and max(row, column) < 2 else None,
                say("The number before the colon is the first that is taken, and it is taken itself."),
            ),
        ],
        hints=[
            say("`1:3` means: from number 1 on, up to 3, but without 3. The first row is number 0."),
            say("If slices are new to you: NumPy's own “absolute basics for beginners” has them."),
        ],
        explanation=say(
            "Rows {rows} and columns {columns}, counted from 0: the end of a slice is left out.",
            rows=say("{first} and {second}", first=row, second=row + 1),
            columns=say("{first} and {second}", first=column, second=column + 1),
        ),
    )


def _slice(first):
    return f"{first or ''}:{first + 2}"


def _side_and_slice(rng):
    return rng.randint(8, 30), rng.randint(1, 5), rng.randint(3, 7)


@question(28, 5, 4, draw=_side_and_slice)
def shape_of_a_part(side, first, end):
    """How many rows and columns a slice has."""
    x = np.zeros((side, side))
    rows, columns = x[first:, :end].shape

    def answer(rows, columns):
        return {say("rows"): rows, say("columns"): columns}

    return Numbers(
        text=say(
            "`x` has {side} rows and {side} columns. How many of each has `x[{first}:, :{end}]`?",
            side=side,
            first=first,
            end=end,
        ),
        answer=answer(rows, columns),
        mistakes=[
            (answer(columns, rows), say("The first part of the index is for the rows.")),
            (
                answer(rows - 1, columns),
                say("Row {first} itself is taken, too: only those before it are left out.", first=first),
            ),
            (
                answer(rows, columns + 1),
                say("The end is left out: of the columns, {end} itself is not taken.", end=end),
            ),
            (
                answer(rows - 1, columns + 1),
                say("The first number of a slice is taken, the last one is not."),
            ),
            (answer(first, columns), say("That many rows are left out. How many remain?")),
            (
                answer(rows, side - end),
                say("You have counted the columns from {end} on. Which does `:{end}` take?", end=end),
            ),
        ],
        hints=[say("`{first}:` leaves out the rows 0 to {last}.", first=first, last=first - 1)],
        explanation=say(
            "`{first}:` leaves out the first {first} rows, and {side} − {first} = **{rows}** remain. "
            "`:{end}` takes the columns 0 to {last}: **{columns}**.",
            first=first,
            side=side,
            rows=rows,
            end=end,
            last=end - 1,
            columns=columns,
        ),
    )


def _two_rows(rng):
    return whole_numbers(rng, (4,), 0, 4), whole_numbers(rng, (4,), -2, 3)


@question(np.array([2, 3, 1, 1]), np.array([1, -1, 2, 3]), draw=_two_rows)
def sum_of_products(a, w):
    """A sum with a sigma: multiply place by place, then add."""
    return Number(
        text=say("Work out $\\sum_{{i=1}}^{{4}} w_i a_i$."),
        given={"a": a, "w": w},
        answer=int(a @ w),
        mistakes=[
            (int(a.sum() * w.sum()), say("Multiply first, place by place; only then add up.")),
            (int(a.sum() + w.sum()), say("The letters stand side by side, so they are multiplied.")),
            (
                int(a @ abs(w)) if (a * w < 0).any() else None,
                say("Mind the signs: a negative number makes its product negative."),
            ),
            (int(a[:-1] @ w[:-1]), say("The sum runs to 4, and 4 itself belongs to it.")),
        ],
        hints=[
            say("Write the four terms out: $w_1 a_1 + w_2 a_2 + \\dots$"),
            say("If the sign is new to you: look for “sigma notation” in a book of calculus."),
        ],
        explanation=say(
            "The sum is {sum} = **{value}**. A filter computes nothing else, at each of its places.",
            sum=products(a, w),
            value=number(a @ w),
        ),
    )


def _square(rng):
    return (whole_numbers(rng, (3, 3), 0, 6),)


@question(np.array([[1, 2, 0], [3, 0, 1], [2, 2, 5]]), draw=_square)
def sum_along_an_axis(a):
    """Sums down the columns."""
    return Array(
        text=say("What is `a.sum(axis=0)`?"),
        given={"a": a},
        answer=a.sum(axis=0),
        mistakes=[
            (
                a.sum(axis=1),
                say("You have added up each row. Axis 0 counts the rows, and it is the one that goes away."),
            ),
            (a[0], say("That is the row number 0. `axis=0` names the direction in which one adds.")),
        ],
        hints=[say("The shape is (3, 3). Axis 0 is the first of the two: the sum runs over the rows.")],
        explanation=say(
            "The sum runs over the rows, so one number is left for each column; the first is {sum}.",
            sum=f"{total(a[:, 0])} = {number(a[:, 0].sum())}",
        ),
    )


def _sizes(rng):
    return rng.choice([3, 5, 10, 12]), rng.choice([4, 8, 20, 100])


@question(10, 4, draw=_sizes)
def size_of_a_product(rows, columns):
    """The shape of a matrix times a vector."""
    return Number(
        text=say(
            "$W$ has {rows} rows and {columns} columns, $f$ is a vector with {columns} numbers, $b$ one with "
            "{rows}. How many numbers has $Wf + b$?",
            rows=rows,
            columns=columns,
        ),
        answer=(np.zeros((rows, columns)) @ np.zeros(columns) + np.zeros(rows)).size,
        mistakes=[
            (columns, say("These are the numbers that go in: each of them meets one column.")),
            (rows * columns, say("So many products are made, but those of a row are added up.")),
            (
                rows * columns + rows,
                say("So many weights and biases are learnt. The question is how many numbers come out."),
            ),
            (2 * rows, say("Adding $b$ makes no new numbers: each of its own goes to one that is there.")),
        ],
        hints=[say("Each row of $W$ meets the whole of $f$. How many numbers does one row give?")],
        explanation=say(
            "Each row gives one number, the sum of its products with $f$: **{rows}** rows, {rows} numbers. "
            "$b$ adds one to each.",
            rows=rows,
        ),
    )


@question()
def a_row_of_zeros_on_every_edge():
    """What padding does to a stack of layers."""
    sides = sides_through_layers(28, 3, padding=1, layers=5)
    kept = say("They all stay as high as the first one: the picture keeps its side.")
    slower = say("They still get shorter, but only half as fast.")
    grow = say("They grow: with more zeros the picture gets larger and larger.")
    shorter = say("They get shorter twice as fast.")
    options = [slower, kept, grow, shorter]
    change = np.sign(sides[-1] - sides[0])
    return Choice(
        text=say(
            "The bars below show the side of the picture after each layer of 3 × 3 filters. What happens to "
            "them when each layer gets one row of zeros on every edge?"
        ),
        options=options,
        answer=options.index([kept, grow, shorter][change]),
        mistakes=[
            (
                options.index(slower),
                say(
                    "A layer takes 2 pixels away from a side. How many does a row of zeros at both ends add?"
                ),
            ),
            (
                options.index(grow),
                say("The zeros come in, but then the filter of side 3 takes its 2 pixels away again."),
            ),
            (options.index(shorter), say("Zeros around a picture make it larger before the filter comes.")),
        ],
        explanation=say(
            "Each layer takes 2 pixels away from a side, and two zeros, one at each end, bring them back."
        ),
    )


CHECK_YOURSELF = (small_step, square_of_a_difference, shape_of_a_part, size_of_a_product, sum_of_products)
