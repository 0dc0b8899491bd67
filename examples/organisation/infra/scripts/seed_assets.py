"""Puts two exchanges and two assets where the API finds them."""
from infra.repositories.sql_repository import SqlRepository

SqlRepository("data/markets.db").put("rotterdam", {"name": "Rotterdam", "currency": "EUR"})
SqlRepository("data/markets.db").put("rouen", {"name": "Rouen", "currency": "EUR"})
SqlRepository("data/assets.db").put("wheat", {"market": "rouen", "unit": "t"})
SqlRepository("data/assets.db").put("barley", {"market": "rotterdam", "unit": "t"})
