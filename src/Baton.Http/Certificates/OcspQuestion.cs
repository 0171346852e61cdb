// What an OCSP responder is asked over HTTP (RFC 6960 appendix A, RFC 5019 §5), and what of its answer is the response.
using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Baton.Http.Certificates;

public static class OcspQuestion
{
    /// <summary>RFC 5019 §5: shorter ones are asked by GET, which caches understand.</summary>
    private const int LongestGet = 255;

    /// <summary>Most bytes of an answer.</summary>
    public const int LongestAnswer = 65536;

    /// <summary>The request in DER: one certificate, no nonce.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> id)
    {
        byte[] der = id.ToArray();
        // OCSPRequest, TBSRequest, requestList, Request
        for (int i = 0; i < 4; i++)
            der = DerWriter.Wrap(DerReader.Sequence, der);
        return der;
    }

    /// <summary>The whole HTTP request. In HTTP/1.0, so that the answer comes in one piece.</summary>
    /// <param name="throughProxy">The proxy is told the whole address.</param>
    public static byte[] Request(ReadOnlySpan<byte> id, ResponderAddress responder, bool throughProxy)
    {
        byte[] der = Encode(id);
        string text = Convert.ToBase64String(der),
            before = throughProxy ? $"http://{responder.Authority}{responder.Path}" : responder.Path;
        string common = $"Host: {responder.Authority}\r\nConnection: close\r\n";
        string escaped = text.Replace("+", "%2B").Replace("/", "%2F").Replace("=", "%3D");
        if (text.Length < LongestGet)
            return Encoding.Latin1.GetBytes($"GET {before}/{escaped} HTTP/1.0\r\n{common}\r\n");
        string path = responder.Path.Length > 0 ? before : before + "/";
        string length = der.Length.ToString(CultureInfo.InvariantCulture);
        string head = $"POST {path} HTTP/1.0\r\n{common}Content-Type: application/ocsp-request\r\nContent-Length: {length}\r\n\r\n";
        return [.. Encoding.Latin1.GetBytes(head), .. der];
    }

    /// <summary>What an answer that has come so far is.</summary>
    /// <param name="isWhole">Nothing will come any more.</param>
    public static OcspAnswer Read(ReadOnlySpan<byte> answer, bool isWhole, out ReadOnlySpan<byte> response)
    {
        response = default;
        int end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return isWhole || answer.Length >= LongestAnswer ? OcspAnswer.HttpError : OcspAnswer.Incomplete;
        ReadOnlySpan<byte> head = answer[..end],
            body = answer[(end + 4)..];
        int line = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> status = line < 0 ? head : head[..line];
        if (!status.StartsWith("HTTP/1."u8) || status.Length < 12 || !status[8..12].SequenceEqual(" 200"u8))
            return OcspAnswer.HttpError;
        long length = -1;
        bool isResponse = false;
        foreach (Range range in head.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> field = head[range];
            int colon = field.IndexOf((byte)':');
            if (colon < 0)
                continue;
            ReadOnlySpan<byte> value = field[(colon + 1)..].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(field[..colon], "content-length"u8) && Utf8Parser.TryParse(value, out long n, out int used))
                length = used == value.Length ? n : length;
            if (Ascii.EqualsIgnoreCase(field[..colon], "content-type"u8))
                isResponse = Ascii.EqualsIgnoreCase(value, "application/ocsp-response"u8);
        }
        if (!isResponse)
            return OcspAnswer.NoResponse;
        if (length > LongestAnswer || answer.Length > LongestAnswer)
            return OcspAnswer.HttpError;
        if (length < 0 ? !isWhole : body.Length < length)
            return isWhole ? OcspAnswer.HttpError : OcspAnswer.Incomplete;
        response = length < 0 ? body : body[..(int)length];
        return OcspAnswer.Response;
    }
}
