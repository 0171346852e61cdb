// A response read from an error file: checked, and brought into the one form in which the engine sends it (names of headers
// in lower case, lines ending with CR LF).
using System;
using System.Globalization;
using System.Text;

namespace Baton.Configuration.Values;

public static class ErrorFile
{
    /// <summary>The response in a file; empty for an empty file; null with the reason when it cannot be read or is no response.</summary>
    public static byte[]? Read(string path, out string error)
    {
        error = "";
        if (FileBytes.Read(path, out _) is not { } bytes)
        {
            error = $"error opening file '{path}'.";
            return null;
        }
        if (bytes.Length == 0)
            return bytes;
        byte[]? response = Normalize(bytes, out error);
        if (response is null)
            error = $"'{path}': {error}";
        return response;
    }

    /// <summary>The same for the bytes of a file that is not empty.</summary>
    public static byte[]? Normalize(ReadOnlySpan<byte> file, out string error)
    {
        int at = 0;
        while (at < file.Length && file[at] is (byte)'\r' or (byte)'\n')
            at++;
        var head = new StringBuilder();
        if (!StatusLine(Line(file, ref at), head, out int status))
            return Fail($"unable to parse headers (error offset: {Math.Min(9, Common(file))})", out error);
        long length = -1;
        while (true)
        {
            int start = at;
            if (at >= file.Length)
                return Fail("unable to parse headers (error offset: -2)", out error);
            ReadOnlySpan<byte> line = Line(file, ref at);
            if (line.IsEmpty)
                break;
            int colon = line.IndexOf((byte)':');
            // a line that continues has nothing before it here but the status line: it is a name that begins with a blank
            if (colon <= 0 || !IsToken(line[..colon]))
                return Fail(
                    $"unable to parse headers (error offset: {start + Math.Max(0, line.IndexOfAny((byte)' ', (byte)':'))})",
                    out error
                );
            string name = Encoding.Latin1.GetString(line[..colon]).ToLowerInvariant(),
                value = Value(file, line[(colon + 1)..], ref at);
            if (name == "transfer-encoding")
                return Fail("chunk-encoded payload not supported", out error);
            if (name == "content-length")
            {
                bool repeated = length >= 0;
                if (!TakeLength(value, ref length))
                    return Fail($"unable to parse headers (error offset: {start + colon + 1 + Blanks(line[(colon + 1)..])})", out error);
                if (repeated)
                    continue;
                value = length.ToString(CultureInfo.InvariantCulture);
            }
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        ReadOnlySpan<byte> body = file[at..];
        if (body.Length > 0 && status is 204 or 304 or < 200)
            return Fail("message payload not expected", out error);
        if (length >= 0 && length != body.Length)
            return Fail($"payload size does not match the announced content-length ({body.Length} != {length})", out error);
        error = "";
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static byte[]? Fail(string why, out string error)
    {
        error = why;
        return null;
    }

    /// <summary>How much of the file begins like a response.</summary>
    private static int Common(ReadOnlySpan<byte> file) => file.StartsWith("HTTP/"u8) ? 9 : 0;

    /// <summary>The next line without its end; a bare line feed ends one too.</summary>
    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> file, ref int at)
    {
        int end = file[at..].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? file[at..] : file.Slice(at, end);
        at = end < 0 ? file.Length : at + end + 1;
        return line.Length > 0 && line[^1] == '\r' ? line[..^1] : line;
    }

    /// <summary>"HTTP/1.0" stays what it is, any other version is 1.1.</summary>
    private static bool StatusLine(ReadOnlySpan<byte> line, StringBuilder head, out int status)
    {
        status = 0;
        if (line.Length < 12 || !line.StartsWith("HTTP/"u8) || line[8] != ' ' || line.Length > 12 && line[12] != ' ')
            return false;
        foreach (byte b in line.Slice(9, 3))
        {
            if (!char.IsAsciiDigit((char)b))
                return false;
            status = status * 10 + b - '0';
        }
        if (status < 100)
            return false;
        head.Append(line[5] == '1' && line[7] == '0' ? "HTTP/1.0 " : "HTTP/1.1 ").Append(status).Append(' ');
        if (line.Length > 13)
            head.Append(Encoding.Latin1.GetString(line[13..]));
        head.Append("\r\n");
        return true;
    }

    /// <summary>A value with the lines that continue it (obsolete, RFC 9112 §5.2). COMPAT: each of their line ends becomes two
    /// spaces.</summary>
    private static string Value(ReadOnlySpan<byte> file, ReadOnlySpan<byte> first, ref int at)
    {
        string value = Encoding.Latin1.GetString(first).Trim(' ', '\t');
        while (at < file.Length && file[at] is (byte)' ' or (byte)'\t')
            value = (value + "  " + Encoding.Latin1.GetString(Line(file, ref at))).Trim(' ', '\t');
        return value;
    }

    private static int Blanks(ReadOnlySpan<byte> text) => Math.Max(0, text.IndexOfAnyExcept((byte)' ', (byte)'\t'));

    /// <summary>One number, or the same one several times with commas between (RFC 9110 §8.6), here and in any header before.</summary>
    private static bool TakeLength(string text, ref long length)
    {
        foreach (string part in text.Split(','))
        {
            if (
                !long.TryParse(part.Trim(' ', '\t'), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                || length >= 0 && length != value
            )
                return false;
            length = value;
        }
        return true;
    }

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
            if (b is <= 0x20 or >= 0x7F || "()<>@,;:\\\"/[]?={}"u8.Contains(b))
                return false;
        return true;
    }
}
