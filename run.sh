#!/bin/sh
# Builds Baton and starts it. Without arguments: the example of examples/quickstart.cfg on 127.0.0.1:8080.
# With arguments: they go to the binary, as in ./run.sh -c -f my.cfg or ./run.sh help balance; ./run.sh --help is its help.
set -u
here=$(cd "$(dirname "$0")" && pwd)
started_in=$PWD
cd "$here" || exit 1
. tools/install-missing.sh
find_dotnet
install_build_tools
publish_baton || exit 1
cd "$started_in" || exit 1
if [ $# -gt 0 ]; then exec "$here/artifacts/bin/baton" "$@"; fi
exec "$here/artifacts/bin/baton" quickstart
