// The next process as a script: speaks the handover protocol as docs/handover-protocol.md describes it, from nothing but a
// socket, and can stop or talk nonsense at any point.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Net.Sockets;
using System.Text;
using Baton.Conformance.Harness;

namespace Baton.Conformance.Reload;

internal sealed class ScriptedSuccessor : IDisposable
{
    public const int Hello = 1,
        Refuse = 2,
        Prepared = 3,
        State = 4,
        StateEnd = 5,
        Accepting = 6,
        Stopped = 7,
        Connections = 8,
        Claimed = 9,
        Commit = 10,
        Swept = 12,
        Release = 13,
        Done = 14,
        Busy = 15;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = Patience.Ms };

    public ScriptedSuccessor(string path)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        _socket.Send("_handover\n"u8);
    }

    public void ReadGreeting()
    {
        byte[] greeting = Exactly(15);
        if (Encoding.ASCII.GetString(greeting) != "BATON-HANDOVER\n")
            throw new InvalidDataException("no greeting");
    }

    private byte[] Exactly(int count)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count; )
        {
            int n = _socket.Receive(bytes, done, count - done, SocketFlags.None);
            if (n == 0)
                throw new EndOfStreamException();
            done += n;
        }
        return bytes;
    }

    /// <summary>The next frame: its type and payload. Descriptors that ride with it are dropped by the kernel, as a killed process drops
    /// them.</summary>
    public (int Type, byte[] Payload) Read()
    {
        byte[] header = Exactly(8);
        return (BinaryPrimitives.ReadUInt16LittleEndian(header), Exactly(BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4))));
    }

    /// <summary>Reads up to a frame of this type.</summary>
    public byte[] ReadUntil(int type)
    {
        while (true)
        {
            (int got, byte[] payload) = Read();
            if (got == type)
                return payload;
            if (got == Refuse)
                throw new InvalidDataException(Encoding.UTF8.GetString(payload));
        }
    }

    public void Send(int type, params byte[] payload) => SendHeader(type, payload.Length, payload);

    public void SendHeader(int type, int claimedLength, byte[] payload)
    {
        byte[] frame = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(frame, (ushort)type);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), claimedLength);
        payload.CopyTo(frame, 8);
        Raw(frame);
    }

    public void Raw(byte[] bytes) => _socket.Send(bytes);

    /// <summary>Hello of a given version that knows the given participants.</summary>
    public void SendHello(int version = 1, int oldest = 1, params string[] participants)
    {
        var bytes = new List<byte>();
        bytes.AddRange(BitConverter.GetBytes((ushort)version));
        bytes.AddRange(BitConverter.GetBytes((ushort)oldest));
        bytes.AddRange(BitConverter.GetBytes(Environment.ProcessId));
        bytes.AddRange(BitConverter.GetBytes((ushort)participants.Length));
        foreach (string name in participants)
        {
            bytes.AddRange(BitConverter.GetBytes(name.Length));
            bytes.AddRange(Encoding.UTF8.GetBytes(name));
            bytes.AddRange(BitConverter.GetBytes((ushort)1));
        }
        Send(Hello, bytes.ToArray());
    }

    public void Dispose() => _socket.Dispose();
}
