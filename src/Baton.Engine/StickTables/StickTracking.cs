// What rules and events do with the stick counters of a stream and its session. A counter that the session uses is everybody's: streams
// see it, and their rules leave it alone.
using System;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.StickTables;

/// <summary>The one place through which traffic counts in tables.</summary>
internal static class StickTracking
{
    /// <summary>What the counter tracks; none when it tracks nothing.</summary>
    public static StickEntry Find(ProxyStream stream, int counter)
    {
        if (stream.Tracked is { Count: > 0 } own && counter < own.Size && own[counter].IsSet)
        {
            own.CountBytes(stream.Worker.NowMs);
            return own[counter];
        }
        return stream.SessionOrNull?.Tracked is { Count: > 0 } shared && counter < shared.Size ? shared[counter] : default;
    }

    /// <summary>Begins to track. Nothing happens when the counter is in use, or the table is full.</summary>
    /// <param name="session">Until the session ends, else until the stream does.</param>
    public static StickEntry Begin(
        ProxyStream stream,
        bool session,
        int counter,
        StickTableState table,
        ReadOnlySpan<byte> key,
        StickTrackStart what
    )
    {
        if (Find(stream, counter).IsSet)
            return default;
        StickEntry entry = table.Track(key, what, stream.Worker.NowMs);
        if (!entry.IsSet)
            return default;
        if (session)
            (stream.Session.Tracked ??= New(stream)).Set(counter, entry);
        else
            (stream.Tracked ??= New(stream)).Set(counter, entry);
        return entry;
    }

    private static StickTrackers New(ProxyStream stream) => new(stream.Worker.Engine.Config.Global.StickCounters);

    /// <summary>Something has happened on a stream: all that is tracked counts it.</summary>
    public static void Count(ProxyStream stream, StickDataType number, StickDataType rate, long amount = 1)
    {
        StickTrackers? own = stream.Tracked,
            shared = stream.SessionOrNull?.Tracked;
        long now = stream.Worker.NowMs;
        if (own is { Count: > 0 })
            Count(own, number, rate, amount, now);
        if (shared is { Count: > 0 })
            Count(shared, number, rate, amount, now);
    }

    /// <summary>The same for a session before it has streams.</summary>
    public static void Count(StickTrackers trackers, StickDataType number, StickDataType rate, long amount, long nowMs)
    {
        for (int i = 0; i < trackers.Size; i++)
            if (trackers[i] is { Table: { } table } entry)
                table.Count(entry, number, rate, amount, nowMs);
    }

    public static void CountRequest(ProxyStream stream) => Count(stream, StickDataType.HttpReqCnt, StickDataType.HttpReqRate);

    /// <summary>The client has asked for something that it should not have.</summary>
    public static void CountError(ProxyStream stream) => Count(stream, StickDataType.HttpErrCnt, StickDataType.HttpErrRate);

    /// <summary>The server has failed.</summary>
    public static void CountFailure(ProxyStream stream) => Count(stream, StickDataType.HttpFailCnt, StickDataType.HttpFailRate);

    /// <summary>The client speaks its protocol oddly: what the connection tracks counts that, whichever stream it was about.</summary>
    public static void CountGlitches(Session session, int glitches, long nowMs)
    {
        if (session.Tracked is { Count: > 0 } tracked)
            Count(tracked, StickDataType.GlitchCnt, StickDataType.GlitchRate, glitches, nowMs);
    }

    /// <summary>A server has answered with this status.</summary>
    public static void CountStatus(ProxyStream stream, int status)
    {
        GlobalConfig global = stream.Worker.Engine.Config.Global;
        if (global.HttpErrCodes.Has(status))
            CountError(stream);
        if (global.HttpFailCodes.Has(status))
            CountFailure(stream);
    }

    /// <summary>A stream has ended. What it tracks itself counts that when it is given back, or looked at.</summary>
    public static void CountBytes(ProxyStream stream, long fromClient, long toClient)
    {
        if (stream.Tracked is { Count: > 0 } own)
            own.OweBytes(fromClient, toClient);
        if (stream.SessionOrNull?.Tracked is not { Count: > 0 } shared)
            return;
        shared.OweBytes(fromClient, toClient);
        shared.CountBytes(stream.Worker.NowMs);
    }

    /// <summary>The table that something in the configuration names; null where it cannot be known.</summary>
    public static StickTableState? TableOf(ProxyStream stream, object? reference) =>
        reference is StickTableReference { Table: { Index: >= 0 and var index } } && index < stream.Worker.Engine.StickTables.Length
            ? stream.Worker.Engine.StickTables[index]
            : null;

    /// <summary>The key that an expression gives for a table.</summary>
    public static bool TryKey(
        ProxyStream stream,
        SampleExpressionConfig expression,
        StickTableState table,
        Span<byte> scratch,
        Span<byte> keyScratch,
        ref SampleValue value,
        out ReadOnlySpan<byte> key
    )
    {
        key = default;
        return expression.Evaluate(stream, -1, scratch, ref value) && StickKey.TryMake(table.Config, keyScratch, ref value, out key);
    }
}
