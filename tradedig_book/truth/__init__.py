"""What is true in the synthetic economy, and how near measures and estimates come to it."""
