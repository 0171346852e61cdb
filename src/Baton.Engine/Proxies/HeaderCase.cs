// h1-case-adjust: spellings of header names for clients and servers that insist on one.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Proxies;

public sealed class HeaderCase
{
    /// <summary>By length of the name; only the spelling wanted, as it differs in case alone.</summary>
    private readonly byte[][][] _byLength;

    private HeaderCase(byte[][][] byLength) => _byLength = byLength;

    /// <summary>Null when nothing is to be adjusted.</summary>
    public static HeaderCase? Create(IReadOnlyCollection<string> spellings)
    {
        if (spellings.Count == 0)
            return null;
        int longest = 0;
        foreach (string s in spellings)
            longest = Math.Max(longest, s.Length);
        var lists = new List<byte[]>[longest + 1];
        foreach (string s in spellings)
            (lists[s.Length] ??= []).Add(Encoding.ASCII.GetBytes(s));
        return new HeaderCase(Array.ConvertAll(lists, l => l?.ToArray() ?? []));
    }

    /// <summary>Rewrites the names of a head where they lie. Their length does not change, so an unedited head stays one.</summary>
    public unsafe void Apply(MessageHead head)
    {
        for (int i = 0; i < head.FieldCount; i++)
        {
            ref HeaderField field = ref head.Field(i);
            if (field.NameLength >= _byLength.Length)
                continue;
            // SAFETY: a field's name lies in the message's buffer or in its arena, both ours to write
            var name = new Span<byte>(field.Name, field.NameLength);
            foreach (byte[] spelling in _byLength[field.NameLength])
            {
                if (!ByteClass.EqualsIgnoreCase(name, spelling))
                    continue;
                spelling.CopyTo(name);
                break;
            }
        }
    }
}
