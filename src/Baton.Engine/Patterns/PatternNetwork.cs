// The network that a key stands for: "10.0.0.0/8", "10.1.2.3", "10.0.0.0/255.0.0.0", "2001:db8::/32", or a host's name resolved.
using System;
using System.Buffers.Binary;
using System.Buffers.Text;
using Baton.Configuration.Values;
using Baton.Core.Text;
using Baton.Http.ProxyProtocol;

namespace Baton.Engine.Patterns;

/// <summary>Bits are those of the prefix, from the top.</summary>
internal readonly record struct PatternNetwork(UInt128 Bits, int Prefix, int AddressLength)
{
    public static unsafe PatternNetwork Of(PatternNode* node)
    {
        // SAFETY: the caller's node is valid, see PatternNode
        if (!node->IsResolved)
            return TryRead(PatternNode.Key(node), out PatternNetwork network) ? network : default;
        ReadOnlySpan<byte> ip = PatternNode.Value(node);
        return From(ip, ip.Length * 8);
    }

    public static PatternNetwork From(ReadOnlySpan<byte> address, int prefix) => new(Masked(address, prefix), prefix, address.Length);

    /// <summary>False when the key is no network.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, out PatternNetwork network)
    {
        // PERF: without a string for what nearly all keys are
        Span<byte> address = stackalloc byte[16];
        int slash = key.IndexOf((byte)'/');
        ReadOnlySpan<byte> host = slash < 0 ? key : key[..slash];
        int length =
            AddressText.TryParseIPv4(host, address) ? 4
            : AddressText.TryParseIPv6(host, address) ? 16
            : 0;
        int prefix = length * 8;
        if (length > 0 && (slash < 0 || IsNumber(key[(slash + 1)..], out prefix)))
        {
            network = prefix <= length * 8 ? From(address[..length], prefix) : default;
            return prefix <= length * 8;
        }
        bool done = AddressParser.Network(ByteText.Decode(key), out byte[] bytes, out prefix);
        network = done ? From(bytes, prefix) : default;
        return done;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text, out int number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && text[0] is >= (byte)'0' and <= (byte)'9';

    public static UInt128 Masked(ReadOnlySpan<byte> address, int prefix)
    {
        UInt128 value =
            address.Length == 4
                ? (UInt128)BinaryPrimitives.ReadUInt32BigEndian(address) << 96
                : BinaryPrimitives.ReadUInt128BigEndian(address);
        return prefix == 0 ? 0 : value & (UInt128.MaxValue << (128 - prefix));
    }
}
