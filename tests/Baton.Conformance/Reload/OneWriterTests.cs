// One process at a time decides what is set. While a long answer keeps the old process alive, and when it ends, whatever an
// operator sets on the new one stays; and what somebody sets on the old one, connected from before, stays there.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Reload;

public sealed class OneWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("baton-writer-").FullName;
    private readonly ManualResetEventSlim[] _release = [new(), new()];
    private readonly OriginServer _origin;

    public OneWriterTests()
    {
        File.WriteAllText(Path.Combine(_directory, "map"), "a file\nb file\nc file\n");
        File.WriteAllText(Path.Combine(_directory, "other"), "a file\n");
        File.WriteAllText(Path.Combine(_directory, "acl"), "a.example\nb.example\n");
        _origin = new OriginServer(c =>
        {
            while (c.TryReadHead(out string head))
            {
                if (head.Contains("/long/", StringComparison.Ordinal))
                    _release[head[head.IndexOf("/long/", StringComparison.Ordinal) + 6] - '1'].Wait(Patience.Ms);
                c.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
    }

    public void Dispose()
    {
        foreach (ManualResetEventSlim release in _release)
            release.Set();
        _origin.Dispose();
        Directory.Delete(_directory, true);
    }

    private string Config =>
        $"""
            frontend fe2
                mode http
                bind unix@{_directory}/fe2
                http-request return status 200 if TRUE
                http-request set-var(proc.x) str(a) if FALSE
            frontend fe3
                mode http
                bind unix@{_directory}/fe3
                http-request return status 200 if TRUE
            frontend slow
                mode http
                bind unix@{_directory}/slow
                http-request set-header x-m %[path,map({_directory}/map,none)] if FALSE
                http-request set-header x-m %[path,map({_directory}/other,none)] if FALSE
                http-request deny if FALSE METH_POST
                acl listed hdr(host) -f {_directory}/acl
                http-request deny if listed
                default_backend be
            backend be
                mode http
                timeout connect 20s
                server s1 127.0.0.1:{_origin.Port} weight 10 maxconn 100
                server s2 127.0.0.1:{_origin.Port} weight 0
                server s3 127.0.0.1:{_origin.Port} weight 0
                server s4 127.0.0.1:{_origin.Port} weight 0
                server s5 127.0.0.1:{_origin.Port} weight 0
            """;

    /// <summary>What is set on a process before the switch, on the next one after it (VALUE there: a number of its own), and where it
    /// shows.</summary>
    private static readonly (string Old, string New, string Read, string Expected)[] s_edits =
    [
        ("set map DIR/map a old", "set map DIR/map a VALUE", "get map DIR/map a", "value=\"VALUE\""),
        ("del map DIR/map c", "del map DIR/map c; add map DIR/map c VALUE", "get map DIR/map c", "value=\"VALUE\""),
        ("add map DIR/map d old", "del map DIR/map d", "get map DIR/map d", "found=no"),
        ("set map DIR/map b old", "del map DIR/map b", "get map DIR/map b", "found=no"),
        ("add map DIR/other b old", "clear map DIR/other", "show map DIR/other", "\n"),
        ("add acl DIR/acl old.example", "add acl DIR/acl VALUE.example", "get acl DIR/acl VALUE.example", "match=yes"),
        ("del acl DIR/acl a.example", "add acl DIR/acl a.example", "get acl DIR/acl a.example", "match=yes"),
        ("add acl DIR/acl c.example", "del acl DIR/acl c.example", "get acl DIR/acl c.example", "match=no"),
        ("set weight be/s1 20", "set weight be/s1 VALUE", "get weight be/s1", "VALUE (initial 10)"),
        ("set server be/s2 state drain", "set server be/s2 state maint", "STAT be,s2,status", "MAINT"),
        ("set server be/s3 state maint", "set server be/s3 state ready", "STAT be,s3,status", "no check"),
        ("set server be/s4 addr 127.0.0.2", "set server be/s4 addr 127.0.0.3 port VALUE", "STAT be,s4,addr", "127.0.0.3:VALUE"),
        ("disable server be/s5", "set server be/s5 state drain", "STAT be,s5,status", "DRAIN"),
        ("set maxconn server be/s1 90", "set maxconn server be/s1 VALUE", "STAT be,s1,slim", "VALUE"),
        ("set maxconn frontend fe2 90", "set maxconn frontend fe2 VALUE", "STAT fe2,FRONTEND,slim", "VALUE"),
        ("set maxconn global 900", "set maxconn global VALUE", "show info", "\nMaxconn: VALUE\n"),
        ("disable frontend fe2", "enable frontend fe2", "STAT fe2,FRONTEND,status", "OPEN"),
        ("set maxconn frontend fe3 90", "disable frontend fe3", "STAT fe3,FRONTEND,status", "PAUSED"),
        ("experimental-mode on; set var proc.x str(old)", "experimental-mode on; set var proc.x str(VALUE)", "get var proc.x", "<VALUE>"),
        ("set rate-limit connections global 9000", "set rate-limit connections global VALUE", "show info", "\nConnRateLimit: VALUE\n"),
        ("set rate-limit sessions global 9000", "set rate-limit sessions global VALUE", "show info", "\nSessRateLimit: VALUE\n"),
    ];

    private string Text(string command, int value = 0) =>
        command
            .Replace("DIR", _directory, StringComparison.Ordinal)
            .Replace("VALUE", value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private void Check(Func<string, string> ask, int value, string when)
    {
        string[] stat = ask("show stat").Split('\n');
        string[] columns = stat[0].TrimStart('#', ' ').Split(',');
        foreach ((_, string set, string read, string expected) in s_edits)
        {
            string shown;
            if (read.StartsWith("STAT ", StringComparison.Ordinal))
            {
                string[] what = read[5..].Split(',');
                shown = stat.Single(l => l.StartsWith($"{what[0]},{what[1]},", StringComparison.Ordinal)).Split(',')[
                    Array.IndexOf(columns, what[2])
                ];
            }
            else
                shown = ask(Text(read, value));
            bool whole = expected == "\n" || read.StartsWith("STAT", StringComparison.Ordinal);
            Assert.True(
                whole ? shown == Text(expected, value) : shown.Contains(Text(expected, value), StringComparison.Ordinal),
                $"{when}: '{set}' shows as '{shown}'"
            );
        }
    }

    private RawClient StartLong(int generation)
    {
        RawClient client = RawClient.Unix(Path.Combine(_directory, "slow"));
        client.Send($"GET /long/{generation} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        for (int before = 0; before < 1000 && _origin.Connections < generation; before++)
            Thread.Sleep(5);
        return client;
    }

    /// <summary>A connection to the runtime API that stays open.</summary>
    private static RawClient Stay(string socket)
    {
        RawClient client = RawClient.Unix(socket);
        client.Send("prompt\n");
        client.ReadUntil("> ");
        return client;
    }

    /// <summary>Processes that come one after the other, each kept alive by a long answer, each with an operator still connected to
    /// it.</summary>
    private void Run(Func<string, string> ask, Action reload, string socket, int generations)
    {
        foreach ((string old, _, _, _) in s_edits)
            ask(Text(old));
        var clients = new List<RawClient>();
        var stayed = new List<RawClient>();
        for (int i = 1; i <= generations; i++)
        {
            clients.Add(StartLong(i));
            stayed.Add(Stay(socket));
            reload();
            foreach ((_, string set, _, _) in s_edits)
                ask(Text(set, 100 * i + 1));
            Check(ask, 100 * i + 1, $"process {i}, at once");
        }
        // what is set on those that have been replaced concerns nobody else
        foreach (RawClient old in stayed)
        foreach ((string set, _, _, _) in s_edits)
        {
            old.Send(Text(set) + "\n");
            old.ReadUntil("> ");
        }
        // the old ones speak every half second
        Thread.Sleep(1200);
        int value = 100 * generations + 1;
        Check(ask, value, "while the old processes live");
        // the eldest first: what it has counted passes through the ones after it
        for (int i = 0; i < generations; i++)
        {
            _release[i].Set();
            Assert.Contains("200 OK", clients[i].ReadTextToEnd(), StringComparison.Ordinal);
            for (long end = Environment.TickCount64 + Patience.Ms; Finished(ask) <= i; Thread.Sleep(20))
                Assert.True(Environment.TickCount64 < end, $"{Finished(ask)} long answers are counted");
        }
        foreach (RawClient old in stayed)
            old.Dispose();
        Thread.Sleep(200);
        Check(ask, value, "after their end");
    }

    private static long Finished(Func<string, string> ask)
    {
        string[] stat = ask("show stat").Split('\n');
        int column = Array.IndexOf(stat[0].TrimStart('#', ' ').Split(','), "hrsp_2xx");
        return long.Parse(
            stat.Single(l => l.StartsWith("be,BACKEND,", StringComparison.Ordinal)).Split(',')[column],
            CultureInfo.InvariantCulture
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_set_on_the_new_process_stays(int generations)
    {
        using var proxy = new Reloadable(Config, global: "maxconn 1000");
        proxy.Reload();
        Run(proxy.Ask, () => proxy.Reload(), proxy.Socket, generations);
    }

    [Fact]
    public void What_is_set_on_the_new_worker_of_a_master_stays()
    {
        using var master = new MasterUnderTest(Product.Baton, "    maxconn 1000");
        master.WriteConfig(extra: "\n" + Config);
        Assert.StartsWith("Success=1", master.Ask("reload"), StringComparison.Ordinal);
        string socket = Path.Combine(master.Directory, "s");
        Run(
            c => MasterUnderTest.AskAt(socket, c),
            () => Assert.StartsWith("Success=1", master.Ask("reload"), StringComparison.Ordinal),
            socket,
            1
        );
    }

    /// <summary>Until the old process has said its last everything set there arrives, also what is set between its two tellings.</summary>
    [Fact]
    public void What_is_set_while_the_next_process_prepares_arrives()
    {
        using var proxy = new Reloadable(Config, global: "maxconn 1000");
        proxy.Reload();
        foreach ((string old, _, _, _) in s_edits)
            proxy.Ask(Text(old));
        string path = Path.Combine(_directory, "relay");
        using var relay = new HandoverRelay(path, proxy.Socket, frame =>
        {
            if (frame is { FromOld: false, Type: ScriptedSuccessor.Accepting })
                foreach ((_, string set, _, _) in s_edits)
                    proxy.Ask(Text(set, 42));
        });
        proxy.Reload(through: path);
        Check(proxy.Ask, 42, "after the switch");
    }
}
