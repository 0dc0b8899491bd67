"""Markets, assets, prices and portfolios over HTTP: uvicorn infra.api.app:app --port 7000"""
from fastapi import FastAPI

from infra.repositories.sql_repository import SqlRepository

app = FastAPI()
stores = {kind: SqlRepository(f"data/{kind}.db") for kind in ("markets", "assets", "prices", "portfolios")}


@app.get("/{kind}")
def all_of(kind: str):
    return stores[kind].all()
