"""Where the printed chapter and the mathematics disagree: printed, right, and the cell that proves it."""

from dataclasses import dataclass

from IPython.display import Markdown

from helpers.language import say
from helpers.wording import table, unbroken

KINDS = {
    "result": (say("wrong result"), say("Follow it as printed and you get something else.")),
    "claim": (say("says too much"), say("There is something in it, but less than it says.")),
    "choice": (say("a choice"), say("No error: another convention, which the chapter does not mention.")),
    "slip": (say("slip of the pen"), say("A name, a letter or a digit; the method stays right.")),
    "dated": (say("out of date"), say("Right when it was printed.")),
}


@dataclass(frozen=True)
class Erratum:
    """One place of the chapter.

    Attributes:
        section: such as "3-1".
        place: equations, or what the sentence is about.
        kind: a key of KINDS.
        proof: lesson and cell that prove it.
        printed: what is printed, in our words.
        right: what is right.
    """

    section: str
    place: str
    kind: str
    proof: str
    printed: str
    right: str


_START = "3-1a_from_dense_to_convolution"
_SIZE = "3-1c_padding_stride_output_size"
_POOLING = "3-1d_pooling"
_SHARED = "3-1e_shared_weights"
_MODEL = "3-1f_complete_model"
_BACK = "3-2_backpropagation"
_WORKED = "3-3_worked_example"
_DIGITS = "3-5a_mnist"

# Three parts each: where it is, its kind and its proof; what is printed; what is right.
# fmt: off
ERRATA = (
    Erratum("3-1", say("introduction"), "claim", f"{_START}#dense-or-convolution",
            say("A convolutional network needs far fewer parameters."),
            say("A convolution layer does. The network as a whole need not: the chapter's own has 242,062, "
                "its dense example 89,610.")),
    Erratum("3-1", say("introduction"), "claim", f"{_POOLING}#lost-count-code",
            say("It saves them without losing information."),
            say("Pooling loses information: millions of different inputs share one output.")),
    Erratum("3-1", say("Figure 3-3, 3.2"), "choice", f"{_SIZE}#not-turned",
            say("Figure 3-3 and section 3-3 apply the filter as it is, 3.2 turns it. All are called "
                "convolution."),
            say("Both can be used, but they give different numbers. Frameworks do not turn the filter.")),
    Erratum("3-1", say("output size"), "claim", f"{_SIZE}#remainder-search",
            say("An output size that is not a whole number is an error, mended by more padding."),
            say("No equal padding helps where s is even and l − f is odd, and a whole number does not mean "
                "that every pixel is used. Frameworks round down.")),
    Erratum("3-1", say("pooling"), "claim", f"{_POOLING}#robust-measure",
            say("A small deviation of the input does not affect the result; max pooling suppresses noise."),
            say("It softens a shift and does not remove it. Noise in every pixel grows in the maxima of "
                "2 × 2 blocks.")),
    Erratum("3-1", say("3.3, 3.4"), "result", f"{_SHARED}#printed-derivative",
            say("In 3.4 the slope of one output is a sum over a whole window; in 3.3 the letters i and j "
                "name the weight and the places of the sum at once."),
            say("The slope of one output with respect to one weight is one pixel. The weight needs letters "
                "of its own.")),
    Erratum("3-1", say("3.3 to 3.5"), "result", f"{_SHARED}#printed-compare",
            say("The sums over the positions run to k, the side of the filter."),
            say("They run over the whole output. In the chapter's example both are 2.")),
    Erratum("3-1", say("3.4, 3.5"), "result", f"{_SHARED}#printed-small",
            say("Weight mn meets the input (i + m − 1, j + n − 1)."),
            say("Under the turned filter of 3.2 it meets (i + k − m, j + k − n).")),
    Erratum("3-1", "3.5", "slip", f"{_SHARED}#printed-index",
            say("The sum is introduced as the correction of the pooling layer's weights."),
            say("It is the convolution layer's. Pooling has no weights.")),
    Erratum("3-1", "3.6", "result", f"{_POOLING}#average-factor",
            say("Average pooling divides by k, the side of the block, as far as our copy of the chapter "
                "shows."),
            say("A block of side k holds k² numbers, so the factor is 1/k². Equation 3.16 has it right.")),
    Erratum("3-1", "3.7", "slip", f"{_MODEL}#inner-product",
            say("The operator of cross-correlation is called an outer product."),
            say("It is an inner product that slides, as the text under Figure 3-3 says.")),
    Erratum("3-1", "3.8", "result", f"{_MODEL}#printed-correlation",
            say("Cross-correlation is the sum of I[u, v] F[i + u, j + v], as far as our copy of the chapter "
                "shows."),
            say("I[i + u, j + v] F[u, v]. The printed sum gives the same numbers, turned by half a turn.")),
    Erratum("3-1", say("3.12 to 3.15"), "choice", f"{_MODEL}#orders-differ",
            say("A ReLU for each channel, then the sum."),
            say("Frameworks add up first and apply one ReLU. That is another network, with other answers.")),
    Erratum("3-2", "3.21", "result", f"{_BACK}#delta-check",
            say("The softmax has the slope ŷ (1 − ŷ)."),
            say("That is the diagonal of its Jacobian; each score moves every probability.")),
    Erratum("3-2", "3.26", "slip", f"{_BACK}#pooling-has-none",
            say("It is introduced as the correction of the pooling layer's weights."),
            say("It is the gradient of the pooled map. Pooling has no weights.")),
    Erratum("3-2", say("3.29, 3.31"), "result", f"{_BACK}#update-check",
            say("Feature maps are updated with their gradients."),
            say("Only parameters are. The next forward pass computes the maps anew.")),
    Erratum("3-2", "3.30", "result", f"{_BACK}#sum-check",
            say("Each of m channels gets 1/m of the sum's gradient."),
            say("Each gets all of it.")),
    Erratum("3-2", say("3.32, 3.34"), "result", f"{_BACK}#filters-check",
            say("The slope C (1 − C) of a logistic function."),
            say("The model has a ReLU: slope 1 above zero, else 0. In our example the printed gradient of "
                "the filters is 132 degrees away from the true one.")),
    Erratum("3-3", say("the function σ"), "slip", f"{_WORKED}#logit-check",
            say("The logistic function is called logit."),
            say("The logit is its inverse.")),
    Erratum("3-3", say("delta of h"), "result", f"{_WORKED}#printed-hidden-check",
            say("The delta of a hidden unit has h as its last factor."),
            say("That is the gradient of the weight W2. The unit's has W2 in its place, and must still pass "
                "the unit's own slope h (1 − h).")),
    Erratum("3-3", say("delta of P"), "slip", f"{_WORKED}#printed-digit-check",
            say("The last of the four deltas is −0.0527."),
            say("The sum as it is printed gives −0.0528; the digit comes from the delta of h before "
                "rounding.")),
    Erratum("3-3", say("delta of P"), "result", f"{_WORKED}#printed-pooled-check",
            say("The second row of W1 belongs to P12, the third to P21."),
            say("P was flattened column by column, so it is the other way round.")),
    Erratum("3-3", say("delta of C"), "slip", f"{_WORKED}#table-delta-feature-map",
            say("It is called the correction of the convolution layer's weights."),
            say("It is the gradient of the feature map; the filter's is made from it and the image.")),
    Erratum("3-3", say("the filter"), "result", f"{_WORKED}#printed-filter-check",
            say("A correction of the sizes 0.2375, 0.2013, 0.1932 and 0.1366."),
            say("−0.0142, −0.0128, −0.0196 and −0.0047. The printed sizes come out where the mask and the "
                "delta of C are multiplied as matrices and the product is turned upside down.")),
    Erratum("3-3", say("the update"), "result", f"{_WORKED}#printed-update-check",
            say("A new weight is the old one plus its delta."),
            say("The gradient, times the learning rate, is subtracted.")),
    Erratum("3-3", say("last remark"), "result", f"{_START}#network-printed",
            say("A dense network of 784, 100, 100 and 10 units needs 78,400,000 weights."),
            say("It has 89,400 weights and 210 biases. Layers add up; the printed number multiplies them.")),
    Erratum("3-5", say("first program"), "slip", f"{_DIGITS}#filters-of-the-text",
            say("The text gives the convolution layers 16 and 32 filters."),
            say("16 and 36, as in its program and in its count of 242,062 parameters.")),
    Erratum("3-5", say("both programs"), "dated", f"{_DIGITS}#history-names",
            say("They read acc and val_acc from the history; print(model.summary()) stands for the summary."),
            say("Keras now calls them accuracy and val_accuracy; summary prints by itself, and print adds "
                "None.")),
)
# fmt: on


def kinds():
    """Show what kinds of places there are, and how many of each in each section."""
    sections = sorted({erratum.section for erratum in ERRATA})
    names = [section.replace("-", "\N{NON-BREAKING HYPHEN}") for section in sections]
    heads = ["", say("kind"), say("what it means"), *names, say("all"), ""]
    rows = []
    for kind, (name, meaning) in KINDS.items():
        found = [erratum.section for erratum in ERRATA if erratum.kind == kind]
        counts = [found.count(section) or "" for section in sections]
        rows.append((f"**{name}**", meaning, *counts, len(found)))
    return Markdown(table(" | ".join(heads).strip(), rows))


def errata(section):
    """Show the list for one section as a table whose links lead to the proofs."""
    rows = []
    for erratum in ERRATA:
        if erratum.section == section:
            lesson, cell = erratum.proof.split("#")
            kind, short = unbroken(KINDS[erratum.kind][0]), unbroken(lesson.split("_")[0])
            proof = f"[{short}]({lesson}.ipynb#cell-id={cell})"
            rows.append((erratum.place, erratum.printed, erratum.right, kind, proof))
    return Markdown(table(say("| place | printed | right | kind | proof |"), rows))
