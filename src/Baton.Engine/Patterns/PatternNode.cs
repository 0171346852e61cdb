// One entry of a pattern list in unmanaged memory: this, and the bytes of its key behind it. Values are blocks of their own
// that begin with their length, so that a lookup sees the old one or the new one.
using System;
using System.Threading;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the lock of the list; lookups read keys, values, <see cref="SameKey"/> and <see cref="IsRemoved"/> without.</summary>
internal unsafe struct PatternNode
{
    /// <summary>The next entry of the same key, in the list's order.</summary>
    public PatternNode* SameKey;

    /// <summary>In the first entry of a key: the last one, and when something about the key last changed.</summary>
    public PatternNode* LastOfKey;
    public long Change;

    /// <summary>What the runtime API tells entries of one key apart by; later ones have higher numbers.</summary>
    public long Id;
    public byte* ValueBlock;

    /// <summary>What the file says, when that is no longer the value.</summary>
    public byte* FileBlock;
    public uint Hash;
    public int KeyLength;

    /// <summary>Came from the file or the line: kept when it is removed, since the next process is told of that.</summary>
    public bool IsLoaded;
    public bool IsRemoved;

    /// <summary>The value is the address of a key that is a host's name (an ACL of addresses).</summary>
    public bool IsResolved;

    // SAFETY: a node is one block of sizeof(PatternNode) + KeyLength bytes, written once before it can be found, and freed through
    // PatternMemory when no worker can still look at it. Value blocks hold an int and as many bytes, and go the same way.
    public static PatternNode* Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue)
    {
        var node = (PatternNode*)PatternMemory.Allocate(sizeof(PatternNode) + key.Length);
        *node = new PatternNode { KeyLength = key.Length, ValueBlock = hasValue ? Block(value) : null };
        key.CopyTo(new Span<byte>(node + 1, key.Length));
        return node;
    }

    private static byte* Block(ReadOnlySpan<byte> bytes)
    {
        byte* block = PatternMemory.Allocate(sizeof(int) + bytes.Length);
        *(int*)block = bytes.Length;
        bytes.CopyTo(new Span<byte>(block + sizeof(int), bytes.Length));
        return block;
    }

    private static ReadOnlySpan<byte> Bytes(byte* block) =>
        block is null ? default : new ReadOnlySpan<byte>(block + sizeof(int), *(int*)block);

    public static ReadOnlySpan<byte> Key(PatternNode* node) => new(node + 1, node->KeyLength);

    public static ReadOnlySpan<byte> Value(PatternNode* node) => Bytes((byte*)Volatile.Read(ref *(nint*)&node->ValueBlock));

    /// <summary>What the file says of an entry that came from it.</summary>
    public static ReadOnlySpan<byte> FileValue(PatternNode* node) =>
        Bytes(node->FileBlock is not null ? node->FileBlock : node->ValueBlock);

    /// <summary>False when that is the value it has.</summary>
    public static bool SetValue(PatternNode* node, ReadOnlySpan<byte> value)
    {
        byte* before = node->ValueBlock;
        if (before is not null && Bytes(before).SequenceEqual(value))
            return false;
        byte* block = Block(value);
        if (node->IsLoaded && node->FileBlock is null)
            node->FileBlock = before is null ? Block(default) : before;
        Volatile.Write(ref *(nint*)&node->ValueBlock, (nint)block);
        if (before != node->FileBlock)
            PatternMemory.Retire(before);
        return true;
    }

    /// <summary>The next entry of the same key.</summary>
    public static PatternNode* Next(PatternNode* node) => (PatternNode*)Volatile.Read(ref *(nint*)&node->SameKey);

    /// <summary>The first entry of a key that is in use, from one on; null when there is none.</summary>
    public static PatternNode* FirstInUse(PatternNode* node)
    {
        while (node is not null && Volatile.Read(ref node->IsRemoved))
            node = Next(node);
        return node;
    }

    /// <summary>Frees an entry that cannot be found any more.</summary>
    public static void Free(PatternNode* node)
    {
        PatternMemory.Retire(node->ValueBlock);
        if (node->FileBlock != node->ValueBlock)
            PatternMemory.Retire(node->FileBlock);
        PatternMemory.Retire(node);
    }

    /// <summary>The blocks of an entry's values.</summary>
    public static (nint Value, nint File) ValuesOf(nint node) =>
        ((nint)((PatternNode*)node)->ValueBlock, (nint)((PatternNode*)node)->FileBlock);
}
