// A name server that is asked over TCP (nameserver NAME tcp@ADDRESS): each message behind its length (RFC 1035 §4.2.2), several at a time
// on one connection, which is made when there is something to ask.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Interop.Linux;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker.</summary>
/// <param name="voiceOf">The name server by datagrams whose stream it is (<see cref="TruncatedAnswers"/>); null for one of its own.</param>
internal sealed class StreamNameserver(NameserverConfig config, ResolversState owner, Worker worker, Nameserver? voiceOf = null)
    : Nameserver(config, owner, worker)
{
    /// <summary>Bytes that may wait to be sent: a server that takes none gets no more.</summary>
    private const int MostWaiting = 64 * 1024;

    private readonly List<byte> _waiting = [];
    private StreamNameserverConnection? _connection;

    protected override bool Send(ReadOnlySpan<byte> query)
    {
        if (_waiting.Count > MostWaiting || _connection is null && !Connect())
            return false;
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)query.Length);
        _waiting.AddRange(length);
        _waiting.AddRange(query);
        return _connection!.Go(_waiting);
    }

    private bool Connect()
    {
        var plan = new ConnectPlan
        {
            Endpoint = Endpoint,
            Target = Endpoint.Address,
            Proxy = ProxyConfig.Inherit(null, Owner.Config.Name, ProxyCapabilities.Backend, Config.Position),
        };
        int fd = Connector.Open(Worker, plan, out bool connected);
        if (fd < 0)
            return false;
        _connection = new StreamNameserverConnection(this, Worker, fd, connected);
        return true;
    }

    /// <summary>Who says nothing any more may be gone without a word: the next query makes a connection of its own.</summary>
    internal override void NoteTimeout()
    {
        base.NoteTimeout();
        EndWhenSilent();
    }

    internal void EndWhenSilent()
    {
        if (_connection is { } connection && Worker.NowMs - connection.HeardMs >= Owner.Config.RetryMs)
            connection.End();
    }

    internal void Continue() => _connection?.Go(_waiting);

    internal void OnMessage(ReadOnlySpan<byte> message) => Owner.OnAnswer(voiceOf ?? this, message, tooBig: false, byStream: true);

    /// <summary>It has ended: what was not sent is asked again by whoever asked. Who waits for the rest of a truncated answer is told at
    /// once, so that the answers of other name servers count.</summary>
    internal void Lost()
    {
        _connection = null;
        _waiting.Clear();
        if (voiceOf is not null)
            Owner.OnStreamLost(voiceOf);
    }

    internal override void Close() => _connection?.End();

    internal override ref NameserverCounters Tally => ref (voiceOf ?? this).Counters;

    internal void CountFailure() => Tally.SendErrors++;
}
