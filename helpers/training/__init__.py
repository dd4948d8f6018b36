"""Keras on TensorFlow: the chapter's models (section 3-5), their training and its progress.

The only room that imports TensorFlow; importing this package alone does not.
"""
