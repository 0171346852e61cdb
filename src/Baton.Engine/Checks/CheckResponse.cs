// The answer to an HTTP check as far as it has come: status line, header fields, body. Strict about the status line, as haproxy is.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Baton.Core.Text;

namespace Baton.Engine.Checks;

internal readonly ref struct CheckResponse
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly int _fields,
        _body;

    public int Status { get; }
    public string Reason { get; }

    private CheckResponse(ReadOnlySpan<byte> data, int status, string reason, int fields, int body)
    {
        (Status, Reason, _fields, _body) = (status, reason, fields, body);
        _data = data;
    }

    /// <summary>Reads the head: Passed when it is whole, Wait when more has to come, Failed when this is no answer.</summary>
    public static CheckVerdict Parse(ReadOnlySpan<byte> data, out CheckResponse response)
    {
        response = default;
        int line = data.IndexOf((byte)'\n');
        if (line < 0)
            return data.Length > 0 && data.Length <= 5 && !"HTTP/"u8.StartsWith(data) ? CheckVerdict.Failed : CheckVerdict.Wait;
        ReadOnlySpan<byte> first = TrimEnd(data[..line]);
        // HTTP/1.1 200 OK
        if (
            first.Length < 12
            || !first.StartsWith("HTTP/1."u8)
            || !char.IsAsciiDigit((char)first[7])
            || first[8] != ' '
            || !Utf8Parser.TryParse(first[9..12], out int status, out int used)
            || used != 3
            || status < 100
            || first.Length > 12 && first[12] != ' '
        )
            return CheckVerdict.Failed;
        for (int at = line + 1; at < data.Length; )
        {
            int end = data[at..].IndexOf((byte)'\n');
            if (end < 0)
                return CheckVerdict.Wait;
            ReadOnlySpan<byte> field = TrimEnd(data.Slice(at, end));
            at += end + 1;
            if (field.IsEmpty)
            {
                response = new CheckResponse(data, status, first.Length > 13 ? ByteText.Decode(first[13..].ToArray()) : "", line + 1, at);
                return CheckVerdict.Passed;
            }
            if (field.IndexOf((byte)':') <= 0)
                return CheckVerdict.Failed;
        }
        return CheckVerdict.Wait;
    }

    private static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;

    /// <summary>Goes through the fields; <paramref name="at"/> is 0 at first.</summary>
    public bool NextField(scoped ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (at == 0)
            at = _fields;
        name = value = default;
        ReadOnlySpan<byte> line = TrimEnd(_data.Slice(at, _data[at..].IndexOf((byte)'\n')));
        if (line.IsEmpty)
            return false;
        at += _data[at..].IndexOf((byte)'\n') + 1;
        int colon = line.IndexOf((byte)':');
        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return true;
    }

    private ReadOnlySpan<byte> Find(ReadOnlySpan<byte> wanted)
    {
        int at = 0;
        while (NextField(ref at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value))
            if (Ascii.EqualsIgnoreCase(name, wanted))
                return value;
        return default;
    }

    /// <summary>How long the whole answer is where its connection can go on behind it: 0 while something of it is missing, -1 when it
    /// cannot.</summary>
    public int LengthKept(bool isHead)
    {
        if (Status < 200 || !_data.StartsWith("HTTP/1.1"u8) || !MayGoOn(Find("connection"u8)))
            return -1;
        if (isHead || Status is 204 or 304)
            return _body;
        ReadOnlySpan<byte> length = Find("content-length"u8);
        if (!Find("transfer-encoding"u8).IsEmpty)
            return length.IsEmpty ? LengthOfChunks() : -1;
        if (!Utf8Parser.TryParse(length, out int bytes, out int used) || used != length.Length || bytes < 0)
            return -1;
        return _data.Length - _body >= bytes ? _body + bytes : 0;
    }

    /// <summary>What is said of the connection: nothing, or that it is kept.</summary>
    private static bool MayGoOn(ReadOnlySpan<byte> connection) => connection.IsEmpty || Ascii.EqualsIgnoreCase(connection, "keep-alive"u8);

    /// <summary>Trailers are none that a check would look at: such a connection is not kept.</summary>
    private int LengthOfChunks()
    {
        for (int at = _body; ; )
        {
            int line = _data[at..].IndexOf("\r\n"u8);
            if (line < 0)
                return 0;
            if (!Utf8Parser.TryParse(_data.Slice(at, line), out int size, out int used, 'x') || used == 0 || size < 0)
                return -1;
            at += line + 2;
            if (size > _data.Length - at - 2)
                return 0;
            if (!_data.Slice(at + size, 2).SequenceEqual("\r\n"u8))
                return -1;
            at += size + 2;
            if (size == 0)
                return at;
        }
    }

    /// <summary>The body without its framing, as far as it is here; <paramref name="complete"/> when nothing of it is missing.</summary>
    public ReadOnlySpan<byte> Body(bool isHead, out bool complete)
    {
        ReadOnlySpan<byte> rest = _data[_body..];
        complete = isHead || Status is 204 or 304 or < 200;
        if (complete)
            return default;
        ReadOnlySpan<byte> coding = Find("transfer-encoding"u8);
        if (!coding.IsEmpty && Ascii.EqualsIgnoreCase(coding[Math.Max(0, coding.Length - 7)..], "chunked"u8))
            return Chunks(rest, out complete);
        ReadOnlySpan<byte> length = Find("content-length"u8);
        if (length.IsEmpty || !Utf8Parser.TryParse(length, out long bytes, out int used) || used != length.Length || bytes < 0)
            return rest;
        complete = rest.Length >= bytes;
        return complete ? rest[..(int)bytes] : rest;
    }

    private static ReadOnlySpan<byte> Chunks(ReadOnlySpan<byte> rest, out bool complete)
    {
        var body = new ArrayBufferWriter<byte>(Math.Max(1, rest.Length));
        complete = false;
        while (rest.IndexOf((byte)'\n') is var line and >= 0)
        {
            if (!Utf8Parser.TryParse(rest[..line], out int size, out int used, 'x') || used == 0 || size < 0)
                break;
            rest = rest[(line + 1)..];
            complete = size == 0;
            if (complete)
                break;
            body.Write(rest[..Math.Min(size, rest.Length)]);
            if (rest.Length <= size)
                break;
            rest = rest[size..];
            int end = rest.IndexOf((byte)'\n');
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return body.WrittenSpan;
    }
}
