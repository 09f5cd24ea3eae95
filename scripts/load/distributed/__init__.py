"""The same scenarios driven by another tool, on any number of machines; their figures added up."""
