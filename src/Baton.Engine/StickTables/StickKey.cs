// What a sample is as a key of a table: the same bytes whichever way it came (manual, "stick-table type").
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Samples;

namespace Baton.Engine.StickTables;

public static class StickKey
{
    /// <summary>Bytes that a key which is made may need, besides those of the sample.</summary>
    internal const int ScratchSize = 64;

    /// <summary>False when the sample is no key of such a table. The key lies in the sample's text or in scratch, which is as long as a key
    /// at least.</summary>
    internal static bool TryMake(StickTableConfig table, Span<byte> scratch, ref SampleValue value, out ReadOnlySpan<byte> key)
    {
        key = default;
        switch (table.Type)
        {
            case StickKeyType.Ip or StickKeyType.Ipv6:
                if (!SampleCast.To(SampleType.Address, scratch, ref value))
                    return false;
                return FromAddress(table.Type, value.Address, scratch, out key);
            case StickKeyType.Integer:
                if (!SampleCast.To(SampleType.Integer, scratch, ref value))
                    return false;
                BinaryPrimitives.WriteUInt32LittleEndian(scratch, (uint)value.Number);
                key = scratch[..4];
                return true;
            case StickKeyType.String:
                if (!SampleCast.To(SampleType.String, scratch, ref value))
                    return false;
                key = value.Text[..Math.Min(value.Text.Length, table.KeyLength)];
                return true;
            default:
                if (!SampleCast.To(SampleType.Binary, scratch, ref value))
                    return false;
                key = Padded(value.Text, table.KeyLength, scratch);
                return true;
        }
    }

    private static ReadOnlySpan<byte> Padded(ReadOnlySpan<byte> bytes, int length, Span<byte> scratch)
    {
        if (bytes.Length >= length)
            return bytes[..length];
        int has = bytes.Length;
        bytes.CopyTo(scratch);
        scratch[has..length].Clear();
        return scratch[..length];
    }

    internal static bool FromAddress(StickKeyType type, in SocketAddress given, Span<byte> scratch, out ReadOnlySpan<byte> key)
    {
        key = default;
        SocketAddress address = given;
        if (type == StickKeyType.Ip && !address.IsIPv4 && !given.TryGetIPv4(out address))
            return false;
        if (type == StickKeyType.Ipv6 && address.IsIPv4)
            address = address.ToMappedIPv6();
        int length = type == StickKeyType.Ip ? 4 : 16;
        if (address.Length != length)
            return false;
        address.CopyBytes(scratch);
        key = scratch[..length];
        return true;
    }

    /// <summary>The key that an operator has written; null when it is none of the table's.</summary>
    public static byte[]? Parse(StickTableConfig table, string text)
    {
        switch (table.Type)
        {
            case StickKeyType.Ip or StickKeyType.Ipv6:
                byte[]? ip = Configuration.Values.AddressParser.Ip(text);
                return ip?.Length == table.KeyLength ? ip : null;
            case StickKeyType.Integer:
                if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
                    return null;
                byte[] bytes = new byte[4];
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
                return bytes;
            case StickKeyType.String:
                byte[] all = Core.Text.ByteText.GetBytes(text);
                return all.Length <= table.KeyLength ? all : all[..table.KeyLength];
            default:
                return ParseHexadecimal(table, text);
        }
    }

    private static byte[]? ParseHexadecimal(StickTableConfig table, string text)
    {
        if (text.Length % 2 != 0 || text.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF"))
            return null;
        byte[] key = new byte[table.KeyLength];
        byte[] given = Convert.FromHexString(text);
        given.AsSpan(0, Math.Min(given.Length, key.Length)).CopyTo(key);
        return key;
    }

    /// <summary>The key as operators read it.</summary>
    public static string Format(StickTableConfig table, ReadOnlySpan<byte> key)
    {
        switch (table.Type)
        {
            case StickKeyType.Ip or StickKeyType.Ipv6:
                Span<byte> text = stackalloc byte[64];
                return Encoding.ASCII.GetString(text[..SocketAddress.From(key, 0).FormatIp(text)]);
            case StickKeyType.Integer:
                return BinaryPrimitives.ReadUInt32LittleEndian(key).ToString(CultureInfo.InvariantCulture);
            case StickKeyType.String:
                return Escaped(key);
            default:
                return Convert.ToHexString(key);
        }
    }

    /// <summary>COMPAT: as HAProxy writes text into the answers of its runtime API.</summary>
    private static string Escaped(ReadOnlySpan<byte> text)
    {
        var into = new StringBuilder(text.Length);
        foreach (byte b in text)
            switch (b)
            {
                case (byte)' ' or (byte)'\\' or (byte)'=':
                    into.Append('\\').Append((char)b);
                    break;
                case >= 0x20 and < 0x7F:
                    into.Append((char)b);
                    break;
                case (byte)'\t':
                    into.Append("\\t");
                    break;
                case (byte)'\n':
                    into.Append("\\n");
                    break;
                case (byte)'\r':
                    into.Append("\\r");
                    break;
                case 27:
                    into.Append("\\e");
                    break;
                default:
                    into.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture));
                    break;
            }
        return into.ToString();
    }
}
