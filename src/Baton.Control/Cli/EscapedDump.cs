// Bytes as text for people, the way "show errors" has them: the offset of each piece, then the piece with whatever is not
// printable escaped. A piece ends behind a line feed or where the next byte would go beyond the width.
using System;
using System.Globalization;
using System.Text;

namespace Baton.Control.Cli;

internal static class EscapedDump
{
    /// <summary>Columns for the bytes of a line.</summary>
    private const int Width = 70;

    public static void Append(StringBuilder to, ReadOnlySpan<byte> bytes)
    {
        bool begins = true;
        for (int at = 0; at < bytes.Length; )
        {
            to.Append(CultureInfo.InvariantCulture, $"  {at:00000}{(begins ? ' ' : '+')} ");
            int column = 0;
            begins = false;
            while (at < bytes.Length && !begins && column + WidthOf(bytes[at]) <= Width)
            {
                column += WidthOf(bytes[at]);
                begins = bytes[at] == '\n';
                AppendByte(to, bytes[at++]);
            }
            to.Append('\n');
        }
    }

    private static bool IsPrintable(byte b) => b is >= 0x20 and < 0x7F and not (byte)'\\';

    private static int WidthOf(byte b) =>
        IsPrintable(b) ? 1
        : Letter(b) != 0 ? 2
        : 4;

    /// <summary>What stands behind the backslash; 0 when the byte is written as a number.</summary>
    private static char Letter(byte b) =>
        b switch
        {
            (byte)'\t' => 't',
            (byte)'\n' => 'n',
            (byte)'\r' => 'r',
            0x1B => 'e',
            (byte)'\\' => '\\',
            _ => '\0',
        };

    private static void AppendByte(StringBuilder to, byte b)
    {
        if (IsPrintable(b))
            to.Append((char)b);
        else if (Letter(b) is not '\0' and var letter)
            to.Append('\\').Append(letter);
        else
            to.Append(CultureInfo.InvariantCulture, $"\\x{b:X2}");
    }
}
