// DNS messages (RFC 1035 §4): one question out, the records that answer it in. What comes from outside is believed only as far as it
// answers that very question, and every name in it is bounded.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Baton.Engine.Connections;

namespace Baton.Engine.Resolvers;

public static class DnsMessage
{
    public const int HeaderLength = 12;

    /// <summary>Bytes of the longest query: header, name, question, OPT record.</summary>
    public const int LongestQuery = HeaderLength + MostNameBytes + 4 + OptLength;

    private const int MostNameBytes = 255,
        MostLabelBytes = 63,
        OptLength = 11;
    private const ushort ClassIn = 1;
    private const int IsResponse = 0x8000,
        IsTruncated = 0x0200,
        WantsRecursion = 0x0100,
        Opcode = 0x7800,
        ResponseCode = 0x000F;

    /// <summary>A name server is never told of less (RFC 6891 §6.2.3).</summary>
    private const int LeastAnnounced = 512;

    /// <summary>The name can be asked for: labels of 1 to 63 bytes, 253 in all.</summary>
    public static bool IsName(string name)
    {
        ReadOnlySpan<char> rest = name.AsSpan();
        if (rest.Length > 0 && rest[^1] == '.')
            rest = rest[..^1];
        if (rest.Length is 0 or > MostNameBytes - 2)
            return false;
        int label = 0;
        foreach (char c in rest)
        {
            label = c == '.' ? 0 : label + 1;
            if (c is <= ' ' or >= (char)127 || label > MostLabelBytes)
                return false;
        }
        return !rest.StartsWith(".") && !rest.Contains("..".AsSpan(), StringComparison.Ordinal);
    }

    /// <summary>Writes a query into at least <see cref="LongestQuery"/> bytes; the length. <paramref name="name"/> is one.</summary>
    public static int WriteQuery(Span<byte> into, ushort id, string name, DnsRecordType type, int acceptedPayload)
    {
        into[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(into, id);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], WantsRecursion);
        into[5] = 1;
        into[11] = 1;
        int at = HeaderLength;
        foreach (Range range in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan()[range];
            if (label.IsEmpty)
                continue;
            into[at] = (byte)label.Length;
            at += 1 + Encoding.Latin1.GetBytes(label, into[(at + 1)..]);
        }
        into[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(into[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 2)..], ClassIn);
        at += 4;
        // EDNS(0): what fits into a datagram
        into.Slice(at, OptLength).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 1)..], (ushort)DnsRecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(into[(at + 3)..], (ushort)Math.Max(LeastAnnounced, acceptedPayload));
        return at + OptLength;
    }

    /// <summary>The identifier of a message that has a header.</summary>
    public static ushort IdOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message);

    /// <summary>
    /// Reads the answer to a question. Records of the kind that was asked for go into <paramref name="records"/>; addresses of
    /// targets that came along, by name, into <paramref name="extra"/>.
    /// </summary>
    public static DnsStatus Read(
        ReadOnlySpan<byte> message,
        string name,
        DnsRecordType type,
        List<DnsRecord> records,
        List<(string Name, SocketAddress Address)> extra
    )
    {
        records.Clear();
        extra.Clear();
        if (message.Length < HeaderLength)
            return DnsStatus.Invalid;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((flags & IsResponse) == 0 || (flags & Opcode) != 0 || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != 1)
            return DnsStatus.Invalid;
        int at = HeaderLength;
        if (
            !ReadName(message, ref at, out string asked)
            || message.Length - at < 4
            || !string.Equals(asked, name.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)
            || BinaryPrimitives.ReadUInt16BigEndian(message[at..]) != (ushort)type
            || BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) != ClassIn
        )
            return DnsStatus.Invalid;
        at += 4;
        if ((flags & IsTruncated) != 0)
            return DnsStatus.Truncated;
        switch (flags & ResponseCode)
        {
            case 0:
                break;
            case 3:
                return DnsStatus.NxDomain;
            case 5:
                return DnsStatus.Refused;
            default:
                return DnsStatus.Other;
        }
        DnsStatus status = ReadAnswers(message, ref at, asked, type, records);
        if (status == DnsStatus.Valid && type == DnsRecordType.Srv)
            ReadExtra(message, at, extra);
        return status;
    }

    private static DnsStatus ReadAnswers(ReadOnlySpan<byte> message, ref int at, string asked, DnsRecordType type, List<DnsRecord> records)
    {
        string owner = asked;
        bool alias = false;
        for (int left = BinaryPrimitives.ReadUInt16BigEndian(message[6..]); left > 0; left--)
        {
            if (!ReadRecord(message, ref at, out string of, out DnsRecordType kind, out int data, out int length))
                return DnsStatus.Invalid;
            if (!string.Equals(of, owner, StringComparison.OrdinalIgnoreCase))
                continue;
            if (kind == DnsRecordType.Cname)
            {
                int target = data;
                if (!ReadName(message, ref target, out owner) || target != data + length)
                    return DnsStatus.Invalid;
                alias = true;
            }
            else if (kind == type)
            {
                if (ReadData(message, kind, data, length) is not { } record)
                    return DnsStatus.Invalid;
                if (!records.Contains(record))
                    records.Add(record);
            }
        }
        return records.Count > 0 ? DnsStatus.Valid
            : alias ? DnsStatus.CnameError
            : BinaryPrimitives.ReadUInt16BigEndian(message[6..]) == 0 ? DnsStatus.Empty
            : DnsStatus.Other;
    }

    /// <summary>What came along is a help, and left out where it is not understood.</summary>
    private static void ReadExtra(ReadOnlySpan<byte> message, int at, List<(string Name, SocketAddress Address)> extra)
    {
        int left = BinaryPrimitives.ReadUInt16BigEndian(message[8..]) + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        for (; left > 0; left--)
        {
            if (!ReadRecord(message, ref at, out string of, out DnsRecordType kind, out int data, out int length))
                return;
            if (kind is DnsRecordType.A or DnsRecordType.Aaaa && ReadData(message, kind, data, length) is { } record)
                extra.Add((of.ToLowerInvariant(), record.Address));
        }
    }

    private static DnsRecord? ReadData(ReadOnlySpan<byte> message, DnsRecordType kind, int data, int length)
    {
        ReadOnlySpan<byte> bytes = message.Slice(data, length);
        switch (kind)
        {
            case DnsRecordType.A when length == 4:
            case DnsRecordType.Aaaa when length == 16:
                return new DnsRecord(SocketAddress.From(bytes, 0));
            case DnsRecordType.Srv when length > 6:
                int at = data + 6;
                if (!ReadName(message, ref at, out string target) || at != data + length)
                    return null;
                return new DnsRecord(
                    default,
                    target.ToLowerInvariant(),
                    BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
                    BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
                    BinaryPrimitives.ReadUInt16BigEndian(bytes)
                );
            default:
                return null;
        }
    }

    private static bool ReadRecord(
        ReadOnlySpan<byte> message,
        ref int at,
        out string owner,
        out DnsRecordType kind,
        out int data,
        out int length
    )
    {
        kind = DnsRecordType.None;
        data = length = 0;
        if (!ReadName(message, ref at, out owner) || message.Length - at < 10)
            return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) == ClassIn)
            kind = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        data = at + 10;
        at = data + length;
        return at <= message.Length;
    }

    /// <summary>A name, without the dot at its end. A pointer leads back only, so that none leads round (RFC 1035 §4.1.4).</summary>
    private static bool ReadName(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        Span<char> text = stackalloc char[MostNameBytes];
        int length = 0,
            position = at,
            least = at;
        bool jumped = false;
        while (position < message.Length)
        {
            int label = message[position];
            if (label == 0)
            {
                if (!jumped)
                    at = position + 1;
                name = new string(text[..Math.Max(0, length - 1)]);
                return true;
            }
            if ((label & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length)
                    return false;
                int target = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3FFF;
                if (target >= least)
                    return false;
                if (!jumped)
                    at = position + 2;
                jumped = true;
                position = least = target;
                continue;
            }
            if (label > MostLabelBytes || position + 1 + label > message.Length || length + label + 1 > text.Length)
                return false;
            Encoding.Latin1.GetChars(message.Slice(position + 1, label), text[length..]);
            length += label;
            text[length++] = '.';
            position += 1 + label;
        }
        return false;
    }
}
