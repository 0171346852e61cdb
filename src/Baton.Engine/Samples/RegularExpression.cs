// A compiled regular expression of the configuration, shared by all workers.
// SAFETY: the code lives as long as this object, which is kept alive past each use of it; pattern and message are pinned or on
// the stack for the call.
using System;
using System.Text;
using Baton.Core.Text;
using Baton.Engine.Loop;
using Baton.Interop.Pcre2;

namespace Baton.Engine.Samples;

public sealed unsafe class RegularExpression
{
    private readonly nint _code;
    private readonly bool _compiled;

    private RegularExpression(nint code, bool compiled, bool ignoreCase) => (_code, _compiled, IgnoresCase) = (code, compiled, ignoreCase);

    // patterns come and go while the process runs, and PCRE2's memory is not the collector's
    ~RegularExpression() => Pcre.pcre2_code_free_8(_code);

    public bool IgnoresCase { get; }

    /// <summary>Compiles; null and the reason when it cannot be (PCRE2's words, with the position).</summary>
    public static RegularExpression? Create(string text, bool ignoreCase, out string error)
    {
        error = "";
        byte[] pattern = ByteText.GetBytes(text + "\0");
        int code;
        nuint offset;
        nint compiled;
        try
        {
            fixed (byte* p = pattern)
                compiled = Pcre.pcre2_compile_8(p, (nuint)(pattern.Length - 1), ignoreCase ? Pcre.CASELESS : 0, &code, &offset, 0);
        }
        catch (DllNotFoundException)
        {
            error = $"regular expressions need the library of the package {Pcre.Package}, which is not installed";
            return null;
        }
        if (compiled == 0)
        {
            byte* message = stackalloc byte[256];
            int length = Pcre.pcre2_get_error_message_8(code, message, 256);
            error = $"regex '{text}' is invalid (error={Encoding.UTF8.GetString(message, Math.Max(0, length))}, erroffset={offset})";
            return null;
        }
        // without a JIT (it may be forbidden) it is interpreted
        bool machineCode = Pcre.pcre2_jit_compile_8(compiled, Pcre.JIT_COMPLETE) == 0;
        return new RegularExpression(compiled, machineCode, ignoreCase);
    }

    public bool IsMatch(Worker worker, ReadOnlySpan<byte> text) => Match(worker.RegexMemory, text, 0);

    private bool Match(MatchMemory memory, ReadOnlySpan<byte> text, int from)
    {
        bool found = memory.Match(_code, _compiled, text, from);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>
    /// Writes <paramref name="replacement"/> with its references (\0 to \9, \xHH, \\) filled in from the match of
    /// <paramref name="text"/>. The bytes written, -1 when there is no match, -2 when there is no room.
    /// </summary>
    public int Expand(Worker worker, ReadOnlySpan<byte> text, ReadOnlySpan<byte> replacement, Span<byte> into) =>
        Match(worker.RegexMemory, text, 0) ? Fill(worker.RegexMemory, text, replacement, into) : -1;

    /// <summary>Replaces the first match (or all) in <paramref name="text"/>. The bytes written, or -2 when there is no room.</summary>
    public int Substitute(Worker worker, ReadOnlySpan<byte> text, ReadOnlySpan<byte> replacement, bool all, Span<byte> into)
    {
        MatchMemory match = worker.RegexMemory;
        int at = 0,
            from = 0;
        while (from <= text.Length && Match(match, text, from))
        {
            (int start, int length) = match.Group(0);
            if (!Copy(text[from..start], into, ref at))
                return -2;
            int filled = Fill(match, text, replacement, into[at..]);
            if (filled < 0)
                return -2;
            at += filled;
            from = start + length;
            if (length == 0)
            {
                // an empty match: take one byte along, or it would be found for ever
                if (from < text.Length && !Copy(text.Slice(from, 1), into, ref at))
                    return -2;
                from++;
            }
            if (!all)
                break;
        }
        return from >= text.Length || Copy(text[from..], into, ref at) ? at : -2;
    }

    private static int Fill(MatchMemory match, ReadOnlySpan<byte> text, ReadOnlySpan<byte> replacement, Span<byte> into)
    {
        int at = 0;
        for (int i = 0; i < replacement.Length; i++)
        {
            byte b = replacement[i];
            if (b == '\\' && i + 1 < replacement.Length)
            {
                byte next = replacement[++i];
                if (next is >= (byte)'0' and <= (byte)'9')
                {
                    (int start, int length) = match.Group(next - '0');
                    if (!Copy(text.Slice(start, length), into, ref at))
                        return -2;
                    continue;
                }
                if (
                    next == 'x'
                    && i + 2 < replacement.Length
                    && HexDigit(replacement[i + 1]) is >= 0 and var high
                    && HexDigit(replacement[i + 2]) is >= 0 and var low
                )
                {
                    i += 2;
                    b = (byte)(high * 16 + low);
                }
                else
                    b = next;
            }
            if (at == into.Length)
                return -2;
            into[at++] = b;
        }
        return at;
    }

    private static int HexDigit(byte b) =>
        b switch
        {
            >= (byte)'0' and <= (byte)'9' => b - '0',
            >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
            _ => -1,
        };

    private static bool Copy(ReadOnlySpan<byte> from, Span<byte> into, ref int at)
    {
        if (from.Length > into.Length - at)
            return false;
        from.CopyTo(into[at..]);
        at += from.Length;
        return true;
    }
}
