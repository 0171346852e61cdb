// The checksum of version 2 headers: CRC-32C (RFC 4960 appendix B), the field itself taken as zero.
using System;
using System.Numerics;

namespace Baton.Http.ProxyProtocol;

internal static class Crc32C
{
    public static uint OfHeader(ReadOnlySpan<byte> header, int fieldOffset)
    {
        uint crc = Add(uint.MaxValue, header[..fieldOffset]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Add(crc, header[(fieldOffset + 4)..]);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return crc;
    }
}
