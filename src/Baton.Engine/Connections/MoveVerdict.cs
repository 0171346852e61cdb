// Whether a client's connection may move to the next process, and what that one has said of it.
using Baton.Engine.Connections.Transports;
using Baton.Engine.Handover;

namespace Baton.Engine.Connections;

/// <summary>A field of the connection that it is about, never copied.</summary>
internal struct MoveVerdict
{
    /// <summary>Answers that a client may still get that always has the next request under way.</summary>
    private const int MostWhileLeaving = 1000;

    private int _refusedIn,
        _answersWhileLeaving;

    /// <summary>The next process has no use for it: another configuration, or no room.</summary>
    public void Refuse(ClientConnection client) => _refusedIn = client.Worker.Engine.Handover.Number;

    private readonly bool IsRefusedNow(ClientConnection client) => _refusedIn == client.Worker.Engine.Handover.Number;

    public readonly bool IsRefused(ClientConnection client) => _refusedIn > 0 && IsRefusedNow(client);

    /// <summary>It ends here, and soon: the process is leaving, or the next one, which stays, has no use for it.</summary>
    public readonly bool IsLeaving(ClientConnection client)
    {
        EngineState engine = client.Worker.Engine;
        return engine.Stopping || engine.Handover.IsUnderWay && engine.Handover.ProbationOver && IsRefused(client);
    }

    /// <summary>Whether an answer is to be the last on the connection (<see cref="ClientConnection.EndsWithAnswer"/>).</summary>
    public bool EndsWithAnswer(ClientConnection client, bool hasMore) =>
        IsLeaving(client) && (!hasMore && !client.HasUnread || ++_answersWhileLeaving > MostWhileLeaving);

    /// <summary>How it can move now.</summary>
    public readonly MovedKind KindNow(ClientConnection client)
    {
        if (
            IsRefusedNow(client)
            || !MayMoveWith(client, client.Transport)
            || !MayMoveWith(client, client.Stream?.ServerSide?.Transport ?? client.Session.PrivateServer?.Transport)
        )
            return MovedKind.None;
        return client.Phase switch
        {
            ClientPhase.Idle => MovedKind.Client,
            ClientPhase.Handshake => client.HasMovableOpening ? MovedKind.Client : MovedKind.None,
            ClientPhase.Active => client.Stream!.Movable,
            ClientPhase.Multiplexed => client.Mux!.IsMovable && client.Worker.Engine.Handover.NextReadsLayers
                ? client.MovesAs
                : MovedKind.None,
            _ => MovedKind.None,
        };
    }

    /// <summary>The next process may have use for it, once it is idle.</summary>
    public readonly bool MayMove(ClientConnection client) =>
        !IsRefusedNow(client)
        && client.Worker.Engine.Handover.NextReadsLayers
        && MayMoveWith(client, client.Transport)
        && MayMoveWith(client, client.Session.PrivateServer?.Transport);

    private static bool MayMoveWith(ClientConnection client, Transport? transport) =>
        transport is null || transport.IsMovable && client.Worker.Engine.Handover.NextReadsLayers;
}
