// A field block of HTTP/2 as its fields: what a test's server reads. It knows nothing of the proxy's own codec, and no Huffman code, which
// neither program sends.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Baton.Conformance.Http2;

/// <summary>The reader of one connection's blocks, in their order.</summary>
public sealed class FieldBlock
{
    private readonly List<(string, string)> _table = [];

    private static readonly (string Name, string Value)[] Static =
    [
        .. """
            :authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|:status 206|
            :status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|
            accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding|
            content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|
            if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|
            proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|
            transfer-encoding|user-agent|vary|via|www-authenticate
            """.Replace("\n", "", StringComparison.Ordinal).Split('|').Select(row => row.Split(' ', 2)).Select(row =>
            (row[0], row.Length > 1 ? row[1] : "")
        ),
    ];

    /// <summary>The fields in their order.</summary>
    public List<(string Name, string Value)> Read(ReadOnlySpan<byte> block)
    {
        List<(string, string)> fields = [];
        while (!block.IsEmpty)
        {
            byte first = block[0];
            if ((first & 0x80) != 0)
                fields.Add(At(Number(ref block, 7)));
            else if ((first & 0xE0) == 0x20)
                Number(ref block, 5);
            else
            {
                int index = Number(ref block, (first & 0x40) != 0 ? 6 : 4);
                string name = index == 0 ? Text(ref block) : At(index).Name;
                fields.Add((name, Text(ref block)));
                if ((first & 0x40) != 0)
                    _table.Insert(0, fields[^1]);
            }
        }
        return fields;
    }

    private (string Name, string Value) At(int index) => index <= Static.Length ? Static[index - 1] : _table[index - Static.Length - 1];

    private static int Number(ref ReadOnlySpan<byte> block, int bits)
    {
        int limit = (1 << bits) - 1,
            value = block[0] & limit;
        block = block[1..];
        if (value < limit)
            return value;
        for (int shift = 0; ; shift += 7)
        {
            byte next = block[0];
            block = block[1..];
            value += (next & 127) << shift;
            if (next < 128)
                return value;
        }
    }

    private static string Text(ref ReadOnlySpan<byte> block)
    {
        if ((block[0] & 0x80) != 0)
            throw new InvalidDataException("Huffman code");
        int length = Number(ref block, 7);
        string text = Encoding.Latin1.GetString(block[..length]);
        block = block[length..];
        return text;
    }
}
