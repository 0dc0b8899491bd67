"""Decides what happens to a film that the quality gate has scored: see decision 6."""

THRESHOLD = 70


def verdict(score, rewrites):
    """What is done with a film of this score that was rewritten so many times."""
    if score >= THRESHOLD:
        return "hold"
    return "rewrite" if rewrites == 0 else "give up"
