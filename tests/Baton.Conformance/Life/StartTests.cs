// What a start says that cannot be, or not quite: inherited descriptors, threads, addresses, lines said twice.
using System;
using System.IO;
using System.Net.Sockets;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Life;

public sealed class StartTests : Scenario
{
    private const string Client = "    mode http\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n";

    private static readonly ProxyOptions s_foreground = new() { EndsItself = true, NoWait = true };

    /// <summary>Neither -c nor a start accepts it, and both say this.</summary>
    private void Refuses(Product product, string config, string message)
    {
        foreach (string option in (string[])["-c", "-db"])
        {
            ProxyProcess proxy = Start(product, config, s_foreground with { Arguments = [option] });
            Assert.Equal(1, proxy.WaitForExit());
            Eventually(() => proxy.ErrorText.Contains(message, StringComparison.Ordinal), $"{option} says: {proxy.ErrorText}");
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_inherited_descriptor_has_to_be_there(Product product)
    {
        Refuses(product, $"frontend fe\n{Client}    bind fd@99\n", ":6] : 'bind' : cannot use file descriptor '99' : Bad file descriptor.");
        Refuses(
            product,
            $"frontend fe\n{Client}    bind fd@2\n",
            ":6] : 'bind' : cannot use file descriptor '2' : Socket operation on non-socket."
        );
        Refuses(
            product,
            $"global\n    stats socket fd@99\nfrontend fe\n{Client}    bind 127.0.0.1:${{p1}}\n",
            "'stats socket' : cannot use file descriptor '99' : Bad file descriptor."
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_socket_needs_a_thread_that_is_there(Product product)
    {
        Refuses(
            product,
            $"frontend fe\n{Client}    bind 127.0.0.1:${{p1}} thread 65\n",
            "'65' is not a valid number/range. It supports numbers from 1 to 64."
        );
        Refuses(
            product,
            $"global\n    nbthread 2\nfrontend fe\n{Client}    bind 127.0.0.1:${{p1}} thread 3-4\n",
            "Proxy 'fe': 'thread' directive contains threads that belong to no group in 'bind 127.0.0.1:"
        );
        ProxyProcess proxy = Start(
            product,
            $"global\n    nbthread 2\nfrontend fe\n{Client}    bind 127.0.0.1:${{p1}} thread 5-2\n    http-request return status 200\n"
        );
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_failed_bind_names_its_line(Product product)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        int port = Ports.Free();
        other.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));
        other.Listen(1);
        string config = $"global\n    stats socket /nonexistent/s\nlisten li\n{Client}    bind 127.0.0.1:{port}\n    bind /nonexistent/x\n";
        ProxyProcess proxy = Start(product, config, s_foreground);
        Assert.Equal(1, proxy.WaitForExit());
        Eventually(
            () => proxy.ErrorText.Contains("Some protocols failed to start their listeners! Exiting.", StringComparison.Ordinal),
            "nothing is said"
        );
        Assert.Contains(
            $"Binding [{proxy.ConfigFile}:8] for proxy li: cannot bind socket (Address already in use) for [127.0.0.1:{port}]",
            proxy.ErrorText
        );
        Assert.Contains(
            $"Binding [{proxy.ConfigFile}:9] for proxy li: cannot bind UNIX socket (No such file or directory) [/nonexistent/x]",
            proxy.ErrorText
        );
        Assert.Contains(
            $"Binding [{proxy.ConfigFile}:2] for frontend GLOBAL: cannot bind UNIX socket (No such file or directory) [/nonexistent/s]",
            proxy.ErrorText
        );
        // which program says so stands in front
        Assert.Matches(
            @"^\[NOTICE\]   \(\d+\) : haproxy version is [^\n]*\n\[NOTICE\]   \(\d+\) : path to executable is ",
            proxy.ErrorText
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void A_segment_size_the_kernel_refuses_is_a_warning(Product product)
    {
        ProxyProcess proxy = Start(
            product,
            $"frontend fe\n{Client}    bind 127.0.0.1:${{p1}} mss 20\n    http-request return status 200\n"
        );
        Eventually(
            () =>
                proxy.ErrorText.Contains(
                    $"Starting [{proxy.ConfigFile}:6] for frontend fe: cannot set MSS to 20 for [127.0.0.1:{proxy.Port()}]",
                    StringComparison.Ordinal
                ),
            "nothing is said"
        );
        Assert.Equal(200, Connect(proxy).Get().Status);
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_first_of_two_lines_counts_and_is_warned_of_once(Product product)
    {
        string config = $$"""
            global
                pidfile ${dir}/first
                pidfile ${dir}/second
                stats socket ${dir}/admin.sock level admin
            frontend fe
            {{Client}}    bind 127.0.0.1:${p1}
            """;
        ProxyProcess parent = Start(product, config, s_foreground with { Arguments = ["-D"] });
        Assert.Equal(0, parent.WaitForExit());
        int pid = int.Parse(File.ReadAllText(Path.Combine(Directory, "first")).Trim());
        try
        {
            Assert.False(File.Exists(Path.Combine(Directory, "second")));
            Eventually(
                () => parent.ErrorText.Contains("'pidfile' already specified. Continuing.", StringComparison.Ordinal),
                "nothing is said"
            );
            Assert.Equal(2, parent.ErrorText.Split("already specified").Length);
        }
        finally
        {
            System.Diagnostics.Process.GetProcessById(pid).Kill();
        }
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Quiet_is_quiet_of_everything(Product product)
    {
        foreach (string config in (string[])["frontend fe\n    nonsense\n", $"frontend fe\n{Client}    bind 192.0.2.1:1\n"])
        {
            ProxyProcess proxy = Start(product, config, s_foreground with { Arguments = ["-q", "-db"] });
            Assert.Equal(1, proxy.WaitForExit());
            System.Threading.Thread.Sleep(50);
            Assert.Equal("", proxy.ErrorText);
        }
    }
}
