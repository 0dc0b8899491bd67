"""Which provider is asked, and for how long one waits: see decisions 5 and 7."""

WAIT_SECONDS = [2, 8, 32]
PROVIDERS = [("harrow", "paid"), ("plumb", "free")]


def ask(question, call, wait, log):
    """Asks the first provider; after the last refusal the second one."""
    for provider, plan in PROVIDERS:
        for seconds in WAIT_SECONDS:
            reply = call(provider, plan, question)
            if reply.status != 429:
                return reply
            wait(seconds)
        log(f"{provider} refuses, asking the next one")
    raise RuntimeError("every provider refuses")
