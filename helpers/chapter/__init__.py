"""The printed chapter as data: here its inputs and printed results, each under its figure or section.

Printed results stand as the chapter prints them, right or wrong; the lessons compare. All are read-only.
"""

from types import MappingProxyType

import numpy as np


def read_only(*rows):
    """Return rows as an array that nobody can change by mistake."""
    array = np.array(rows)
    array.setflags(write=False)
    return array


# Section 3-1, Figures 3-2 and 3-3: one input, one filter, padding 1, stride 1.
FIGURE_3_2_INPUT = read_only([2, 3, 3, 2], [1, 1, 3, 2], [1, 3, 3, 0], [1, 3, 3, 3])
FIGURE_3_3_FILTER = read_only([1, 1], [1, 0])
FIGURE_3_3_PADDING = 1
FIGURE_3_3_STRIDE = 1
FIGURE_3_3_OUTPUT = read_only(
    [0, 2, 3, 3, 2], [2, 6, 7, 8, 4], [1, 3, 7, 8, 2], [1, 5, 9, 6, 3], [1, 4, 6, 6, 3]
)

# Section 3-1, Figure 3-4: 2x2 max pooling, stride 2.
FIGURE_3_4_INPUT = read_only([0, 1, 0, 1], [1, 3, 0, 1], [2, 0, 2, 0], [1, 3, 2, 1])
FIGURE_3_4_OUTPUT = read_only([3, 1], [3, 2])

# Introduction: how many numbers a grey and a colour picture of 28 x 28 pixels bring into a network.
GREY_INPUT_SIZE = 784
COLOUR_INPUT_SIZE = 2_352

# Section 3-3, Figures 3-9 and 3-10: the worked example. Stride 1, no padding, ReLU, 2x2 max pooling.
SECTION_3_3_INPUT = read_only(
    [0.29, 0.53, 0.39, 0.71, 0.90],
    [0.67, 0.04, 0.57, 0.19, 0.55],
    [0.92, 0.48, 0.69, 0.87, 0.85],
    [0.77, 0.15, 0.14, 0.29, 0.58],
    [0.02, 0.05, 0.60, 0.24, 0.13],
)
SECTION_3_3_FILTER = read_only([-0.24, 0.22], [0.50, -0.39])
# The first two inner products, before the ReLU.
SECTION_3_3_FIRST_PRODUCTS = read_only(0.37, -0.24)
# C, as the four maxima name its numbers.
SECTION_3_3_FEATURE_MAP = read_only(
    [0.37, 0.00, 0.27, 0.00], [0.12, 0.09, 0.00, 0.18], [0.21, 0.06, 0.00, 0.00], [0.00, 0.00, 0.24, 0.13]
)
SECTION_3_3_POOLED = read_only([0.37, 0.27], [0.21, 0.24])
SECTION_3_3_W1 = read_only([0.29, 0.31], [0.65, 0.56], [0.02, 0.31], [0.66, 0.35])
SECTION_3_3_W2 = read_only([0.56], [0.31])
SECTION_3_3_PARAMETERS = MappingProxyType(
    {"filter": SECTION_3_3_FILTER, "weights1": SECTION_3_3_W1, "weights2": SECTION_3_3_W2}
)
SECTION_3_3_TARGET = 1.0
SECTION_3_3_HIDDEN = read_only(0.6005, 0.5987)
SECTION_3_3_PREDICTION = 0.6276
# The backward pass: what the chapter calls the deltas of h, P and C, and the ReLU's mask.
SECTION_3_3_DELTA_HIDDEN = read_only(-0.0523, -0.0521)
SECTION_3_3_DELTA_POOLED = read_only([-0.0313, -0.0632], [-0.0172, -0.0527])
SECTION_3_3_DELTA_FEATURE_MAP = read_only(
    [-0.0313, 0.0000, -0.0632, 0.0000],
    [0.0000, 0.0000, 0.0000, 0.0000],
    [-0.0172, 0.0000, 0.0000, 0.0000],
    [0.0000, 0.0000, -0.0527, 0.0000],
)
SECTION_3_3_RELU_MASK = read_only([1, 0, 1, 0], [1, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1])
# Without signs: our copy of the page has lost them, if it had any.
SECTION_3_3_FILTER_CORRECTION_SIZES = read_only([0.2375, 0.2013], [0.1932, 0.1366])

# Section 3-3, last remark: a dense network on MNIST with two hidden layers, and its weights as printed.
DENSE_NETWORK_LAYERS = (784, 100, 100, 10)
DENSE_NETWORK_WEIGHTS = 78_400_000

# Section 3-5: test accuracies after 100 epochs and the parameters of the two Keras models, from the program.
MNIST_TEST_ACCURACY = 0.9940
MNIST_PARAMETERS = 242_062
CIFAR10_TEST_ACCURACY = 0.7513
CIFAR10_PARAMETERS = 4_224_970
