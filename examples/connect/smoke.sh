#!/usr/bin/env bash
# Uses the example as a newcomer with curl would, on a free port, and fails where an answer is not the
# expected one.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d) example=
trap '[ -z "$example" ] || kill "$example" 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/connect" ./examples/connect

start() { # ARGUMENT...
  : >"$work/out"
  "$work/connect" -addr 127.0.0.1:0 "$@" >"$work/out" 2>>"$work/log" &
  example=$!
  until [ -s "$work/out" ]; do kill -0 "$example" || { cat "$work/log"; exit 1; }; sleep 0.1; done
  site=$(grep -o 'http://[0-9.:]*' "$work/out")
  accounts=$site/accounts
}
stop() { kill -TERM "$example"; wait "$example"; example=; }

expect() { # WHAT WANTED GOT
  if [[ $2 && $3 == *"$2"* ]]; then echo "ok: $1"; else printf 'not ok: %s: want %s, got:\n%s\n' "$1" "$2" "$3"; exit 1; fi
}
as() { curl -sS -b "$work/$1" -c "$work/$1" "${@:2}"; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; } # NAME
status='%{http_code} %{redirect_url}'

sign_in() { as "$1" -o /dev/null -w "$status" -d "user=$1" "$site/login"; } # WHO
begin() { # WHO [ADDRESS]: where to go to
  as "$1" -H 'Accept: application/json' --data-urlencode "label=Accounts of $1" "${2-$accounts}" | member authorize_url | sed 's/\\u0026/\&/g'
}
decide() { # ADDRESS ACCOUNT allow|deny: where Matterport sends the browser
  local page field form=()
  page=$(curl -sS "$1")
  while read -r field; do form+=(--data-urlencode "$field"); done \
    < <(sed -n 's/.*type="hidden" name="\([^"]*\)" value="\([^"]*\)".*/\1=\2/p' <<<"$page")
  curl -sS -o /dev/null -w '%{redirect_url}' "${form[@]}" -d "account=$2" \
    -d grant=ViewDetails -d grant=PurchaseAssets -d "decision=$3" "${1%%\?*}"
}
page() { as "$1" -H 'Accept: text/html' -w '\n%{http_code}' "$2"; } # WHO ADDRESS
come_back() { as "$1" -o /dev/null -w "$status" "$2"; }             # WHO CALLBACK

start
expect 'unauthenticated, by script' '"error":"login_required"' "$(curl -sS "$accounts/token")"
expect 'unauthenticated, by page' "302 $site/login?next=%2Faccounts%2F" "$(curl -sS -o /dev/null -w "$status" -H 'Accept: text/html' "$accounts/")"
for who in alice bob; do expect "$who signs in" "303 $site/" "$(sign_in "$who")"; done
expect 'the home page' 'You have not connected' "$(as alice "$site/")"
expect 'nothing is connected' '{"connections":[],"scopes":[{"scope":"ViewDetails","charged":false' "$(as alice "$accounts")"
expect 'what costs money' '"scope":"PurchaseAssets","charged":true' "$(as alice "$accounts")"
expect 'the page' 'data-pme-connect="./"' "$(page alice "$accounts/")"
expect 'it says who pays' 'can cost money' "$(page alice "$accounts/")"
expect 'its form leads to Matterport' '/oauth/authorize?client_id=demo-partner' \
  "$(as alice -o /dev/null -w "$status" -H 'Accept: text/html' -d label=Main "$accounts/")"
expect 'no token yet' '"error":"not_connected"' "$(as alice "$accounts/token")"
expect 'another site begins nothing' 403 "$(as alice -o /dev/null -w "$status" -H 'Sec-Fetch-Site: cross-site' -d label=Main "$accounts")"

denied=$(decide "$(begin alice)" harbour deny)
expect 'the owner does not agree' 'You did not agree at Matterport' "$(page alice "$denied")"
expect 'and then it is over' 'This attempt to connect is over' "$(page alice "$denied")"

link=$(decide "$(begin alice)" harbour allow)
cp "$work/alice" "$work/elsewhere"
sed -i /pme-connect/d "$work/elsewhere"
expect 'the callback in another browser' 'This attempt to connect is over' "$(page elsewhere "$link")"
link=$(decide "$(begin alice)" harbour allow)
grep pme-connect "$work/alice" >>"$work/bob"
expect 'the callback of somebody else, cookie and all' 'This attempt to connect is over' "$(page bob "$link")"
for who in alice bob; do expect "nothing is connected to $who" '{"connections":[],' "$(as $who "$accounts")"; done

link=$(decide "$(begin alice)" harbour allow)
expect 'the callback' "303 $accounts/done?connection=" "$(come_back alice "$link")"
expect 'the callback once more' 'This attempt to connect is over' "$(page alice "$link")"
expect 'it is connected' '"label":"Accounts of alice","scopes":["ViewDetails","PurchaseAssets"]' "$(as alice "$accounts")"
id=$(as alice "$accounts" | member id)
expect 'the end of connecting' 'Your Matterport account is connected.' "$(page alice "$accounts/done?connection=$id")"
expect 'the home page then' 'Accounts of alice' "$(as alice "$site/")"
answer=$(as alice "$accounts/token")
token=$(member access_token <<<"$answer")
expect 'a token' '"token_type":"Bearer","expires_in":' "$answer"
expires_in=$(grep -o 'expires_in":[0-9]*' <<<"$answer" | cut -d: -f2)
((expires_in > 60)) || { echo "not ok: $expires_in seconds left"; exit 1; }
expect 'the same token again' "$token" "$(as alice "$accounts/$id/token")"
expect 'the spaces' '"id":"SxQL3iGyoDo","name":"Head Office, Ground Floor"' "$(as alice "$accounts/$id/models")"
expect 'their number' '"total":6' "$(as alice "$accounts/models?limit=2")"
expect 'a link' "/show?m=SxQL3iGyoDo\\u0026auth=Bearer+$token" "$(as alice "$accounts/link?modelId=SxQL3iGyoDo")"
expect 'a view' '<pme-space model="SxQL3iGyoDo"' "$(page alice "$accounts/$id/view/SxQL3iGyoDo")"
expect 'a space of somebody else' 'This space is not in the connected account' "$(page alice "$accounts/$id/view/Rv4hGm8sKq2")"
for name in "" /token /models /settings; do
  expect "of alice's connection bob gets nothing: $name" '"error":"not_connected"' "$(as bob "$accounts/$id$name")"
done
expect 'and cannot forget it' '"error":"not_connected"' "$(as bob -X DELETE "$accounts?confirm=$id")"

as alice -o /dev/null "$(decide "$(begin alice)" gallery allow)"
expect 'another account beside it' '"error":"several_connections"' "$(as alice "$accounts/token")"
other=$(as alice "$accounts" | grep -o '"id":"[A-Z2-7]*"' | cut -d'"' -f4 | grep -v "$id")
expect 'its spaces' '"name":"Sculpture Hall"' "$(as alice "$accounts/$other/models")"
expect 'forgetting takes a confirmation' '"error":"confirmation_required"' "$(as alice -X DELETE "$accounts/$other")"
expect 'of the same account' '"error":"confirmation_required"' "$(as alice -X DELETE "$accounts/$other?confirm=$id")"
expect 'and no other site' 403 "$(as alice -o /dev/null -w "$status" -H 'Sec-Fetch-Site: cross-site' -X DELETE "$accounts/$other?confirm=$other")"
expect 'forgotten' 204 "$(as alice -w "$status" -X DELETE "$accounts/$other?confirm=$other")"
expect 'it is gone' '"error":"not_connected"' "$(as alice "$accounts/$other/token")"

matterport=$(as alice "$site/" | grep -o 'http://[0-9.:]*/account/harbour/applications')
expect 'what the owner has allowed' 'Partner Portal' "$(curl -sS "$matterport")"
expect 'and withdraws' "303 $matterport" "$(curl -sS -o /dev/null -w "$status" -X POST "$matterport")"
expect 'the account has to be connected again' '"error":"reconnect_required"' "$(as alice "$accounts/$id/models")"
expect 'which is a 401' 401 "$(as alice -o /dev/null -w "$status" "$accounts/$id/models")"
expect 'the script is told where' "\"connect_url\":\"/accounts/?connection=$id\"" "$(as alice "$accounts/$id/token")"
expect 'it is still listed' '"reconnect":true' "$(as alice "$accounts/$id")"
expect 'connected again' "303 $accounts/done?connection=$id" "$(come_back alice "$(decide "$(begin alice "$accounts/$id")" harbour allow)")"
expect 'and of use again' '"total":6' "$(as alice "$accounts/$id/models")"
expect 'it is alive' '{"status":"ok"}' "$(curl -sS "$site/livez")"
expect 'and ready' '{"status":"ok","parts":{"connections":"ok","matterport_accounts":"ok"}}' "$(curl -sS "$site/readyz")"
tokens=$token$'\n'$(as alice "$accounts/token" | member access_token)
stop

# With a file to keep the connections in.
key() { head -c 32 /dev/urandom | base64; }
PME_CONNECTION_KEY=$(key)
export PME_CONNECTION_KEY
start -database "$work/connections.db"
sign_in alice >"$work/null"
expect 'connected, in a file' "303 $accounts/done?connection=" "$(come_back alice "$(decide "$(begin alice)" harbour allow)")"
id=$(as alice "$accounts" | member id)
token=$(as alice "$accounts/token" | member access_token)
stop
expect 'the connection is to be read in it' connections.db "$(grep -l -e "$id" "$work"/connections.db*)"
expect 'its token is not' nowhere "$(grep -l -e "$token" "$work"/connections.db* || echo nowhere)"

refuses() { # WHAT WANTED KEY
  local said
  if said=$(PME_CONNECTION_KEY=$3 timeout 10 "$work/connect" -addr 127.0.0.1:0 -database "$work/connections.db" 2>&1) || [ $? != 1 ]; then
    echo "not ok: it starts with $1"; exit 1
  fi
  expect "with $1 it does not start" "$2" "$said"
}
refuses 'another key' 'a key is missing' "$(key)"
refuses 'no key' 'PME_CONNECTION_KEY: sqlstore: a key is 32 random bytes' ''

start -database "$work/connections.db"
sign_in alice >"$work/null"
expect 'a new start knows the connection' "\"id\":\"$id\",\"label\":\"Accounts of alice\"" "$(as alice "$accounts")"
expect 'and its token' "$token" "$(as alice "$accounts/token")"
expect 'which another emulator does not know' '"error":"reconnect_required"' "$(as alice "$accounts/models")"
stop

expect 'no secret in the log' 'nothing' \
  "$(grep -F -e demo-partner-secret -e access_token -e '&code=' -e "$PME_CONNECTION_KEY" -e "$tokens" -e "$token" "$work/log" || echo nothing)"
echo 'connect: all as expected'
