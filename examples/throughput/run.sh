#!/usr/bin/env bash
# Compares pme's token endpoint with a floor that writes the same answer, each as a whole server under
# wrk, in turn, and prints each round's requests a second and their ratio, and the median ratio.
# Needs wrk. Usage: examples/throughput/run.sh [rounds] [seconds a round] [session|bearer]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5} seconds=${2:-5} gate=${3:-session}

work=$(mktemp -d)
go build -o "$work/throughput" ./examples/throughput
"$work/throughput" -gate "$gate" >"$work/addresses" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/addresses" ]; do sleep 0.1; done
read -r floor pme header <"$work/addresses"

rate() { wrk -t1 -c32 -d"${2}s" -H "$header" "$1" | awk '/Non-2xx/ {bad=1} /Requests\/sec/ {r=$2} END {if (bad) exit 1; print r}'; }

curl -fsS -H "$header" "$pme" >/dev/null
rate "$floor" 1 >/dev/null && rate "$pme" 1 >/dev/null
for _ in $(seq "$rounds"); do
  f=$(rate "$floor" "$seconds") p=$(rate "$pme" "$seconds")
  awk -v f="$f" -v p="$p" 'BEGIN {printf "floor %.0f/s  pme %.0f/s  ratio %.3f\n", f, p, p/f}'
done | tee "$work/rounds"
awk '{print $NF}' "$work/rounds" | sort -n | awk '{r[NR]=$1} END {printf "median ratio %.3f\n", r[int((NR+1)/2)]}'
