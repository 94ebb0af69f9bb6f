"""Tables, figures and explorers; nothing here computes a statistic."""
