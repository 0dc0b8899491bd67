"""Portfolios with their positions, and how older files become newer ones."""
from infra.repositories.sql_repository import SqlRepository

VERSION = 2


class PortfolioRepository(SqlRepository):
    def migrate(self):
        """Adds an empty list of positions where there is none. Running it twice changes nothing."""
        for portfolio in self.all():
            portfolio.setdefault("positions", [])
            self.put(portfolio["id"], portfolio)
