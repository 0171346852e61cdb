// DER, the writing side: a value is made of those in it, which are made first.
using System;

namespace Baton.Http.Certificates;

internal static class DerWriter
{
    /// <summary>A value with its tag and length in front; its parts stand one behind another.</summary>
    public static byte[] Wrap(byte tag, params ReadOnlySpan<byte[]> parts)
    {
        int length = 0;
        foreach (byte[] part in parts)
            length += part.Length;
        byte[] head =
            length < 0x80 ? [tag, (byte)length]
            : length <= 0xFF ? [tag, 0x81, (byte)length]
            : [tag, 0x82, (byte)(length >> 8), (byte)length];
        byte[] made = new byte[head.Length + length];
        head.CopyTo(made, 0);
        int at = head.Length;
        foreach (byte[] part in parts)
        {
            part.CopyTo(made, at);
            at += part.Length;
        }
        return made;
    }
}
