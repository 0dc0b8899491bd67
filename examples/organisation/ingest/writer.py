"""Leaves what a feed said as two whole files, and posts its newest price: see decision 4."""
import json
import os
import urllib.request


def write(folder, records, manifest):
    """Writes both files beside their places and renames them, the manifest last."""
    for name, content in (("records.json", records), ("manifest.json", manifest)):
        place = os.path.join(folder, name)
        with open(place + ".new", "w", encoding="utf-8") as file:
            json.dump(content, file)
        os.replace(place + ".new", place)


def post(price, number):
    """Posts a price if somebody listens. The number makes a second time harmless."""
    url = os.environ.get("INFRA_API_URL")
    if url:
        body = json.dumps(dict(price, number=number)).encode()
        urllib.request.urlopen(urllib.request.Request(f"{url}/prices", body, method="POST"), timeout=5)
