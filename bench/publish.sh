#!/bin/sh
# Publishes the load generator to artifacts/bin/baton-inject, unless nothing it is made of has changed.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/install-missing.sh
help_asked "$0" "${1:-}" && exit 0
find_dotnet
install_build_tools
stamp=artifacts/bin/baton-inject
if [ -x $stamp ] && [ -z "$(find bench/Baton.Inject src/Baton.Interop src/Baton.Core Directory.Build.props Directory.Packages.props -newer $stamp -type f -print -quit)" ]; then exit 0; fi
log=artifacts/publish-inject.log
if ! long_step "publishing $stamp, about half a minute" $log dotnet publish bench/Baton.Inject -c Release -r "$(runtime_of_this_machine)" -o artifacts/bin; then
    show_failure $log
    exit 1
fi
touch $stamp
