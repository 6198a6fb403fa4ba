#!/bin/sh
# Writes requirements/*.txt: exact versions with hashes, and no address of any package index.
set -eu
cd "$(dirname "$0")/.."
compile="uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links"
PATH="$PATH:$PWD/.venv-tools/bin"
$compile "$@" --custom-compile-command "make lock" requirements/tools.in -o requirements/tools.txt
$compile "$@" --custom-compile-command "make lock" pyproject.toml -o requirements/base.txt
$compile "$@" --custom-compile-command "make lock" pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt
