#!/bin/sh
# Baton beside Debian's haproxy and nginx in one run: a table, a chart, and JSON in bench/results. bench/run.sh --help tells the options.
set -u
cd "$(dirname "$0")/.." || exit 1
. tools/install-missing.sh
find_dotnet
install_build_tools
install_missing haproxy=haproxy nginx=nginx-light '/usr/lib/nginx/modules/ngx_stream_module.so=libnginx-mod-stream' wrk=wrk taskset=util-linux
publish_baton || exit 1
if ! long_step "building bench/Baton.Bench" artifacts/bench.log dotnet build bench/Baton.Bench -c Release; then show_failure artifacts/bench.log; exit 1; fi
# nginx may be where only root's PATH leads
PATH=$PATH:/usr/sbin; export PATH
exec artifacts/build/Baton.Bench/Release/net10.0/baton-bench "$@"
