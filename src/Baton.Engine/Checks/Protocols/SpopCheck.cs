// "option spop-check": the greeting of the stream processing offload protocol, marked as a health check, and the agent's greeting. COMPAT:
// what is asked of an agent, and what is said of one that answers something else.
using System;
using System.Buffers.Binary;

namespace Baton.Engine.Checks.Protocols;

internal static class SpopCheck
{
    private const byte HelloFrame = 1,
        AgentHelloFrame = 101,
        AgentDisconnectFrame = 102;
    private const byte TypeMask = 0x0F,
        TypeBool = 1,
        TypeInt32 = 2,
        TypeUInt64 = 5,
        TypeUInt32 = 3,
        TypeIPv4 = 6,
        TypeIPv6 = 7,
        TypeText = 8,
        TypeBinary = 9,
        True = 0x11;
    private const int LengthSize = 4,
        LeastFrame = 256,
        FlagLast = 1;

    /// <summary>By the status code of a disconnect frame.</summary>
    private static readonly string[] s_faults =
    [
        "normal",
        "I/O error",
        "a timeout occurred",
        "frame is too big",
        "invalid frame received",
        "version value not found",
        "max-frame-size value not found",
        "capabilities value not found",
        "unsupported version",
        "max-frame-size too big or too small",
        "fragmentation not supported",
        "invalid interlaced frames",
        "frame-id not found",
        "resource allocation error",
    ];

    private const int TooBig = 3,
        Invalid = 4,
        NoVersion = 5,
        NoSize = 6,
        BadVersion = 8,
        BadSize = 9,
        Fragmented = 10;

    public static CheckStep[] Steps() => [new ConnectStep(), new Greeting(), new ProtocolExpect(Answer)];

    /// <summary>Bytes of a frame that this process takes: what its buffers hold.</summary>
    private static int MostFrame(CheckDialogue dialogue) => dialogue.Worker.Buffers.BlockSize - LengthSize;

    private sealed class Greeting() : SendStep([])
    {
        public override byte[] Bytes(CheckDialogue dialogue)
        {
            Span<byte> frame = stackalloc byte[128];
            // length, type, flags, stream and frame 0
            int at = LengthSize;
            frame[at++] = HelloFrame;
            frame[at..(at + 6)].Clear();
            frame[at + 3] = FlagLast;
            at += 6;
            at += Text(frame[at..], "supported-versions"u8);
            frame[at++] = TypeText;
            at += Text(frame[at..], "2.0"u8);
            at += Text(frame[at..], "max-frame-size"u8);
            frame[at++] = TypeUInt32;
            at += Varint(frame[at..], MostFrame(dialogue));
            at += Text(frame[at..], "capabilities"u8);
            frame[at++] = TypeText;
            at += Text(frame[at..], default);
            at += Text(frame[at..], "healthcheck"u8);
            frame[at++] = True;
            BinaryPrimitives.WriteInt32BigEndian(frame, at - LengthSize);
            return frame[..at].ToArray();
        }

        private static int Text(Span<byte> into, ReadOnlySpan<byte> text)
        {
            into[0] = (byte)text.Length;
            text.CopyTo(into[1..]);
            return 1 + text.Length;
        }

        /// <summary>The protocol's variable length: below 240 as it is, else four bits here and seven in each byte that follows.</summary>
        private static int Varint(Span<byte> into, long value)
        {
            if (value < 240)
            {
                into[0] = (byte)value;
                return 1;
            }
            int n = 0;
            into[n++] = (byte)(value | 240);
            value = (value - 240) >> 4;
            for (; value >= 128; value = (value - 128) >> 7)
                into[n++] = (byte)(value | 128);
            into[n++] = (byte)value;
            return n;
        }
    }

    private static CheckAnswer Answer(CheckDialogue dialogue, bool last)
    {
        ReadOnlySpan<byte> data = dialogue.Data;
        if (data.Length < LengthSize)
            return CheckAnswer.Wait;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(data);
        if (length > MostFrame(dialogue))
            return Failed(TooBig);
        if (data.Length - LengthSize < length)
            return CheckAnswer.Wait;
        int fault = Judge(data.Slice(LengthSize, (int)length), MostFrame(dialogue));
        return fault == 0 ? new(CheckVerdict.Passed, CheckStatus.Layer7Ok) : Failed(fault);
    }

    private static CheckAnswer Failed(int fault) =>
        new(CheckVerdict.Failed, CheckStatus.Layer7Response, 0, fault < s_faults.Length ? s_faults[fault] : "unknown error");

    /// <summary>0, or the code of what is wrong.</summary>
    private static int Judge(ReadOnlySpan<byte> frame, int mostFrame)
    {
        // type, flags, and the numbers of stream and frame, which a greeting has none of
        if (frame.Length < 7 || frame[0] is not (AgentHelloFrame or AgentDisconnectFrame))
            return Invalid;
        if ((frame[4] & FlagLast) == 0)
            return Fragmented;
        if (frame[5] != 0 || frame[6] != 0)
            return Invalid;
        var items = new Items(frame[7..]);
        return frame[0] == AgentDisconnectFrame ? Reason(ref items) : Greeted(ref items, mostFrame);
    }

    /// <summary>Why the agent hangs up; what it does not say is an unknown error.</summary>
    private static int Reason(ref Items items)
    {
        int code = int.MaxValue;
        while (items.Next())
            if (items.IsNumber && items.Name.SequenceEqual("status-code"u8))
                code = (int)Math.Min(items.Number, int.MaxValue);
        return code == 0 ? int.MaxValue : code;
    }

    private static int Greeted(ref Items items, int mostFrame)
    {
        bool hasVersion = false,
            hasSize = false;
        while (items.Next())
        {
            if (items.Name.SequenceEqual("version"u8))
            {
                if (!items.IsText)
                    return Invalid;
                hasVersion = true;
                if (!items.Text.Trim((byte)' ').SequenceEqual("2.0"u8))
                    return BadVersion;
            }
            else if (items.Name.SequenceEqual("max-frame-size"u8))
            {
                if (!items.IsNumber)
                    return Invalid;
                hasSize = true;
                if (items.Number < LeastFrame || items.Number > mostFrame)
                    return BadSize;
            }
            else if (items.Name.SequenceEqual("capabilities"u8) && !items.IsText)
                return Invalid;
        }
        return items.IsBroken ? Invalid
            : !hasVersion ? NoVersion
            : !hasSize ? NoSize
            : 0;
    }

    /// <summary>The named values of a frame, one after the other.</summary>
    private ref struct Items(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;
        private byte _type;

        public ReadOnlySpan<byte> Name { get; private set; }
        public ReadOnlySpan<byte> Text { get; private set; }
        public long Number { get; private set; }

        /// <summary>It ends within a value, or has one of no known type.</summary>
        public bool IsBroken { get; private set; }
        public readonly bool IsText => _type == TypeText;
        public readonly bool IsNumber => _type is >= TypeInt32 and <= TypeUInt64;

        public bool Next()
        {
            if (_rest.IsEmpty || IsBroken)
                return false;
            Name = Bytes();
            if (_rest.IsEmpty)
                IsBroken = true;
            if (IsBroken)
                return false;
            _type = (byte)(_rest[0] & TypeMask);
            _rest = _rest[1..];
            switch (_type)
            {
                case 0 or TypeBool:
                    break;
                case >= TypeInt32 and <= TypeUInt64:
                    Number = Integer();
                    break;
                case TypeIPv4:
                    Take(4);
                    break;
                case TypeIPv6:
                    Take(16);
                    break;
                case TypeText or TypeBinary:
                    Text = Bytes();
                    break;
                default:
                    IsBroken = true;
                    break;
            }
            return !IsBroken;
        }

        private ReadOnlySpan<byte> Bytes() => Take(Integer());

        private ReadOnlySpan<byte> Take(long length)
        {
            if (length < 0 || length > _rest.Length)
            {
                IsBroken = true;
                return default;
            }
            ReadOnlySpan<byte> taken = _rest[..(int)length];
            _rest = _rest[(int)length..];
            return taken;
        }

        private long Integer()
        {
            if (_rest.IsEmpty)
            {
                IsBroken = true;
                return 0;
            }
            long value = _rest[0];
            int n = 1;
            if (value >= 240)
                for (int shift = 4; ; shift += 7)
                {
                    if (n == _rest.Length || shift > 60)
                    {
                        IsBroken = true;
                        return 0;
                    }
                    value += (long)_rest[n] << shift;
                    if (_rest[n++] < 128)
                        break;
                }
            _rest = _rest[n..];
            return value;
        }
    }
}
