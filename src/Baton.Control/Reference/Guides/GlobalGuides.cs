// "baton help" for the lines of a global section.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class GlobalGuides
{
    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments) { Section = SectionKinds.Global };

    internal static readonly KeywordGuide[] Rows =
    [
        Row("chroot", "chroot /var/lib/baton", ("directory", "an empty directory the process cannot leave; files are read before")),
        Row(
            "close-spread-time",
            "close-spread-time 10s",
            ("time", "idle connections are closed at moments spread over it"),
            ("infinite", "they are closed by their time-outs alone")
        ),
        Row(
            "cpu-map",
            "cpu-map auto:1/1-4 0-3",
            ("auto:", "thread by thread, processor by processor, instead of all for all"),
            ("group/threads", "the threads meant, from 1"),
            ("cpus", "processors and ranges of them, from 0")
        ),
        Row("daemon", "daemon"),
        Row(
            "default-path",
            "default-path config",
            ("current", "from where the program was started"),
            ("config", "from the directory of the file the line stands in"),
            ("parent", "from the directory above that one"),
            ("origin directory", "from this directory")
        ),
        Row("description", "description edge of the north"),
        Row("expose-experimental-directives", "expose-experimental-directives"),
        Row("fd-hard-limit", "fd-hard-limit 50000"),
        Row("gid", "gid 1000"),
        Row("grace", "grace 10s"),
        Row("group", "group haproxy"),
        Row("h2-workaround-bogus-websocket-clients", "h2-workaround-bogus-websocket-clients"),
        Row("h1-accept-payload-with-any-method", "h1-accept-payload-with-any-method"),
        Row(
            "h1-case-adjust",
            "h1-case-adjust content-length Content-Length",
            ("from", "the name in lower case"),
            ("to", "the same name as the peer wants to see it")
        ),
        Row("h1-case-adjust-file", "h1-case-adjust-file /etc/baton/case.txt"),
        Row(
            "handover-counters",
            "handover-counters reset",
            ("keep", "statistics go on where the process before was"),
            ("reset", "they begin with nothing")
        ),
        Row("handover-probation", "handover-probation 2s"),
        Row("hard-stop-after", "hard-stop-after 30s"),
        Row("harden.reject-privileged-ports.tcp", "harden.reject-privileged-ports.tcp on"),
        Row("localpeer", "localpeer edge1"),
        Row(
            "log",
            "log 127.0.0.1:514 len 2048 format rfc5424 local0 notice",
            ("address", "UDP address[:port], path of a UNIX datagram socket, stdout, stderr or fd@N"),
            ("len n", "longest line; the rest is cut"),
            ("format f", "what stands before the text: rfc3164, rfc5424, raw, short, timed, iso, local, priority"),
            ("sample ranges:size", "only these of so many lines: 1-2,5:8"),
            ("facility", "kern to local7"),
            ("max", "no line below this level: emerg, alert, crit, err, warning, notice, info, debug"),
            ("min", "lines above this level are lowered to it")
        ),
        Row("log-send-hostname", "log-send-hostname edge1"),
        Row("log-tag", "log-tag edge"),
        Row("master-worker", "master-worker", ("no-exit-on-failure", "the master starts a crashed worker again instead of ending")),
        Row("maxcompcpuusage", "maxcompcpuusage 80"),
        Row("maxcomprate", "maxcomprate 10000"),
        Row("maxconn", "maxconn 20000"),
        Row("maxconnrate", "maxconnrate 5000"),
        Row("maxpipes", "maxpipes 1000"),
        Row("maxsessrate", "maxsessrate 5000"),
        Row("maxzlibmem", "maxzlibmem 64"),
        Row("mworker-max-reloads", "mworker-max-reloads 10"),
        Row("nbproc", "nbproc 1"),
        Row("nbthread", "nbthread 4"),
        Row("node", "node edge1"),
        Row("noreuseport", "noreuseport"),
        Row("nosplice", "nosplice"),
        Row("pidfile", "pidfile /run/baton.pid"),
        Row("presetenv", "presetenv BACKEND_PORT 8080"),
        Row("quiet", "quiet"),
        Row("resetenv", "resetenv PATH HOME"),
        Row("server-state-base", "server-state-base /var/lib/baton"),
        Row("server-state-file", "server-state-file global.state"),
        Row(
            "set-dumpable",
            "set-dumpable",
            ("on", "as without an argument: a crash leaves a core file"),
            ("off", "it leaves none"),
            ("libs", "with the code of the libraries too")
        ),
        Row(
            "set-var",
            "set-var proc.region str(north)",
            ("name", "a variable of scope proc"),
            ("expression", "what gives the value; there is no traffic to take samples from")
        ),
        Row("set-var-fmt", "set-var-fmt proc.name \"edge %[env(HOSTNAME)]\""),
        Row("setenv", "setenv BACKEND_PORT 8080"),
        Row("stats maxconn", "stats maxconn 20"),
        Row(
            "stats socket",
            "stats socket /run/baton.sock mode 600 level admin expose-fd listeners",
            ("address", "path of a UNIX socket, or ADDRESS:PORT"),
            ("ssl …", "for operators from elsewhere: ssl crt site.pem ca-file operators.pem verify required")
        ),
        Row("stats timeout", "stats timeout 1m"),
        Row("strict-limits", "no strict-limits"),
        Row("tune.bufsize", "tune.bufsize 32768"),
        Row("tune.comp.maxlevel", "tune.comp.maxlevel 4"),
        Row("tune.defaults.purge", "tune.defaults.purge"),
        Row("tune.h2.be.glitches-threshold", "tune.h2.be.glitches-threshold 500"),
        Row("tune.h2.be.initial-window-size", "tune.h2.be.initial-window-size 131072"),
        Row("tune.h2.be.max-concurrent-streams", "tune.h2.be.max-concurrent-streams 50"),
        Row("tune.h2.fe.glitches-threshold", "tune.h2.fe.glitches-threshold 500"),
        Row("tune.h2.fe.initial-window-size", "tune.h2.fe.initial-window-size 131072"),
        Row("tune.h2.fe.max-concurrent-streams", "tune.h2.fe.max-concurrent-streams 200"),
        Row("tune.h2.fe.max-rst-at-once", "tune.h2.fe.max-rst-at-once 10"),
        Row("tune.h2.fe.max-total-streams", "tune.h2.fe.max-total-streams 100000"),
        Row("tune.h2.header-table-size", "tune.h2.header-table-size 8192"),
        Row("tune.h2.initial-window-size", "tune.h2.initial-window-size 131072"),
        Row("tune.h2.max-concurrent-streams", "tune.h2.max-concurrent-streams 200"),
        Row("tune.http.cookielen", "tune.http.cookielen 128"),
        Row("tune.http.logurilen", "tune.http.logurilen 4096"),
        Row("tune.http.maxhdr", "tune.http.maxhdr 200"),
        Row(
            "tune.idle-pool.shared",
            "tune.idle-pool.shared off",
            ("on", "a thread that keeps no idle connection to a server takes one of another thread"),
            ("off", "it makes a new one")
        ),
        Row("tune.maxaccept", "tune.maxaccept 32"),
        Row("tune.maxpollevents", "tune.maxpollevents 200"),
        Row("tune.maxrewrite", "tune.maxrewrite 2048"),
        Row("tune.pipesize", "tune.pipesize 262144"),
        Row("tune.rcvbuf.client", "tune.rcvbuf.client 131072"),
        Row("tune.rcvbuf.server", "tune.rcvbuf.server 131072"),
        Row("tune.sndbuf.client", "tune.sndbuf.client 131072"),
        Row("tune.sndbuf.server", "tune.sndbuf.server 131072"),
        Row("stats-file", "stats-file /var/lib/baton/stats"),
        Row(
            "dns-accept-family",
            "dns-accept-family ipv4",
            ("auto", "IPv4, and IPv6 where the machine has a way to it, as it was at start")
        ),
        Row("tune.vars.check-max-size", "tune.vars.check-max-size 4096"),
        Row("tune.vars.global-max-size", "tune.vars.global-max-size 1048576"),
        Row("tune.vars.proc-max-size", "tune.vars.proc-max-size 65536"),
        Row("tune.vars.reqres-max-size", "tune.vars.reqres-max-size 4096"),
        Row("tune.vars.sess-max-size", "tune.vars.sess-max-size 8192"),
        Row("tune.vars.txn-max-size", "tune.vars.txn-max-size 4096"),
        Row("tune.zlib.memlevel", "tune.zlib.memlevel 8"),
        Row("tune.zlib.windowsize", "tune.zlib.windowsize 13"),
        Row("uid", "uid 1000"),
        Row("ulimit-n", "ulimit-n 65536"),
        Row(
            "unix-bind",
            "unix-bind prefix /run/baton mode 660",
            ("prefix p", "put before the path of every UNIX socket"),
            ("mode m", "access rights, octal"),
            ("user u, uid n", "owner"),
            ("group g, gid n", "group")
        ),
        Row("unsetenv", "unsetenv SECRET"),
        Row("user", "user haproxy"),
        Row("zero-warning", "zero-warning"),
    ];
}
