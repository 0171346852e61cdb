using System;
using Baton.Core.Text;

namespace Baton.Engine.Patterns;

/// <summary>
/// One pattern of an ACL, or one line of a map, as a lookup finds it; "default" is none. What it gives is valid as long as the
/// worker that asked does nothing else: it is freed some time after the entry has been removed.
/// </summary>
public readonly unsafe struct PatternEntry
{
    // SAFETY: see PatternNode; a worker's lookup and its use lie between two tasks of its inbox.
    private readonly PatternNode* _node;

    internal PatternEntry(PatternNode* node) => _node = node;

    public bool IsSet => _node is not null;
    public string Key => ByteText.Decode(KeyBytes);

    /// <summary>What a map gives for the key; null in an ACL.</summary>
    public string? Value => HasValue ? ByteText.Decode(ValueBytes) : null;
    public bool HasValue => _node->ValueBlock is not null && !_node->IsResolved;

    public long Id => _node->Id;
    public ReadOnlySpan<byte> KeyBytes => PatternNode.Key(_node);
    public ReadOnlySpan<byte> ValueBytes => _node->IsResolved ? default : PatternNode.Value(_node);
}
