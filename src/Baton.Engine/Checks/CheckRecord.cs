// What a process tells the next one of a server's health: how it stands, where in rise and fall, the last outcome, when the next check is
// due. Times are the machine's own (monotonic), which both processes read alike.
using System;
using System.Threading;
using Baton.Core.Frames;
using Baton.Engine.Connections;
using Baton.Engine.Servers;

namespace Baton.Engine.Checks;

internal static class CheckRecord
{
    public static void Write(FrameWriter w, ServerState s)
    {
        w.Byte((byte)s.Operation);
        w.Int64(s.LastStateChangeMs);
        w.Int64(s.DownTransitions);
        w.Int64(s.DownMs);
        w.Flag(s.Check is not null);
        if (s.Check is { } check)
            Write(w, check);
        w.Flag(s.Tracked is not null);
        w.Flag(s.Agent is not null);
        if (s.Agent is { } agent)
        {
            Write(w, agent);
            bool isOther = agent.SendText != s.Config.Agent.Send;
            w.Flag(isOther);
            if (isOther)
                w.Text(agent.SendText);
        }
        w.Int32(s.ObservedFailures);
        w.Int32(Volatile.Read(ref s.ErrorsInARow));
    }

    private static void Write(FrameWriter w, ServerCheck check)
    {
        CheckHealth health = check.Health;
        int record = w.BeginRecord();
        w.Flag(check.Enabled);
        w.Int64(check.InProgress ? 0 : check.DueMs);
        w.Byte((byte)health.Status);
        w.Byte((byte)health.Result);
        w.Int32(health.Rise);
        w.Int32(health.Fall);
        w.Int32(health.Points);
        w.Int32(health.Code);
        w.Text(health.Info);
        w.Int32(health.DurationMs);
        w.Int64(health.Failures);
        w.Flag(check.IsMoved);
        if (check.IsMoved)
        {
            w.Int32(check.Port);
            w.Flag(check.Address is { Path: "" });
            if (check.Address is { Path: "" } address)
                address.Address.WriteTo(w);
        }
        w.EndRecord(record);
    }

    /// <summary>
    /// Takes it over, under the backend's state lock. What was known of another address (<paramref name="isSamePlace"/>) is not known of
    /// this one; and what a check found out, of it or of the server it followed, is not true for ever when nobody does so any more.
    /// </summary>
    public static void Read(ServerState s, ref FrameReader r, bool isSamePlace)
    {
        var operation = (ServerOperation)r.Byte();
        long changed = r.Int64(),
            transitions = r.Int64(),
            downMs = r.Int64();
        bool wasChecked = r.Flag();
        FrameReader about = wasChecked ? r.Record() : default;
        // an older process does not say it
        bool followed = !r.AtEnd && r.Flag();
        bool hadAgent = !r.AtEnd && r.Flag();
        FrameReader ofAgent = hadAgent ? r.Record() : default;
        string? sent = hadAgent && !r.AtEnd && r.Flag() ? r.Text() : null;
        // nor that, of what traffic has shown
        int observed = r.AtEnd ? 0 : r.Int32();
        int errors = r.AtEnd ? 0 : r.Int32();
        if (r.IsShort || operation > ServerOperation.Stopping || !isSamePlace)
            return;
        bool counts = !s.Backend.Engine.Config.Global.ResetCountersOnReload;
        if (!counts)
            (transitions, observed) = (0, 0);
        if (s.IsObserved)
            (s.ObservedFailures, s.ErrorsInARow) = (Math.Max(observed, 0), Math.Max(errors, 0));
        if (hadAgent && s.Agent is { } agent)
        {
            Read(agent, ref ofAgent, counts);
            agent.SendText = sent ?? agent.SendText;
        }
        // it was down by an agent's word, and nobody hears that any more
        bool isFree = hadAgent && s.Agent is null && operation == ServerOperation.Stopped && s.Check is null;
        if (!isFree && (!wasChecked && !followed || s.Check is not null || s.Tracked is not null))
        {
            s.Operation = operation;
            (s.LastStateChangeMs, s.DownTransitions, s.DownMs) = (changed, transitions, downMs);
        }
        else
            s.Operation = ServerOperation.Running;
        if (s.Check is not { } check)
            return;
        if (wasChecked)
            Read(check, ref about, counts);
        else if (s.IsDown && !s.IsDownByAgent)
            check.Health.SetDown();
        if (wasChecked && hadAgent && s.Agent is null && s.IsDown && check.Health.IsUp)
            s.Operation = ServerOperation.Running;
    }

    private static void Read(ServerCheck check, ref FrameReader r, bool counts)
    {
        bool enabled = r.Flag();
        long due = r.Int64();
        var status = (CheckStatus)r.Byte();
        var result = (CheckResult)r.Byte();
        int rise = r.Int32(),
            fall = r.Int32(),
            points = r.Int32(),
            code = r.Int32();
        string info = r.Text();
        int duration = r.Int32();
        long failures = r.Int64();
        if (r.IsShort)
            return;
        CheckHealth health = check.Health;
        (health.Status, health.Result, health.Code, health.Info, health.DurationMs) = (status, result, code, info, duration);
        health.Failures = counts ? failures : 0;
        health.Points = PointsBy(health, rise, fall, points);
        check.Enabled = enabled;
        check.Resume(due);
        if (!r.AtEnd && r.Flag())
            ReadTarget(check, ref r);
    }

    private static void ReadTarget(ServerCheck check, ref FrameReader r)
    {
        int port = r.Int32();
        SocketEndpoint? address = r.Flag() ? SocketEndpoint.FromAddress(SocketAddress.ReadFrom(ref r)) : check.Address;
        if (!r.IsShort && port is >= 0 and <= ushort.MaxValue)
            check.MoveTo(address, port);
    }

    /// <summary>The same distance from a change where rise and fall are other ones now, as far as there is room.</summary>
    private static int PointsBy(CheckHealth health, int rise, int fall, int points)
    {
        if (rise <= 0 || points < rise)
            return Math.Clamp(points, 0, health.Rise - 1);
        int bad = rise + fall - 1 - points;
        return Math.Clamp(health.Best - bad, health.Rise, health.Best);
    }
}
