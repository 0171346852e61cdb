// What a match is written into: one a worker, so that matching allocates nothing and expressions can be shared.
using System;

namespace Baton.Interop.Pcre2;

/// <summary>OWNER: one thread. Lives as long as the process.</summary>
public sealed unsafe class MatchMemory
{
    /// <summary>Groups that can be referred to (\0 to \9), and some more.</summary>
    private const int Pairs = 16;

    private readonly nint _data = Pcre.pcre2_match_data_create_8(Pairs, 0);
    private int _groups;

    /// <summary>
    /// Searches from <paramref name="start"/> on. True when found; <see cref="Group"/> then tells where.
    /// <paramref name="compiled"/>: the code is machine code, which is entered without the checks that others need.
    /// </summary>
    public bool Match(nint code, bool compiled, ReadOnlySpan<byte> subject, int start = 0)
    {
        // SAFETY: the subject is pinned for the call; data is valid for the process's life, code for as long as the caller keeps its owner
        fixed (byte* p = subject)
        {
            byte empty = 0;
            byte* text = p is null ? &empty : p;
            int found = compiled
                ? Pcre.pcre2_jit_match_8(code, text, (nuint)subject.Length, (nuint)start, 0, _data, 0)
                : Pcre.pcre2_match_8(code, text, (nuint)subject.Length, (nuint)start, 0, _data, 0);
            _groups = found == 0 ? Pairs : found;
            return found >= 0;
        }
    }

    /// <summary>Start and length of a group of the last match; (0, 0) for one that took no part.</summary>
    public (int Start, int Length) Group(int index)
    {
        if (index >= _groups)
            return (0, 0);
        nuint* pairs = Pcre.pcre2_get_ovector_pointer_8(_data);
        nuint from = pairs[2 * index],
            to = pairs[2 * index + 1];
        return from == nuint.MaxValue || to < from ? (0, 0) : ((int)from, (int)(to - from));
    }
}
