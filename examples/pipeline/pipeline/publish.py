"""Puts a film on hold. It never publishes: see decision 3."""


def hold(film, account):
    """Uploads `film` as private and gives its address."""
    if not film["sources"]:
        raise ValueError("a film without sources is not held")
    return account.upload(film["path"], title=film["title"], visibility="private")
