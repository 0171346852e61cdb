#!/bin/bash
# Builds everything and runs every test; the last line is "N passed, N failed". Exits non-zero when anything failed.
set -u
cd "$(dirname "$0")" || exit 1
. tools/install-missing.sh
install_build_tools
install_missing haproxy=haproxy '/usr/share/doc/haproxy/configuration.txt.gz=haproxy-doc' nginx=nginx-light wrk=wrk h2load=nghttp2-client \
    socat=socat curl=curl python3=python3 openssl=openssl ip=iproute2 nft=nftables iptables=iptables nsenter=util-linux taskset=util-linux
find_dotnet

passed=0 failed=0
mkdir -p artifacts/test

# fail WHAT: one more failure, of something that is not a counted test
fail() { failed=$((failed + 1)); say "FAILED: $*"; }

# run_project NAME: builds and runs one xunit project and adds its counts
run_project() {
    name=$1 log=artifacts/test/$1.log
    say "== $name"
    if ! dotnet build "tests/$name" -c Release >"$log" 2>&1; then tail -30 "$log" >&2; fail "$name does not build"; return; fi
    BATON_BINARY=$PWD/artifacts/bin/baton "artifacts/build/$name/Release/net10.0/$name" -noColor >"$log" 2>&1
    status=$?
    grep -vE '^(  Discover|  Starting|  Finished|xUnit)' "$log" >&2
    summary=$(grep -E "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+" "$log" | tail -1)
    if [ -z "$summary" ]; then fail "$name ended with status $status before its summary"; return; fi
    total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$summary")
    errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$summary")
    bad=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$summary")
    skipped=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$summary")
    passed=$((passed + total - bad - skipped)) failed=$((failed + bad + errors))
    if [ $status != 0 ] && [ $((bad + errors)) = 0 ]; then fail "$name ended with status $status"; fi
}

publish_baton || fail "publishing artifacts/bin/baton"
sh bench/publish.sh || fail "publishing artifacts/bin/baton-inject"
# parsers and units first, scenarios on the binary after
run_project Baton.UnitTests
for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    [ "$name" = Baton.UnitTests ] && continue
    # what is no test runner (the fuzz targets; their corpora are replayed by the unit tests) only has to build
    if grep -q xunit "$project"; then run_project "$name"; else
        dotnet build "$project" -c Release >"artifacts/test/$name.log" 2>&1 || { tail -30 "artifacts/test/$name.log" >&2; fail "$name does not build"; }
    fi
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
