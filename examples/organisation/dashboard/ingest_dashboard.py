"""Lists the reports that ingest left in data/reports, the newest first."""
import pathlib

for report in sorted(pathlib.Path("data/reports").glob("*.md"), reverse=True):
    print(report.name, report.read_text(encoding="utf-8").splitlines()[0])
