# Everything that is done here by hand, by the git hooks and by CI. `just` lists it.
# Without `just` on the machine: `uv run just RECIPE`, which also brings the environment up to date.

# Bytecode is kept: without it each test worker and each process compiles everything anew.
export PYTHONDONTWRITEBYTECODE := ""
export PATH := justfile_directory() / ".venv/bin" + ":" + env("PATH")

[private]
default:
    @just --list --unsorted

# Make or update the environment in .venv.
setup:
    uv sync

# Lint, types and layers: what must hold before a commit.
[parallel]
check: types lint layers

[private]
lint:
    ruff format --check .
    ruff check .
    codespell

[private]
types:
    mypy

[private]
layers:
    lint-imports
    deptry .

# More workers than cores, since many tests wait for Textual or for a process; each one more collects all tests.
# The fast tests: no socket, no process, no journey through the app. Takes pytest's arguments.
test *args:
    pytest -n $(({{ num_cpus() }} + 1)) --dist worksteal --hypothesis-profile fast -m "not integration and not journey" {{ args }}

# All tests, with coverage: what CI runs.
test-all *args:
    pytest -n $(({{ num_cpus() }} + 2)) --dist worksteal --cov {{ args }}

# Format, and repair what ruff can repair.
fix:
    ruff check --fix .
    ruff format .

# The board over a simulated rack. Takes the options of `micboard-tui demo`.
demo *args:
    micboard-tui demo {{ args }}

# Textual's console; then `TEXTUAL=devtools just demo` in a second terminal.
console *args:
    textual console {{ args }}

# Accept the screens as they are now; look at each difference before you commit it.
snapshots *args:
    pytest -n auto tests/tui --snapshot-update {{ args }}
    git status --short tests/tui

# Write the generated pages of docs/reference; `just docs pictures` draws the pictures, too.
docs what="reference":
    python -m tests.architecture.reference
    {{ if what == "pictures" { "python docs/picture.py && python docs/page_picture.py" } else { "" } }}

# Build the documentation as a site in build/site, strictly, and look at its links.
site:
    python -c 'import zensical' 2>/dev/null || uv sync --quiet --inexact --group site
    python .github/scripts/build_site.py

# One benchmark with its options, or the four that are compared before and after a change.
bench name="compared" *args:
    {{ if name == "compared" { "for name in board ingest start poll; do python benchmarks/$name.py || exit; done" } else { "python benchmarks/" + name + ".py " + args } }}

# Change the code in small ways and see whether a test notices: `just mutants domain/battery.py`.
mutants path *args:
    .ci/mutants '{{ path }}' {{ args }}

# Look for bytes that break a reader of devices' words, files or the bus: `just fuzz ssc 300`; all: a minute each.
fuzz *args:
    uv sync --quiet --inexact --group fuzz
    python -m tests.fuzz.run {{ args }}

# All tests several times beside a busy machine; says which failed how often.
soak times="10" *args:
    .ci/soak {{ times }} {{ args }}

# Kill and freeze the processes of a fleet at random, and look whether anything is lost or made twice.
kills *args:
    PYTHONPATH=. python benchmarks/fleet_kills.py {{ args }}

# Look for weaknesses in the code, in what it is installed with, and in the workflows.
audit-code:
    python -c 'import bandit, pip_audit' 2>/dev/null || uv sync --quiet --inexact --group security
    python .github/scripts/audit_code.py

# Build what a release would publish, look into it, install it clean and use it; some minutes.
release-check:
    .ci/release-check

# Let git run `check` before a commit and the fast tests before a push.
hooks:
    prek install --config .github/hooks.yaml --hook-type pre-commit --hook-type pre-push
