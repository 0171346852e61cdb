// A second form of a message head, for tests: the pairs of HTTP/2 (":method", ":path" ... then the fields) without its compression,
// each name and value behind its length. It knows a head only by what everybody may ask it, and makes one by HeadMaker: that nothing
// depends on HTTP/1 text shows here.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.UnitTests.Http.Messages;

internal static class PairForm
{
    /// <summary>Writes a head from which what is for one connection has been removed (<see cref="HopByHop"/>).</summary>
    public static byte[] Write(MessageHead head, ReadOnlySpan<byte> schemeOfConnection)
    {
        var to = new List<byte>();
        ReadOnlySpan<byte> authority = default;
        if (head.IsResponse)
            Put(to, ":status"u8, Encoding.ASCII.GetBytes(head.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        else
            authority = WriteRequestStart(to, head, schemeOfConnection);
        foreach (ref HeaderField field in head.Fields)
        {
            if (field.Id is HeaderId.TransferEncoding || field.Id == HeaderId.Host && !authority.IsEmpty)
                continue;
            Put(to, Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(field.NameSpan).ToLowerInvariant()), field.ValueSpan);
        }
        return [.. to];
    }

    private static ReadOnlySpan<byte> WriteRequestStart(List<byte> to, MessageHead head, ReadOnlySpan<byte> schemeOfConnection)
    {
        Put(to, ":method"u8, head.MethodSpan);
        ReadOnlySpan<byte> authority = head.Authority;
        if (authority.IsEmpty && head.Find(HeaderId.Host) is >= 0 and var host)
            authority = head.Field(host).ValueSpan;
        if (!authority.IsEmpty)
            Put(to, ":authority"u8, authority);
        if (head.Form == TargetForm.Authority)
            return authority;
        Put(to, ":scheme"u8, head.Scheme.IsEmpty ? schemeOfConnection : head.Scheme);
        Put(
            to,
            ":path"u8,
            head.Form == TargetForm.Asterisk ? "*"u8
                : head.PathAndQuery.IsEmpty ? "/"u8
                : head.PathAndQuery
        );
        return authority;
    }

    /// <summary>Makes a head of pairs.</summary>
    public static ParseStatus Read(ReadOnlySpan<byte> pairs, MessageHead head, bool response, HttpMethod requestMethod, bool hasBody)
    {
        HeadMaker maker = response
            ? HeadMaker.Response(head, MessageOrigin.Frames, requestMethod)
            : HeadMaker.Request(head, MessageOrigin.Frames);
        while (pairs.Length > 0)
        {
            ReadOnlySpan<byte> name = Take(ref pairs),
                value = Take(ref pairs);
            if (!Read(ref maker, name, value))
                break;
        }
        return maker.End(hasBody);
    }

    private static bool Read(ref HeadMaker maker, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual(":method"u8))
            return maker.SetMethod(value);
        if (name.SequenceEqual(":scheme"u8))
            return maker.SetScheme(value);
        if (name.SequenceEqual(":authority"u8))
            return maker.SetAuthority(value);
        if (name.SequenceEqual(":path"u8))
            return maker.SetPath(value);
        if (name.SequenceEqual(":status"u8))
            return maker.SetStatus(
                value.Length == 3 && System.Buffers.Text.Utf8Parser.TryParse(value, out int status, out int used) && used == 3 ? status : 0
            );
        // any other name with a colon is no name
        return maker.Add(name, value);
    }

    /// <summary>Pairs of a text: names and values in turn.</summary>
    public static byte[] Of(params string[] words)
    {
        var to = new List<byte>();
        for (int i = 0; i < words.Length; i += 2)
            Put(to, Encoding.Latin1.GetBytes(words[i]), Encoding.Latin1.GetBytes(words[i + 1]));
        return [.. to];
    }

    private static void Put(List<byte> to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Put(to, name);
        Put(to, value);
    }

    private static void Put(List<byte> to, ReadOnlySpan<byte> word)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, word.Length);
        to.AddRange(length);
        to.AddRange(word);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> pairs)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(pairs);
        ReadOnlySpan<byte> word = pairs.Slice(4, length);
        pairs = pairs[(4 + length)..];
        return word;
    }
}
