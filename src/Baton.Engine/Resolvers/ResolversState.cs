// A resolvers section at work: its name servers, and the names that are asked for (manual, "Server IP address resolution using DNS").
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Servers;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker. A handover and the runtime API look under <see cref="Gate"/>.</summary>
public sealed class ResolversState
{
    /// <summary>Name servers of a section: more would not all be awaited.</summary>
    public const int MostNameservers = 64;

    private readonly Dictionary<(string Name, DnsRecordType Type), Resolution> _all = [];
    private readonly Dictionary<ushort, Resolution> _asked = [];
    private readonly List<DnsRecord> _records = [];
    private readonly List<(string Name, SocketAddress Address)> _extra = [];

    public ResolversState(ResolversConfig config, Worker worker)
    {
        (Config, Worker) = (config, worker);
        Nameservers = new Nameserver[Math.Min(MostNameservers, config.Nameservers.Count)];
        for (int i = 0; i < Nameservers.Length; i++)
            Nameservers[i] =
                config.Nameservers[i].Transport == NameserverTransport.Stream
                    ? new StreamNameserver(config.Nameservers[i], this, worker)
                    : new Nameserver(config.Nameservers[i], this, worker);
        Truncated = new TruncatedAnswers(this, worker);
    }

    public ResolversConfig Config { get; }
    public Nameserver[] Nameservers { get; }
    internal TruncatedAnswers Truncated { get; }
    internal Worker Worker { get; }
    internal Lock Gate { get; } = new();
    internal long NowMs => Worker.NowMs;
    internal IEnumerable<Resolution> Resolutions => _all.Values;

    /// <summary>The process that serves is the one that asks.</summary>
    internal bool MayAsk => !Worker.Engine.Stopping;

    /// <summary>What a server's name is asked for first.</summary>
    internal static DnsRecordType TypeFor(ServerState server) => server.Backend.Engine.Families.First(server.Config.ResolvePrefer);

    /// <summary>The resolution of a name, which is one.</summary>
    internal Resolution Find(string name, DnsRecordType type)
    {
        name = name.TrimEnd('.').ToLowerInvariant();
        if (!_all.TryGetValue((name, type), out Resolution? found))
            _all[(name, type)] = found = new Resolution(this, name, type);
        return found;
    }

    internal void Forget(Resolution resolution) => _all.Remove((resolution.Name, resolution.Type));

    /// <summary>Begins to keep a server's address fresh. On the first worker.</summary>
    internal void Add(ServerState server, string name, Dictionary<(object Backend, string Service), ServiceRecords> services)
    {
        lock (Gate)
        {
            var address = new ServerAddress(server);
            server.Addressing = address;
            if (!IsService(name))
            {
                address.Follow(Find(name, TypeFor(server)));
                return;
            }
            if (!services.TryGetValue((server.Backend, name), out ServiceRecords? records))
            {
                services[(server.Backend, name)] = records = new ServiceRecords(this);
                records.Add(address);
                Find(name, DnsRecordType.Srv).Add(records);
                return;
            }
            records.Add(address);
        }
    }

    /// <summary>COMPAT: what begins with an underscore is a service.</summary>
    public static bool IsService(string name) => name.StartsWith('_');

    /// <summary>Another name from now on ("set server … fqdn"), asked for at once.</summary>
    public void Rename(ServerState server, string name)
    {
        server.Fqdn = name;
        Worker.Post(_ =>
        {
            lock (Gate)
            {
                server.Addressing?.Follow(Find(name, TypeFor(server)));
                server.Addressing?.Resolution?.Begin();
            }
        });
    }

    /// <summary>Finds a name out for somebody who waits. On the first worker.</summary>
    internal void Ask(DnsQuestion lookup)
    {
        lock (Gate)
            Find(lookup.Name, lookup.Type).Ask(lookup);
    }

    /// <summary>Milliseconds for which a failure is overlooked after a valid answer.</summary>
    internal int HoldMs(DnsStatus status) =>
        status switch
        {
            DnsStatus.NxDomain => Config.HoldNxMs,
            DnsStatus.Refused => Config.HoldRefusedMs,
            DnsStatus.Timeout => Config.HoldTimeoutMs,
            _ => Config.HoldOtherMs,
        };

    /// <summary>A number nobody can guess for the query that goes out now.</summary>
    internal ushort Register(Resolution resolution)
    {
        ushort id;
        do id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        while (!_asked.TryAdd(id, resolution) && _asked.Count < ushort.MaxValue / 2);
        return id;
    }

    internal void Unregister(ushort id) => _asked.Remove(id);

    /// <summary>A message has come from a name server, in a datagram or on a connection.</summary>
    internal void OnAnswer(Nameserver from, ReadOnlySpan<byte> message, bool tooBig, bool byStream)
    {
        if (message.Length < DnsMessage.HeaderLength)
        {
            from.Counters.Invalid++;
            return;
        }
        lock (Gate)
        {
            int index = Array.IndexOf(Nameservers, from);
            bool asksByStream = from is StreamNameserver;
            if (
                !_asked.TryGetValue(DnsMessage.IdOf(message), out Resolution? resolution)
                || !resolution.Awaits(index)
                || byStream != (asksByStream || resolution.AwaitsByStream(index))
            )
            {
                from.Counters.Outdated++;
                return;
            }
            DnsStatus status = tooBig
                ? DnsStatus.TooBig
                : DnsMessage.Read(message, resolution.Name, resolution.AskedType, _records, _extra);
            from.Counters.Count(status);
            // it may be forged: the true one may still come
            if (status == DnsStatus.Invalid)
                return;
            if (status == DnsStatus.Truncated && !byStream && Truncated.AskAgain(index, resolution))
                return;
            resolution.OnAnswer(index, status, _records, _extra);
        }
    }

    /// <summary>The connection of a name server that is asked by datagrams is gone, with the answers that were to come on it.</summary>
    internal void OnStreamLost(Nameserver of)
    {
        lock (Gate)
        {
            int index = Array.IndexOf(Nameservers, of);
            foreach (Resolution resolution in new List<Resolution>(_asked.Values))
                if (resolution.Awaits(index) && resolution.AwaitsByStream(index))
                    resolution.OnAnswer(index, DnsStatus.Truncated, [], []);
        }
    }
}
