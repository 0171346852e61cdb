// What the arriving process hears of the state of the one before. What is set is heard until that one has said the last of it;
// whatever it may say of that later is not taken: from then on it is decided here. What was counted is heard to the end.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Threading;
using Baton.Core.Frames;
using Baton.Engine;
using Baton.Engine.Handover;

namespace Baton.Handover.Sessions;

/// <summary>OWNER: the conversation's thread.</summary>
internal sealed class StateListener
{
    private readonly List<IAdditiveParticipant> _counts = Participants.Additive();

    /// <summary>Null once authority has passed.</summary>
    private List<IAuthoritativeParticipant>? _authority = Participants.Authoritative();

    /// <summary>Who has spoken since the switch began, for a process that does not say when it has said the last.</summary>
    private HashSet<string>? _spoken;

    public bool HasAuthority => _authority is null;

    /// <summary>The old process has stopped. One of version 1 says everything once more, and then again and again: each participant is
    /// heard once.</summary>
    public void ExpectLast(bool saysTheLast) => _spoken = saysTheLast ? null : [];

    public void TakeAuthority() => _authority = null;

    /// <summary>Takes a piece over; once the workers run, in the thread of the first one, which this one waits for: pieces do not pile up
    /// before traffic.</summary>
    public void Hear(EngineState engine, ReadOnlySpan<byte> payload, bool running)
    {
        var reader = new FrameReader(payload);
        string name = reader.Text();
        int version = reader.UInt16();
        ReadOnlySpan<byte> body = reader.Blob();
        IHandoverParticipant? participant = Find(name);
        if (reader.IsShort || participant is null || version > participant.Version)
            return;
        if (!running || participant is IAuthoritativeParticipant { ReadsAnywhere: true })
        {
            Apply(engine, participant, body);
            return;
        }
        // a copy that the collector does not copy: there may be keys in it
        byte[] kept = GC.AllocateUninitializedArray<byte>(body.Length, pinned: true);
        body.CopyTo(kept);
        using var done = new ManualResetEventSlim();
        engine
            .Workers[0]
            .Post(_ =>
            {
                try
                {
                    Apply(engine, participant, kept);
                }
                finally
                {
                    // the conversation goes on, whatever became of this piece
                    done.Set();
                }
            });
        done.Wait();
        CryptographicOperations.ZeroMemory(kept);
    }

    /// <summary>The conversation is over. In the first worker's thread.</summary>
    public void Ended(EngineState engine)
    {
        foreach (IAdditiveParticipant participant in _counts)
            participant.Ended(engine);
    }

    private IHandoverParticipant? Find(string name)
    {
        if (_counts.Find(p => p.Name == name) is { } additive)
            return additive;
        if (_authority?.Find(p => p.Name == name) is not { } authoritative)
            return null;
        if (_spoken is null || _spoken.Add(name))
            return authoritative;
        _authority = null;
        return null;
    }

    private static void Apply(EngineState engine, IHandoverParticipant participant, ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body);
        participant.Read(engine, ref reader);
    }
}
