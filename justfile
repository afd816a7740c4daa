# What people type; `.ci/run` is what must pass.

# Tests, the main job, formatting, lints and docs.
ci:
    .ci/run

# The tests.
test *arguments:
    cargo test --locked {{ arguments }}

# The Rev.io pack against its mock, or with what is said: `just run --env sandbox`.
run *arguments:
    cargo run --locked --quiet -- run {{ arguments }}

# Licences, versions that are there twice, sources and advisories of the dependencies; the last needs github.com.
deny:
    cargo deny --locked check

# How long the pack takes, built for speed.
bench:
    cargo build --locked --release
    time ./target/release/callsheet run --quiet
