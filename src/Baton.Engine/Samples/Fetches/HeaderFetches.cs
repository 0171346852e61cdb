// Fetches of header fields, of requests and responses alike (manual 7.3.6). hdr() sees the elements between commas, fhdr()
// whole fields. An occurrence counts from 1, or from the end when negative; without one a rule gets the last, and an ACL
// tries all.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Samples.Fetches;

internal static class HeaderFetches
{
    private static readonly ArgumentSpec[] NameAndOccurrence =
        [new(ArgumentKind.String, "name", true), new(ArgumentKind.Integer, "occurrence", true)],
        MayName = [new(ArgumentKind.String, "name", true)],
        MayDelimiter = [new(ArgumentKind.String, "delimiter", true)];

    private static readonly (string Suffix, AclMatchMethod Match)[] Suffixes =
    [
        ("beg", AclMatchMethod.Begin),
        ("dir", AclMatchMethod.Directory),
        ("dom", AclMatchMethod.Domain),
        ("end", AclMatchMethod.End),
        ("len", AclMatchMethod.Length),
        ("sub", AclMatchMethod.Substring),
        ("reg", AclMatchMethod.Regex),
    ];

    /// <summary>What is walked over: fields of one name (all, when it is empty), whole or in elements.</summary>
    private ref struct Walk(MessageHead head, ReadOnlySpan<byte> name, bool whole)
    {
        private readonly MessageHead _head = head;
        private readonly ReadOnlySpan<byte> _name = name;
        private int _at = -1;

        /// <summary>Where the next element of the field begins; -1 when there is none.</summary>
        private int _next = -1;

        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes on behind an earlier value; how many are before it.</summary>
        public int Resume(in SampleCursor cursor, int occurrence)
        {
            if (occurrence == 0 || cursor.Next != occurrence)
                return 0;
            (_at, _next) = (cursor.Field, cursor.Offset);
            return occurrence;
        }

        /// <summary>Remembers that <paramref name="next"/> values are behind it.</summary>
        public readonly void Save(ref SampleCursor cursor, int next) =>
            cursor = new SampleCursor
            {
                Next = next,
                Field = _at,
                Offset = _next,
            };

        public bool MoveNext()
        {
            if (_next < 0)
            {
                if ((_at = _name.IsEmpty ? NextField(_head, _at) : _head.Find(_name, _at)) < 0)
                {
                    _at = int.MaxValue - 1;
                    return false;
                }
                _next = 0;
            }
            ReadOnlySpan<byte> rest = _head.Field(_at).ValueSpan[_next..];
            int end = whole ? rest.Length : ListValue.EndOfElement(rest);
            Current = whole ? rest : rest[..end].Trim(" \t"u8);
            _next = end == rest.Length ? -1 : _next + end + 1;
            return true;
        }
    }

    private static int NextField(MessageHead head, int after)
    {
        for (int i = after + 1; i < head.FieldCount; i++)
            if (!head.Field(i).IsRemoved)
                return i;
        return -1;
    }

    private static int CountOf(MessageHead head, ReadOnlySpan<byte> name, bool whole)
    {
        int n = 0;
        for (var walk = new Walk(head, name, whole); walk.MoveNext(); )
            n++;
        return n;
    }

    /// <summary>The occurrence asked for by argument or by who evaluates (from 0; -1 the last), 1-based; 0 when there is none.</summary>
    private static int Wanted(MessageHead head, Argument[] a, int occurrence, bool whole)
    {
        long wanted =
            a.Length > 1 && a[1].Number != 0 ? a[1].Number
            : occurrence < 0 ? -1
            : occurrence + 1;
        // an ACL asks again after every value that does not match: a chosen one is there once
        if (a.Length > 1 && a[1].Number != 0 && occurrence > 0)
            return 0;
        if (wanted < 0)
            wanted += CountOf(head, HttpMessage.Bytes(a[0]), whole) + 1;
        return wanted is > 0 and < int.MaxValue ? (int)wanted : 0;
    }

    private static bool TryGet(MessageHead head, Argument[] a, int occurrence, bool whole, ref SampleValue v)
    {
        int wanted = a[0].Absent ? 0 : Wanted(head, a, occurrence, whole);
        if (wanted == 0)
            return false;
        var walk = new Walk(head, HttpMessage.Bytes(a[0]), whole);
        for (int i = walk.Resume(v.Cursor, wanted - 1); walk.MoveNext(); )
        {
            if (++i < wanted)
                continue;
            v.SetText(walk.Current);
            walk.Save(ref v.Cursor, i);
            return true;
        }
        return false;
    }

    private static FetchFunction Value(bool response, bool whole) =>
        (s, a, o, m, ref v) => HttpMessage.Head(s, response) is { } head && TryGet(head, a, o, whole, ref v);

    private static FetchFunction Count(bool response, bool whole) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            v.SetNumber(CountOf(head, HttpMessage.Bytes(a[0]), whole));
            return true;
        };

    private static FetchFunction Number(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head || !TryGet(head, a, o, false, ref v))
                return false;
            v.SetNumber(SampleCast.LeadingNumber(v.Text));
            return true;
        };

    /// <summary>The n-th value that is an address when an ACL asks; else the value asked for, if it is one.</summary>
    private static FetchFunction Address(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head || a[0].Absent)
                return false;
            if (o < 0 || a[1].Number != 0)
                return TryGet(head, a, o, false, ref v) && ReadAddress(ref v);
            var walk = new Walk(head, HttpMessage.Bytes(a[0]), false);
            for (int i = walk.Resume(v.Cursor, o); walk.MoveNext(); )
            {
                v.SetText(walk.Current);
                if (!ReadAddress(ref v) || i++ < o)
                    continue;
                walk.Save(ref v.Cursor, i);
                return true;
            }
            return false;
        };

    /// <summary>"10.0.0.1", "10.0.0.1:80", "::1" or "[::1]:80".</summary>
    private static bool ReadAddress(ref SampleValue v)
    {
        ReadOnlySpan<byte> text = v.Text;
        Span<byte> ip = stackalloc byte[16];
        int length = AddressText.TryReadIPv4(text, ip, out int used) && IsPortOrNothing(text[used..]) ? 4 : 0;
        if (length == 0)
        {
            bool bracketed = text.Length > 0 && text[0] == '[' && text.IndexOf((byte)']') > 0;
            if (bracketed)
                text = text[1..text.IndexOf((byte)']')];
            length = AddressText.TryParseIPv6(text, ip) ? 16 : 0;
        }
        if (length > 0)
            v.SetAddress(SocketAddress.From(ip[..length], 0));
        return length > 0;
    }

    private static bool IsPortOrNothing(ReadOnlySpan<byte> text) =>
        text.IsEmpty || text.Length > 1 && text[0] == ':' && text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static bool Append(ReadOnlySpan<byte> text, Span<byte> m, ref int at)
    {
        if (!text.TryCopyTo(m[at..]))
            return false;
        at += text.Length;
        return true;
    }

    /// <summary>COMPAT: names are in lower case, as HAProxy keeps them.</summary>
    private static bool AppendName(ReadOnlySpan<byte> name, Span<byte> m, ref int at)
    {
        if (name.Length > m.Length - at)
            return false;
        foreach (byte b in name)
            m[at++] = ByteClass.ToLower(b);
        return true;
    }

    private static FetchFunction Names(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            ReadOnlySpan<byte> delimiter = a[0].Absent ? ","u8 : HttpMessage.Bytes(a[0])[..Math.Min(1, a[0].Text.Length)];
            int at = 0;
            for (int i = -1; (i = NextField(head, i)) >= 0; )
                if (at > 0 && !Append(delimiter, m, ref at) || !AppendName(head.Field(i).NameSpan, m, ref at))
                    return false;
            v.SetText(m[..at]);
            return true;
        };

    private static FetchFunction Block(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            int at = 0;
            for (int i = -1; (i = NextField(head, i)) >= 0; )
                if (
                    !AppendName(head.Field(i).NameSpan, m, ref at)
                    || !Append(": "u8, m, ref at)
                    || !Append(head.Field(i).ValueSpan, m, ref at)
                    || !Append("\r\n"u8, m, ref at)
                )
                    return false;
            if (!Append("\r\n"u8, m, ref at))
                return false;
            v.SetText(m[..at]);
            return true;
        };

    /// <summary>Each name and value with its length before it, as SPOE writes numbers; two empty ones at the end.</summary>
    private static FetchFunction BinaryBlock(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            int at = 0;
            for (int i = -1; (i = NextField(head, i)) >= 0; )
            {
                ref HeaderField field = ref head.Field(i);
                if (!AppendLength(field.NameLength, m, ref at) || !AppendName(field.NameSpan, m, ref at))
                    return false;
                if (!AppendLength(field.ValueLength, m, ref at) || !Append(field.ValueSpan, m, ref at))
                    return false;
            }
            if (!Append("\0\0"u8, m, ref at))
                return false;
            v.SetBinary(m[..at]);
            return true;
        };

    private static bool AppendLength(int length, Span<byte> m, ref int at)
    {
        if (m.Length - at < 6)
            return false;
        if (length < 240)
        {
            m[at++] = (byte)length;
            return true;
        }
        m[at++] = (byte)(length | 0xF0);
        length = (length - 240) >> 4;
        for (; length >= 128; length = (length - 128) >> 7)
            m[at++] = (byte)(length | 0x80);
        m[at++] = (byte)length;
        return true;
    }

    private static SampleFetch Row(
        string name,
        bool response,
        SampleType output,
        string summary,
        FetchFunction f,
        ArgumentSpec[] args,
        AclMatchMethod match = AclMatchMethod.Default,
        bool multiple = false
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = HttpMessage.Needs(response),
            Summary = summary,
            Evaluate = f,
            Arguments = args,
            ImpliedMatch = match,
            Multiple = multiple,
            OfHeadAlone = true,
            Check = args == NameAndOccurrence ? CheckOccurrence : null,
        };

    private static string? CheckOccurrence(Argument[] a) => a[1].Number < -10 ? "header occurrence must be >= -10" : null;

    /// <summary>The family under one prefix: "req.", "res.", "" or "s".</summary>
    private static void AddFamily(List<SampleFetch> rows, string prefix, bool response, bool withMatches)
    {
        string of = response ? "response" : "request",
            hdr = prefix + "hdr";
        rows.Add(
            Row(hdr, response, SampleType.String, $"value of a {of} header", Value(response, false), NameAndOccurrence, multiple: true)
        );
        rows.Add(Row(hdr + "_cnt", response, SampleType.Integer, $"number of values of a {of} header", Count(response, false), MayName));
        rows.Add(
            Row(
                hdr + "_ip",
                response,
                SampleType.Address,
                $"value of a {of} header as an address",
                Address(response),
                NameAndOccurrence,
                multiple: true
            )
        );
        rows.Add(
            Row(
                hdr + "_val",
                response,
                SampleType.Integer,
                $"value of a {of} header as a number",
                Number(response),
                NameAndOccurrence,
                multiple: true
            )
        );
        if (withMatches)
            foreach ((string suffix, AclMatchMethod match) in Suffixes)
                rows.Add(
                    Row(
                        $"{hdr}_{suffix}",
                        response,
                        SampleType.String,
                        $"value of a {of} header, matched by {suffix}",
                        Value(response, false),
                        NameAndOccurrence,
                        match,
                        true
                    )
                );
        if (prefix is "" or "s")
            return;
        rows.Add(
            Row(
                prefix + "fhdr",
                response,
                SampleType.String,
                $"whole value of a {of} header",
                Value(response, true),
                NameAndOccurrence,
                multiple: true
            )
        );
        rows.Add(Row(prefix + "fhdr_cnt", response, SampleType.Integer, $"fields of a {of} header", Count(response, true), MayName));
        rows.Add(Row(prefix + "hdr_names", response, SampleType.String, $"names of the {of} headers", Names(response), MayDelimiter));
        rows.Add(Row(prefix + "hdrs", response, SampleType.String, $"all {of} headers", Block(response), []));
        rows.Add(Row(prefix + "hdrs_bin", response, SampleType.Binary, $"all {of} headers in binary form", BinaryBlock(response), []));
    }

    internal static readonly SampleFetch[] Rows = Build();

    private static SampleFetch[] Build()
    {
        var rows = new List<SampleFetch>();
        AddFamily(rows, "", false, true);
        AddFamily(rows, "req.", false, false);
        AddFamily(rows, "s", true, true);
        AddFamily(rows, "res.", true, false);
        return [.. rows];
    }
}
