#!/usr/bin/env bash
# Uses the website with curl, with pages that are empty files, and fails where an answer is not the expected one.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expect() { # WHAT WANTED GOT
  if [[ $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}

go build -o "$work/frameworks" ./examples/frameworks
expect 'pages that are not built' 'npm run build' "$("$work/frameworks" -addr 127.0.0.1:0 -dist "$work/dist" 2>&1 || true)"

for page in react18 react19 vue htmx; do
  mkdir -p "$work/dist/$page"
  touch "$work/dist/$page/main.js"
done
"$work/frameworks" -addr 127.0.0.1:0 -dist "$work/dist" >"$work/out" 2>"$work/log" &
example=$!
trap 'kill "$example" 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s "$work/out" ]; do kill -0 "$example" || { cat "$work/log"; exit 1; }; sleep 0.1; done
site=$(grep -o 'http://[0-9.:]*' "$work/out")
as() { curl -sS -b "$work/$1" -c "$work/$1" "${@:2}"; }
status='%{http_code} %{redirect_url}'

expect 'a page, unauthenticated' "302 $site/login?next=%2Fvue" "$(curl -sS -o /dev/null -w "$status" -H 'Accept: text/html' "$site/vue")"
expect 'a wrong password' 401 "$(as mallory -o /dev/null -w "$status" -d 'username=alice&password=wrong' "$site/login")"
expect 'an unknown name' 401 "$(as mallory -o /dev/null -w "$status" -d 'username=mallory&password=' "$site/login")"
expect 'alice signs in' "303 $site/vue" "$(as alice -o /dev/null -w "$status" -d 'username=alice&password=demo&next=/vue' "$site/login")"
expect 'bob signs in' "303 $site/" "$(as bob -o /dev/null -w "$status" -d 'username=bob&password=demo&next=//evil.example' "$site/login")"
for page in react18 react19 vue htmx; do
  expect "the page $page" "src=\"/dist/$page/main.js\"" "$(as alice "$site/$page")"
  expect "the file of $page" 200 "$(as alice -o /dev/null -w "$status" "$site/dist/$page/main.js")"
done
policy=$(as alice -o /dev/null -D - "$site/react19" | grep -i '^content-security-policy')
expect 'a policy without inline code' 'nothing' "$(grep -o 'unsafe-inline\|unsafe-eval' <<<"$policy" || echo nothing)"
expect "the company's header on a page of pme" 'class="company"' "$(as alice "$site/pme/")"
expect 'the gallery' 'view/SxQL3iGyoDo' "$(as alice "$site/htmx?q=head")"
expect 'a space to swap in' '<pme-space model="SxQL3iGyoDo" title="Head office">' "$(as alice "$site/htmx/space?model=SxQL3iGyoDo")"
expect 'a space of alice, for bob' 404 "$(as bob -o /dev/null -w "$status" "$site/htmx/space?model=SxQL3iGyoDo")"
expect 'a token' '"token_type":"Bearer"' "$(as alice "$site/pme/token?modelId=SxQL3iGyoDo")"
cp "$work/alice" "$work/copy"
expect 'alice signs out' "303 $site/login" "$(as alice -o /dev/null -w "$status" -X POST "$site/logout")"
expect 'a copy of her cookie' '"error":"login_required"' "$(as copy "$site/pme/token?modelId=SxQL3iGyoDo")"

kill -TERM "$example"
wait "$example"
expect 'no secret in the log' 'nothing' "$(grep -E 'demo-secret|access_token' "$work/log" || echo nothing)"
echo 'frameworks: all as expected'
