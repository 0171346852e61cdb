// The static table of HPACK (RFC 7541 appendix A), and which of its names are the well-known ones.
// SAFETY: built once, never freed, read-only from then on; indices are checked by who asks.
using System;
using System.Runtime.InteropServices;
using Baton.Http.Headers;

namespace Baton.Http.H2.Hpack;

internal static unsafe class StaticTable
{
    /// <summary>Entries 1 to 61.</summary>
    public const int Count = 61;

    /// <summary>Where the statuses are; the other pseudo-fields are told by their own methods of the encoder.</summary>
    public const int Authority = 1,
        MethodGet = 2,
        MethodPost = 3,
        PathRoot = 4,
        SchemeHttp = 6,
        SchemeHttps = 7,
        Status200 = 8;

    public struct Row
    {
        public byte* Name;
        public byte* Value;
        public int NameLength;
        public int ValueLength;
    }

    /// <summary>Row 0 is none.</summary>
    public static readonly Row* Rows = Build();

    /// <summary>Of each HeaderId the lowest entry with that name, 0 without one.</summary>
    public static readonly byte* OfHeader = BuildOfHeader();

    // A line for each entry: name, an equals sign, value.
    private static ReadOnlySpan<byte> Text =>
        """
            :authority=
            :method=GET
            :method=POST
            :path=/
            :path=/index.html
            :scheme=http
            :scheme=https
            :status=200
            :status=204
            :status=206
            :status=304
            :status=400
            :status=404
            :status=500
            accept-charset=
            accept-encoding=gzip, deflate
            accept-language=
            accept-ranges=
            accept=
            access-control-allow-origin=
            age=
            allow=
            authorization=
            cache-control=
            content-disposition=
            content-encoding=
            content-language=
            content-length=
            content-location=
            content-range=
            content-type=
            cookie=
            date=
            etag=
            expect=
            expires=
            from=
            host=
            if-match=
            if-modified-since=
            if-none-match=
            if-range=
            if-unmodified-since=
            last-modified=
            link=
            location=
            max-forwards=
            proxy-authenticate=
            proxy-authorization=
            range=
            referer=
            refresh=
            retry-after=
            server=
            set-cookie=
            strict-transport-security=
            transfer-encoding=
            user-agent=
            vary=
            via=
            www-authenticate=

            """u8;

    private static Row* Build()
    {
        ReadOnlySpan<byte> text = Text;
        byte* bytes = (byte*)NativeMemory.Alloc((nuint)text.Length);
        text.CopyTo(new Span<byte>(bytes, text.Length));
        var rows = (Row*)NativeMemory.AllocZeroed(Count + 1, (nuint)sizeof(Row));
        byte* line = bytes;
        for (int i = 1; i <= Count; i++)
        {
            var rest = new ReadOnlySpan<byte>(line, (int)(bytes + text.Length - line));
            int equals = rest.IndexOf((byte)'='),
                end = rest.IndexOf((byte)'\n');
            rows[i] = new Row
            {
                Name = line,
                NameLength = equals,
                Value = line + equals + 1,
                ValueLength = end - equals - 1,
            };
            line += end + 1;
        }
        return rows;
    }

    private static byte* BuildOfHeader()
    {
        byte* indices = (byte*)NativeMemory.AllocZeroed(HeaderNames.Count);
        for (int i = Count; i > 0; i--)
            indices[(int)HeaderNames.Find(new ReadOnlySpan<byte>(Rows[i].Name, Rows[i].NameLength))] = (byte)i;
        indices[(int)HeaderId.Other] = 0;
        return indices;
    }
}
