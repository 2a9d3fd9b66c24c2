"""The documents say what the code does: nothing undocumented or stale, examples run, links lead somewhere."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from dashboard.view import FILTERS, PAGE_OPTIONS
from docs import generate
from etl.codebook import event_row
from etl.read import inputs, jsonl, record, warc
from etl.reference import DATA, FOLDER, read_table, vocabulary
from etl.schema import EVIDENCE_LIMIT, TABLES
from tests import docs_reading as reading
from tests.docs_reading import DOCUMENTS, ROOT, Example, read
from tests.labels import article_from, coded_from_labels, gold
from tests.make_release import make_release

COPIED = ("etl", "dashboard", "docs", "tests", "data/reference", "data/articles", "data/gold", ".streamlit")
WITH_EXAMPLES = [name for name in DOCUMENTS if reading.examples(read(name))]


def test_every_command_and_make_target_is_in_the_readme() -> None:
    calls = [f"python -m etl {name}" for name in generate.commands()]
    targets = [f"make {name}" for name in generate.make_targets(read("Makefile"))]
    assert len(calls) >= 6 and "make run" in targets
    assert not reading.lacking(read("README.md"), calls + targets)


def test_every_option_is_in_the_readme() -> None:
    for name, parser in generate.commands().items():
        row = next(line for line in read("README.md").splitlines() if line.startswith(f"| `python -m etl {name}`"))
        options = [a.option_strings[-1] for a in parser._actions if a.option_strings and a.dest != "help"]
        assert not reading.lacking(row, options), name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_calls_that_are_shown_exist(document: str) -> None:
    commands = {name: {option for a in parser._actions for option in a.option_strings}
                for name, parser in generate.commands().items()}
    targets = set(generate.make_targets(read("Makefile")))
    assert not reading.unknown_calls(read(document), commands, targets)


def test_every_page_filter_and_parameter_is_documented() -> None:
    pages = generate.dashboard_pages()
    options = [option.name for page in PAGE_OPTIONS.values() for option in page]
    assert {name for name, _, _ in pages} == set(PAGE_OPTIONS)
    assert not reading.lacking(read("docs/dashboard.md"), [*FILTERS, *options])
    for name, file, title in pages:
        assert f"{title} (`/{name}`)" in read("docs/dashboard.md")
        assert f"**{title}**" in read("docs/dashboard.md"), f"docs/dashboard.md lacks a sentence on {title}"
        assert (ROOT / "dashboard" / "pages" / file).is_file()


def test_every_column_is_documented() -> None:
    parts = reading.sections(read("docs/columns.md"))
    assert list(parts) == [table.name for table in TABLES]
    for table in TABLES:
        assert reading.first_cells(parts[table.name]) == table.names


def test_every_event_type_actor_and_field_is_in_the_codebook() -> None:
    row = next(label for label in gold().values() if label["events"])
    fields = list(event_row(coded_from_labels(row).events[0], article_from(row)))
    text = read("docs/codebook.md")
    assert not reading.lacking(text, [*vocabulary("event_types"), *vocabulary("actors"), *fields])


def test_every_reference_table_and_column_is_described() -> None:
    parts = reading.sections(read("data/reference/README.md"))
    names = sorted(path.name for path in FOLDER.glob("*.csv"))
    assert list(parts) == names
    for name in names:
        assert reading.first_cells(parts[name]) == list(read_table(name.removesuffix(".csv")).columns), name
        assert generate.readers(name.removesuffix(".csv")), f"nothing reads {name}"


@pytest.mark.parametrize("document", generate.PAGES)
def test_generated_parts_are_fresh(document: str) -> None:
    text = read(document)
    assert generate.part_names(text)
    assert generate.renewed(text) == text, "run: make docs"


def test_every_generated_part_stands_somewhere() -> None:
    assert sorted(name for page in generate.PAGES for name in generate.part_names(read(page))) == sorted(generate.PARTS)


def test_numbers_of_the_readme_are_those_of_the_code() -> None:
    text = " ".join(read("README.md").split())
    assert f"at most {record.MAX_ID} characters" in text
    assert f"address of the source, at most {record.MAX_URL:,} characters" in text
    assert f"who published it, at most {record.MAX_PUBLISHER} characters" in text
    assert f"`title` | at most {record.MAX_TITLE:,} characters" in text
    assert f"together at most {record.MAX_CHARACTERS:,} characters" in text
    assert f"{record.EARLIEST.year} to {record.LATEST.year - 1}" in text
    assert f"may have {inputs.MAX_FILE // 1024**2} MB, a line of `.jsonl` {jsonl.MAX_LINE // 1024**2} MB, "\
        f"a page in an archive {warc.MAX_PAGE // 1024**2} MB" in text
    assert f"excerpts of at most {EVIDENCE_LIMIT} characters" in text
    assert not reading.lacking(read("README.md"), [ending for ending in inputs.FORMATS if ending != ".htm"])
    articles = [json.loads(line) for line in (DATA / "articles" / "digests.jsonl").read_text("utf-8").splitlines()]
    years = sorted(article["published"][:4] for article in articles)
    assert f"{len(articles)} digests" in text and f"from {years[0]} to {years[-1]}" in text
    numbers = {5: "Five", 6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}
    assert f"{numbers[len(PAGE_OPTIONS)]} pages: {', '.join(t for _, _, t in generate.dashboard_pages())}." in text


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", read("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    assert not reading.broken_links(read(document), document)


def test_nothing_speaks_of_a_machine_or_registry() -> None:
    texts = dict(reading.shipped_texts())
    assert {"README.md", "etl/schema.py", "dashboard/app.py", "tests/test_docs.py", "requirements.txt"} <= set(texts)
    assert not {name: found for name, text in texts.items() if (found := reading.forbidden(text))}


def test_the_screenshot_is_small() -> None:
    assert 20_000 < (ROOT / "docs" / "overview.png").stat().st_size < 300_000


@pytest.mark.parametrize("document", WITH_EXAMPLES)
def test_examples_run(document: str, tmp_path: Path) -> None:
    folder = tmp_path / "torkham"
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    files = ("Makefile", "pyproject.toml", "data/corrections.csv")
    for name in (*files, *(name for name in DOCUMENTS if "/" not in name)):
        shutil.copy(ROOT / name, folder / name)
    make_release(folder / "data" / "releases")
    for example in reading.examples(read(document)):
        done = reading.run(example, folder)
        assert done.returncode == 0, f"{example.code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


# The checks themselves can fail.

def test_a_missing_name_is_found() -> None:
    text = "Use `make run` or `python -m etl run --out DIR`, and `make tests`.\n```sh\nmake check\n`make check`\n```\n"
    wanted = ["make run", "python -m etl run", "make test", "make check"]
    assert reading.lacking(text, wanted) == ["make test", "make check"]
    assert reading.lacking(read("docs/codebook.md"), ["bombing", "no_such_type"]) == ["no_such_type"]


def test_a_missing_column_is_found() -> None:
    text = read("docs/columns.md")
    cut = re.sub(r"^\| `event_type` .*\n", "", text, count=1, flags=re.MULTILINE)
    assert reading.first_cells(reading.sections(cut)["events"]) != TABLES[0].names
    assert generate.renewed(cut) == text


def test_a_stale_part_is_found() -> None:
    text = "before\n<!-- begin tables -->\nold\n<!-- end tables -->\nafter\n"
    renewed = generate.renewed(text)
    assert "old" not in renewed and "events" in renewed and renewed.startswith("before") and renewed.endswith("after\n")
    with pytest.raises(KeyError):
        generate.renewed("<!-- begin nothing -->\n<!-- end nothing -->\n")


def test_a_broken_link_is_found() -> None:
    text = "[a](LICENSE) [b](docs/no.md) [c](README.md#no-such-part) `etl/no.py` [d](#start) [e](https://example.org)"
    assert reading.broken_links(text, "README.md") == ["docs/no.md", "README.md#no-such-part", "etl/no.py"]


def test_an_unknown_call_is_found() -> None:
    text = "```sh\nmake fly\nmake run\npython -m etl run --fast --out x\npython -m etl sing\n```\n"
    assert reading.unknown_calls(text, {"run": {"--out"}}, {"run"}) == [
        "make fly", "python -m etl run --fast", "python -m etl sing"]


def test_a_forbidden_word_is_found() -> None:
    for text in ("/".join(("see ", "tmp", "x")), "/".join(("..", "shared", "a")), ".".join(("pypi", "org"))):
        assert reading.forbidden(text), text
    assert not reading.forbidden("data/work/x and https://example.org/tmp/x")


def test_an_example_that_fails_is_found(tmp_path: Path) -> None:
    found = reading.examples("```sh run\nfalse\ntrue\n```\n```python run\nassert False\n```\n"
                             "```sh\nfalse\n```\n```sh run\nfalse | true\n```\n")
    assert len(found) == 3 and found[0] == Example("sh", "false\ntrue\n")
    assert [reading.run(example, tmp_path).returncode for example in found] == [1, 1, 1]
