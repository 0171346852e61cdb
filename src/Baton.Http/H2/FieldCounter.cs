// Counts the fields of a block against its limits: what each stands for, not what it took on the wire.
using Baton.Http.H2.Hpack;

namespace Baton.Http.H2;

internal struct FieldCounter(HeadLimits limits)
{
    private readonly HeadLimits _limits = limits;

    public int Fields;
    public long ListSize;

    /// <summary>One more; false when that is too much.</summary>
    public bool Count(int nameLength, int valueLength)
    {
        Fields++;
        ListSize += nameLength + valueLength + HpackDecoder.FieldOverhead;
        return (_limits.MaxFields == 0 || Fields <= _limits.MaxFields) && (_limits.MaxListSize == 0 || ListSize <= _limits.MaxListSize);
    }
}
