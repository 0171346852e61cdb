// Base64 and base64url read as HAProxy reads them (RFC 4648): the bits behind the last byte need not be zero, which the
// framework's decoders insist on.
using System;

namespace Baton.Engine.Samples.Converters;

internal static class Base64Text
{
    /// <summary>Plain base64 must be padded to groups of four; padding of base64url may be there or not. False when it is none, or does not
    /// fit.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, bool url, Span<byte> into, out int length)
    {
        length = 0;
        if (!url && text.Length % 4 != 0)
            return false;
        int padding =
            text.Length % 4 != 0 ? 0
            : text.EndsWith("=="u8) ? 2
            : text.EndsWith("="u8) ? 1
            : 0;
        text = text[..^padding];
        if (text.Length % 4 == 1 || text.Length / 4 * 3 + 2 > into.Length)
            return false;
        int bits = 0,
            count = 0;
        foreach (byte b in text)
        {
            int digit = Digit(b, url);
            if (digit < 0)
                return false;
            bits = bits << 6 | digit;
            count += 6;
            if (count < 8)
                continue;
            count -= 8;
            into[length++] = (byte)(bits >> count);
        }
        return true;
    }

    private static int Digit(byte b, bool url) =>
        b switch
        {
            >= (byte)'A' and <= (byte)'Z' => b - 'A',
            >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
            >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
            (byte)'+' when !url => 62,
            (byte)'/' when !url => 63,
            (byte)'-' when url => 62,
            (byte)'_' when url => 63,
            _ => -1,
        };
}
