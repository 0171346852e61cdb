// Fetches of the bytes themselves (manual 7.3.5, "layer 6"): raw content of a TCP stream before it is forwarded, TLS greetings
// that pass through, RDP cookies. Content that may still grow says so, and tcp-request content rules wait for it.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;
using Baton.Http.Tls;

namespace Baton.Engine.Samples.Fetches;

internal static class PayloadFetches
{
    private static ReadOnlySpan<byte> Bytes(ProxyStream s, bool response) => response ? s.ResponseBytes : s.RequestBytes;

    private static bool Length(ProxyStream s, bool response, ref SampleValue v)
    {
        v.MayChange = true;
        v.SetNumber(Bytes(s, response).Length);
        return true;
    }

    private static bool Payload(ProxyStream s, Argument[] a, bool response, ref SampleValue v)
    {
        ReadOnlySpan<byte> bytes = Bytes(s, response);
        long offset = a[0].Number,
            length = a[1].Number;
        if (offset < 0 || length < 0 || offset + length > s.Worker.Buffers.BlockSize)
            return false;
        v.MayChange = length == 0 || offset + length > bytes.Length;
        if (offset + length > bytes.Length || offset > bytes.Length)
            return false;
        v.SetBinary(length == 0 ? bytes[(int)offset..] : bytes.Slice((int)offset, (int)length));
        return true;
    }

    /// <summary>offset1, length of the length field, offset2: absolute, or relative to the field's end with a sign.</summary>
    private static bool LengthAndValue(ProxyStream s, Argument[] a, bool response, ref SampleValue v)
    {
        ReadOnlySpan<byte> bytes = Bytes(s, response);
        long offset = a[0].Number,
            field = a[1].Number;
        if (offset < 0 || field is < 1 or > 4 || offset + field > s.Worker.Buffers.BlockSize)
            return false;
        v.MayChange = true;
        if (offset + field > bytes.Length)
            return false;
        long length = 0;
        for (int i = 0; i < field; i++)
            length = length << 8 | bytes[(int)offset + i];
        long start = offset + field;
        if (!a[2].Absent)
        {
            if (!long.TryParse(a[2].Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long given))
                return false;
            start = a[2].Text[0] is '+' or '-' ? start + given : given;
        }
        v.MayChange = start >= 0 && start + length <= s.Worker.Buffers.BlockSize;
        if (length == 0 || start < 0 || start + length > bytes.Length)
            return false;
        v.MayChange = false;
        v.SetBinary(bytes.Slice((int)start, (int)length));
        return true;
    }

    private static bool Hello(ProxyStream s, scoped ref SampleValue v, out ClientHello hello) =>
        Judge(ClientHello.Parse(s.RequestBytes, out hello), ref v);

    /// <summary>Notes that more bytes may tell.</summary>
    private static bool Judge(HelloStatus status, scoped ref SampleValue v)
    {
        v.MayChange = status == HelloStatus.Incomplete;
        return status == HelloStatus.Complete;
    }

    private static bool HelloType(ProxyStream s, bool response, ref SampleValue v)
    {
        if (!Judge(ClientHello.ParseType(Bytes(s, response), out int type), ref v))
            return false;
        v.SetNumber(type);
        return true;
    }

    private static bool HelloVersion(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Judge(ClientHello.ParseVersion(s.RequestBytes, out int version), ref v))
            return false;
        v.SetNumber(version);
        return true;
    }

    private static bool ServerName(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello) || !hello.TryGetServerName(out ReadOnlySpan<byte> name))
            return false;
        v.SetText(name);
        return true;
    }

    private static bool Alpn(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello) || hello.WriteAlpn(m) is not (>= 0 and int n))
            return false;
        v.SetText(m[..n]);
        return true;
    }

    /// <summary>COMPAT: found or not, never false.</summary>
    private static bool HasCurves(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello) || !hello.TryGetExtension(TlsExtension.SupportedGroups, out _))
            return false;
        v.SetBool(true);
        return true;
    }

    /// <summary>0: no session ticket extension, 1: an empty one, 2: one with a ticket.</summary>
    private static bool SessionTicket(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello))
            return false;
        v.SetNumber(
            !hello.TryGetExtension(TlsExtension.SessionTicket, out ReadOnlySpan<byte> ticket) ? 0
            : ticket.IsEmpty ? 1
            : 2
        );
        return true;
    }

    private static bool Ciphers(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello))
            return false;
        v.SetBinary(hello.Ciphers);
        return true;
    }

    private static bool List(ProxyStream s, TlsExtension type, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello) || !hello.TryGetList(type, out ReadOnlySpan<byte> list))
            return false;
        v.SetBinary(list);
        return true;
    }

    private static bool KeyShares(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Hello(s, ref v, out ClientHello hello) || hello.WriteKeyShareGroups(m) is not (>= 0 and int n))
            return false;
        v.SetBinary(m[..n]);
        return true;
    }

    private static bool Cookie(ProxyStream s, Argument[] a, scoped Span<byte> m, out ReadOnlySpan<byte> value, scoped ref SampleValue v)
    {
        int n = a[0].Absent ? 0 : Encoding.ASCII.GetBytes(a[0].Text.AsSpan(0, Math.Min(a[0].Text.Length, 256)), m);
        return Judge(RdpCookie.Parse(s.RequestBytes, m[..n], out value), ref v);
    }

    private static bool CookieValue(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Cookie(s, a, m, out ReadOnlySpan<byte> value, ref v))
            return false;
        v.SetText(value);
        return true;
    }

    private static bool CookieCount(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        bool found = Cookie(s, a, m, out _, ref v);
        v.SetNumber(found ? 1 : 0);
        return true;
    }

    private static bool IsHttp(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!s.IsHttp)
        {
            HttpLook look = HttpInspection.Of(s);
            v.MayChange = look == HttpLook.Incomplete;
            if (look != HttpLook.Request)
                return false;
        }
        v.SetBool(true);
        return true;
    }

    /// <summary>Exists only once nothing more is waited for.</summary>
    private static bool WaitEnd(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        v.MayChange = !s.IsLastLook;
        v.SetBool(true);
        return s.IsLastLook;
    }

    private static readonly ArgumentSpec[] OffsetAndLength = [new(ArgumentKind.Integer, "offset"), new(ArgumentKind.Integer, "length")];
    private static readonly ArgumentSpec[] Field =
    [
        new(ArgumentKind.Integer, "offset1"),
        new(ArgumentKind.Integer, "length"),
        new(ArgumentKind.String, "offset2", true),
    ];
    private static readonly ArgumentSpec[] CookieName = [new(ArgumentKind.String, "name", true)];

    private static void Add(
        List<SampleFetch> rows,
        string[] names,
        SampleType output,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        SampleNeeds needs = SampleNeeds.RequestPayload
    )
    {
        foreach (string name in names)
            rows.Add(
                new SampleFetch
                {
                    Name = name,
                    Output = output,
                    Needs = needs,
                    Summary = summary,
                    Evaluate = f,
                    Arguments = args ?? [],
                }
            );
    }

    internal static readonly List<SampleFetch> Rows = Build();

    private static List<SampleFetch> Build()
    {
        var rows = new List<SampleFetch>();
        AddBytes(rows);
        AddGreetings(rows);
        AddCookies(rows);
        Add(
            rows,
            ["req.proto_http", "req_proto_http"],
            SampleType.Bool,
            "whether the request buffer holds HTTP",
            IsHttp,
            null,
            SampleNeeds.RequestLine
        );
        Add(rows, ["wait_end"], SampleType.Bool, "the inspection is over", WaitEnd, null, SampleNeeds.None);
        return rows;
    }

    private static void AddBytes(List<SampleFetch> rows)
    {
        Add(rows, ["req.len", "req_len"], SampleType.Integer, "bytes in the request buffer", (s, a, o, m, ref v) =>
            Length(s, false, ref v)
        );
        Add(
            rows,
            ["res.len"],
            SampleType.Integer,
            "bytes in the response buffer",
            (s, a, o, m, ref v) => Length(s, true, ref v),
            null,
            SampleNeeds.ResponsePayload
        );
        Add(
            rows,
            ["req.payload"],
            SampleType.Binary,
            "bytes of the request buffer",
            (s, a, o, m, ref v) => Payload(s, a, false, ref v),
            OffsetAndLength
        );
        Add(
            rows,
            ["res.payload"],
            SampleType.Binary,
            "bytes of the response buffer",
            (s, a, o, m, ref v) => Payload(s, a, true, ref v),
            OffsetAndLength,
            SampleNeeds.ResponsePayload
        );
        Add(
            rows,
            ["req.payload_lv"],
            SampleType.Binary,
            "bytes of the request buffer after their length",
            (s, a, o, m, ref v) => LengthAndValue(s, a, false, ref v),
            Field
        );
        Add(
            rows,
            ["res.payload_lv"],
            SampleType.Binary,
            "bytes of the response buffer after their length",
            (s, a, o, m, ref v) => LengthAndValue(s, a, true, ref v),
            Field,
            SampleNeeds.ResponsePayload
        );
        Add(
            rows,
            ["payload"],
            SampleType.Binary,
            "bytes of the buffer",
            (s, a, o, m, ref v) => Payload(s, a, s.IsInResponse, ref v),
            OffsetAndLength,
            Either
        );
        Add(
            rows,
            ["payload_lv"],
            SampleType.Binary,
            "bytes of the buffer after their length",
            (s, a, o, m, ref v) => LengthAndValue(s, a, s.IsInResponse, ref v),
            Field,
            Either
        );
    }

    private static void AddGreetings(List<SampleFetch> rows)
    {
        Add(
            rows,
            ["req.ssl_hello_type", "req_ssl_hello_type"],
            SampleType.Integer,
            "type of TLS greeting in the request",
            (s, a, o, m, ref v) => HelloType(s, false, ref v)
        );
        Add(
            rows,
            ["res.ssl_hello_type", "rep_ssl_hello_type"],
            SampleType.Integer,
            "type of TLS greeting in the response",
            (s, a, o, m, ref v) => HelloType(s, true, ref v),
            null,
            SampleNeeds.ResponsePayload
        );
        Add(rows, ["req.ssl_ver", "req_ssl_ver"], SampleType.Integer, "TLS version of a client hello that is passed through", HelloVersion);
        Add(rows, ["req.ssl_sni", "req_ssl_sni"], SampleType.String, "host name in a client hello that is passed through", ServerName);
        Add(rows, ["req.ssl_alpn"], SampleType.String, "protocols in a client hello that is passed through", Alpn);
        Add(rows, ["req.ssl_ec_ext"], SampleType.Bool, "whether a client hello names elliptic curves", HasCurves);
        Add(rows, ["req.ssl_st_ext"], SampleType.Integer, "session ticket extension of a client hello", SessionTicket);
        Add(rows, ["req.ssl_cipherlist"], SampleType.Binary, "ciphers in a client hello that is passed through", Ciphers);
        Add(
            rows,
            ["req.ssl_sigalgs"],
            SampleType.Binary,
            "signature algorithms in a client hello that is passed through",
            (s, a, o, m, ref v) => List(s, TlsExtension.SignatureAlgorithms, ref v)
        );
        Add(rows, ["req.ssl_supported_groups"], SampleType.Binary, "groups in a client hello that is passed through", (s, a, o, m, ref v) =>
            List(s, TlsExtension.SupportedGroups, ref v)
        );
        Add(rows, ["req.ssl_keyshare_groups"], SampleType.Binary, "key shares in a client hello that is passed through", KeyShares);
    }

    private static void AddCookies(List<SampleFetch> rows)
    {
        Add(
            rows,
            ["req.rdp_cookie", "req_rdp_cookie", "rdp_cookie"],
            SampleType.String,
            "RDP cookie of the request",
            CookieValue,
            CookieName
        );
        Add(
            rows,
            ["req.rdp_cookie_cnt", "req_rdp_cookie_cnt", "rdp_cookie_cnt"],
            SampleType.Integer,
            "number of RDP cookies of the request",
            CookieCount,
            CookieName
        );
    }

    private const SampleNeeds Either = SampleNeeds.RequestPayload | SampleNeeds.ResponsePayload;
}
