// A response read from an error file: checked, and brought into the one form in which the engine sends it (names of headers
// in lower case, lines ending with CR LF).
using System;
using System.IO;
using System.Text;

namespace Baton.Configuration.Values;

public static class ErrorFile
{
    /// <summary>The response in a file; empty for an empty file; null with the reason when it cannot be read or is no response.</summary>
    public static byte[]? Read(string path, out string error)
    {
        byte[] bytes;
        error = "";
        try { bytes = File.ReadAllBytes(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { error = $"error opening file '{path}'."; return null; }
        if (bytes.Length == 0) return bytes;
        byte[]? response = Normalize(bytes, out error);
        if (response is null) error = $"'{path}': {error}";
        return response;
    }

    /// <summary>The same for the bytes of a file that is not empty.</summary>
    public static byte[]? Normalize(ReadOnlySpan<byte> file, out string error)
    {
        int at = 0;
        while (at < file.Length && file[at] is (byte)'\r' or (byte)'\n') at++;
        var head = new StringBuilder();
        if (!StatusLine(Line(file, ref at), head, out int status)) return Fail($"unable to parse headers (error offset: {Math.Min(9, Common(file))})", out error);
        long length = -1;
        while (true)
        {
            int start = at;
            if (at >= file.Length) return Fail("unable to parse headers (error offset: -2)", out error);
            ReadOnlySpan<byte> line = Line(file, ref at);
            if (line.IsEmpty) break;
            if (line[0] is (byte)' ' or (byte)'\t') 
            {
                if (!Fold(head, line)) return Fail($"unable to parse headers (error offset: {start})", out error);
                continue;
            }
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || !IsToken(line[..colon])) return Fail($"unable to parse headers (error offset: {start + Math.Max(0, line.IndexOfAny((byte)' ', (byte)':'))})", out error);
            string name = Encoding.Latin1.GetString(line[..colon]).ToLowerInvariant(), value = Encoding.Latin1.GetString(line[(colon + 1)..]).Trim(' ', '\t');
            if (name == "transfer-encoding") return Fail("chunk-encoded payload not supported", out error);
            if (name == "content-length" && !TakeLength(value, ref length)) return Fail($"unable to parse headers (error offset: {start})", out error);
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        ReadOnlySpan<byte> body = file[at..];
        if (body.Length > 0 && status is 204 or 304 or < 200) return Fail("message payload not expected", out error);
        if (length >= 0 && length != body.Length) return Fail($"payload size does not match the announced content-length ({body.Length} != {length})", out error);
        error = "";
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    private static byte[]? Fail(string why, out string error) { error = why; return null; }

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
        if (line.Length < 12 || !line.StartsWith("HTTP/"u8) || line[8] != ' ' || line.Length > 12 && line[12] != ' ') return false;
        foreach (byte b in line.Slice(9, 3))
        {
            if (!char.IsAsciiDigit((char)b)) return false;
            status = status * 10 + b - '0';
        }
        if (status < 100) return false;
        head.Append(line[5] == '1' && line[7] == '0' ? "HTTP/1.0 " : "HTTP/1.1 ").Append(status).Append(' ');
        if (line.Length > 13) head.Append(Encoding.Latin1.GetString(line[13..]));
        head.Append("\r\n");
        return true;
    }

    /// <summary>A line that continues the value before it (obsolete, RFC 9112 §5.2): COMPAT: its line end becomes two spaces.</summary>
    private static bool Fold(StringBuilder head, ReadOnlySpan<byte> line)
    {
        string text = head.ToString();
        int start = text.LastIndexOf('\n', text.Length - 2) + 1, colon = text.IndexOf(':', start);
        // behind the status line there is nothing to continue
        if (start == 0) return false;
        string value = text[(colon + 1)..^2] + "  " + Encoding.Latin1.GetString(line);
        head.Length = colon + 1;
        head.Append(' ').Append(value.Trim(' ', '\t')).Append("\r\n");
        return true;
    }

    private static bool TakeLength(string text, ref long length)
        => long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long value)
           && (length < 0 || length == value) && (length = value) >= 0;

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name) if (b is <= 0x20 or >= 0x7F || "()<>@,;:\\\"/[]?={}"u8.Contains(b)) return false;
        return true;
    }
}
