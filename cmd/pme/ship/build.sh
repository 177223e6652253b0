#!/bin/sh
# Builds pme as it is released: cmd/pme/ship/build.sh FILE [TAGS]
#
# The program is static, and the same sources and version of Go make the same bytes, wherever they are built. GOOS and GOARCH choose
# another system. The version is that of the tag cmd/pme/v… at the commit, as the go command finds it: pme version prints it.
set -eu
[ $# -ge 1 ] || { echo "usage: build.sh FILE [TAGS]" >&2; exit 2; }
case $1 in
/*) out=$1 ;;
*) out=$PWD/$1 ;;
esac
cd "$(dirname "$0")/.."

# What would change the bytes.
unset GOFLAGS GOEXPERIMENT GODEBUG
export CGO_ENABLED=0 GOWORK=off GOAMD64=v1 GOARM64=v8.0 GOFIPS140=off
exec go build -trimpath -ldflags '-s -w -buildid=' -tags "${2-}" -o "$out" .
