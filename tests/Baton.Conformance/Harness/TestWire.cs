// The peers' side of the transport for tests (BATON_TEST_TRANSPORT=both): every byte is another one on the wire, by its place. With
// it any scenario shows that the proxy reads and writes nothing past the seam.
using System;

namespace Baton.Conformance.Harness;

/// <summary>One connection's, both directions.</summary>
public sealed class TestWire
{
    private uint _received,
        _sent;

    /// <summary>Whether the proxies of this run speak so to both sides.</summary>
    public static bool On { get; } = Environment.GetEnvironmentVariable("BATON_TEST_TRANSPORT") == "both";

    /// <summary>Of one connection; null when nothing is to be changed.</summary>
    public static TestWire? Create() => On ? new TestWire() : null;

    private static byte Key(uint place) => (byte)(place * 31 % 255 + 1);

    public void Received(Span<byte> bytes)
    {
        foreach (ref byte b in bytes)
            b ^= Key(_received++);
    }

    public byte[] ToSend(ReadOnlySpan<byte> bytes)
    {
        byte[] changed = bytes.ToArray();
        foreach (ref byte b in changed.AsSpan())
            b ^= Key(_sent++);
        return changed;
    }
}
