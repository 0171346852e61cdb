#!/bin/sh
# Builds Baton and starts it. Without arguments: the example of examples/quickstart.cfg on 127.0.0.1:8080.
# With arguments: they go to the binary, as in ./run.sh -f my.cfg -c
set -u
here=$(cd "$(dirname "$0")" && pwd)
started_in=$PWD
cd "$here" || exit 1
. tools/install-missing.sh
install_build_tools
find_dotnet
publish_baton || exit 1
cd "$started_in" || exit 1
if [ $# -gt 0 ]; then exec "$here/artifacts/bin/baton" "$@"; fi
exec "$here/artifacts/bin/baton" quickstart
