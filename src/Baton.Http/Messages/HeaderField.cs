// One field of a message head: pointers into the buffer that holds the head, or into the owner's arena once it was made or edited.
// FieldTable keeps an array of these.
// SAFETY: Name and Value point into the message's buffer or arena with as many bytes as the lengths say; FieldTable moves them
// along when the buffer moves or the arena is squeezed.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>A header field. The pointers live as long as the message's buffer and arena.</summary>
public unsafe struct HeaderField
{
    /// <summary>Bit of <see cref="Flags"/>: the field was removed and is not written any more.</summary>
    public const byte RemovedFlag = 1;

    /// <summary>Bit of <see cref="Flags"/>: added or changed after the head was read.</summary>
    public const byte EditedFlag = 2;

    /// <summary>Bit of <see cref="Flags"/>: no table of a connection is to have it (RFC 7541 §6.2.3).</summary>
    public const byte NeverIndexedFlag = 4;

    /// <summary>First byte of the name, as received (any case).</summary>
    public byte* Name;

    /// <summary>First byte of the value, leading white space skipped.</summary>
    public byte* Value;

    /// <summary>Bytes of the value, trailing white space left out.</summary>
    public int ValueLength;

    /// <summary>
    /// Bytes that the field takes in the form it was read from, counted from its name on; 0 when it does not lie there as it is now.
    /// Only a writer of that form makes use of them.
    /// </summary>
    public int SourceLength;

    /// <summary>Bytes of the name.</summary>
    public ushort NameLength;

    /// <summary>The name, when it is one of the well-known ones.</summary>
    public HeaderId Id;

    /// <summary>See the constants above.</summary>
    public byte Flags;

    /// <summary>The name as received.</summary>
    public readonly ReadOnlySpan<byte> NameSpan => new(Name, NameLength);

    /// <summary>The value without surrounding white space.</summary>
    public readonly ReadOnlySpan<byte> ValueSpan => new(Value, ValueLength);

    /// <summary>True once removed; such a field stays in the array and is skipped everywhere.</summary>
    public readonly bool IsRemoved => (Flags & RemovedFlag) != 0;
}
