"""The explorers: controls, a picture and a sentence, computed by the reference mathematics."""

from threadpoolctl import threadpool_limits

from helpers.explorers.backpropagation.backpropagation import BackpropagationExplorer
from helpers.explorers.backpropagation.learning import LearningExplorer
from helpers.explorers.compare.compare import DigitComparisonExplorer, PhotographComparisonExplorer
from helpers.explorers.complete_model.complete_model import CompleteModelExplorer
from helpers.explorers.complete_model.flipped_filter import FlippedFilterExplorer
from helpers.explorers.complete_model.several_filters import SeveralFiltersExplorer
from helpers.explorers.deeper.inception import InceptionExplorer
from helpers.explorers.deeper.stack import StackExplorer
from helpers.explorers.filters.feature_map import FeatureMapExplorer
from helpers.explorers.filters.filter import FilterExplorer
from helpers.explorers.filters.kernel import KernelExplorer
from helpers.explorers.from_scratch.im2col import Im2colExplorer
from helpers.explorers.layers.layer_flow import LayerFlowExplorer
from helpers.explorers.layers.weight_counts import WeightCountExplorer
from helpers.explorers.look_inside.best_inside import BestInsideExplorer
from helpers.explorers.look_inside.draw_digit import DrawDigitExplorer
from helpers.explorers.look_inside.look_inside import DigitInsideExplorer, PhotographInsideExplorer
from helpers.explorers.output_size.output_size import OutputSizeExplorer
from helpers.explorers.output_size.pixel_use import PixelUseExplorer
from helpers.explorers.output_size.shrinking_stack import ShrinkingStackExplorer
from helpers.explorers.pooling.gradient import PoolingGradientExplorer
from helpers.explorers.pooling.pooling import PoolingExplorer
from helpers.explorers.pooling.robustness import RobustnessExplorer
from helpers.explorers.pooling.same_output import SameOutputExplorer
from helpers.explorers.receptive_field.receptive_field import ReceptiveFieldExplorer
from helpers.explorers.shared_weights.connections import ConnectionsExplorer
from helpers.explorers.shared_weights.convolution_matrix import ConvolutionMatrixExplorer
from helpers.explorers.shared_weights.shared_weights import SharedWeightsExplorer
from helpers.explorers.shared_weights.weight_gradient import WeightGradientExplorer
from helpers.explorers.worked_example.learning import WorkedLearningExplorer
from helpers.explorers.worked_example.worked_example import WorkedExampleExplorer

# Products of a lesson's size gain little from a second BLAS thread, and where many students share the
# cores the threads wait for each other.
threadpool_limits(1, user_api="blas")

__all__ = [name for name in dir() if name.endswith("Explorer")]
