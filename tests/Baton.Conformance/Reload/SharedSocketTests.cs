// Two processes that listen on one stats socket, one of which is leaving and answers faster: the next one finds the other.
using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class SharedSocketTests : IDisposable
{
    private const int SigKill = 9,
        SigSoftStop = 10,
        SigContinue = 18,
        SigStop = 19;

    private readonly string _directory = Directory.CreateTempSubdirectory("baton-shared-").FullName;
    private readonly System.Collections.Generic.List<Process> _processes = [];

    private Process Start(string file, params string[] arguments)
    {
        var process = Process.Start(
            new ProcessStartInfo(Products.Path(Product.Baton), ["-db", "-f", file, .. arguments]) { RedirectStandardError = true }
        )!;
        _processes.Add(process);
        return process;
    }

    private string Socket => Path.Combine(_directory, "s");

    /// <summary>Of the second and the third process alone.</summary>
    private string OtherSocket => Path.Combine(_directory, "s2");

    private static string Ask(string socket, string command)
    {
        using RawClient cli = RawClient.Unix(socket);
        cli.Send(command + "\n");
        return cli.ReadTextToEnd();
    }

    private static void Eventually(Func<bool> condition, string what)
    {
        for (long end = Environment.TickCount64 + Patience.Ms; !condition(); Thread.Sleep(5))
            Assert.True(Environment.TickCount64 < end, "waited too long for " + what);
    }

    private static bool Says(string socket, string words)
    {
        try
        {
            return Ask(socket, "show info").Contains($"\n{words}\n", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_process_that_leaves_does_not_answer_for_the_one_that_serves()
    {
        int port = Reloadable.FreePort();
        string file = Path.Combine(_directory, "cfg"),
            other = file + "2",
            text =
                $"""
                    global
                        nbthread 1
                        stats socket {Socket} mode 600 level admin expose-fd listeners
                    defaults
                        mode http
                        timeout connect 20s
                        timeout client 60s
                        timeout server 60s
                    frontend web
                        bind 127.0.0.1:{port}
                        http-request return status 200

                    """;
        File.WriteAllText(file, text);
        File.WriteAllText(other, text.Replace("nbthread 1", $"nbthread 1\n    stats socket {OtherSocket} level admin"));
        Process leaving = Start(file);
        Eventually(() => Says(Socket, $"Pid: {leaving.Id}"), "the first process");
        // what keeps it: a request that never becomes whole
        using RawClient lingers = RawClient.Tcp(port);
        lingers.Send("GET / HTTP/1.1\r\nHo"u8);
        Eventually(() => Says(Socket, "CurrConns: 1"), "the connection");
        Process serves = Start(other, "-x", Socket);
        Eventually(() => Says(OtherSocket, $"Pid: {serves.Id}"), "the second process");
        Inheritance.Signal(leaving.Id, SigSoftStop);
        Eventually(() => Says(Socket, "Stopping: 1"), "the leaving one");

        // busy for a while, as with a large state
        Inheritance.Signal(serves.Id, SigStop);
        Process next = Start(other, "-x", Socket, "-sf", serves.Id.ToString(CultureInfo.InvariantCulture));
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        Assert.False(next.HasExited, "it has given up");
        Inheritance.Signal(serves.Id, SigContinue);
        Eventually(() => next.HasExited || serves.HasExited, "the end of one of them");
        Assert.False(next.HasExited, "it has given up");
        using RawClient client = RawClient.Tcp(port);
        Assert.Equal(200, client.Get().Status);
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
                Inheritance.Signal(process.Id, SigKill);
            process.WaitForExit(Patience.Ms);
            process.Dispose();
        }
        Directory.Delete(_directory, true);
    }
}
