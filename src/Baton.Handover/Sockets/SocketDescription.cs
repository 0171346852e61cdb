// What _getsocks says of one socket: its network namespace and its interface, each a counted name, and four bytes that have
// meant nothing since HAProxy 2.3.
using System;
using System.Text;

namespace Baton.Handover.Sockets;

public static class SocketDescription
{
    private const int TrailerSize = 4;

    /// <summary>Moves <paramref name="at"/> behind the description that begins there; false, and nothing moves, when it has not arrived
    /// whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, ref int at, out string space, out string device)
    {
        int end = at;
        device = "";
        if (!Name(payload, ref end, out space) || !Name(payload, ref end, out device) || end + TrailerSize > payload.Length)
            return false;
        at = end + TrailerSize;
        return true;
    }

    /// <summary>The description of one socket; <see cref="TryRead"/> reads it.</summary>
    public static void Write(System.Collections.Generic.List<byte> payload, string space, string device)
    {
        foreach (string name in (ReadOnlySpan<string>)[space, device])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            payload.Add((byte)bytes.Length);
            payload.AddRange(bytes);
        }
        payload.AddRange(new byte[TrailerSize]);
    }

    private static bool Name(ReadOnlySpan<byte> payload, ref int at, out string text)
    {
        text = "";
        if (at >= payload.Length || at + 1 + payload[at] > payload.Length)
            return false;
        text = Encoding.UTF8.GetString(payload.Slice(at + 1, payload[at]));
        at += 1 + payload[at];
        return true;
    }
}
