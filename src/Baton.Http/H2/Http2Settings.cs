// The values of SETTINGS that hold for one direction of a connection (RFC 9113 §6.5.2).
using System;
using System.Buffers.Binary;

namespace Baton.Http.H2;

/// <summary>What one endpoint has told its peer; <see cref="Initial"/> is what holds before it has told anything.</summary>
public struct Http2Settings
{
    /// <summary>The largest window there is.</summary>
    public const int MaxWindow = int.MaxValue;

    /// <summary>Payload that every endpoint takes.</summary>
    public const int MinMaxFrameSize = 16384;

    /// <summary>The largest payload of a frame.</summary>
    public const int MaxMaxFrameSize = (1 << 24) - 1;

    /// <summary>Octets of one parameter.</summary>
    public const int EntrySize = 6;

    /// <summary>Most octets that <see cref="WritePayload"/> writes.</summary>
    public const int MaxPayload = 8 * EntrySize;

    /// <summary>Octets of the HPACK table that its sender decodes with; at most.</summary>
    public uint HeaderTableSize;

    /// <summary>Streams at once that the peer may have opened; at most.</summary>
    public uint MaxConcurrentStreams;

    /// <summary>Octets of a field list that its sender takes, counted with 32 a field; at most, as advice.</summary>
    public uint MaxHeaderListSize;

    /// <summary>The window of a stream at its start; 0 to <see cref="MaxWindow"/>.</summary>
    public int InitialWindowSize;

    /// <summary>Octets of a frame's payload; at most.</summary>
    public int MaxFrameSize;

    /// <summary>Its sender may be pushed to.</summary>
    public bool EnablePush;

    /// <summary>Its sender takes CONNECT with a protocol (RFC 8441).</summary>
    public bool EnableConnectProtocol;

    /// <summary>Its sender makes nothing of the old priorities (RFC 9218).</summary>
    public bool NoRfc7540Priorities;

    /// <summary>What holds at the start of a connection.</summary>
    public static Http2Settings Initial =>
        new()
        {
            HeaderTableSize = 4096,
            MaxConcurrentStreams = uint.MaxValue,
            MaxHeaderListSize = uint.MaxValue,
            InitialWindowSize = 65535,
            MaxFrameSize = MinMaxFrameSize,
            EnablePush = true,
        };

    /// <summary>
    /// Takes in one parameter. Anything but <see cref="ErrorCode.NoError"/> is an error of the connection.
    /// <paramref name="fromServer"/>: a server has sent it.
    /// </summary>
    public ErrorCode Apply(SettingsId id, uint value, bool fromServer)
    {
        switch (id)
        {
            case SettingsId.HeaderTableSize:
                HeaderTableSize = value;
                break;
            case SettingsId.EnablePush:
                // RFC 9113 §8.4: a server is not pushed to
                if (value > 1 || value == 1 && fromServer)
                    return ErrorCode.ProtocolError;
                EnablePush = value == 1;
                break;
            case SettingsId.MaxConcurrentStreams:
                MaxConcurrentStreams = value;
                break;
            case SettingsId.InitialWindowSize:
                if (value > MaxWindow)
                    return ErrorCode.FlowControlError;
                InitialWindowSize = (int)value;
                break;
            case SettingsId.MaxFrameSize:
                if (value is < MinMaxFrameSize or > MaxMaxFrameSize)
                    return ErrorCode.ProtocolError;
                MaxFrameSize = (int)value;
                break;
            case SettingsId.MaxHeaderListSize:
                MaxHeaderListSize = value;
                break;
            case SettingsId.EnableConnectProtocol:
                // RFC 8441 §3: not taken back once it was said
                if (value > 1 || value == 0 && EnableConnectProtocol)
                    return ErrorCode.ProtocolError;
                EnableConnectProtocol = value == 1;
                break;
            case SettingsId.NoRfc7540Priorities:
                if (value > 1)
                    return ErrorCode.ProtocolError;
                NoRfc7540Priorities = value == 1;
                break;
            default:
                break;
        }
        return ErrorCode.NoError;
    }

    /// <summary>Takes in a whole payload, of a length that FrameChecks has looked at; ends at the first error.</summary>
    public ErrorCode Apply(ReadOnlySpan<byte> payload, bool fromServer)
    {
        for (; payload.Length >= EntrySize; payload = payload[EntrySize..])
        {
            var id = (SettingsId)BinaryPrimitives.ReadUInt16BigEndian(payload);
            ErrorCode error = Apply(id, BinaryPrimitives.ReadUInt32BigEndian(payload[2..]), fromServer);
            if (error != ErrorCode.NoError)
                return error;
        }
        return ErrorCode.NoError;
    }

    /// <summary>Writes the parameters that differ from <see cref="Initial"/>; returns their octets, up to
    /// <see cref="MaxPayload"/>.</summary>
    public readonly int WritePayload(Span<byte> to)
    {
        Http2Settings initial = Initial;
        int length = 0;
        Write(to, ref length, SettingsId.HeaderTableSize, HeaderTableSize, initial.HeaderTableSize);
        Write(to, ref length, SettingsId.EnablePush, EnablePush ? 1u : 0, 1);
        Write(to, ref length, SettingsId.MaxConcurrentStreams, MaxConcurrentStreams, initial.MaxConcurrentStreams);
        Write(to, ref length, SettingsId.InitialWindowSize, (uint)InitialWindowSize, (uint)initial.InitialWindowSize);
        Write(to, ref length, SettingsId.MaxFrameSize, (uint)MaxFrameSize, (uint)initial.MaxFrameSize);
        Write(to, ref length, SettingsId.MaxHeaderListSize, MaxHeaderListSize, initial.MaxHeaderListSize);
        Write(to, ref length, SettingsId.EnableConnectProtocol, EnableConnectProtocol ? 1u : 0, 0);
        Write(to, ref length, SettingsId.NoRfc7540Priorities, NoRfc7540Priorities ? 1u : 0, 0);
        return length;
    }

    private static void Write(Span<byte> to, ref int length, SettingsId id, uint value, uint initial)
    {
        if (value == initial)
            return;
        BinaryPrimitives.WriteUInt16BigEndian(to[length..], (ushort)id);
        BinaryPrimitives.WriteUInt32BigEndian(to[(length + 2)..], value);
        length += EntrySize;
    }
}
