"""Which facts may move a line or stop a build: none that one party alone asserts, none without a document."""
EVEN_HANDED = ("both", "neither")  # `asserted_by`: both parties, or an account of neither that no party contradicts
