"""How programs read what is on the screen: the address of the data, and a ready line for pandas, R and Excel."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from dashboard.data_sets import BRIEFING, CODEBOOK, SETS
from dashboard.view import Facts, View

# Page → the files that hold what it shows, the first being the one that lines are made for.
OF_PAGE: dict[str, tuple[str, ...]] = {
    "overview": ("events.csv", "timeline.csv", CODEBOOK),
    "timeline": ("timeline.csv", "timeline.parquet", "events.csv", CODEBOOK),
    "actors": ("comentions.csv", "comentions.parquet", "comention_months.csv", "sides.csv", "events.csv", CODEBOOK),
    "map": ("events.csv", "events.geojson", "events.parquet", CODEBOOK),
    "events": ("events.csv", "events.parquet", "events.geojson", "reports.csv", "claims.csv", CODEBOOK),
    "event": ("reports.csv", "claims.csv", "events.csv", "events.geojson", CODEBOOK),
    "about": (CODEBOOK,),
}
DAYS = {"events": ("date_start", "date_end"), "reports": ("date_start", "date_end", "published"),
        "claims": ("published",), "timeline": ("period_start",), "comention_months": ("month",)}
POWER_TYPES = {"date": "type date", "integer": "Int64.Type", "number": "type number", "boolean": "type logical"}


def parameters(view: View, facts: Facts) -> dict[str, list[str]]:
    """The release and the filters of `view` that restrict something.

    Other than a link to a page, an address of data without a filter means the whole of the release it names, whatever
    a page shows at first; so the filters that restrict nothing need not stand in it.
    """
    everything = View.default(facts).to_query()
    return {name: values for name, values in view.to_query().items()
            if name == "release" or values != everything[name]}


def address(site: str, file: str, view: View, facts: Facts, page: str, options: Mapping[str, str]) -> str:
    """The full address of `file` for what `page` shows; `site` is the address of the dashboard without a page."""
    what = file.split(".", 1)[0]
    query = parameters(view, facts)
    if file == CODEBOOK:
        query = {"release": [view.release]}
    elif page == "event":
        query = {"release": [view.release], "id": [options.get("id", "")]}
    elif SETS[what].page == page and not SETS[what].of_events:
        query.update({name: [value] for name, value in options.items() if value})
    return f"{site}/data/{file}?{urlencode(query, doseq=True)}"


def briefing(site: str, view: View, facts: Facts) -> str:
    """The full address of the briefing of what is in view."""
    return f"{site}/data/{BRIEFING}?{urlencode(parameters(view, facts), doseq=True)}"


def pandas_line(url: str, what: str) -> str:
    """Python that reads the CSV at `url` with pandas."""
    days = f", parse_dates={list(DAYS[what])!r}" if what in DAYS else ""
    return f'import pandas as pd\n\n{what} = pd.read_csv("{url}"{days})'.replace("'", '"')


def r_line(url: str, what: str) -> str:
    """R that reads the CSV at `url`; base R needs to be told of the byte order mark, and which columns are days."""
    names = ", ".join(f'"{name}"' for name in DAYS.get(what, ()))
    days = f"\n{what}[c({names})] <- lapply({what}[c({names})], as.Date)" if names else ""
    return f'{what} <- read.csv("{url}",\n  fileEncoding = "UTF-8-BOM", na.strings = ""){days}'


def power_query(url: str, what: str) -> str:
    """A query for Excel's Power Query that reads the CSV at `url`: numbers and days as such, whatever Excel speaks."""
    name = what.capitalize()
    columns = SETS[what].table.columns if what in SETS else ()
    types = ", ".join(f'{{"{column.name}", {POWER_TYPES[column.kind]}}}' for column in columns
                      if column.kind in POWER_TYPES)
    typed = f',\n  Typed = Table.TransformColumnTypes({name}, {{{types}}}, "en-US")' if types else ""
    return ("let\n"
            f'  Source = Csv.Document(Web.Contents("{url}"),\n'
            '    [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),\n'
            f"  {name} = Table.PromoteHeaders(Source, [PromoteAllScalars = true]){typed}\n"
            f"in\n  {'Typed' if types else name}")
