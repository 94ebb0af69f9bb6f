"""The commands of ``python -m tradedig_helpers``, one module each."""
