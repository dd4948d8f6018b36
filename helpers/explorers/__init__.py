"""Explorers: controls, a call into the reference mathematics, a call into the figures."""

from threadpoolctl import threadpool_limits

from helpers.explorers.backpropagation.backpropagation import BackpropagationExplorer
from helpers.explorers.backpropagation.learning import LearningExplorer
from helpers.explorers.complete_model.complete_model import CompleteModelExplorer
from helpers.explorers.draw_digit import DrawDigitExplorer
from helpers.explorers.filters import FeatureMapExplorer, FilterExplorer, KernelExplorer
from helpers.explorers.flipped_filter import FlippedFilterExplorer
from helpers.explorers.im2col import Im2colExplorer
from helpers.explorers.layer_flow import LayerFlowExplorer
from helpers.explorers.look_inside import DigitInsideExplorer, PhotographInsideExplorer
from helpers.explorers.output_size import OutputSizeExplorer, ShrinkingStackExplorer
from helpers.explorers.pooling import PoolingExplorer, PoolingGradientExplorer, SameOutputExplorer
from helpers.explorers.robustness import RobustnessExplorer
from helpers.explorers.shared_weights.connections import ConnectionsExplorer
from helpers.explorers.shared_weights.convolution_matrix import ConvolutionMatrixExplorer
from helpers.explorers.shared_weights.shared_weights import SharedWeightsExplorer
from helpers.explorers.shared_weights.weight_gradient import WeightGradientExplorer
from helpers.explorers.weight_counts import WeightCountExplorer
from helpers.explorers.worked_example.learning import WorkedLearningExplorer
from helpers.explorers.worked_example.worked_example import WorkedExampleExplorer

# Products of a lesson's size gain little from a second BLAS thread, and where many students share the
# cores the threads wait for each other.
threadpool_limits(1, user_api="blas")

__all__ = [
    "BackpropagationExplorer",
    "CompleteModelExplorer",
    "ConnectionsExplorer",
    "ConvolutionMatrixExplorer",
    "DigitInsideExplorer",
    "DrawDigitExplorer",
    "FeatureMapExplorer",
    "FilterExplorer",
    "FlippedFilterExplorer",
    "Im2colExplorer",
    "KernelExplorer",
    "LayerFlowExplorer",
    "LearningExplorer",
    "OutputSizeExplorer",
    "PhotographInsideExplorer",
    "PoolingExplorer",
    "PoolingGradientExplorer",
    "RobustnessExplorer",
    "SameOutputExplorer",
    "SharedWeightsExplorer",
    "ShrinkingStackExplorer",
    "WeightCountExplorer",
    "WeightGradientExplorer",
    "WorkedExampleExplorer",
    "WorkedLearningExplorer",
]
