#!/bin/sh
# The reload lab: builds everything it needs and runs every known way to reload a load balancer under load, for Baton and for haproxy.
#   sudo ./lab/run.sh                                   every method, about ten minutes; results in artifacts/lab
#   sudo ./lab/run.sh --method 3,9 --duration 10        the options are those of "baton-lab run" (--help)
set -u
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here" || exit 1
. tools/install-missing.sh
find_dotnet
install_build_tools
install_missing haproxy=haproxy ip=iproute2 nft=nftables iptables=iptables nsenter=util-linux taskset=util-linux
publish_baton || exit 1
sh bench/publish.sh || exit 1
log=artifacts/build-lab.log
if ! long_step "building the lab" $log dotnet build lab/Baton.Lab -c Release; then show_failure $log; exit 1; fi
lab=artifacts/build/Baton.Lab/Release/net10.0/baton-lab
case ${1:-} in
    run|methods) exec $lab "$@" ;;
    *) exec $lab run "$@" ;;
esac
