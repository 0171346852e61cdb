#!/bin/bash
# Builds everything and runs every test; the last line is "N passed, N failed". Exits non-zero when anything failed.
# What fails among the others and passes three times alone is named, and counted as unsteady instead: it has to be mended, too.
# The tests of a project that take more than BATON_TEST_LIMIT seconds (900) are ended, and those that hung are named.
# Needs no terminal: in the background it writes a line a minute. What fails is shown; whole logs are in artifacts/test.
#   ./test.sh                      everything
#   ./test.sh Baton.UnitTests      these projects of tests/ only
set -um
cd "$(dirname "$0")" || exit 1
exec </dev/null
. tools/install-missing.sh
help_asked "$0" "${1:-}" && exit 0
find_dotnet
install_build_tools
install_missing haproxy=haproxy '/usr/share/doc/haproxy/configuration.txt.gz=haproxy-doc' nginx=nginx-light wrk=wrk h2load=nghttp2-client \
    prometheus=prometheus objdump=binutils dnsmasq=dnsmasq-base groff=groff-base socat=socat curl=curl python3=python3 \
    '/usr/lib/python3/dist-packages/h2=python3-h2' openssl=openssl ip=iproute2 nft=nftables iptables=iptables nsenter=util-linux taskset=util-linux

for name in "$@"; do [ -f "tests/$name/$name.csproj" ] || { say "test.sh: there is no tests/$name; --help says what it takes"; exit 1; }; done

passed=0 failed=0 unsteady=0
mkdir -p artifacts/test
# everything that is started from here on bears this mark, so that what is left over is found
export BATON_TEST_RUN=$$
# nor is a server of the compiler left
export UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1

# fail WHAT: one more failure, of something that is not a counted test
fail() { failed=$((failed + 1)); say "FAILED: $*"; }

# clock SECONDS: 7:05
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# how long the tests of one project may take; a whole suite on two cores needs a part of it
limit_seconds=${BATON_TEST_LIMIT:-900}

# unfinished LOG: the tests that had begun and not ended, at most twenty
unfinished() {
    awk '/ \[STARTING\]/ { sub(/ \[STARTING\].*/, ""); open[$0] = 1 } / \[FINISHED\]/ { sub(/ \[FINISHED\].*/, ""); delete open[$0] }
        END { for (name in open) print name }' "$1" | sort | head -20
}

# end_group JOB: asks a job's processes to leave, and after five seconds no longer asks
end_group() {
    kill -TERM -- "-$1" 2>/dev/null
    for _ in 1 2 3 4 5; do kill -0 -- "-$1" 2>/dev/null || return 0; sleep 1; done
    kill -KILL -- "-$1" 2>/dev/null
}

# watch_tests JOB NAME LOG TOTAL: tells how far the tests are until they have ended; false when it ended them for the time they took
watch_tests() {
    local began=$SECONDS next=60
    while kill -0 "$1" 2>/dev/null; do
        sleep 1
        local took=$((SECONDS - began)) done_ bad left=
        if [ $took -ge "$limit_seconds" ]; then
            [ -t 2 ] && printf '\r\033[K' >&2
            end_group "$1"
            say "$2: not done after $(clock $took), ended; begun and not finished:"
            unfinished "$3" >&2
            return 1
        fi
        [ ! -t 2 ] && [ $took -lt $next ] && continue
        next=$((took + 60))
        done_=$(grep -c '\[FINISHED\]' "$3") bad=$(grep -c '\[FAIL\]' "$3")
        [ "$done_" -gt 20 ] && [ "$4" -gt "$done_" ] && left=", about $(clock $((took * ($4 - done_) / done_))) left"
        if [ -t 2 ]; then printf '\r\033[K%s: %d of %d, %d failed, %s%s ' "$2" "$done_" "$4" "$bad" "$(clock $took)" "$left" >&2
        else say "   $2: $done_ of $4, $bad failed, $(clock $took)$left"; fi
    done
    [ -t 2 ] && printf '\r\033[K' >&2
    return 0
}

# run_limited NAME LOG TOTAL COMMAND...: runs tests with their output in LOG; 124 when they were ended for the time they took
run_limited() {
    local name=$1 log=$2 total=$3 status
    shift 3
    "$@" >"$log" 2>&1 &
    local job=$!
    trap 'kill -INT -- -$job; wait $job; leftovers; exit 130' INT TERM HUP
    if watch_tests $job "$name" "$log" "$total"; then wait $job; status=$?; else
        wait $job 2>/dev/null
        leftovers
        status=124
    fi
    trap - INT TERM HUP
    return $status
}

# run_scenarios NAME LOG TOTAL OPTION...: runs the built project NAME, shows what is to be seen of it, and adds its counts
run_scenarios() {
    local name=$1 log=$2 total=$3 status steady
    shift 3
    run_limited "$name" "$log" "$total" env BATON_BINARY="$PWD/artifacts/bin/baton" "artifacts/build/$name/Release/net10.0/$name" \
        -noColor -reporter verbose "$@"
    status=$?
    grep -vE '\[(STARTING|FINISHED)\]|^(  Discover|  Starting|  Finished|xUnit)' "$log" >&2
    steady=$failed
    count_tests "$name" "$log" $status
    [ $status = 124 ] || [ $failed = "$steady" ] || try_alone "$name" "$log"
}

# try_alone NAME LOG: runs each test that failed, with all its cases, three times with nothing beside it. When every one of them passes
# each time, their failures are taken back and counted as unsteady; more than five are no accident, and stay what they are.
try_alone() {
    local name=$1 log=$2 cases tests test_ again
    cases=$(grep -cE '^ +Baton\.[^ ]* ?.*\[FAIL\]$' "$log")
    tests=$(sed -nE 's/^ +(Baton\.[A-Za-z0-9_.]+).*\[FAIL\]$/\1/p' "$log" | sort -u)
    [ "$cases" -gt 0 ] && [ "$cases" -le 5 ] || return
    for test_ in $tests; do
        for again in 1 2 3; do
            run_limited "$name" "$log.alone" 0 env BATON_BINARY="$PWD/artifacts/bin/baton" \
                "artifacts/build/$name/Release/net10.0/$name" -noColor -reporter verbose -method "$test_" && continue
            say "$test_ fails alone, too (time $again)"
            return
        done
    done
    failed=$((failed - cases)) unsteady=$((unsteady + cases))
    for test_ in $tests; do say "UNSTEADY: $test_ failed among the others and passed three times alone"; done
}

# run_project NAME: builds and runs one xunit project and adds its counts
run_project() {
    local name=$1 log=artifacts/test/$1.log runner=artifacts/build/$1/Release/net10.0/$1
    if ! long_step "building tests/$name" "$log" dotnet build "tests/$name" -c Release; then tail -30 "$log" >&2; fail "$name does not build"; return; fi
    say "== $name"
    local all
    all=$("$runner" -preEnumerateTheories -list tests 2>/dev/null | grep -c '^Baton')
    run_scenarios "$name" "$log" "$all"
}

# run_wire: what sends and reads through the harness once more, with every byte changed on the wire (BATON_TEST_TRANSPORT): nothing reads
# or writes past the seam where TLS records go, and nothing of it is lost over a reload
run_wire() {
    local name=Baton.Conformance log=artifacts/test/Baton.Conformance.wire.log
    say "== $name with a test transport"
    BATON_TEST_TRANSPORT=both run_scenarios "$name" "$log" 0 -class 'Baton.Conformance.Tcp.*' -class 'Baton.Conformance.Http.*' \
        -class Baton.Conformance.Reload.LiveConnectionTests -class Baton.Conformance.Reload.MovedStateTests \
        -class Baton.Conformance.Reload.ChaosTests -trait- wire=raw
}

# run_native: the unit tests once more, compiled to native code as the program is (docs/decisions/0014-generated-code.md)
run_native() {
    local name=Baton.NativeTests log=artifacts/test/Baton.NativeTests.log
    if ! long_step "compiling tests/$name" "$log" dotnet publish tests/$name -c Release -r "$(runtime_of_this_machine)" -o artifacts/test/native; then
        tail -30 "$log" >&2; fail "$name does not build"; return
    fi
    say "== $name"
    run_limited $name "$log" 0 artifacts/test/native/baton-native-tests
    local status=$?
    cat "$log" >&2
    count_tests $name "$log" $status
}

# count_tests NAME LOG STATUS: adds what the summary at the end of a log says
count_tests() {
    local name=$1 log=$2 status=$3 summary total errors bad skipped
    summary=$(grep -E "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+" "$log" | tail -1)
    if [ $status = 124 ] && [ -z "$summary" ]; then fail "$name took longer than $(clock "$limit_seconds")"; return; fi
    if [ -z "$summary" ]; then fail "$name ended with status $status before its summary"; return; fi
    total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$summary")
    errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$summary")
    bad=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$summary")
    skipped=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$summary")
    passed=$((passed + total - bad - skipped)) failed=$((failed + bad + errors))
    if [ $status != 0 ] && [ $((bad + errors)) = 0 ]; then fail "$name ended with status $status"; fi
}

# marked: the processes that were started by this run and still live; the shell and its forks do not bear the mark
marked() {
    local file pid
    for file in /proc/[0-9]*/environ; do
        pid=${file#/proc/} pid=${pid%/environ}
        if env -u BATON_TEST_RUN grep -qzx "BATON_TEST_RUN=$$" "$file" 2>/dev/null; then echo "$pid"; fi
    done
}

# leftovers: ends what still runs after some seconds, and says what it was; false when there was something
leftovers() {
    local pid left
    for _ in 1 2 3 4 5; do
        left=$(marked)
        [ -n "$left" ] || return 0
        sleep 1
    done
    for pid in $left; do
        say "left running: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
        kill -9 "$pid" 2>/dev/null
    done
    return 1
}

# check_format: every file has to be as CSharpier writes it; a file that is not is shown with the difference
check_format() {
    local log=artifacts/test/format.log
    say "== format"
    if ! { dotnet tool restore && dotnet csharpier check .; } >"$log" 2>&1; then
        cat "$log" >&2
        fail "the sources are not formatted: dotnet csharpier format ."
    fi
}

publish_baton || fail "publishing artifacts/bin/baton"
# wanted NAME: whether the project is to be run
wanted() { [ ${#only[@]} = 0 ] || [[ " ${only[*]} " = *" $1 "* ]]; }
only=("$@")
if wanted Baton.LabTests; then sh bench/publish.sh || fail "publishing artifacts/bin/baton-inject"; fi
if [ $# = 0 ]; then check_format; fi
# parsers and units first, scenarios on the binary after
if wanted Baton.UnitTests; then run_project Baton.UnitTests; fi
if wanted Baton.NativeTests; then run_native; fi
for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    case $name in Baton.UnitTests|Baton.NativeTests) continue ;; esac
    wanted "$name" || continue
    # what is no test runner (the fuzz targets; their corpora are replayed by the unit tests) only has to build
    if grep -q xunit "$project"; then
        run_project "$name"
        [ "$name" = Baton.Conformance ] && run_wire
    else
        long_step "building tests/$name" "artifacts/test/$name.log" dotnet build "$project" -c Release || { tail -30 "artifacts/test/$name.log" >&2; fail "$name does not build"; }
    fi
done
leftovers || fail "processes were left running"

echo "$passed passed, $failed failed$([ $unsteady = 0 ] || echo ", $unsteady unsteady")"
[ $failed = 0 ]
