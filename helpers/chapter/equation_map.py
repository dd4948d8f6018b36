"""Where each figure and equation of the chapter lives: its function, the cell that shows it, its test."""

from dataclasses import dataclass

from IPython.display import Markdown

from helpers.language import say
from helpers.wording import listed, table


@dataclass(frozen=True)
class Entry:
    """One figure, equation or run of equations.

    Attributes:
        item: such as "Figure 3-2", "3.1" or "3.12 to 3.14".
        subject: what it is about.
        function: what computes it, module and name below helpers/reference.
        cell: lesson and cell that show the function's result.
        test: file and function below tests/ that call the function and hold its result.
    """

    item: str
    subject: str
    function: str
    cell: str
    test: str


_START = "3-1a_from_dense_to_convolution"
_SIZE = "3-1c_padding_stride_output_size"
_POOLING = "3-1d_pooling"
_SHARED = "3-1e_shared_weights"
_MODEL = "3-1f_complete_model"
_WORKED = "3-3_worked_example"
_BACK = "3-2_backpropagation"
_DEEPER = "3-4_deeper_networks"

# Three lines each: what it is about; what computes and what shows it; what holds it.
# fmt: off
ENTRIES = (
    Entry("Figure 3-1", say("the five kinds of layers"),
          "network.mnist_network", f"{_START}#layer-flow-explorer",
          "test_network.py::test_every_layer_gives_what_kerass_gives"),
    Entry("Figure 3-2", say("an input and its padding"),
          "geometry.pad", f"{_SIZE}#padded-input",
          "test_geometry.py::test_pad_surrounds_the_image"),
    Entry("Figure 3-3", say("filter and output"),
          "convolution.cross_correlate2d", f"{_SIZE}#output-size-explorer",
          "test_convolution.py::test_figure_3_3"),
    Entry("3.1", say("output size"),
          "geometry.output_size", f"{_SIZE}#count",
          "test_geometry.py::test_sizes_agree_with_keras"),
    Entry("Figure 3-4", say("max pooling"),
          "pooling.max_pool2d", f"{_POOLING}#pooling-explorer",
          "test_pooling.py::test_figure_3_4"),
    Entry("Figure 3-5", say("an image under a turned filter"),
          "convolution.convolve2d", f"{_SHARED}#output",
          "test_shared_weights_explorer.py::test_an_output_shows_the_sum_that_the_chapter_prints"),
    Entry("3.2", say("output of a turned filter"),
          "convolution.convolve2d", f"{_SHARED}#output",
          "test_convolution.py::test_convolution_is_scipys"),
    Entry("Figure 3-6", say("the filter as a network"),
          "convolution.convolution_matrix", f"{_SHARED}#shared-weights-explorer",
          "test_convolution.py::test_the_matrix_of_figure_3_6"),
    Entry("Figure 3-7", say("12 connections, 3 weights"),
          "convolution.convolution_matrix", f"{_SHARED}#connections-explorer",
          "test_shared_weights_explorer.py::test_starts_on_figure_3_7"),
    Entry("3.3", say("gradient of a shared weight"),
          "convolution.convolve2d_backward", f"{_SHARED}#weight-gradient-explorer",
          "test_convolution.py::test_gradients_agree_with_finite_differences"),
    Entry("3.4", say("the input under a weight"),
          "convolution.convolve2d_backward", f"{_SHARED}#gradient-sum",
          "test_convolution.py::test_the_weight_gradient_pairs_each_delta_with_the_input_under_the_weight"),
    Entry("3.5", say("the sum as it is printed"),
          "convolution.chapter_weight_gradient", f"{_SHARED}#printed-compare",
          "test_convolution.py::test_the_printed_sums_leave_out_what_lies_beyond_k"),
    Entry("3.6", say("gradient of max pooling"),
          "pooling.max_pool2d_backward", f"{_POOLING}#gradient-max",
          "test_pooling.py::test_backward_agrees_with_finite_differences"),
    Entry("3.6", say("gradient of average pooling"),
          "pooling.average_pool2d_backward", f"{_POOLING}#gradient-average",
          "test_pooling.py::test_average_backward_agrees_with_tensorflow"),
    Entry("Figure 3-8", say("the complete model"),
          "complete_model.complete_model_forward", f"{_MODEL}#complete-model-explorer",
          "test_complete_model.py::test_agrees_with_tensorflow"),
    Entry("3.7", say("cross-correlation"),
          "convolution.cross_correlate2d", f"{_MODEL}#correlate",
          "test_convolution.py::test_cross_correlation_is_scipys"),
    Entry("3.8", say("the sum as it is printed"),
          "chapter_rules.correlation_as_printed", f"{_MODEL}#printed-correlation",
          "test_chapter_rules.py::test_equation_3_8_as_printed_is_scipys_correlation_turned_by_half_a_turn"),
    Entry("3.9 to 3.11", say("convolution"),
          "convolution.convolve2d", f"{_MODEL}#flipped-filter-explorer",
          "test_convolution.py::test_convolution_is_scipys"),
    Entry("3.12 to 3.14", say("a filter, a bias and a ReLU for each channel"),
          "complete_model.convolve_channels", f"{_MODEL}#after-relu",
          "test_complete_model.py::test_the_channels_are_convolved_as_by_scipy"),
    Entry("3.15", say("sum over the channels"),
          "complete_model.complete_model_forward", f"{_MODEL}#complete-model-explorer",
          "test_complete_model.py::test_agrees_with_tensorflow"),
    Entry("3.16", say("average pooling"),
          "pooling.average_pool2d", f"{_MODEL}#pool",
          "test_pooling.py::test_equation_3_16"),
    Entry("3.17", say("flatten column by column"),
          "dense.flatten_columns", f"{_MODEL}#flatten-columns",
          "test_dense.py::test_the_chapter_flattens_column_by_column"),
    Entry("3.18", say("and back"),
          "dense.unflatten_columns", f"{_MODEL}#flatten-columns",
          "test_dense.py::test_flattening_columns_is_flattening_the_transposed_map"),
    Entry("3.19", say("affine layer and softmax"),
          "activations.softmax", f"{_MODEL}#prediction",
          "test_activations.py::test_softmax_agrees_with_tensorflow"),
    Entry("3.20", say("squared loss"),
          "losses.squared_error", f"{_MODEL}#loss",
          "test_losses.py::test_squared_error_is_keras_mean_times_half_the_classes"),
    Entry("3.21", say("gradient of the scores, and the diagonal as printed"),
          "chapter_rules.chapter_delta", f"{_BACK}#delta",
          "test_chapter_rules.py::test_equation_3_21_is_the_gradient_of_independent_logistic_units"),
    Entry("3.22", say("gradient of W"),
          "dense.dense_backward", f"{_BACK}#affine",
          "test_dense.py::test_the_affine_layer_s_gradients_agree_with_finite_differences"),
    Entry("3.23, 3.25", say("a step for W and b"),
          "optimizers.gradient_step", f"{_BACK}#step",
          "test_optimizers.py::test_agrees_with_keras"),
    Entry("3.24", say("gradient of b"),
          "dense.dense_backward", f"{_BACK}#judge",
          "test_dense.py::test_the_affine_layer_s_gradients_agree_with_tensorflow"),
    Entry("3.26, 3.27", say("gradient of f, and back into P"),
          "complete_model.complete_model_backward", f"{_BACK}#affine",
          "test_complete_model.py::test_the_gradient_of_every_array_agrees_with_finite_differences"),
    Entry("3.28", say("gradient of C"),
          "pooling.average_pool2d_backward", f"{_BACK}#pooled",
          "test_pooling.py::test_average_backward_agrees_with_tensorflow"),
    Entry("3.29, 3.31", say("updates of feature maps, as printed"),
          "complete_model.complete_model_forward", f"{_BACK}#update-check",
          "test_complete_model.py::test_agrees_with_tensorflow"),
    Entry("3.30", say("gradient of each channel, as printed"),
          "chapter_rules.chapter_channel_gradient", f"{_BACK}#backpropagation-explorer",
          "test_chapter_rules.py::test_equation_3_30_shares_out_what_every_term_of_a_sum_gets_whole"),
    Entry("3.32", say("gradient of the filters"),
          "complete_model.complete_model_backward", f"{_BACK}#filters",
          "test_complete_model.py::test_the_parameters_gradients_agree_with_finite_differences"),
    Entry("3.32, 3.34", say("C (1 − C), as printed"),
          "chapter_rules.chapter_activation_gradient", f"{_BACK}#filters-check",
          "test_chapter_rules.py::test_equations_3_32_and_3_34_hold_the_slope_of_a_logistic_function"),
    Entry("3.33, 3.35", say("a step for filters and their biases"),
          "optimizers.gradient_step", f"{_BACK}#learning-explorer",
          "test_chapter_rules.py::test_filters_that_follow_the_print_raise_the_loss"),
    Entry("3.34", say("gradient of the filters' biases"),
          "complete_model.complete_model_backward", f"{_BACK}#filters",
          "test_complete_model.py::test_the_gradients_agree_with_tensorflow"),
    Entry("Figure 3-9", say("the worked example: filter, ReLU, pooling"),
          "worked_example.worked_example_forward", f"{_WORKED}#figure-3-9",
          "test_worked_example.py::test_every_array_and_every_gradient_is_tensorflows"),
    Entry("Figure 3-10", say("its affine layers"),
          "worked_example.worked_example_forward", f"{_WORKED}#figure-3-10",
          "test_worked_example.py::test_every_array_and_every_gradient_is_tensorflows"),
    Entry("Figure 3-10", say("the backward pass, as printed"),
          "worked_example.chapter_steps", f"{_WORKED}#printed-steps",
          "test_worked_example.py::test_every_printed_number_to_its_last_digit"),
    Entry("Figure 3-10", say("the backward pass, by the chain rule"),
          "worked_example.worked_example_backward", f"{_WORKED}#figure-3-10-backward",
          "test_worked_example.py::test_every_array_and_every_gradient_is_tensorflows"),
    Entry("Figure 3-12", say("the inception module"),
          "inception.inception", f"{_DEEPER}#module-gradients",
          "test_inception.py::test_module_and_all_gradients_agree_with_keras"),
    Entry("Figure 3-12", say("GoogLeNet, row by row"),
          "googlenet.count_rows", f"{_DEEPER}#googlenet-table",
          "test_googlenet.py::test_every_row_is_what_keras_builds_of_it"),
    Entry("Figure 3-13", say("VGGNet, layer by layer"),
          "vgg.vgg_layers", f"{_DEEPER}#vgg-costs",
          "test_vgg.py::test_every_layer_has_the_shape_and_the_parameters_of_kerass"),
    Entry("Figure 4-3", say("kinds of sequence learning"),
          "sequences.sequence_kinds", f"{_DEEPER}#sequences",
          "test_sequences.py::test_each_kind_reads_and_writes_as_many_as_its_name_says"),
)
# fmt: on


def equation_map():
    """Show the map as a table whose links lead to the cells."""
    return Markdown(equation_table(lessons_folder=""))


def equation_table(lessons_folder, project_folder=None):
    """Write the map as a Markdown table.

    Args:
        lessons_folder: prefix of the links to the lessons.
        project_folder: prefix of the links to the code and the tests, or None where a page cannot link to
            them, as JupyterLab, whose files begin at notebooks/.

    Returns:
        Markdown text.
    """

    def code(name, path, tooltip):
        return f"`{name}`" if project_folder is None else f'[`{name}`]({project_folder}{path} "{tooltip}")'

    rows = []
    for entry in ENTRIES:
        module, function = entry.function.split(".")
        lesson, cell = entry.cell.split("#")
        file, test = entry.test.split("::")
        item = _item(entry).replace(" ", "\N{NO-BREAK SPACE}")
        computed = code(function, f"helpers/reference/{module}.py", entry.function)
        shown = f"[{lesson.split('_')[0]}]({lessons_folder}{lesson}.ipynb#cell-id={cell})"
        checked = code(file.removeprefix("test_").removesuffix(".py"), f"tests/{file}", test)
        rows.append((item, entry.subject, computed, shown, checked))
    return table(say("| | about | computed by | shown in | checked by |"), rows)


def _item(entry):
    """Name a figure, an equation or a run of equations in the reader's language."""
    if entry.item.startswith("Figure "):
        return say("Figure {number}", number=entry.item.removeprefix("Figure "))
    first, separator, last = entry.item.partition(" to ")
    return say("{first} to {last}", first=first, last=last) if separator else listed(first.split(", "))
