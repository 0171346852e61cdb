// A slow, obvious reader of chunked bodies, written from RFC 9112 §7.1 with strings and expressions, against which the scanner is held.
using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Baton.Http.H1;

namespace Baton.UnitTests.Http.H1;

/// <summary>A body, or the beginning of one.</summary>
public sealed class OracleChunks
{
    private const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]+";
    private static readonly Regex SizeLine = new(@"\A([0-9A-Fa-f]+)[ \t]*(;[^\x00-\x08\x0a-\x1f\x7f]*)?\r\n\z");
    private static readonly Regex SizeLineStart = new(@"\A([0-9A-Fa-f]*|[0-9A-Fa-f]+[ \t]*(;[^\x00-\x08\x0a-\x1f\x7f]*)?\r?)\z");
    private static readonly Regex Trailer = new($@"\A({Token}):[^\x00-\x08\x0a-\x1f\x7f]*\r\n\z");
    private static readonly Regex TrailerStart = new($@"\A(\r|({Token})?|({Token}):[^\x00-\x08\x0a-\x1f\x7f]*\r?)\z");
    private static readonly Regex Forbidden = new(@"\A(content-length|transfer-encoding|host):", RegexOptions.IgnoreCase);

    public ChunkStatus Status { get; private set; }

    /// <summary>Where the body ends, or how far it goes yet.</summary>
    public int End { get; private set; }
    public string Payload { get; private set; } = "";

    /// <summary>The body as it goes on: sizes without zeros, blanks and extensions.</summary>
    public string Plain { get; private set; } = "";
    public string PlainWithoutTrailers { get; private set; } = "";

    public static OracleChunks Read(string text)
    {
        var body = new OracleChunks { End = text.Length };
        body.Status = body.Walk(text);
        return body;
    }

    /// <summary>A zero in front of a size that the scanner leaves.</summary>
    public static string DropZero(string plain)
    {
        var to = new StringBuilder();
        int at = 0;
        while (true)
        {
            int end = plain.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
                return to.Append(plain, at, plain.Length - at).ToString();
            int size = int.Parse(plain.AsSpan(at, end - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            string digits = plain[at..end];
            to.Append(digits.Length > 1 ? digits.TrimStart('0') : digits).Append("\r\n");
            at = end + 2;
            if (size == 0)
                return to.Append(plain, at, plain.Length - at).ToString();
            int rest = Math.Min(size + 2, plain.Length - at);
            to.Append(plain, at, rest);
            at += rest;
        }
    }

    private ChunkStatus Walk(string text)
    {
        int at = 0;
        while (true)
        {
            string line = LineAt(text, at);
            if (!line.EndsWith('\n'))
                return SizeLineStart.IsMatch(line) && Fits(line) ? ChunkStatus.NeedMore : ChunkStatus.Bad;
            Match m = SizeLine.Match(line);
            if (!m.Success || !Fits(line))
                return ChunkStatus.Bad;
            int size = (int)SizeOf(m.Groups[1].Value);
            string digits = m.Groups[1].Value.TrimStart('0');
            Plain += (digits.Length == 0 ? "0" : digits) + "\r\n";
            at += line.Length;
            if (size == 0)
                return WalkTrailers(text, at);
            string data = text.Substring(at, Math.Min(size, text.Length - at));
            Payload += data;
            Plain += data;
            at += data.Length;
            string end = text.Substring(at, Math.Min(2, text.Length - at));
            if (!"\r\n".StartsWith(end, StringComparison.Ordinal))
                return ChunkStatus.Bad;
            Plain += end;
            if (end.Length < 2)
                return ChunkStatus.NeedMore;
            at += 2;
        }
    }

    private ChunkStatus WalkTrailers(string text, int at)
    {
        PlainWithoutTrailers = Plain + "\r\n";
        int first = at;
        while (true)
        {
            string line = LineAt(text, at);
            if (at + line.Length - first > ChunkedScanner.MaxLineLength || Forbidden.IsMatch(line))
                return ChunkStatus.Bad;
            if (!line.EndsWith('\n'))
                return TrailerStart.IsMatch(line) ? ChunkStatus.NeedMore : ChunkStatus.Bad;
            at += line.Length;
            Plain += line;
            if (line == "\r\n")
            {
                End = at;
                return ChunkStatus.Done;
            }
            if (!Trailer.IsMatch(line))
                return ChunkStatus.Bad;
        }
    }

    private static bool Fits(string line)
    {
        int digits = 0;
        while (digits < line.Length && char.IsAsciiHexDigit(line[digits]))
            digits++;
        return line.Length <= ChunkedScanner.MaxLineLength && SizeOf(line[..digits]) <= int.MaxValue;
    }

    private static BigInteger SizeOf(string digits) => BigInteger.Parse("0" + digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string LineAt(string text, int at)
    {
        int end = text.IndexOf('\n', at);
        return end < 0 ? text[at..] : text[at..(end + 1)];
    }
}
