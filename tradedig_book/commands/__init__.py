"""The commands of ``python -m tradedig_book``, one module each."""
