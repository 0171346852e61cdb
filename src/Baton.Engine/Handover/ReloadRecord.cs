// One reload, as the statistics page tells of it.
using Baton.Core.Frames;

namespace Baton.Engine.Handover;

public sealed record ReloadRecord
{
    /// <summary>Seconds since 1970 when the new process began to accept, or failed to.</summary>
    public required long At { get; init; }
    public required int OldPid { get; init; }
    public required int Pid { get; init; }
    public string OldVersion { get; init; } = "";
    public string Version { get; init; } = "";

    /// <summary>The configuration is another one; null when it is not known.</summary>
    public bool? IsChanged { get; init; }

    /// <summary>What is another one in it, in words without secrets; empty when that is not known.</summary>
    public string Changes { get; init; } = "";

    /// <summary>Milliseconds from the first word to the old process until this one accepted, and from then until what was idle had moved;
    /// -1 for not yet.</summary>
    public int PreparedMs { get; init; } = -1;
    public int MovedMs { get; init; } = -1;

    /// <summary>Milliseconds until the old process had nothing left.</summary>
    public int LeftMs { get; init; } = -1;

    /// <summary>Connections that went on in the new process, and those it did not take, which ended in the old one.</summary>
    public int Adopted { get; init; }
    public int Refused { get; init; }

    /// <summary>Why it did not come to an end; empty when it did.</summary>
    public string Failure { get; init; } = "";

    internal void WriteTo(FrameWriter into)
    {
        into.Int64(At);
        into.Int32(OldPid);
        into.Int32(Pid);
        into.Text(OldVersion);
        into.Text(Version);
        into.Byte(
            IsChanged switch
            {
                null => 0,
                false => 1,
                true => 2,
            }
        );
        into.Int32(PreparedMs);
        into.Int32(MovedMs);
        into.Int32(LeftMs);
        into.Int32(Adopted);
        into.Int32(Refused);
        into.Text(Failure);
        into.Text(Changes);
    }

    internal static ReloadRecord ReadFrom(ref FrameReader from) =>
        new()
        {
            At = from.Int64(),
            OldPid = from.Int32(),
            Pid = from.Int32(),
            OldVersion = from.Text(),
            Version = from.Text(),
            IsChanged = from.Byte() switch
            {
                1 => false,
                2 => true,
                _ => null,
            },
            PreparedMs = from.Int32(),
            MovedMs = from.Int32(),
            LeftMs = from.Int32(),
            Adopted = from.Int32(),
            Refused = from.Int32(),
            Failure = from.Text(),
            // an older process does not say
            Changes = from.AtEnd ? "" : from.Text(),
        };
}
