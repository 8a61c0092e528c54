# Every recipe is one command that can be typed by hand; .ci/run is what must hold before a change is merged.

# List the recipes.
default:
    @just --list

# Format, lints and tests.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    cargo test

# All tests; those that need a peer that is missing say so and are skipped.
test *ARGS:
    cargo test {{ ARGS }}

# Install the real registries and clients that the peer tests run against.
install-peers:
    .ci/install-peers

# The tests against real registries and clients, none skipped.
peers *ARGS: install-peers
    PLIMSOLL_PEERS=required cargo test --test it peers -- --include-ignored --test-threads=1 {{ ARGS }}

# Everything that CI runs.
ci:
    .ci/run

# Survey the embedded reference registry, or the targets given.
survey *ARGS:
    cargo run --release -- survey {{ ARGS }}

# Run the reference registry.
serve *ARGS:
    cargo run --release -- serve {{ ARGS }}

# Try every fault and every lawful variant on the suite.
prove *ARGS:
    cargo run --release -- prove {{ ARGS }}

# Lint the scenarios and the catalogue.
lint:
    cargo run -- scenario lint

# Print the JSON Schema of scenario files.
schema:
    @cargo run --quiet -- scenario schema

# Accept the snapshots that changed.
accept:
    INSTA_UPDATE=always cargo test

# Wall time per exchange, CPU time and memory of `plimsoll check` beside the official suite, both against docker-registry.
bench-check ROUNDS="5": install-peers
    .ci/bench-check {{ ROUNDS }}

# What `plimsoll load` costs beside wrk, how late it is, and whether it finds a capacity that is known.
bench ROUNDS="3":
    .ci/bench-load {{ ROUNDS }}
