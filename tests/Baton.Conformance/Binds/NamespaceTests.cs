// bind and server in another network namespace, and a reload of such a listener. Where namespaces cannot be made (no
// CAP_SYS_ADMIN, no iproute2) what is left to see is that an unknown one is refused.
using System;
using System.Diagnostics;
using System.Globalization;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Binds;

public sealed class NamespaceTests : IDisposable
{
    private readonly string _name = $"baton-test-{Environment.ProcessId}";

    private static (int Status, string Output) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }

    [Fact]
    public void Listeners_and_servers_live_in_their_namespaces_and_are_handed_over()
    {
        using var daemons = new Daemons();
        int inside = Ports.Free(),
            outside = Ports.Free();
        (int status, string error) = daemons.Start(
            Product.Baton,
            daemons.Write("", $"frontend fe\n    bind 127.0.0.1:{inside} namespace no-such-namespace")
        );
        Assert.Equal(1, status);
        Assert.Contains("cannot open namespace 'no-such-namespace'", error);
        if (Run("ip", "netns", "add", _name).Status != 0 || Run("ip", "-n", _name, "link", "set", "lo", "up").Status != 0)
            return;
        string config = daemons.Write(
            "",
            $"""
            frontend inside
                bind 127.0.0.1:{inside} namespace {_name}
                http-request return status 200 content-type text/plain string hello
            frontend outside
                bind 127.0.0.1:{outside}
                default_backend inside
            backend inside
                server s 127.0.0.1:{inside} namespace {_name}
            """
        );
        (status, error) = daemons.Start(Product.Baton, config);
        Assert.True(status == 0, error);
        Assert.Equal("ConnectionRefused", RequestLoad.Request(inside));
        Assert.Null(RequestLoad.Request(outside));
        string url = $"http://127.0.0.1:{inside.ToString(CultureInfo.InvariantCulture)}/";
        Assert.Equal((0, "hello"), Run("ip", "netns", "exec", _name, "curl", "-s", url));
        string before = Run("ip", "netns", "exec", _name, "cat", "/proc/net/tcp").Output;
        (status, error) = daemons.Replace(Product.Baton, config, fetch: true);
        Assert.True(status == 0, error);
        Assert.Equal((0, "hello"), Run("ip", "netns", "exec", _name, "curl", "-s", url));
        Assert.Null(RequestLoad.Request(outside));
        Assert.Equal(Inode(before, inside), Inode(Run("ip", "netns", "exec", _name, "cat", "/proc/net/tcp").Output, inside));
    }

    /// <summary>Of the listening socket of a port.</summary>
    private static string Inode(string table, int port)
    {
        foreach (string line in table.Split('\n'))
        {
            string[] f = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (f.Length > 9 && f[3] == "0A" && f[1].EndsWith($":{port:X4}", StringComparison.Ordinal))
                return f[9];
        }
        return "none";
    }

    public void Dispose() => Run("ip", "netns", "del", _name);
}
