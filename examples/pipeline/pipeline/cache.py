"""Answers of research that are young enough to be used again: see decision 4."""

MAX_AGE_DAYS = 30


def answer(question, topic, entries, ask, today):
    """The answer to a question, from the entries if one is young enough, else from a provider."""
    known = entries.get(question)
    if known and (today - known["day"]).days <= MAX_AGE_DAYS:
        return known
    found = dict(ask(question), day=today, topic=topic)
    entries[question] = found
    return found
