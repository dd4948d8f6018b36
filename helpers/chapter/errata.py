"""Where the printed chapter and the mathematics part: printed, right, and the cell that proves it."""

from dataclasses import dataclass

from IPython.display import Markdown

from helpers.language import say


@dataclass(frozen=True)
class Erratum:
    """One place of the chapter.

    Attributes:
        place: equations or section.
        printed: what is printed, in our words.
        right: what is right.
        proof: lesson and cell that prove it.
    """

    place: str
    printed: str
    right: str
    proof: str


ERRATA = (
    Erratum(
        say("3-1, output size"),
        say("An output size that is not a whole number is an error, mended by more padding."),
        say(
            "Equal padding fails for every p where s is even and l − f is odd. Frameworks floor, and the "
            "last rows and columns go unseen."
        ),
        "3-1c_padding_stride_output_size#remainder-search",
    ),
    Erratum(
        say("3-1, pooling"),
        say("A small deviation of the input does not affect the result; max pooling suppresses noise."),
        say("It softens a shift and does not remove it. Noise in every pixel grows under max pooling."),
        "3-1d_pooling#robust-measure",
    ),
    Erratum(
        say("3.3 to 3.5"),
        say("The sums over the positions run to k, the side of the filter."),
        say("They run over the whole output. In the chapter's example both are 2."),
        "3-1e_shared_weights#printed-compare",
    ),
    Erratum(
        say("3.4, 3.5"),
        say("Weight mn meets the input (i + m − 1, j + n − 1)."),
        say("Under the turned filter of 3.2 it meets (i + k − m, j + k − n)."),
        "3-1e_shared_weights#printed-small",
    ),
    Erratum(
        "3.5",
        say("The sum is introduced as the correction of the pooling layer's weights."),
        say("It is the convolution layer's. Pooling has no weights."),
        "3-1e_shared_weights#printed-index",
    ),
    Erratum(
        say("3.12 to 3.15"),
        say("A ReLU for each channel, then the sum."),
        say("No error, but another network than that of frameworks, which add up first and apply one ReLU."),
        "3-1f_complete_model#orders-differ",
    ),
    Erratum(
        "3.21",
        say("The softmax has the slope ŷ (1 − ŷ)."),
        say("That is the diagonal of its Jacobian; each score moves every probability."),
        "3-2_backpropagation#delta-check",
    ),
    Erratum(
        say("3.29, 3.31"),
        say("Feature maps are updated with their gradients."),
        say("Only parameters are. The next forward pass computes the maps anew."),
        "3-2_backpropagation#update-check",
    ),
    Erratum(
        "3.30",
        say("Each of m channels gets 1/m of the sum's gradient."),
        say("Each gets all of it."),
        "3-2_backpropagation#sum-check",
    ),
    Erratum(
        say("3.32, 3.34"),
        say("The slope C (1 − C) of a logistic function."),
        say(
            "The model has a ReLU: slope 1 above zero, else 0. As printed, the filters' gradient points "
            "uphill."
        ),
        "3-2_backpropagation#filters-check",
    ),
    Erratum(
        "3-3",
        say("The logistic function is called logit."),
        say("The logit is its inverse."),
        "3-3_worked_example#logit-check",
    ),
    Erratum(
        "3-3",
        say("The delta of a hidden unit has h as its last factor."),
        say(
            "That is the gradient of the weight W2. The unit's has W2 in its place, and must still pass "
            "the unit's own slope h (1 − h)."
        ),
        "3-3_worked_example#printed-hidden-check",
    ),
    Erratum(
        "3-3",
        say("δP22 = −0.0527."),
        say("The sum as it is printed gives −0.0528; the digit comes from δh before it was rounded."),
        "3-3_worked_example#printed-digit-check",
    ),
    Erratum(
        "3-3",
        say("The second row of W1 makes δP12, the third δP21."),
        say("P was flattened column by column, so they are exchanged."),
        "3-3_worked_example#printed-pooled-check",
    ),
    Erratum(
        "3-3",
        say("The δC are called the correction of the convolution layer's weights."),
        say("They are the gradient of the feature map; the filter's is made from them and the image."),
        "3-3_worked_example#table-delta-feature-map",
    ),
    Erratum(
        "3-3",
        say("A filter correction of the sizes 0.2375, 0.2013, 0.1932 and 0.1366."),
        say(
            "−0.0142, −0.0128, −0.0196 and −0.0047. The printed sizes come out where mask and δC are "
            "multiplied as matrices and the product is turned upside down."
        ),
        "3-3_worked_example#printed-filter-check",
    ),
    Erratum(
        "3-3",
        say("A weight is renewed by adding the old weight to its delta."),
        say("The gradient, times the learning rate, is subtracted."),
        "3-3_worked_example#printed-update-check",
    ),
    Erratum(
        say("3-3, last remark"),
        say("A dense network of 784, 100, 100 and 10 units needs 78,400,000 weights."),
        say("It has 89,400 weights and 210 biases. Layers add up; the printed number multiplies them."),
        "3-1a_from_dense_to_convolution#network-printed",
    ),
    Erratum(
        say("3-5, first program"),
        say("The text gives the convolution layers 16 and 32 filters."),
        say("16 and 36, as in its program and in its count of 242,062 parameters."),
        "3-5a_mnist#filters-of-the-text",
    ),
    Erratum(
        say("3-5, both programs"),
        say("They read acc and val_acc from the history; print(model.summary()) stands for the summary."),
        say("Keras now calls them accuracy and val_accuracy; summary prints by itself, and print adds None."),
        "3-5a_mnist#history-names",
    ),
)


def errata():
    """Show the list as a table whose links lead to the proofs."""
    rows = [say("| place | printed | right | proof |"), "|---|---|---|---|"]
    for erratum in ERRATA:
        lesson, cell = erratum.proof.split("#")
        link = f"[{lesson.split('_')[0]}]({lesson}.ipynb#cell-id={cell})"
        rows.append(f"| {erratum.place} | {erratum.printed} | {erratum.right} | {link} |")
    return Markdown("\n".join(rows))
