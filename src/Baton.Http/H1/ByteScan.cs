// Where a line or a word of HTTP/1 text stops, sixteen bytes at a step.
// SAFETY: nothing outside [p, end) is read: 16 bytes at once are loaded where 16 are left.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Baton.Http.Headers;

namespace Baton.Http.H1;

internal static unsafe class ByteScan
{
    /// <summary>First byte that can be in no line: a control byte other than HTAB. PERF: 16 bytes a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* FindControl(byte* p, byte* end)
    {
        while (end - p >= 16)
        {
            Vector128<byte> v = Vector128.Load(p);
            Vector128<byte> bad =
                Vector128.AndNot(Vector128.LessThan(v, Vector128.Create((byte)0x20)), Vector128.Equals(v, Vector128.Create((byte)'\t')))
                | Vector128.Equals(v, Vector128.Create((byte)0x7F));
            uint mask = bad.ExtractMostSignificantBits();
            if (mask != 0)
                return p + BitOperations.TrailingZeroCount(mask);
            p += 16;
        }
        while (p < end && !ByteClass.Is(*p, ByteClass.Control))
            p++;
        return p;
    }

    /// <summary>
    /// First byte that can be in no request target. COMPAT: like HAProxy, the bytes " &lt; > \ ^ ` { | } pass although RFC 3986 has no
    /// place for them: browsers send them. Controls, space, '#', DEL and bytes above 0x7F do not.
    /// </summary>
    public static byte* FindTargetEnd(byte* p, byte* end)
    {
        while (end - p >= 16)
        {
            Vector128<byte> v = Vector128.Load(p);
            Vector128<byte> bad =
                Vector128.GreaterThanOrEqual(v - Vector128.Create((byte)0x21), Vector128.Create((byte)0x5E))
                | Vector128.Equals(v, Vector128.Create((byte)'#'));
            uint mask = bad.ExtractMostSignificantBits();
            if (mask != 0)
                return p + BitOperations.TrailingZeroCount(mask);
            p += 16;
        }
        while (p < end && ByteClass.Is(*p, ByteClass.Target))
            p++;
        return p;
    }
}
