#!/usr/bin/env bash
# Starts three replicas, kills one, and revokes a user, as the buttons of the page do.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
go build -o "$work/fleet" ./examples/fleet
if env -u REDIS_URL PATH=/nowhere "$work/fleet" -addr 127.0.0.1:0 2>"$work/log"; then echo 'not ok: it starts without Redis'; exit 1; fi
[[ $(wc -l <"$work/log") == 1 ]] && grep -q 'install one' "$work/log" || { echo 'not ok: it does not say what is missing'; cat "$work/log"; exit 1; }

"$work/fleet" -addr 127.0.0.1:0 >"$work/out" 2>"$work/log" &
example=$!
trap 'kill "$example" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/out" ]; do kill -0 "$example" || { cat "$work/log"; exit 1; }; sleep 0.1; done
site=$(grep -o 'http://[0-9.:]*' "$work/out")

expect() { # WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}
as() { curl -sS -b "$work/jar" -c "$work/jar" "$@"; }
of_three() { for _ in 1 2 3; do as -D - "$@" | tr -d '\r' | grep -Ei '^x-replica|^HTTP|"name"|"error"' | tr '\n' ' '; done; }

expect 'the page' 'Three replicas' "$(curl -sS "$site/")"
expect 'alice signs in' '303' "$(as -o /dev/null -w '%{http_code}' -d user=alice "$site/login")"
all=$(of_three "$site/whoami")
for replica in 1 2 3; do expect "replica $replica knows her" "X-Replica: $replica" "$all"; done
expect 'a token' '"access_token"' "$(as "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'the same token elsewhere' "$(as "$site/pme/token?modelId=SxQL3iGyoDo" | cut -d, -f1)" "$(as "$site/pme/token?modelId=SxQL3iGyoDo")"
expect 'a stream passes at once' 'data: [{"name":"1"' "$(timeout 5 curl -sN "$site/fleet/events" | head -n 1 || true)"
expect 'the stream of pme, too' 'retry:' "$(as -N --max-time 5 "$site/pme/watch" 2>"$work/curl" | head -n 1 || true)"

expect 'killing one' 204 "$(curl -sS -o /dev/null -w '%{http_code}' -X POST "$site/fleet/2/kill")"
rest=$(of_three "$site/whoami")
expect 'the others go on' '"name":"Alice"' "$rest"
[[ $rest != *'X-Replica: 2'* && $rest != *' 50'* ]] || { echo "not ok: the killed one answers: $rest"; exit 1; }
expect 'starting it again' 204 "$(curl -sS -o /dev/null -w '%{http_code}' -X POST "$site/fleet/2/start")"

expect 'revoking alice' '"tokens":1' "$(curl -sS -d user=alice "$site/revoke")"
out=$(of_three "$site/whoami")
for replica in 1 2 3; do expect "replica $replica has signed her out" "X-Replica: $replica" "$out"; done
[[ $out != *'"name"'* ]] || { echo "not ok: she is signed in: $out"; exit 1; }

kill -TERM "$example"
wait "$example"
echo 'fleet: all as expected'
