// Frames over a UNIX stream socket: blocking with deadlines for a thread of its own, or piece by piece as they come for a worker that
// polls the socket.
using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Baton.Interop.Linux;

namespace Baton.Handover.Protocol;

/// <summary>One end of the conversation. Errors end it: <see cref="Error"/> says why.</summary>
public sealed class FrameChannel(int fd)
{
#if NEIGHBOUR_BUILD
    private const FrameType FrameOfTomorrow = (FrameType)1000;
#endif
    private const int FirstPart = 1 << 16;

    /// <summary>A frame longer than that is not worth keeping its memory for the next one.</summary>
    private const int MostKept = 1 << 18;

    private readonly byte[] _header = new byte[HandoverProtocol.HeaderSize];
    private byte[] _payload = [];
    private int[] _descriptors = [];
    private byte[] _frame = [];

    /// <summary>Of the frame under way, or the last one: bytes of its header that are here, of its payload, and how many that will have; -1
    /// while the header is not whole.</summary>
    private int _headerRead,
        _payloadRead,
        _payloadLength = -1;

    public int Fd => fd;

    /// <summary>The socket does not block: Receive returns false with <see cref="TimedOut"/> when nothing more is there, and goes on with
    /// the same frame the next time.</summary>
    public bool IsPolled { get; init; }

    /// <summary>Longest payload taken; more ends the conversation.</summary>
    public int MaxPayload { get; init; } = HandoverProtocol.MaxPayload;

    /// <summary>Who sent the last frame, by the kernel's word; 0 unless SO_PASSCRED is set, and for a process that has no number
    /// here.</summary>
    public int SenderPid { get; private set; }

    /// <summary>Why Send or Receive failed; null while all is well. "closed" is the other side's end of stream.</summary>
    public string? Error { get; private set; }

    public FrameType Type { get; private set; }
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _payloadRead);

    /// <summary>Descriptors that came with the frame. They are closed with the next one, unless <see cref="ReleaseDescriptors"/> gives them
    /// to the caller.</summary>
    public ReadOnlySpan<int> Descriptors => _descriptors;

    public void SetTimeout(int ms) => SocketNames.SetTimeouts(fd, ms);

    /// <summary>Sends a whole frame. False on any failure.</summary>
    public bool Send(FrameType type, ReadOnlySpan<byte> payload = default, ReadOnlySpan<int> descriptors = default)
    {
        if (Error is not null)
            return false;
#if NEIGHBOUR_BUILD
        // what a later version may say in between (tests/Baton.Neighbour)
        if (
            type != FrameOfTomorrow
            && !Send(FrameOfTomorrow, "nobody here knows this"u8, descriptors.Length > 0 ? descriptors[..1] : default)
        )
            return false;
#endif
        int length = HandoverProtocol.HeaderSize + payload.Length;
        if (_frame.Length < length)
            _frame = Make(length);
        BinaryPrimitives.WriteUInt16LittleEndian(_frame, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(_frame.AsSpan(2), (ushort)descriptors.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_frame.AsSpan(4), payload.Length);
        payload.CopyTo(_frame.AsSpan(HandoverProtocol.HeaderSize));
        // the descriptors ride with the header: whoever has read it has them
        int sent = (int)DescriptorPassing.Send(fd, _frame.AsSpan(0, length), descriptors);
        bool whole = sent >= HandoverProtocol.HeaderSize && SendAll(_frame.AsSpan(sent, length - sent));
        int error = Interop.Linux.Sockets.Last;
        // there may be keys in it
        CryptographicOperations.ZeroMemory(_frame.AsSpan(0, length));
        if (length > MostKept)
            _frame = [];
        return whole || Fail($"sending failed ({Errno.Message(error)})");
    }

    private bool SendAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int n = SocketNames.Send(fd, bytes);
            if (n < 0 && Interop.Linux.Sockets.Last == Errno.EINTR)
                continue;
            if (n <= 0)
                return false;
            bytes = bytes[n..];
        }
        return true;
    }

    /// <summary>The last Receive that was allowed to has ended with nothing to read: the conversation can go on.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Reads the next frame. False at the end of stream, on a time-out (an error, unless it <paramref name="mayTimeOut"/> before
    /// the frame's first byte) and on nonsense.</summary>
    public bool Receive(bool mayTimeOut = false)
    {
        TimedOut = false;
        if (Error is not null)
            return false;
        if (_headerRead == 0)
        {
            Type = FrameType.None;
            Wipe();
            CloseDescriptors();
        }
        if (!ReceiveHeader(mayTimeOut) || _payloadLength < 0 && !BeginPayload() || !ReceivePayload())
            return false;
        Type = (FrameType)BinaryPrimitives.ReadUInt16LittleEndian(_header);
        (_headerRead, _payloadLength) = (0, -1);
        return true;
    }

    private bool ReceiveHeader(bool mayTimeOut)
    {
        Span<int> attached = stackalloc int[DescriptorPassing.MaxPerMessage];
        while (_headerRead < _header.Length)
        {
            nint n = DescriptorPassing.Receive(fd, _header.AsSpan(_headerRead), attached, out int count, out int sender);
            if (sender != 0)
                SenderPid = sender;
            if (count > 0)
                _descriptors = [.. _descriptors, .. attached[..count]];
            if (n <= 0)
            {
                if (!MayGoOn((int)n, mayTimeOut && _headerRead == 0))
                    return false;
                continue;
            }
            _headerRead += (int)n;
        }
        return true;
    }

    /// <summary>Nothing was read (0: the end; -1: an error). True to try again at once.</summary>
    private bool MayGoOn(int n, bool mayTimeOut)
    {
        int error = Interop.Linux.Sockets.Last;
        if (n < 0 && error == Errno.EINTR)
            return true;
        if (n == 0)
            return Fail("closed");
        TimedOut = error == Errno.EAGAIN && (IsPolled || mayTimeOut);
        return !TimedOut && Fail($"receiving failed ({Errno.Message(error)})");
    }

    /// <summary>The header is whole.</summary>
    private bool BeginPayload()
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(4)),
            promised = BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(2));
        if (length < 0 || length > MaxPayload)
            return Fail("a frame of impossible length");
        if (promised != _descriptors.Length)
            return Fail($"{_descriptors.Length} descriptors came instead of {promised}");
        // as it comes: what is only announced takes no memory
        if (_payload.Length > MostKept || _payload.Length < Math.Min(length, FirstPart))
            _payload = Make(Math.Min(length, FirstPart));
        (_payloadLength, _payloadRead) = (length, 0);
        return true;
    }

    /// <summary>Where it lies it stays: the collector makes no copies that nobody could wipe.</summary>
    private static byte[] Make(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);

    private void Grow(int length)
    {
        byte[] larger = Make(length);
        Payload.CopyTo(larger);
        CryptographicOperations.ZeroMemory(_payload);
        _payload = larger;
    }

    /// <summary>Nobody looks at the last frame any more. What it said may be secret: keys of connections, of tickets, of
    /// certificates.</summary>
    private void Wipe()
    {
        CryptographicOperations.ZeroMemory(_payload.AsSpan(0, _payloadRead));
        _payloadRead = 0;
    }

    private bool ReceivePayload()
    {
        while (_payloadRead < _payloadLength)
        {
            if (_payloadRead == _payload.Length)
                Grow((int)Math.Min(_payloadLength, 2L * _payloadRead));
            int n = Files.Read(fd, _payload.AsSpan(_payloadRead, Math.Min(_payload.Length, _payloadLength) - _payloadRead));
            if (n > 0)
                _payloadRead += n;
            else if (!MayGoOn(n, mayTimeOut: false))
                return false;
        }
        return true;
    }

    /// <summary>Reads until a frame of the wanted type (or Refuse, or Busy) comes; frames not known here are skipped. False when the
    /// conversation is over.</summary>
    public bool Expect(FrameType wanted)
    {
        while (Receive())
        {
            if (Type == wanted)
                return true;
            CloseDescriptors();
            if (Type is FrameType.Refuse or FrameType.Busy)
                return Fail("refused: " + System.Text.Encoding.UTF8.GetString(Payload));
            if (Enum.IsDefined(Type))
                return Fail($"{Type} came instead of {wanted}");
        }
        return false;
    }

    /// <summary>The descriptors of the last frame belong to the caller now.</summary>
    public void ReleaseDescriptors() => _descriptors = [];

    /// <summary>Closes what came with a frame nobody wants.</summary>
    public void CloseDescriptors()
    {
        foreach (int d in _descriptors)
            Files.close(d);
        _descriptors = [];
    }

    private bool Fail(string why)
    {
        Error ??= why;
        Wipe();
        CloseDescriptors();
        return false;
    }
}
