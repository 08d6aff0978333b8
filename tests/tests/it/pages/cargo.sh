#!/bin/sh
# Stands for cargo where pages are followed: nothing is built again.
set -eu
folder=$(dirname "$(readlink -f "$(dirname "$0")/portcullis")")
case "$*" in
"run --release -- "*) shift 3; exec portcullis "$@" ;;
"install --locked --path crates/api") exec portcullis --version ;;
"xtask bench "*) shift 2; exec "$folder/bench" "$@" --help ;;
"xtask "*) shift 1; exec "$folder/xtask" "$@" --help ;;
*) echo "cargo $*: not known here" >&2; exit 1 ;;
esac
