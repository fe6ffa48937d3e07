"""Where one types: the prompt, recall of earlier lines, and the question before a long paste."""
