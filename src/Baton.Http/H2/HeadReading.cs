// What was found out about a field block.
using Baton.Http.Messages;

namespace Baton.Http.H2;

/// <summary>The outcome of reading a field block, and what was counted.</summary>
public struct HeadReading
{
    /// <summary>What to do about it.</summary>
    public HeadVerdict Verdict;

    /// <summary>The same in the words of other heads; of trailers it tells no more than the verdict.</summary>
    public ParseStatus Status;

    /// <summary>Fields of the block until the limits were passed, pseudo-fields and pieces of cookies among them.</summary>
    public int Fields;

    /// <summary>Their size: names, values and 32 octets a field.</summary>
    public long ListSize;

    /// <summary>Fields without a name, and others that no peer sends that means well.</summary>
    public int Glitches;

    /// <summary>Bytes written of trailers.</summary>
    public int Written;

    /// <summary>CONNECT with a protocol (RFC 8441): the head is a GET with Upgrade, and the stream becomes a tunnel.</summary>
    public bool IsExtendedConnect;

    /// <summary>All is well.</summary>
    public readonly bool IsFine => Verdict == HeadVerdict.Fine;
}
