// Where in the line that made a head malformed the fault lies, for those who look at what was captured. Parsing only remembers what it
// cannot be told again from the bytes; the rest is looked for here, after a message has been refused.
using System;
using Baton.Http.Headers;

namespace Baton.Http.H1;

internal static class HeadFaults
{
    private static int SkipWhile(ReadOnlySpan<byte> line, int from, byte byteClass)
    {
        while (from < line.Length && ByteClass.Is(line[from], byteClass))
        {
            from++;
        }
        return from;
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> line, int at) => at < line.Length && line[at] is (byte)'\r' or (byte)'\n';

    public static HeadFault OfRequestLine(ReadOnlySpan<byte> line)
    {
        int method = SkipWhile(line, 0, ByteClass.Token);
        if (method == 0)
        {
            return new HeadFault(0, HeadState.RqBefore);
        }
        if (method == line.Length || line[method] != ' ')
        {
            return new HeadFault(method, IsLineEnd(line, method) ? HeadState.Data : HeadState.RqMeth);
        }
        int target = SkipWhile(line, method + 1, ByteClass.Target);
        if (target == method + 1 || target == line.Length || line[target] != ' ')
        {
            return new HeadFault(target, IsLineEnd(line, target) ? HeadState.Data : HeadState.RqUri);
        }
        int version = target + 1;
        bool isVersion = line.Length >= version + 8 && line[version..].StartsWith("HTTP/1."u8);
        return isVersion && IsLineEnd(line, version + 8)
            ? new HeadFault(version + 8, HeadState.RqLineEnd)
            : new HeadFault(version, HeadState.Data);
    }

    public static HeadFault OfStatusLine(ReadOnlySpan<byte> line)
    {
        int version = 0;
        while (
            version < line.Length
            && (
                char.IsAsciiLetterUpper((char)line[version])
                || char.IsAsciiDigit((char)line[version])
                || line[version] is (byte)'/' or (byte)'.'
            )
        )
        {
            version++;
        }
        if (version == line.Length || line[version] != ' ')
        {
            return new HeadFault(version, HeadState.RpVer);
        }
        if (version != 8 || !line.StartsWith("HTTP/1."u8))
        {
            return new HeadFault(0, HeadState.RpVer);
        }
        int code = 9;
        while (code < 12 && code < line.Length && char.IsAsciiDigit((char)line[code]))
        {
            code++;
        }
        if (code < 12 || code == line.Length || (line[code] != ' ' && !IsLineEnd(line, code)))
        {
            return new HeadFault(code, HeadState.RpCode);
        }
        return new HeadFault(SkipText(line, code), HeadState.RpReason);
    }

    public static HeadFault OfField(ReadOnlySpan<byte> line)
    {
        int name = SkipWhile(line, 0, ByteClass.Token);
        if (name == 0 || name == line.Length || line[name] != ':')
        {
            return new HeadFault(name, HeadState.HdrName);
        }
        int stop = SkipText(line, name + 1);
        return stop < line.Length && line[stop] == '\r'
            ? new HeadFault(stop + 1, HeadState.HdrL2Lf)
            : new HeadFault(stop, HeadState.HdrVal);
    }

    private static int SkipText(ReadOnlySpan<byte> line, int from)
    {
        while (from < line.Length && (line[from] == '\t' || !ByteClass.Is(line[from], ByteClass.Control)))
        {
            from++;
        }
        return from;
    }
}
