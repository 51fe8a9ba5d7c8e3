"""Networks: torch modules that know nothing of training loops or files."""
