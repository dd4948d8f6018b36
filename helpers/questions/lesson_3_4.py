"""Questions of lesson 3-4: VGGNet, GoogLeNet, and what came after."""

CHECK_YOURSELF = ()
