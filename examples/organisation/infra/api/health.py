"""How the API is: /health for machines that restart it, /metrics for people who look."""


def health(stores):
    """Whether every store answers."""
    return {kind: bool(store.all() is not None) for kind, store in stores.items()}
