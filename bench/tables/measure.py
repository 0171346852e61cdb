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


def resident(pid, what="Pss"):
    """Bytes of memory that a process has, what it shares counted in parts."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
            return int(re.search(rf"^{what}: +(\d+) kB", f.read(), re.M)[1]) * 1024
    except (OSError, TypeError):
        return 0


def cpu(pid):
    """Seconds of a processor that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


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


def request(o):
    """One worker; wrk asks with the same address, tracked or not: the difference is what the counter costs."""
    for _ in range(o.rounds):
        for program in o.programs:
            with tempfile.TemporaryDirectory() as d:
                p = Proxy(program, d, "a", tracking(o.entries * 11 // 10))
                fill(p, min(o.entries, 100_000))
                costs = []
                for header in ("y: 10.0.0.1", "x: 10.0.0.1"):
                    used = cpu(p.pid)
                    out = subprocess.run(
                        ["wrk", "-t1", "-c32", f"-d{o.seconds}s", "-H", header, f"http://127.0.0.1:{p.port}/"],
                        check=True,
                        capture_output=True,
                        text=True,
                    ).stdout
                    requests = int(re.search(r"(\d+) requests in", out)[1])
                    costs.append((cpu(p.pid) - used) / requests * 1e6)
                print(
                    f"request  {o.label(program)}: {costs[0]:.2f} us without, {costs[1]:.2f} us tracked, the counter {costs[1] - costs[0]:.2f} us"
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
            lines = p.ask("show table t").count("\n")
            took = time.time() - begun
            print(f"show     {o.label(program)}: during: {pinger.end()}; {lines} lines in {took:.1f} s")
            p.stop()


def reload(o):
    with tempfile.TemporaryDirectory() as d:
        p = Proxy(o.baton, d, "a", tracking(o.entries * 11 // 10), threads=2)
        base = resident(p.pid)
        fill(p, o.entries)
        one = resident(p.pid)
        old = p.pid
        pinger = Pinger(p.port)
        most = [0, 0]
        watching = True

        def watch():
            while watching:
                pids = {old, p.pid}
                sums = [sum(resident(i, w) for i in pids) for w in ("Pss", "Rss")]
                most[0], most[1] = max(most[0], sums[0]), max(most[1], sums[1])
                time.sleep(0.02)

        watcher = threading.Thread(target=watch)
        watcher.start()
        time.sleep(1)
        begun = time.time()
        p.reload()
        took = time.time() - begun
        there = p.used()
        while os.path.exists(f"/proc/{old}"):
            time.sleep(0.02)
        gone = time.time() - begun
        time.sleep(3)
        watching = False
        watcher.join()
        mb = 1 << 20
        print(
            f"reload   baton: {there} entries in the next process {took * 1000:.0f} ms after it was started, the old one gone after "
            f"{gone:.1f} s"
        )
        print(
            f"reload   baton: {one / mb:.0f} MB before (empty {base / mb:.0f}), both at most {most[0] / mb:.0f} MB (resident sets "
            f"{most[1] / mb:.0f}), afterwards {resident(p.pid) / mb:.0f} MB: {most[0] / one:.2f} x"
        )
        print(f"reload   baton: {pinger.end()}")
        p.stop()


def resync(o):
    for teacher, learner in ((o.haproxy, o.haproxy), (o.haproxy, o.baton), (o.baton, o.haproxy), (o.baton, o.baton)):
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
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("what", nargs="*", default=[])
    o = parser.parse_args()
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
