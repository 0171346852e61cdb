// Fields as a decoder told them, as text: "name: value" lines, "!" before one that is never to be indexed.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.H2.Hpack;

namespace Baton.UnitTests.Http.H2;

internal struct FieldList(List<string> into, int wanted = int.MaxValue) : IHeaderFieldHandler
{
    public bool OnField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        into.Add($"{(isNeverIndexed ? "!" : "")}{Encoding.Latin1.GetString(name)}: {Encoding.Latin1.GetString(value)}");
        return into.Count < wanted;
    }

    public readonly void OnTooLong() => into.Add("too long");

    /// <summary>Decodes a block; null when it cannot be.</summary>
    public static string? Decode(ref HpackDecoder decoder, ReadOnlySpan<byte> block, int wanted = int.MaxValue, int scratchSize = -1)
    {
        var fields = new List<string>();
        var handler = new FieldList(fields, wanted);
        byte[] scratch = new byte[scratchSize >= 0 ? scratchSize : HpackDecoder.ScratchSize(block.Length)];
        return decoder.Decode(block, scratch, ref handler) ? string.Join('\n', fields) : null;
    }
}
