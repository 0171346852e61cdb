// Others that speak HTTP/2: h2load, nghttp and curl as clients, Python's h2, which checks all that it hears, on either side. Debian's
// packages; what is not there is left out.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Baton.Conformance.Reload;
using Xunit;

namespace Baton.Conformance.Http2;

public sealed class InteropTests : Scenario
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Tells its port, then answers requests with their method and the bytes of their bodies, "/many" with a million; a fault of
    /// its peer's ends it with a word.</summary>
    private const string PythonServer = """
        import socket, threading, os, traceback
        import h2.connection, h2.config, h2.events, h2.exceptions

        def serve(sock):
            c = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
            c.initiate_connection()
            sock.sendall(c.data_to_send())
            heads, sizes, waiting = {}, {}, {}
            while True:
                data = sock.recv(65536)
                if not data:
                    return
                for e in c.receive_data(data):
                    if isinstance(e, h2.events.RequestReceived):
                        heads[e.stream_id], sizes[e.stream_id] = dict(e.headers), 0
                    elif isinstance(e, h2.events.DataReceived):
                        sizes[e.stream_id] += len(e.data)
                        c.acknowledge_received_data(e.flow_controlled_length, e.stream_id)
                    elif isinstance(e, h2.events.StreamReset):
                        waiting.pop(e.stream_id, None)
                    elif isinstance(e, h2.events.StreamEnded):
                        head = heads[e.stream_id]
                        many = head[":path"] == "/many"
                        c.send_headers(e.stream_id, [(":status", "200")])
                        waiting[e.stream_id] = b"x" * 1000000 if many else f"{head[':method']} {sizes[e.stream_id]}".encode()
                for stream in list(waiting):
                    while stream in waiting:
                        left = waiting[stream]
                        n = min(len(left), c.local_flow_control_window(stream), c.max_outbound_frame_size)
                        if n == 0:
                            break
                        c.send_data(stream, left[:n], end_stream=n == len(left))
                        waiting[stream] = left[n:]
                        if n == len(left):
                            del waiting[stream]
                sock.sendall(c.data_to_send())

        def guarded(sock):
            try:
                serve(sock)
            except h2.exceptions.H2Error:
                traceback.print_exc()
                os._exit(1)
            except OSError:
                pass

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()
        """;

    /// <summary>Sends thirty requests at once on one connection, every third with a body, and tells what came of them.</summary>
    private const string PythonClient = """
        import socket, sys
        import h2.connection, h2.config, h2.events

        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
        c = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        c.initiate_connection()
        left, answers, ended = {}, {}, 0
        for i in range(30):
            stream, posts = c.get_next_available_stream_id(), i % 3 == 0
            c.send_headers(
                stream,
                [(":method", "POST" if posts else "GET"), (":scheme", "http"), (":authority", "a.test"), (":path", "/"), ("x-i", str(i))],
                end_stream=not posts,
            )
            answers[stream] = ""
            if posts:
                left[stream] = 100000
        while ended < 30:
            for stream in list(left):
                while stream in left:
                    n = min(left[stream], c.local_flow_control_window(stream), c.max_outbound_frame_size)
                    if n == 0:
                        break
                    left[stream] -= n
                    c.send_data(stream, b"y" * n, end_stream=left[stream] == 0)
                    if left[stream] == 0:
                        del left[stream]
            sock.sendall(c.data_to_send())
            data = sock.recv(65536)
            if not data:
                sys.exit("the connection has ended")
            for e in c.receive_data(data):
                if isinstance(e, h2.events.ResponseReceived):
                    answers[e.stream_id] += dict(e.headers)[":status"] + " "
                elif isinstance(e, h2.events.DataReceived):
                    answers[e.stream_id] += e.data.decode()
                    c.acknowledge_received_data(e.flow_controlled_length, e.stream_id)
                elif isinstance(e, h2.events.StreamEnded):
                    ended += 1
                elif isinstance(e, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                    sys.exit(f"ended: {e}")
        print(sorted(set(answers.values())))
        """;

    private string Script(string name, string text)
    {
        Assert.True(System.IO.Directory.Exists("/usr/lib/python3/dist-packages/h2"), "python3-h2 is missing");
        string path = Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    private ProxyProcess Proxy(Product product, int server) =>
        Start(
            product,
            Defaults
                + $$"""
                frontend fe
                    bind 127.0.0.1:${p1}
                    default_backend be
                backend be
                    http-reuse always
                    server s 127.0.0.1:{{server}} proto h2
                """
        );

    /// <summary>A server that would end itself at the first frame it finds wrong.</summary>
    private (int Port, Process Process) StartPython()
    {
        var info = new ProcessStartInfo(Python)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Script("server.py", PythonServer) },
        };
        Process process = Process.Start(info)!;
        Keep(new Killed(process));
        return (int.Parse(process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture), process);
    }

    private sealed class Killed(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Python_serves(Product product)
    {
        (int port, Process process) = StartPython();
        ProxyProcess proxy = Proxy(product, port);
        RawClient client = Connect(proxy);
        Assert.Equal("GET 0", client.Get("/").Body);
        string body = new('x', 300_000);
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal("POST 300000", client.ReadResponse().Body);
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\nX-Sum: 1\r\n\r\n");
        Assert.Equal("POST 300000", client.ReadResponse().Body);
        Assert.Equal(1_000_000, client.Get("/many").Body.Length);
        // one that leaves in the middle
        RawClient early = Connect(proxy);
        early.Send("GET /many HTTP/1.1\r\nHost: a\r\n\r\n");
        early.ReadUntil("xxxx");
        early.Dispose();
        Assert.Equal("GET 0", client.Get("/").Body);
        Assert.False(process.HasExited, "it has ended itself");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Python_asks_and_serves(Product product)
    {
        string client = Script("client.py", PythonClient);
        (int port, Process process) = StartPython();
        ProxyProcess proxy = Proxy(product, port);
        (int status, string output) = Run(Python, client, $"{proxy.Port("p1")}");
        Assert.Equal((0, "['200 GET 0', '200 POST 100000']\n"), (status, output));
        Assert.False(process.HasExited, "it has ended itself");
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Curl_and_nghttp_ask(Product product)
    {
        FrameServer server = Keep(FrameServer.Answering((r, body) => ("200", $"{r[":method"]} {body.Length}\n")));
        ProxyProcess proxy = Proxy(product, server.Port);
        string url = $"http://127.0.0.1:{proxy.Port("p1")}/",
            file = Path.Combine(Directory, "body");
        File.WriteAllText(file, new string('x', 200_000));
        (int status, string output) = Run(
            "curl",
            "-sS",
            "--fail",
            "--http2-prior-knowledge",
            url,
            "--next",
            "-sS",
            "--fail",
            url,
            "-T",
            file
        );
        Assert.Equal((0, "GET 0\nPUT 200000\n"), (status, output));
        (status, output) = Run("nghttp", "-d", file, url);
        Assert.Equal((0, "POST 200000\n"), (status, output));
    }

    /// <summary>Many streams of many connections, through reloads.</summary>
    [Fact]
    public async Task H2load_asks_through_reloads()
    {
        FrameServer server = Keep(FrameServer.Answering((_, _) => ("200", "hello")));
        using var proxy = new Reloadable(
            """
            frontend web
                mode http
                bind 127.0.0.1:${port} proto h2
                default_backend be
            backend be
                mode http
                http-reuse always
                server s 127.0.0.1:${origin} proto h2
            """,
            server.Port
        );
        proxy.Reload();
        Task<(int, string)> load = Task.Run(() => Run("h2load", "-D3", "-c10", "-m10", $"http://127.0.0.1:{proxy.Port}/"));
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(300);
            proxy.Reload();
        }
        (int status, string output) = await load;
        Assert.Equal(0, status);
        Assert.Matches(@" 0 failed, 0 errored, 0 timeout\n", output);
        Assert.DoesNotContain(" 0 succeeded", output, StringComparison.Ordinal);
    }
}
