// What the log of a backend says when an operator changes the state of a server.
using System;
using System.IO;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Servers;

public sealed class ServerNoticeTests : Scenario
{
    private ProxyProcess Proxy(Product product, LogCollector log) =>
        Start(
            product,
            $$"""
            global
                nbthread 1
                stats socket ${dir}/admin.sock level admin
            defaults
                mode http
                log 127.0.0.1:{{log.Port}} local0
                timeout connect 20s
                timeout client 60s
                timeout server 60s
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            backend be
                server a 127.0.0.1:${d1}
                server b 127.0.0.1:${d1} backup
                server c 127.0.0.1:${d1} disabled
            """
        );

    private string Command(string text)
    {
        using RawClient cli = RawClient.Unix(Path.Combine(Directory, "admin.sock"));
        cli.Send(text + "\n");
        return cli.ReadTextToEnd();
    }

    private const string None = " 0 sessions active, 0 requeued, 0 remaining in queue.",
        Online = " 0 sessions requeued, 0 total in queue.";

    private static readonly (string Command, string[] Lines)[] s_steps =
    [
        (
            "disable server be/a",
            ["<129>Server be/a is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup." + None]
        ),
        ("disable server be/a", []),
        ("enable server be/a", ["<133>Server be/a is UP/READY (leaving forced maintenance)."]),
        (
            "set server be/a state drain",
            ["<133>Server be/a enters drain state. 0 active and 1 backup servers online. Running on backup." + Online]
        ),
        (
            "set server be/a state maint",
            ["<133>Server be/a is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup." + None]
        ),
        (
            "set server be/a state drain",
            ["<133>Server be/a is UP/DRAIN (leaving forced maintenance).", "<133>Server be/a remains in forced drain mode."]
        ),
        ("set server be/a state ready", ["<133>Server be/a is UP (leaving forced drain)."]),
        (
            "set server be/a health down",
            ["<129>Server be/a is DOWN, changed from CLI. 0 active and 1 backup servers left. Running on backup." + None]
        ),
        ("disable server be/a", ["<133>Server be/a was DOWN and now enters maintenance."]),
        ("enable server be/a", ["<133>Server be/a is UP/READY (leaving forced maintenance)."]),
        ("enable server be/c", ["<133>Server be/c is UP/READY (leaving forced maintenance)."]),
        ("set server be/b state drain", ["<133>Backup Server be/b enters drain state. 2 active and 0 backup servers online." + Online]),
        (
            "set server be/b health down",
            [
                "<133>Backup Server be/b is DOWN, changed from CLI. 2 active and 0 backup servers left." + None,
                "<133>Backup Server be/b remains in forced drain mode.",
            ]
        ),
        (
            "set server be/b health up",
            [
                "<133>Backup Server be/b is UP, changed from CLI. 2 active and 0 backup servers online." + Online,
                "<133>Backup Server be/b remains in forced drain mode.",
            ]
        ),
        ("set weight be/a 0", []),
        ("set weight be/c 0", ["<128>backend be has no server available!"]),
        ("set weight be/c 1", []),
        (
            "disable server be/c",
            [
                "<129>Server be/c is going DOWN for maintenance. 0 active and 0 backup servers left." + None,
                "<128>backend be has no server available!",
            ]
        ),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Every_change_of_a_server_is_told(Product product)
    {
        LogCollector log = Keep(new LogCollector());
        ProxyProcess proxy = Proxy(product, log);
        foreach ((string command, string[] lines) in s_steps)
        {
            Assert.Equal("\n", Command(command));
            foreach (string line in lines)
                Assert.Equal((command, line), (command, Next(log)));
        }
        Eventually(
            () => proxy.ErrorText.Contains(": backend 'be' has no server available!", StringComparison.Ordinal),
            "stderr says nothing"
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Maintenance_ends_a_drain(Product product)
    {
        Proxy(product, Keep(new LogCollector()));
        Command("set server be/a state drain");
        Assert.Contains(" be 1 a 127.0.0.1 2 8 ", Command("show servers state be"));
        Command("disable server be/a");
        Assert.Contains(" be 1 a 127.0.0.1 0 1 ", Command("show servers state be"));
        Command("enable server be/a");
        Assert.Contains(" be 1 a 127.0.0.1 2 0 ", Command("show servers state be"));
    }

    private static string Next(LogCollector log)
    {
        string line = log.Next().TrimEnd('\n');
        return line[..(line.IndexOf('>', StringComparison.Ordinal) + 1)] + line[(line.IndexOf("]: ", StringComparison.Ordinal) + 3)..];
    }
}
