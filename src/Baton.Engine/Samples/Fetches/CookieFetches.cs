// Fetches of cookies: of requests (Cookie fields, several in each) and of responses (Set-Cookie, one in each field).
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class CookieFetches
{
    private static readonly ArgumentSpec[] MayName = [new(ArgumentKind.String, "name", true)],
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

    /// <summary>Cookies in their order, all or those of one name. Names tell capitals from small letters.</summary>
    private ref struct Walk(MessageHead head, ReadOnlySpan<byte> wanted, bool response)
    {
        private readonly ReadOnlySpan<byte> _wanted = wanted;
        private int _at = -1;

        /// <summary>Where the next pair of the field begins; -1 when there is none.</summary>
        private int _next = -1;

        public ReadOnlySpan<byte> Name { get; private set; }
        public ReadOnlySpan<byte> Value { get; private set; }

        /// <summary>Goes on behind an earlier cookie; how many are before it.</summary>
        public int Resume(in SampleCursor cursor, int occurrence)
        {
            if (occurrence <= 0 || cursor.Next != occurrence)
                return 0;
            (_at, _next) = (cursor.Field, cursor.Offset);
            return occurrence;
        }

        /// <summary>Remembers that <paramref name="next"/> cookies are behind it.</summary>
        public readonly void Save(ref SampleCursor cursor, int next) =>
            cursor = new SampleCursor
            {
                Next = next,
                Field = _at,
                Offset = _next,
            };

        public bool MoveNext()
        {
            while (true)
            {
                if (_next < 0)
                {
                    if ((_at = head.Find(response ? "set-cookie"u8 : "cookie"u8, _at)) < 0)
                    {
                        _at = int.MaxValue - 1;
                        return false;
                    }
                    _next = 0;
                }
                ReadOnlySpan<byte> rest = head.Field(_at).ValueSpan[_next..];
                int end = CookieText.EndOfPair(rest);
                ReadOnlySpan<byte> pair = rest[..end];
                // what follows the pair in a Set-Cookie are its attributes
                if (response && end < rest.Length && rest[end] == ';')
                    end += ListValue.EndOfElement(rest[end..]);
                _next = end == rest.Length ? -1 : _next + end + 1;
                int equals = pair.IndexOf((byte)'=');
                if (equals < 0)
                    continue;
                Name = pair[..equals].Trim(" \t"u8);
                Value = pair[(equals + 1)..].Trim(" \t"u8);
                // COMPAT: "$Version" and its like are no cookies (RFC 2965 §3.3.4)
                if (!Name.StartsWith("$"u8) && (_wanted.IsEmpty || Name.SequenceEqual(_wanted)))
                    return true;
            }
        }
    }

    /// <summary>COMPAT: without a name the first cookie, with one the last of that name.</summary>
    private static bool TryGet(MessageHead head, Argument[] a, int occurrence, bool response, ref SampleValue v)
    {
        if (occurrence < 0 && a[0].Text.Length == 0)
            occurrence = 0;
        bool found = false;
        var walk = new Walk(head, HttpMessage.Bytes(a[0]), response);
        for (int i = walk.Resume(v.Cursor, occurrence); walk.MoveNext(); i++)
        {
            v.SetText(walk.Value);
            if (i == occurrence)
            {
                walk.Save(ref v.Cursor, i + 1);
                return true;
            }
            found = occurrence < 0;
        }
        return found;
    }

    private static FetchFunction Value(bool response) =>
        (s, a, o, m, ref v) => HttpMessage.Head(s, response) is { } head && TryGet(head, a, o, response, ref v);

    private static FetchFunction Number(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head || !TryGet(head, a, o, response, ref v))
                return false;
            v.SetNumber(SampleCast.LeadingNumber(v.Text));
            return true;
        };

    private static FetchFunction Count(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            int n = 0;
            for (var walk = new Walk(head, HttpMessage.Bytes(a[0]), response); walk.MoveNext(); )
                n++;
            v.SetNumber(n);
            return true;
        };

    private static FetchFunction Names(bool response) =>
        (s, a, o, m, ref v) =>
        {
            if (HttpMessage.Head(s, response) is not { } head)
                return false;
            byte delimiter = a[0].Text.Length == 0 ? (byte)',' : HttpMessage.Bytes(a[0])[0];
            int at = 0;
            for (var walk = new Walk(head, default, response); walk.MoveNext(); )
            {
                if (at + walk.Name.Length + 1 > m.Length)
                    return false;
                if (at > 0)
                    m[at++] = delimiter;
                walk.Name.CopyTo(m[at..]);
                at += walk.Name.Length;
            }
            v.SetText(m[..at]);
            return true;
        };

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
        };

    private static void AddFamily(List<SampleFetch> rows, string name, bool response, bool withMatches)
    {
        string of = response ? "cookie set by the server" : "cookie";
        rows.Add(Row(name, response, SampleType.String, of, Value(response), MayName, multiple: true));
        rows.Add(Row(name + "_cnt", response, SampleType.Integer, $"number of times a {of} occurs", Count(response), MayName));
        rows.Add(Row(name + "_val", response, SampleType.Integer, $"{of} as a number", Number(response), MayName, multiple: true));
        if (name.Contains('.'))
            rows.Add(Row(name + "_names", response, SampleType.String, $"names of each {of}", Names(response), MayDelimiter));
        if (!withMatches)
            return;
        foreach ((string suffix, AclMatchMethod match) in Suffixes)
            rows.Add(
                Row($"{name}_{suffix}", response, SampleType.String, $"{of}, matched by {suffix}", Value(response), MayName, match, true)
            );
    }

    internal static readonly SampleFetch[] Rows = Build();

    private static SampleFetch[] Build()
    {
        var rows = new List<SampleFetch>
        {
            Row("set-cookie", true, SampleType.String, "cookie set by the server", Value(true), MayName, multiple: true),
        };
        AddFamily(rows, "req.cook", false, true);
        AddFamily(rows, "cook", false, true);
        AddFamily(rows, "res.cook", true, false);
        AddFamily(rows, "scook", true, true);
        return [.. rows];
    }
}
