// The first message of an MQTT client, CONNECT, and the answer, CONNACK: versions 3.1, 3.1.1 and 5.0.
using System;
using System.Buffers.Binary;

namespace Baton.Engine.Samples.Converters;

/// <summary>A field of one of the two, other than a property. The numbers are those of the properties of version 5, from where these go
/// on.</summary>
internal enum MqttField
{
    Flags = 256,
    ProtocolName,
    ProtocolVersion,
    ReasonCode,
    ClientIdentifier,
    WillTopic,
    WillPayload,
    Username,
    Password,
    KeepAlive,
}

internal enum MqttOutcome
{
    /// <summary>The message is right; what was looked for may have been in it.</summary>
    Right,
    Wrong,

    /// <summary>More bytes are needed to tell.</summary>
    Incomplete,
}

/// <summary>Reads a message once, from front to end, and keeps one of its fields.</summary>
/// <param name="wanted">A field or the number of a property; 0: none.</param>
internal ref struct MqttMessage(ReadOnlySpan<byte> bytes, int wanted)
{
    public const int Connect = 1,
        ConnectAcknowledgement = 2;

    private const int UserProperty = 38;

    private ReadOnlySpan<byte> _rest = bytes;
    private bool _failed;

    /// <summary>The field: a number, or bytes.</summary>
    public bool IsFound { get; private set; }
    public bool IsNumber { get; private set; }
    public long Number { get; private set; }
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The packet's type, 1 to 15.</summary>
    public int Type { get; private set; }

    public MqttOutcome Read()
    {
        if (_rest.Length < 2)
            return MqttOutcome.Incomplete;
        Type = _rest[0] >> 4;
        if ((_rest[0] & 0x0F) != 0 || Type is not (Connect or ConnectAcknowledgement))
            return MqttOutcome.Wrong;
        _rest = _rest[1..];
        bool hasLength = ProtobufMessage.TryVarint(_rest[..Math.Min(4, _rest.Length)], out ulong length, out int used);
        if (!hasLength)
            return used >= 4 ? MqttOutcome.Wrong : MqttOutcome.Incomplete;
        _rest = _rest[used..];
        if (length > (ulong)_rest.Length)
            return MqttOutcome.Incomplete;
        _rest = _rest[..(int)length];
        if (Type == Connect)
            ReadConnect();
        else
            ReadAcknowledgement();
        return _failed || !_rest.IsEmpty ? MqttOutcome.Wrong : MqttOutcome.Right;
    }

    private void ReadConnect()
    {
        ReadOnlySpan<byte> name = Text();
        int version = Byte(),
            flags = Byte();
        bool known =
            version is 4 or 5 && name.SequenceEqual("MQTT"u8)
            // COMPAT: version 3 under the later name, too
            || version == 3 && (name.SequenceEqual("MQIsdp"u8) || name.SequenceEqual("MQTT"u8));
        if (_failed || !known || (flags & 1) != 0)
        {
            _failed = true;
            return;
        }
        Keep(MqttField.ProtocolName, name);
        Keep(MqttField.ProtocolVersion, version);
        Keep(MqttField.Flags, flags);
        Keep(MqttField.KeepAlive, Big(2));
        if (version == 5)
            Properties();
        Keep(MqttField.ClientIdentifier, Text());
        if ((flags & 0x04) != 0)
        {
            if (version == 5)
                Properties();
            Keep(MqttField.WillTopic, Text());
            Keep(MqttField.WillPayload, Text());
        }
        if ((flags & 0x80) != 0)
            Keep(MqttField.Username, Text());
        if ((flags & 0x40) != 0)
            Keep(MqttField.Password, Text());
    }

    private void ReadAcknowledgement()
    {
        int flags = Byte(),
            code = Byte();
        if ((flags & ~1) != 0)
            _failed = true;
        Keep(MqttField.Flags, flags);
        Keep(MqttField.ReasonCode, code);
        // nothing but the properties tells version 5 from the others
        Keep(MqttField.ProtocolVersion, _rest.IsEmpty ? 4 : 5);
        if (!_rest.IsEmpty)
            Properties();
    }

    /// <summary>Properties (MQTT 5.0 §2.2.2.2), each once, but for those of the user.</summary>
    private void Properties()
    {
        int length = Varint();
        if (_failed || length > _rest.Length)
        {
            _failed = true;
            return;
        }
        ReadOnlySpan<byte> behind = _rest[length..];
        _rest = _rest[..length];
        ulong seen = 0;
        while (!_failed && !_rest.IsEmpty)
        {
            int property = Byte();
            if (property > 63 || property != UserProperty && (seen >> property & 1) != 0)
            {
                _failed = true;
                break;
            }
            seen |= 1UL << property;
            Property(property);
        }
        _rest = behind;
    }

    private void Property(int property)
    {
        switch (property)
        {
            case 1 or 23 or 25 or 36 or 37 or 40 or 41 or 42:
                Keep((MqttField)property, Byte());
                break;
            case 19 or 33 or 34:
                Keep((MqttField)property, Big(2));
                break;
            case 2 or 17 or 24 or 39:
                Keep((MqttField)property, Big(4));
                break;
            case 3 or 8 or 9 or 18 or 21 or 22 or 26 or 28 or 31:
                Keep((MqttField)property, Text());
                break;
            case UserProperty:
                Text();
                Text();
                break;
            default:
                _failed = true;
                break;
        }
    }

    private void Keep(MqttField field, long number)
    {
        if (_failed || (int)field != wanted)
            return;
        (IsFound, IsNumber, Number) = (true, true, number);
    }

    private void Keep(MqttField field, ReadOnlySpan<byte> bytes)
    {
        if (_failed || (int)field != wanted)
            return;
        IsFound = true;
        Bytes = bytes;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_failed || length > _rest.Length)
        {
            _failed = true;
            return default;
        }
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private int Byte() => Take(1) is [var b] ? b : 0;

    private long Big(int length)
    {
        ReadOnlySpan<byte> bytes = Take(length);
        return bytes.IsEmpty ? 0
            : length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes)
            : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private ReadOnlySpan<byte> Text() => Take((int)Big(2));

    private int Varint()
    {
        if (!ProtobufMessage.TryVarint(_rest[..Math.Min(4, _rest.Length)], out ulong value, out int used))
            _failed = true;
        else
            _rest = _rest[used..];
        return (int)value;
    }
}
