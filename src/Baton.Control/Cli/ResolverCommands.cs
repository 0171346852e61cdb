// show resolvers, set server … fqdn: names whose addresses are kept fresh.
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Resolvers;
using Baton.Engine.Servers;

namespace Baton.Control.Cli;

internal static class ResolverCommands
{
    private static void Show(CliRequest r)
    {
        if (r[2].Length > 0 && ResolversStart.Find(r.Engine, r[2]) is null)
        {
            r.Fail("Can't find that resolvers section");
            return;
        }
        if (r.Engine.Resolvers.Count == 0)
        {
            r.Line("No resolvers found");
            return;
        }
        foreach (ResolversState section in r.Engine.Resolvers)
        {
            if (r[2].Length > 0 && section.Config.Name != r[2])
                continue;
            r.Line($"Resolvers section {section.Config.Name}");
            foreach (Nameserver nameserver in section.Nameservers)
                Counters(r, nameserver);
        }
    }

    private static void Counters(CliRequest r, Nameserver nameserver)
    {
        NameserverCounters c = nameserver.Counters;
        r.Line($" nameserver {nameserver.Config.Name}:");
        One("sent", c.Sent);
        One("snd_error", c.SendErrors);
        One("valid", c.Valid);
        One("update", c.Updates);
        // COMPAT: a line that HAProxy no longer counts in either
        One("cname", 0);
        One("cname_error", c.CnameErrors);
        One("any_err", c.Empty);
        One("nx", c.NxDomain);
        One("timeout", c.Timeouts);
        One("refused", c.Refused);
        One("other", c.Other);
        One("invalid", c.Invalid);
        One("too_big", c.TooBig);
        One("truncated", c.Truncated);
        One("outdated", c.Outdated);

        void One(string name, long value) => r.Line(string.Create(CultureInfo.InvariantCulture, $"  {name + ":", -12} {value}"));
    }

    /// <summary>set server b/s fqdn NAME.</summary>
    internal static void SetName(CliRequest r, ServerState server)
    {
        string name = r[4];
        if (name.Length == 0)
            r.Fail("set server <b>/<s> fqdn requires a FQDN.");
        else if (server.Config.Resolvers is not { } section || ResolversStart.Find(r.Engine, section) is not { } resolvers)
            r.Fail("set server <b>/<s> fqdn failed because no resolution is configured.");
        else if (ResolversState.IsService(server.Config.Address.HostName))
            r.Fail("set server <b>/<s> fqdn failed because SRV resolution is configured.");
        else if (!DnsMessage.IsName(name))
            r.Feedback(4, $"could not update {server.Backend.Name}/{server.Name} FQDN by 'stats socket command'");
        else
        {
            string before = server.Fqdn ?? server.Config.Address.HostName;
            resolvers.Rename(server, name);
            r.Feedback(4, $"{server.Backend.Name}/{server.Name} changed its FQDN from {before} to {name} by 'stats socket command'");
        }
    }

    internal static readonly CliCommand[] Rows = [new("show resolvers", "[<id>]", CliLevel.User, "counters of name servers", Show)];
}
