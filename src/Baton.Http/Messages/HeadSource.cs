// Where a head lies that was read from text in one piece. The reader of that form notes it, a writer of the same form may copy from it:
// that is how an unedited head leaves as it came. Nobody else looks at it.
// SAFETY: points into the message's buffer, and moves with it (MessageHead.MoveSource).
namespace Baton.Http.Messages;

internal unsafe struct HeadSource
{
    /// <summary>First byte of the input; null for a head that was not read from text.</summary>
    public byte* Start;

    /// <summary>Bytes of the head from there on, 0 until all of it is there.</summary>
    public int Length;

    /// <summary>Where the start line lies: empty lines may come before it.</summary>
    public int LineOffset;

    /// <summary>Bytes of the start line with its end.</summary>
    public int LineLength;
}
