#!/usr/bin/env python3
"""Holds listening sockets for programs that come and go: whoever is started through it inherits them, and what is queued
on them belongs to no program.

  socket_server.py serve /run/sockets                                      the holder; runs for ever
  socket_server.py run /run/sockets WEB=0.0.0.0:8080 -- baton -f web.cfg   asks for sockets, sets WEB to the descriptor's
                                                                           number, and becomes the program
In web.cfg: bind "fd@${WEB}". A reload is one more "run" with "-sf OLDPID" behind it.
"""
import os, socket, sys

def serve(path):
    held = {}
    if os.path.exists(path): os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(path)
        os.chmod(path, 0o600)
        server.listen(64)
        while True:
            client, _ = server.accept()
            with client:
                address = client.recv(256).decode()
                try:
                    if address not in held:
                        host, port = address.rsplit(":", 1)
                        held[address] = socket.create_server((host, int(port)), backlog=4096)
                    socket.send_fds(client, [b"ok"], [held[address].fileno()])
                except (OSError, ValueError) as error:
                    client.send(str(error).encode())

def run(path, words):
    split = words.index("--")
    for wanted in words[:split]:
        name, address = wanted.split("=", 1)
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as holder:
            holder.connect(path)
            holder.send(address.encode())
            answer, descriptors, _, _ = socket.recv_fds(holder, 256, 1)
        if not descriptors: sys.exit(f"{address}: {answer.decode()}")
        os.set_inheritable(descriptors[0], True)
        os.environ[name] = str(descriptors[0])
    os.execvp(words[split + 1], words[split + 1:])

if len(sys.argv) == 3 and sys.argv[1] == "serve": serve(sys.argv[2])
elif len(sys.argv) > 4 and sys.argv[1] == "run" and "--" in sys.argv: run(sys.argv[2], sys.argv[3:])
elif sys.argv[1:] in (["-h"], ["--help"]): print(__doc__)
else: sys.exit(__doc__)
