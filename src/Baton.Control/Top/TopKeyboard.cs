// Bytes of a terminal as keys: letters, control characters, and the sequences that xterm and its kin send.
using System;

namespace Baton.Control.Top;

public static class TopKeyboard
{
    /// <summary>Takes the first key out of what has come. Sequences that say nothing here are <see cref="TopKey.None"/>.</summary>
    public static TopKey Take(ref ReadOnlySpan<byte> bytes, out char letter)
    {
        byte first = bytes[0];
        letter = (char)first;
        if (first == 0x1b)
            return TakeSequence(ref bytes);
        bytes = bytes[1..];
        return first switch
        {
            (byte)'\r' or (byte)'\n' => TopKey.Enter,
            0x7f or 0x08 => TopKey.Backspace,
            (byte)'\t' => TopKey.Tab,
            0x03 or 0x04 => TopKey.Interrupt,
            0x0c => TopKey.Redraw,
            0x1a => TopKey.Suspend,
            >= 0x20 and < 0x7f => TopKey.Letter,
            _ => TopKey.None,
        };
    }

    /// <summary>ESC alone, ESC O x, ESC [ x, ESC [ digits ~.</summary>
    private static TopKey TakeSequence(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes[1] is not ((byte)'[' or (byte)'O'))
        {
            bytes = bytes[1..];
            return TopKey.Escape;
        }
        int end = 2;
        while (end < bytes.Length && bytes[end] is >= 0x20 and < 0x40)
            end++;
        if (end == bytes.Length)
        {
            bytes = [];
            return TopKey.None;
        }
        byte final = bytes[end];
        ReadOnlySpan<byte> parameter = bytes[2..end];
        TopKey key = final switch
        {
            (byte)'A' => TopKey.Up,
            (byte)'B' => TopKey.Down,
            (byte)'C' => TopKey.Right,
            (byte)'D' => TopKey.Left,
            (byte)'H' => TopKey.Home,
            (byte)'F' => TopKey.End,
            (byte)'Z' => TopKey.BackTab,
            (byte)'~' when parameter.SequenceEqual("5"u8) => TopKey.PageUp,
            (byte)'~' when parameter.SequenceEqual("6"u8) => TopKey.PageDown,
            (byte)'~' when parameter.SequenceEqual("1"u8) || parameter.SequenceEqual("7"u8) => TopKey.Home,
            (byte)'~' when parameter.SequenceEqual("4"u8) || parameter.SequenceEqual("8"u8) => TopKey.End,
            _ => TopKey.None,
        };
        bytes = bytes[(end + 1)..];
        return key;
    }
}
