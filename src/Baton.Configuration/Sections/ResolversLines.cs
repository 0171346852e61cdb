// resolvers: the section and its lines (manual, "The resolvers section").
using System;
using System.Collections.Generic;
using System.IO;
using Baton.Configuration.Catalog;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Directives;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

internal static class ResolversLines
{
    private const int DnsPort = 53;

    /// <summary>The section that the following lines fill.</summary>
    public static ResolversConfig Open(ProcessConfig process, List<Word> words, DiagnosticSink diagnostics, SourcePosition at)
    {
        string name = SectionName.Read(words, diagnostics, at);
        if (process.Resolvers.Find(r => r.Name == name) is { } other && name.Length > 0)
            diagnostics.Error(at, $"resolvers '{name}' has same name as another resolvers (declared at {other.Position}).", name);
        var section = new ResolversConfig { Name = name, Position = at };
        process.Resolvers.Add(section);
        return section;
    }

    /// <summary>The section that is made of the system's name servers when no file has it.</summary>
    internal const string Default = "default";

    /// <summary>Adds the section "default" where it is asked for, or there are others to list it with. COMPAT: nothing is said when it
    /// cannot be had.</summary>
    internal static void AddDefault(ProcessConfig process, bool asked)
    {
        asked |= process.Resolvers.Count > 0 || process.Proxies.Exists(p => p.Servers.Exists(s => s.Resolvers == Default));
        if (!asked || process.HasResolvers(Default))
            return;
        var section = new ResolversConfig { Name = Default, Position = default };
        if (AddSystemNameservers(section, default, static (_, _) => { }))
            process.Resolvers.Add(section);
    }

    private static void Nameserver(DirectiveContext c)
    {
        if (!c.Expect(2, int.MaxValue, "<name> and <addr>[:<port>] as arguments"))
            return;
        if (ServerLine.InvalidNameCharacter(c[0]) is { } bad)
        {
            c.Error($"character '{bad}' is not permitted in server name '{c[0]}'.", c[0]);
            return;
        }
        if (c.Resolvers.Nameservers.Find(n => n.Name == c[0]) is { } other)
        {
            c.Error($"nameserver '{c[0]}' has same name as another nameserver (declared at {other.Position}).", c[0]);
            return;
        }
        if (c.Address(c[1], AddressUse.Log) is not { } address)
            return;
        if (address.Kind is not (AddressKind.IPv4 or AddressKind.IPv6))
        {
            c.Error($"'nameserver' : an IP address is expected, got '{c[1]}'.", c[1]);
            return;
        }
        if (address.PortKind != PortKind.Absolute || address.Port == 0)
        {
            c.Error($"'nameserver {c[0]}' : missing port specification in '{c[1]}'.", c[1]);
            return;
        }
        if (c.Count > 2)
        {
            c.Error($"'nameserver' : options of a name server are not supported by Baton yet, got '{c[2]}'.", c[2]);
            return;
        }
        c.Resolvers.Nameservers.Add(new(c[0], address, TransportOf(c[1]), c.Position));
    }

    private static NameserverTransport TransportOf(string address) =>
        address.StartsWith("tcp", StringComparison.Ordinal) ? NameserverTransport.Stream
        : address.StartsWith("udp", StringComparison.Ordinal) || address.StartsWith("dgram+", StringComparison.Ordinal)
            ? NameserverTransport.Datagrams
        : NameserverTransport.Any;

    private static void SystemNameservers(DirectiveContext c)
    {
        if (!AddSystemNameservers(c.Resolvers, c.Position, (text, word) => c.Warning(text, word)))
            c.Error("failed to open /etc/resolv.conf.", c.Keyword);
    }

    /// <summary>resolv.conf(5). False when it cannot be read.</summary>
    internal static bool AddSystemNameservers(ResolversConfig section, SourcePosition at, Action<string, string> warn)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines("/etc/resolv.conf");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
        foreach (string line in lines)
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[0] != "nameserver")
                continue;
            if (AddressParser.Ip(words[1]) is not { } ip)
                warn($"address '{words[1]}' of /etc/resolv.conf could not be recognized, nameserver will be excluded.", words[1]);
            else if (section.Nameservers.Exists(n => n.Name == words[1]))
                warn($"name server '{words[1]}' of /etc/resolv.conf is there already and will be excluded.", words[1]);
            else
                section.Nameservers.Add(
                    new(
                        words[1],
                        new AddressConfig
                        {
                            Kind = ip.Length == 4 ? AddressKind.IPv4 : AddressKind.IPv6,
                            Text = words[1],
                            Ip = ip,
                            PortKind = PortKind.Absolute,
                            Port = DnsPort,
                            PortHigh = DnsPort,
                        },
                        NameserverTransport.Any,
                        at
                    )
                );
        }
        return true;
    }

    private static void Hold(DirectiveContext c)
    {
        if (!c.Expect(2, 2, "a status and a <time> as arguments"))
            return;
        string status = c[0];
        if (Array.IndexOf(Statuses, status) < 0)
        {
            c.Error($"'hold' : unknown status '{status}', expects {string.Join(", ", Statuses)}{Spelling.Hint(status, Statuses)}.", status);
            return;
        }
        if (!c.Time(1, out int ms))
            return;
        ResolversConfig r = c.Resolvers;
        switch (status)
        {
            case "nx":
                r.HoldNxMs = ms;
                break;
            case "refused":
                r.HoldRefusedMs = ms;
                break;
            case "timeout":
                r.HoldTimeoutMs = ms;
                break;
            case "valid":
                r.HoldValidMs = ms;
                break;
            case "obsolete":
                r.HoldObsoleteMs = ms;
                break;
            default:
                r.HoldOtherMs = ms;
                break;
        }
    }

    private static readonly string[] Statuses = ["nx", "refused", "timeout", "valid", "obsolete", "other"];

    private static void Payload(DirectiveContext c)
    {
        if (c.Expect(1, 1, "<nb> as argument") && c.Integer(0, ResolversConfig.LeastPayload, ResolversConfig.MostPayload, out int bytes))
            c.Resolvers.AcceptedPayload = bytes;
    }

    private static void Retries(DirectiveContext c)
    {
        if (c.Expect(1, 1, "<nb> as argument") && c.Integer(0, 0, 1000, out int n))
            c.Resolvers.Retries = n;
    }

    private static void Timeout(DirectiveContext c)
    {
        if (!c.Expect(1, 1, "<time> as argument") || !c.Time(0, out int ms))
            return;
        if (ms == 0)
            c.Error($"'{c.Keyword}' : a time of 0 would never end.", c[0]);
        else if (c.Keyword == "timeout retry")
            c.Resolvers.RetryMs = ms;
        else
            c.Resolvers.ResolveMs = ms;
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("nameserver", SectionKinds.Resolvers, Nameserver),
        new("parse-resolv-conf", SectionKinds.Resolvers, SystemNameservers),
        new("hold", SectionKinds.Resolvers, Hold),
        new("accepted_payload_size", SectionKinds.Resolvers, Payload),
        new("resolve_retries", SectionKinds.Resolvers, Retries),
        new("timeout resolve", SectionKinds.Resolvers, Timeout),
        new("timeout retry", SectionKinds.Resolvers, Timeout),
    ];
}
