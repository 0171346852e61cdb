#!/usr/bin/env python3
"""What a stick table of many entries costs, beside haproxy: memory, a request that is tracked, a reload, a resynchronisation between
peers, and what "show table" does to requests. Needs wrk and haproxy. See docs/benchmarks.md.

    bench/tables/measure.py [--baton FILE] [--haproxy FILE] [--entries N] [memory] [request] [show] [reload] [resync]
"""
import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

GLOBAL = """
global
    nbthread {threads}
    localpeer {name}
    stats socket {dir}/{name}.sock mode 600 level admin expose-fd listeners
    maxconn 2000
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
"""
TABLE = "stick-table type ip size {size} expire 1h store http_req_rate(10s),conn_rate(10s),bytes_out_rate(10s){peers}\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    """A process that serves one configuration."""

    def __init__(self, program, directory, name, text, threads=1):
        self.program, self.directory, self.name = program, directory, name
        self.port = free_port()
        self.file = f"{directory}/{name}.cfg"
        self.pidfile = f"{directory}/{name}.pid"
        with open(self.file, "w", encoding="ascii") as f:
            f.write(GLOBAL.format(threads=threads, name=name, dir=directory) + text.replace("PORT", str(self.port)))
        self.run()

    def run(self, *more):
        subprocess.run(
            [self.program, "-D", "-f", self.file, "-p", self.pidfile, *more], check=True, stderr=subprocess.DEVNULL, timeout=120
        )

    @property
    def pid(self):
        with open(self.pidfile, encoding="ascii") as f:
            return int(f.read().split()[0])

    def reload(self):
        self.run("-x", f"{self.directory}/{self.name}.sock", "-sf", str(self.pid))

    def ask(self, line):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(f"{self.directory}/{self.name}.sock")
            s.sendall(line.encode() + b"\n")
            parts = []
            while part := s.recv(1 << 20):
                parts.append(part)
        return b"".join(parts).decode()

    def used(self, table="t"):
        return int(re.search(rf"# table: {table}, .*used:(\d+)", self.ask("show table"))[1])

    def stop(self):
        try:
            os.kill(self.pid, 15)
            for _ in range(100):
                os.kill(self.pid, 0)
                time.sleep(0.05)
        except (OSError, ProcessLookupError):
            pass


def resident(*pids):
    """Bytes of memory that processes have together: pages with their parts, and those of tables, mapped or not, once."""
    total, tables = 0, {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                text = f.read()
            total += sum(int(re.search(rf"^{what}: +(\d+) kB", text, re.M)[1]) * 1024 for what in ("Pss_Anon", "Pss_File"))
            for fd in os.listdir(f"/proc/{pid}/fd"):
                if "memfd:stick-table" in os.readlink(f"/proc/{pid}/fd/{fd}"):
                    state = os.stat(f"/proc/{pid}/fd/{fd}")
                    tables[state.st_ino] = state.st_blocks * 512
        except (OSError, TypeError):
            pass
    return total + sum(tables.values())


def cpu(pid, user_only=False):
    """Seconds of a processor that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + (0 if user_only else int(words[12]))) / os.sysconf("SC_CLK_TCK")


def address(i):
    return f"{10 + (i >> 24)}.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}"


def fill(proxy, entries):
    """A request for each of so many addresses, pipelined on one connection."""
    with socket.create_connection(("127.0.0.1", proxy.port)) as s:

        def send():
            for first in range(0, entries, 200):
                s.sendall(
                    b"".join(
                        f"GET /x HTTP/1.1\r\nhost: a\r\nx: {address(i)}\r\n\r\n".encode()
                        for i in range(first, min(entries, first + 200))
                    )
                )

        sender = threading.Thread(target=send)
        sender.start()
        left, rest = entries, b""
        while left > 0:
            part = s.recv(1 << 18)
            if not part:
                raise EOFError("the connection has ended")
            rest += part
            left -= rest.count(b"HTTP/1.1 200")
            rest = rest[-11:] if b"HTTP/1.1 200" not in rest[-11:] else b""
        sender.join()


def tracking(size, peers=""):
    return (
        f"backend t\n    {TABLE.format(size=size, peers=peers)}"
        "frontend f\n    bind 127.0.0.1:PORT\n"
        "    http-request track-sc0 req.hdr_ip(x) table t if { req.hdr(x) -m found }\n"
        "    http-request return status 200\n"
    )


class Pinger(threading.Thread):
    """Asks on one connection every millisecond, and keeps how long each answer took (ms)."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.times, self.failed, self.done = port, [], 0, False
        self.start()

    def run(self):
        s = None
        i = 0
        while not self.done:
            i += 1
            begun = time.perf_counter()
            try:
                if s is None:
                    s = socket.create_connection(("127.0.0.1", self.port))
                    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                s.sendall(f"GET / HTTP/1.1\r\nhost: a\r\nx: {address(i * 7919 % 1000000)}\r\n\r\n".encode())
                if b" 200 " not in s.recv(4096):
                    raise OSError
            except OSError:
                self.failed += 1
                s = None
            self.times.append((begun, (time.perf_counter() - begun) * 1000))
            time.sleep(0.001)

    def end(self):
        self.done = True
        self.join()
        times = sorted(t for _, t in self.times)
        return (
            f"{len(times)} requests, p50 {times[len(times) // 2]:.2f} ms, p99 {times[len(times) * 99 // 100]:.2f} ms, "
            f"longest {times[-1]:.1f} ms, {self.failed} failed"
        )


def memory(o):
    for program in o.programs:
        with tempfile.TemporaryDirectory() as d:
            p = Proxy(program, d, "a", tracking(o.entries * 11 // 10))
            before = resident(p.pid)
            begun = time.time()
            fill(p, o.entries)
            grown = resident(p.pid) - before
            print(f"memory   {o.label(program)}: {p.used()} entries, {grown / o.entries:.0f} B each, filled in {time.time() - begun:.1f} s")
            p.stop()


def pipelined(port, header, count):
    """So many requests, many at once on one connection: what the network costs is small beside what a request does."""
    many = 100
    one = f"GET /x HTTP/1.1\r\nhost: a\r\n{header}: 10.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(one)
        # answers are all alike: bytes tell how many there are
        length = len(s.recv(1 << 20))
        for _ in range(count // many):
            s.sendall(one * many)
            left = length * many
            while left > 0:
                left -= len(s.recv(1 << 20))


def request(o):
    """One worker; requests that three counters with three rates each track, and the same that none does, in turn with the other program.
    User time, because a counter is nothing of the kernel's, whose share of a request is large and differs from run to run."""
    count = 60_000
    table = TABLE.format(size=o.entries * 11 // 10, peers="")
    text = (
        "".join(f"backend t{i or ''}\n    {table}" for i in range(3))
        + "frontend plain\n    bind 127.0.0.1:PORT\n    http-request return status 200\n"
        "frontend tracked\n    bind 127.0.0.1:OTHER\n"
        + "".join(f"    http-request track-sc{i} src table t{i or ''}\n" for i in range(3))
        + "    http-request return status 200\n"
        "frontend f\n    bind 127.0.0.1:FILL\n    http-request track-sc0 req.hdr_ip(x) table t\n    http-request return status 200\n"
    )
    with tempfile.TemporaryDirectory() as d:
        proxies, ports = [], {}
        for i, program in enumerate(o.programs):
            other, filled = free_port(), free_port()
            p = Proxy(program, d, f"n{i}", text.replace("OTHER", str(other)).replace("FILL", str(filled)))
            ports[p.name] = (p.port, other)
            plain, p.port = p.port, filled
            fill(p, min(o.entries, 100_000))
            p.port = plain
            proxies.append(p)
        costs = {(p.name, tracked): 0.0 for p in proxies for tracked in (0, 1)}
        for _ in range(o.rounds):
            for tracked in (0, 1):
                for p in proxies:
                    used = cpu(p.pid, user_only=True)
                    pipelined(ports[p.name][tracked], "x", count)
                    costs[p.name, tracked] += (cpu(p.pid, user_only=True) - used) / count / o.rounds * 1e6
        for p in proxies:
            without, tracked = costs[p.name, 0], costs[p.name, 1]
            print(
                f"request  {o.label(p.program)}: user time {without:.2f} us without, {tracked:.2f} us with three counters: "
                f"{(tracked - without) / 3:.2f} us each"
            )
            p.stop()


def show(o):
    for program in o.programs:
        with tempfile.TemporaryDirectory() as d:
            p = Proxy(program, d, "a", tracking(o.entries * 11 // 10), threads=2)
            fill(p, o.entries)
            pinger = Pinger(p.port)
            time.sleep(3)
            print(f"show     {o.label(program)}: before: {pinger.end()}")
            pinger = Pinger(p.port)
            begun = time.time()
            # in a process of its own: this one has to look at the clock
            lines = subprocess.run(
                [sys.executable, __file__, "--read", f"{d}/a.sock", "show table t"], check=True, capture_output=True, text=True
            ).stdout
            took = time.time() - begun
            print(f"show     {o.label(program)}: during: {pinger.end()}; {lines.strip()} bytes in {took:.1f} s")
            p.stop()


def read_slowly(path, command):
    """Asks and counts the bytes, at the lowest priority."""
    os.nice(19)
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(command.encode() + b"\n")
        count = 0
        while part := s.recv(1 << 18):
            count += len(part)
    print(count)


def reload(o):
    with tempfile.TemporaryDirectory() as d:
        p = Proxy(o.baton, d, "a", tracking(o.entries * 11 // 10), threads=2)
        base = resident(p.pid)
        fill(p, o.entries)
        one, mb = resident(p.pid), 1 << 20
        for watched in (False, True):
            old, most, pinger = p.pid, 0, None
            if not watched:
                pinger = Pinger(p.port)
                time.sleep(1)
            begun = time.time()
            p.reload()
            took = time.time() - begun
            # who looks at the memory of a process holds it up
            while watched and os.path.exists(f"/proc/{old}"):
                most = max(most, resident(*{old, p.pid}))
                time.sleep(0.01)
            time.sleep(3)
            if watched:
                print(
                    f"reload   baton: {one / mb:.0f} MB before (empty {base / mb:.0f}), both at most {most / mb:.0f} MB, afterwards "
                    f"{resident(p.pid) / mb:.0f} MB: {most / one:.2f} x"
                )
            else:
                print(f"reload   baton: {p.used()} entries in the next process, which serves {took * 1000:.0f} ms after its start")
                print(f"reload   baton: {pinger.end()}")
        p.stop()


def resync(o):
    for teacher, learner in [(t, l) for t in o.programs for l in o.programs][: o.pairs]:
        with tempfile.TemporaryDirectory() as d:
            a, b = free_port(), free_port()
            size = o.entries * 11 // 10
            section = f"peers p\n    peer a 127.0.0.1:{a}\n    peer b 127.0.0.1:{b}\n"
            first = Proxy(teacher, d, "a", section + tracking(size, " peers p"))
            fill(first, o.entries)
            second = Proxy(learner, d, "b", section + tracking(size, " peers p"))
            begun, used = None, cpu(second.pid)
            while (have := second.used()) < o.entries:
                if have and begun is None:
                    begun = time.time()
                time.sleep(0.01)
            print(
                f"resync   {o.label(teacher)} -> {o.label(learner)}: {o.entries} entries in {time.time() - (begun or time.time()):.2f} s, "
                f"{cpu(second.pid) - used:.2f} s of a processor in the learner"
            )
            first.stop()
            second.stop()


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--baton", default=f"{root}/artifacts/bin/baton")
    parser.add_argument("--haproxy", default="/usr/sbin/haproxy")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pairs", type=int, default=4, help="of resync: haproxy teaches itself, then baton, …")
    parser.add_argument("--read", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("what", nargs="*", default=[])
    o = parser.parse_args()
    if o.read:
        read_slowly(*o.read)
        return
    o.programs = [o.haproxy, o.baton]
    o.label = lambda program: "baton  " if program == o.baton else "haproxy"
    parts = {"memory": memory, "request": request, "show": show, "reload": reload, "resync": resync}
    for name in o.what or parts:
        if name not in parts:
            sys.exit(f"unknown: {name}")
        parts[name](o)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
