#!/bin/sh
# Sourced by run.sh and test.sh. Installs the Debian packages named in PROGRAM=PACKAGE and FILE=PACKAGE pairs that are missing,
# and finds the .NET SDK. Says what it does; does nothing when nothing is missing.

# called by itself it only says what it is
case ${0##*/} in install-missing.sh) sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$0"; exit 0 ;; esac

# no server of the compiler or of MSBuild outlives a build, unless who calls wants one
export UseSharedCompilation="${UseSharedCompilation:-false}" DOTNET_CLI_USE_MSBUILD_SERVER="${DOTNET_CLI_USE_MSBUILD_SERVER:-0}"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE="${MSBUILDDISABLENODEREUSE:-1}"

say() { printf '%s\n' "$*" >&2; }

# help_asked SCRIPT ARGUMENT: for "-h" and "--help" the comment at the top of the script; true then
help_asked() {
    case $2 in -h|--help) ;; *) return 1 ;; esac
    sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//p' "$1"
}

# show_failure LOG: what went wrong in a build, each fault once, and where the rest is
show_failure() {
    grep -E '(error|warning) [A-Z]+[0-9]+' "$1" | sed 's/ \[[^]]*\]$//; s/^.*: error/error/' | sort -u | head -12 >&2
    grep -qE '(error|warning) [A-Z]+[0-9]+' "$1" || tail -20 "$1" >&2
    say "the whole output is in $1"
}

# long_step WHAT LOG COMMAND...: runs it with its output in LOG and shows that it goes on: the seconds on a terminal, and how
# many the last time took; one line before and one after anywhere else
long_step() {
    what=$1 log=$2
    shift 2
    mkdir -p "$(dirname "$log")"
    usual=$(cat "$log.seconds" 2>/dev/null || echo 0)
    about=; [ "$usual" = 0 ] || about=" of about $usual"
    began=$(date +%s)
    [ -t 2 ] || say "$what"
    "$@" >"$log" 2>&1 </dev/null &
    step=$!
    trap 'kill $step 2>/dev/null; wait $step; exit 130' INT TERM HUP
    if [ -t 2 ]; then
        while kill -0 $step 2>/dev/null; do
            printf '\r%s: %s%s s ' "$what" $(($(date +%s) - began)) "$about" >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    fi
    wait $step
    status=$?
    trap - INT TERM HUP
    took=$(($(date +%s) - began))
    [ $status != 0 ] && { say "$what: failed after $took s"; return $status; }
    echo $took >"$log.seconds"
    say "$what: done in $took s"
}

# install_missing PROBE=PACKAGE...: PROBE is a program, or a path (a shell pattern) that must exist
install_missing() {
    wanted=
    for pair in "$@"; do
        probe=${pair%=*} package=${pair##*=} found=
        case $probe in
            /*) for file in $probe; do [ -e "$file" ] && found=1; done ;;
            *) command -v "$probe" >/dev/null 2>&1 && found=1 || { [ -x "/usr/sbin/$probe" ] && found=1; } ;;
        esac
        [ -n "$found" ] || wanted="$wanted $package"
    done
    [ -n "$wanted" ] || return 0
    say "installing:$wanted"
    sudo=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || { say "not root and no sudo: install by hand:$wanted"; exit 1; }
        sudo=sudo
    fi
    # a package that starts a service on installation must not take the ports the tests use
    policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null && $sudo chmod +x "$policy" && made=1
    fi
    $sudo apt-get update -qq >&2 || true
    # shellcheck disable=SC2086
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
    status=$?
    [ -z "$made" ] || $sudo rm -f "$policy"
    [ $status = 0 ] || { say "could not install:$wanted"; exit 1; }
}

# needs the SDK named in Directory.Build.props (net10.0)
find_dotnet() {
    if ! command -v dotnet >/dev/null 2>&1; then
        for d in /usr/share/dotnet /usr/lib/dotnet "$HOME/.dotnet"; do
            [ -x "$d/dotnet" ] && { PATH="$d:$PATH"; export PATH DOTNET_ROOT="$d"; break; }
        done
    fi
    get="see https://dotnet.microsoft.com/download/dotnet/10.0; put 'dotnet' into PATH, or into /usr/share/dotnet, /usr/lib/dotnet or ~/.dotnet"
    command -v dotnet >/dev/null 2>&1 || { say "the .NET 10 SDK is missing, and nothing was installed: $get"; exit 1; }
    dotnet --list-sdks | grep -q '^10\.' || { say "the .NET SDK is there, but not version 10, and nothing was installed: $get"; exit 1; }
}

# what compiling and linking the native binary needs; gcc does when clang is absent
install_build_tools() {
    linker=
    command -v clang >/dev/null 2>&1 || linker=gcc=gcc
    install_missing $linker '/usr/include/zlib.h=zlib1g-dev' '/usr/lib/*/libc.so=libc6-dev' '/etc/ssl/certs/ca-certificates.crt=ca-certificates' \
        '/usr/lib/*/libssl.so.3=libssl3' '/usr/lib/*/libpcre2-8.so.0=libpcre2-8-0' '/usr/lib/*/libstdc++.so.6=libstdc++6'
}

# runtime_of_this_machine: what dotnet publish -r takes for a binary that runs here
runtime_of_this_machine() {
    case $(uname -m) in
        x86_64) echo linux-x64 ;;
        aarch64) echo linux-arm64 ;;
        *) say "no native compiler for $(uname -m)"; exit 1 ;;
    esac
}

# publish_baton: artifacts/bin/baton, unless nothing it is made of has changed
publish_baton() {
    stamp=artifacts/bin/baton
    if [ -x $stamp ] && [ -z "$(find src examples Directory.Build.props Directory.Packages.props -newer $stamp -type f -print -quit)" ]; then return 0; fi
    log=artifacts/publish.log
    if ! long_step "publishing artifacts/bin/baton, about a minute" $log dotnet publish src/Baton -c Release -r "$(runtime_of_this_machine)" -o artifacts/bin; then
        show_failure $log
        return 1
    fi
    touch $stamp
}
