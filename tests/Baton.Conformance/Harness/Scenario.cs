// Base of all scenarios: what a test starts is stopped when the test ends, and a proxy that crashed, hangs or leaks fails it.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public abstract class Scenario : IDisposable
{
    private readonly List<IDisposable> _started = [];

    /// <summary>Global and defaults sections that most scenarios begin with.</summary>
    protected const string Defaults = """
        global
            nbthread 1
        defaults
            mode http
            timeout connect 20s
            timeout client 60s
            timeout server 60s

        """;

    /// <summary>A directory of this test's own, removed at its end.</summary>
    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("baton-conf-").FullName;

    protected ProxyProcess Start(Product product, string config, ProxyOptions? options = null)
    {
        var proxy = new ProxyProcess(product, config, Directory, options ?? new ProxyOptions());
        _started.Add(proxy);
        proxy.WaitUntilListening();
        return proxy;
    }

    /// <summary>An origin that calls <paramref name="handler"/> for each connection, on its own thread.</summary>
    protected OriginServer Origin(Action<OriginConnection> handler) => Keep(new OriginServer(handler));

    /// <summary>An HTTP origin with keep-alive: head in, whole response out.</summary>
    protected OriginServer HttpOrigin(Func<string, string> answer) => Keep(OriginServer.Http(answer));

    /// <summary>An HTTP origin that answers everything with 200 and a body.</summary>
    protected OriginServer HttpOrigin(string body = "hello") =>
        HttpOrigin(_ => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    protected RawClient Connect(ProxyProcess proxy, int port = 1) => Keep(RawClient.Tcp(proxy.Port($"p{port}")));

    protected T Keep<T>(T thing)
        where T : IDisposable
    {
        _started.Add(thing);
        return thing;
    }

    /// <summary>Waits until the condition holds; fails with the message after the time.</summary>
    protected static void Eventually(Func<bool> condition, string message, int timeoutMs = Patience.Ms)
    {
        long end = Environment.TickCount64 + timeoutMs;
        while (!condition())
        {
            if (Environment.TickCount64 > end)
                Assert.Fail(message);
            Thread.Sleep(5);
        }
    }

    public void Dispose()
    {
        var problems = new List<Exception>();
        for (int i = _started.Count - 1; i >= 0; i--)
        {
            try
            {
                _started[i].Dispose();
            }
            catch (Exception e)
            {
                problems.Add(e);
            }
        }
        if (PoolChecking.NewFaults() is { } faults)
            problems.Add(new InvalidOperationException(faults));
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (IOException) { }
        GC.SuppressFinalize(this);
        if (problems.Count > 0)
            throw new AggregateException(problems);
    }

    /// <summary>Runs a program to its end. Its standard output and error together, and the status.</summary>
    protected static (int Status, string Output) Run(string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string a in arguments)
            info.ArgumentList.Add(a);
        using Process process = Process.Start(info)!;
        System.Threading.Tasks.Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(60_000))
        {
            process.Kill(true);
            Assert.Fail($"{program} did not end");
        }
        return (process.ExitCode, output + error.Result);
    }
}
