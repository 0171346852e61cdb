// Frames over a UNIX stream socket, blocking with deadlines: every handover session has a thread of its own.
using System;
using System.Buffers.Binary;
using Baton.Interop.Linux;

namespace Baton.Handover.Protocol;

/// <summary>One end of the conversation. Errors end it: <see cref="Error"/> says why.</summary>
public sealed class FrameChannel(int fd)
{
#if NEIGHBOUR_BUILD
    private const FrameType FrameOfTomorrow = (FrameType)1000;
#endif
    private const int FirstPart = 1 << 16;
    private readonly byte[] _header = new byte[HandoverProtocol.HeaderSize];
    private byte[] _payload = [];
    private int[] _descriptors = [];

    public int Fd => fd;

    /// <summary>Longest payload taken; more ends the conversation.</summary>
    public int MaxPayload { get; init; } = HandoverProtocol.MaxPayload;

    /// <summary>Who sent the last frame, by the kernel's word; 0 unless SO_PASSCRED is set, and for a process that has no number
    /// here.</summary>
    public int SenderPid { get; private set; }

    /// <summary>Why Send or Receive failed; null while all is well. "closed" is the other side's end of stream.</summary>
    public string? Error { get; private set; }

    public FrameType Type { get; private set; }
    public ReadOnlySpan<byte> Payload => _payload;

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
        byte[] header = new byte[HandoverProtocol.HeaderSize];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), (ushort)descriptors.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), payload.Length);
        // the descriptors ride with the header: whoever has read it has them
        if (DescriptorPassing.Send(fd, header, descriptors) != header.Length)
            return Fail($"sending failed ({Errno.Message(Interop.Linux.Sockets.Last)})");
        if (payload.Length > 0 && !SendAll(payload))
            return Fail($"sending failed ({Errno.Message(Interop.Linux.Sockets.Last)})");
        return true;
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
        Type = FrameType.None;
        CloseDescriptors();
        Span<int> attached = stackalloc int[DescriptorPassing.MaxPerMessage];
        int at = 0;
        while (at < _header.Length)
        {
            nint n = DescriptorPassing.Receive(fd, _header.AsSpan(at), attached, out int count, out int sender);
            if (sender != 0)
                SenderPid = sender;
            if (count > 0)
                _descriptors = [.. _descriptors, .. attached[..count]];
            if (n < 0 && Interop.Linux.Sockets.Last == Errno.EINTR)
                continue;
            if (n == 0)
                return Fail("closed");
            if (n < 0 && at == 0 && mayTimeOut && Interop.Linux.Sockets.Last == Errno.EAGAIN)
            {
                TimedOut = true;
                return false;
            }
            if (n < 0)
                return Fail($"receiving failed ({Errno.Message(Interop.Linux.Sockets.Last)})");
            at += (int)n;
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan(4));
        int promised = BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(2));
        if (length < 0 || length > MaxPayload)
            return Fail("a frame of impossible length");
        if (promised != _descriptors.Length)
            return Fail($"{_descriptors.Length} descriptors came instead of {promised}");
        // as it comes: what is only announced takes no memory
        _payload = new byte[Math.Min(length, FirstPart)];
        for (int done = 0; done < length; )
        {
            if (done == _payload.Length)
                Array.Resize(ref _payload, (int)Math.Min(length, 2L * done));
            int n = Files.Read(fd, _payload.AsSpan(done));
            if (n < 0 && Interop.Linux.Sockets.Last == Errno.EINTR)
                continue;
            if (n == 0)
                return Fail("closed");
            if (n < 0)
                return Fail($"receiving failed ({Errno.Message(Interop.Linux.Sockets.Last)})");
            done += n;
        }
        Type = (FrameType)BinaryPrimitives.ReadUInt16LittleEndian(_header);
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
        CloseDescriptors();
        return false;
    }
}
